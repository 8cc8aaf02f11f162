/** Where in the journal a run stands, and when it is. */
export interface RunAt {
  readonly position: bigint
  readonly atMs: number
}
