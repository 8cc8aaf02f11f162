import type { MatchIndex } from '../../../identity/index.ts'
import type { NearPair, NearPairs } from './pairs.ts'

/** Bits from its threshold up to which a pair is near it: its probability is then not sure either way. */
const NEAR_BITS = 3
/** Pairs that are scored to find those near the threshold; of more, an even part. */
const PAIRS_SCORED_MAX = 500_000

/**
 * The pairs that a scored rule nearly links, or links with little to spare, as its blocking passes
 * propose them: from apart to together, or two that nothing else holds together.
 */
export const scoredNearPairs: NearPairs = ruleset => {
  const { index, scored, resolveOptions } = ruleset.stage
  const links = resolveOptions.scored
  if (!scored || !links) return []
  const found = new Map<string, NearPair>()
  const step = Math.ceil(
    pairsIn(index, links.firstRule, resolveOptions.valuesMax) / PAIRS_SCORED_MAX,
  )
  let seen = 0
  for (let block = 0; block < index.blockEnd; block++) {
    if (
      !isCompared(index, block, { firstRule: links.firstRule, valuesMax: resolveOptions.valuesMax })
    )
      continue
    const members = firstMembers(index, block)
    for (const [at, one] of members.entries()) {
      for (const other of members.slice(0, at)) {
        if (seen++ % Math.max(1, step) !== 0) continue
        const bits = links.weight(one.row, other.row) - links.link
        if (Math.abs(bits) > NEAR_BITS) continue
        const [from, to] = [Math.min(one.pid, other.pid), Math.max(one.pid, other.pid)]
        const rule = index.blockRule(block)
        const probability = scored.probability(one.row, other.row)
        found.set(`${from} ${to}`, { rule, from, to, probability })
      }
    }
  }
  return [...found.values()]
}

interface Member {
  readonly pid: number
  readonly row: number
}

/** One source profile of each comparison row of a block. */
function firstMembers(index: MatchIndex, block: number): readonly Member[] {
  const members = new Map<number, Member>()
  index.eachMember(block, (pid, row) => {
    if (!members.has(row)) members.set(row, { pid, row })
  })
  return [...members.values()]
}

interface Compared {
  readonly firstRule: number
  readonly valuesMax: number
}

function isCompared(index: MatchIndex, block: number, { firstRule, valuesMax }: Compared): boolean {
  const size = index.blockSize(block)
  return size > 1 && size <= valuesMax && index.blockRule(block) >= firstRule
}

function pairsIn(index: MatchIndex, firstRule: number, valuesMax: number): number {
  let pairs = 0
  for (let block = 0; block < index.blockEnd; block++) {
    const size = index.blockSize(block)
    if (isCompared(index, block, { firstRule, valuesMax })) pairs += (size * (size - 1)) / 2
  }
  return pairs
}
