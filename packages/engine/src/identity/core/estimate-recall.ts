import { holdOf } from './held-back.ts'
import { areAlike, type ResolveOptions } from './link-groups.ts'
import type { MatchIndex } from './match-index.ts'
import type { ScoredLinks } from './scored-links.ts'

/** Nodes whose links are looked at; of more nodes every so manieth. */
const NODES_LOOKED_AT = 20_000
/** Passes that are told apart; those beyond count as one. */
const PASSES_MAX = 31

/**
 * Which share of the pairs that score enough some blocking pass proposes, 0 to 1, estimated without a
 * truth: of pairs that one pass alone finds, others will be found by none. Where f1 pairs are found by
 * one of t passes and f2 by two, at least about (t - 1) / t · f1² / 2 f2 are found by none (Chao, 1987; in
 * the form that is not biased where pairs are few). At least, since passes fail together: so the share is
 * at most that. Undefined where no rule is scored, or no pair is found.
 */
export function estimateBlockingRecall(
  index: MatchIndex,
  options: ResolveOptions,
): number | undefined {
  const { scored } = options
  if (!scored) return undefined
  const known = { ...options, scored }
  const step = Math.max(1, Math.floor(index.presentCount / NODES_LOOKED_AT))
  let [found, byOne, byTwo, all] = [0, 0, 0, 0]
  for (let pid = 0; pid < index.pidEnd; pid += step) {
    if (!index.isPresent(pid)) continue
    for (const passes of passesByMate(index, pid, known).values()) {
      found += 1
      all |= passes
      if (isOneBit(passes)) byOne += 1
      else if (isOneBit(passes & (passes - 1))) byTwo += 1
    }
  }
  if (found === 0) return undefined
  const t = bitsIn(all)
  const byNone = (((t - 1) / t) * byOne * (byOne - 1)) / (2 * (byTwo + 1))
  return found / (found + byNone)
}

/** Who links to a node by score, and a bit for each pass that says so. */
function passesByMate(
  index: MatchIndex,
  pid: number,
  options: ResolveOptions & { readonly scored: ScoredLinks },
): ReadonlyMap<number, number> {
  const { firstRule } = options.scored
  const passes = new Map<number, number>()
  index.eachRowOf(pid, (block, value) => {
    const rule = index.blockRule(block)
    if (rule < firstRule || holdOf(index, block, options)) return
    const pass = 1 << Math.min(PASSES_MAX - 1, rule - firstRule)
    // Of a block of too many values only equal ones are joined.
    const isCompared = index.blockSize(block) <= options.valuesMax
    index.eachMember(block, (mate, other) => {
      if (mate === pid) return
      if (value === other || (isCompared && areAlike(options, [value, other, rule]))) {
        passes.set(mate, (passes.get(mate) ?? 0) | pass)
      }
    })
  })
  return passes
}

function bitsIn(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count += 1
  return count
}

/** Whether a number has one bit and no other. */
function isOneBit(bits: number): boolean {
  return bits !== 0 && (bits & (bits - 1)) === 0
}
