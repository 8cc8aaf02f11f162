import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { type Candidate, isDecided } from './candidate.ts'

/** Two source profiles whose score is near the threshold of a rule. */
export interface NearPair {
  readonly rule: number
  readonly from: number
  readonly to: number
  /** That they are one person, as the rule's model has it. */
  readonly probability: number
}

/** Gives the pairs near the thresholds of a ruleset's rules that score, if it has such. */
export type NearPairs = (ruleset: RulesetRuntime) => Iterable<NearPair>

/**
 * Pairs that a score nearly joined, or nearly did not. One decision moves all pairs between the two
 * profiles, or all between the record and the others of its profile.
 */
export function pairCandidates(
  ruleset: RulesetRuntime,
  nearPairs: NearPairs,
): readonly Candidate[] {
  const { index } = ruleset.stage
  const near = [...nearPairs(ruleset)].filter(({ from, to }) => !isDecided(ruleset, from, to))
  const sizes = sizesOf(
    ruleset,
    new Set(near.flatMap(({ from, to }) => [from, to].map(pid => index.label(pid)))),
  )
  return near.map(({ rule, from, to, probability }): Candidate => {
    const left = sizes.get(index.label(from)) ?? 1
    const right = sizes.get(index.label(to)) ?? 1
    const isTogether = index.label(from) === index.label(to)
    return {
      kind: 'pair',
      ruleset,
      from,
      to,
      probability,
      clusterSize: isTogether ? left : left + right,
      value: isTogether ? (1 - probability) * (left - 1) : probability * left * right,
      why: isTogether
        ? 'the score of the two is only just over the threshold'
        : 'the score of the two is only just under the threshold',
      rule,
    }
  })
}

function sizesOf(
  { stage }: RulesetRuntime,
  uids: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>()
  const { index } = stage
  for (let pid = 0; uids.size > 0 && pid < index.pidEnd; pid++) {
    const uid = index.label(pid)
    if (uids.has(uid)) sizes.set(uid, (sizes.get(uid) ?? 0) + 1)
  }
  return sizes
}
