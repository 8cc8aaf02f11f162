export * from './check-ruleset.ts'
export * from './core/index.ts'
export { type Decided, LIVE_DECISIONS } from './decisions.ts'
export * from './identity-tables.ts'
export * from './match-key-sql.ts'
export * from './identity-stage.ts'
export * from './run-at.ts'
export { storedKeys } from './key-batches.ts'
export type * from './record-set.ts'
export { listedValues, nobodysSql } from './placeholders.ts'
export { PairScore, type Waterfall } from './score/pair-score.ts'
export type { ScoreModel } from './score/score-model.ts'
export {
  passLabel,
  recordScorer,
  SCORE_DEFAULTS,
  SCORED_LABEL,
  type ScoredRecords,
  type ScoreOptions,
  type ScoreRecords,
} from './score/score-records.ts'
