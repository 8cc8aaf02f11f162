/** The nodes of the touched clusters, with the uid they had and the component they are in now. */
export interface AssignInput {
  readonly pids: Int32Array
  /** The uid of each before; -1 where it had none. */
  readonly previous: Int32Array
  /** The component of each now, numbered from 0; -1 where it is absent. */
  readonly component: Int32Array
  readonly componentCount: number
  /** The first uid that was never used. */
  readonly nextUid: number
}
