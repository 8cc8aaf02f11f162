import {
  type ContestedBlock,
  type ContestedWhy,
  linkGroups,
  type MatchIndex,
} from '../../../identity/index.ts'
import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { type Candidate, isDecided } from './candidate.ts'
import { oddsApart, pairApart } from './surname-odds.ts'

/**
 * The keys that a limit holds back, each with two of the people that it would have made one. Apart
 * now: the chance that this is wrong is the share of its pairs that agree on the last name.
 */
export function contestedCandidates(ruleset: RulesetRuntime): readonly Candidate[] {
  const { index, contested } = ruleset.stage
  return contested.flatMap(entry => {
    const members = membersOf(ruleset, entry)
    const pair = pairApart(index, members, (from, to) => !isDecided(ruleset, from, to))
    if (!pair) return []
    const { pairs, probability } = oddsApart(index, members)
    const [from, to] = pair
    return {
      kind: 'contested',
      ruleset,
      from,
      to,
      probability,
      clusterSize: members.length,
      value: probability * pairs,
      why: WHY[entry.why](entry.size),
      rule: entry.rule,
    }
  })
}

const WHY: Readonly<Record<ContestedWhy, (size: number) => string>> = {
  block: size => `${size} records share the key, more than blockMax`,
  surnames: size => `people of ${size} last names share the key, more than surnamesMax`,
  ids: size => `people of ${size} identification numbers share the key, more than idsMax`,
  values: size => `${size} that differ share the key, more than valuesMax`,
  cluster: size =>
    `the key of ${size} records was taken out of a profile that would be over clusterMax`,
}

function membersOf({ stage }: RulesetRuntime, entry: ContestedBlock): readonly number[] {
  const { index, resolveOptions } = stage
  const block = index.findBlock(entry)
  if (block < 0) return []
  if (entry.why !== 'cluster') return distinctMembers(index, block)
  const group = linkGroups(index, block, resolveOptions).find(pids => pids.includes(entry.pid))
  return group?.toSorted((a, b) => a - b) ?? []
}

function distinctMembers(index: MatchIndex, block: number): readonly number[] {
  const pids = new Set<number>()
  index.eachMember(block, pid => pids.add(pid))
  return [...pids].sort((a, b) => a - b)
}
