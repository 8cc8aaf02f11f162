import type { ContestedWhy } from '../../identity/index.ts'
import type { AnswerPlace } from './answer.ts'
import type { DecisionRow } from './decision-record.ts'
import type { ExplainedRecord } from './explain-values.ts'
import type { ExplainedCriterion } from './explained-criterion.ts'

/** One step of evidence, as people read it. */
export interface ExplainedStep {
  readonly from: string
  readonly to: string
  /** The label of the rule; of a decision, its number. */
  readonly rule: string
  readonly criteria: readonly ExplainedCriterion[]
  /** When the younger of the two records was changed, or loaded; of a decision, when it was made. */
  readonly at: string | null
  readonly decision?: DecisionRow
  /** What keeps the step from counting, in answers to "why not"; of a decision it is in `decision`. */
  readonly keptOutBy?: ContestedWhy | 'decision' | 'fit' | 'comparison'
}

/** Records that one reason joins. */
export interface ExplainedLink {
  readonly records: readonly string[]
  readonly rule: string
  readonly criteria: readonly ExplainedCriterion[]
  readonly decision?: DecisionRow
}

/** The document of `explain A [B]`. */
export interface Explanation extends AnswerPlace {
  readonly together: boolean
  readonly path: readonly ExplainedStep[]
  readonly reason?: string
  /** The records of the path, or of the cluster. */
  readonly records: readonly ExplainedRecord[]
  /** Of a cluster: everything that joins its records, not only the shortest paths. */
  readonly links?: readonly ExplainedLink[]
  /** Of two that are not together: what each rule compares of just these two. */
  readonly compared?: readonly {
    readonly rule: string
    readonly criteria: readonly ExplainedCriterion[]
  }[]
  /** The picture, where it was asked for. */
  readonly svg?: string
}
