import { TypedArrayMatchIndex } from '../../identity/core/adapters/typed-array-match-index.ts'
import { recordScorer, type ScoreRecords } from '../../identity/index.ts'

/** Clusters records by how well they fit, over the index that the platform uses. */
export const scoreRecords: ScoreRecords = recordScorer(
  expected => new TypedArrayMatchIndex(expected),
)
