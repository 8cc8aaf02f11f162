import type { ScoredLinks } from '../core/index.ts'
import { bitsOf, type PairScore } from './pair-score.ts'
import type { ScoreTable } from './score-table.ts'

/** Members up to which a cluster is looked at pair by pair. */
const MEMBERS_MAX = 400

/** A scored rule as the resolver knows it. */
export function scoredLinks(
  score: PairScore,
  rule: { readonly table: ScoreTable; readonly firstRule: number; readonly threshold: number },
): ScoredLinks {
  return {
    firstRule: rule.firstRule,
    weight: (one, other) => score.weight(one, other),
    prior: score.prior,
    link: bitsOf(rule.threshold),
    order: row => rule.table.contentHash(row),
    membersMax: MEMBERS_MAX,
  }
}
