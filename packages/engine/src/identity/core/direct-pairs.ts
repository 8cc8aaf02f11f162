import { holdOf } from './held-back.ts'
import { areAlike, membersByValue, type ResolveOptions } from './link-groups.ts'
import { type MatchIndex, NO_VALUE } from './match-index.ts'

/** Pairs of nodes, column by column: `first[i]` < `second[i]`, no pair twice. */
export interface NodePairs {
  readonly first: Int32Array
  readonly second: Int32Array
}

/** Pids up to which a pair of them is one exact number. */
const PIDS_MAX = 94_906_265

/**
 * The pairs that some rule links by itself: they share a key, and what else it compares is alike.
 * Pairs that are one only through others are not among them, nor are those of contested blocks.
 */
export function directPairs(index: MatchIndex, options: ResolveOptions): NodePairs {
  const { pidEnd } = index
  if (pidEnd > PIDS_MAX) throw new RangeError(`More than ${PIDS_MAX} nodes have too many pairs.`)
  let keys = new Float64Array(1024)
  let count = 0
  const note = (one: number, other: number): void => {
    if (one === other) return
    if (count === keys.length) {
      const grown = new Float64Array(2 * count)
      grown.set(keys)
      keys = grown
    }
    keys[count++] = Math.min(one, other) * pidEnd + Math.max(one, other)
  }
  for (let block = 0; block < index.blockEnd; block++) pairsOf(index, block, { options, note })
  return nodePairs(keys.subarray(0, count).sort(), pidEnd)
}

function pairsOf(
  index: MatchIndex,
  block: number,
  { options, note }: { options: ResolveOptions; note: (one: number, other: number) => void },
): void {
  if (index.blockSize(block) < 2 || holdOf(index, block, options)) return
  const { rule } = index.blockName(block)
  const groups = [...membersByValue(index, block)]
  const isCompared = groups.length <= options.valuesMax
  for (const [at, [value, pids]] of groups.entries()) {
    for (const [place, pid] of pids.entries())
      for (const before of pids.slice(0, place)) note(before, pid)
    for (const [other, others] of isCompared ? groups.slice(0, at) : []) {
      if (value === NO_VALUE || other === NO_VALUE) continue
      if (areAlike(options, [other, value, rule])) notePairs(others, pids, note)
    }
  }
}

function notePairs(
  ones: readonly number[],
  others: readonly number[],
  note: (one: number, other: number) => void,
): void {
  for (const one of ones) for (const other of others) note(one, other)
}

/** Sorted numbers of pairs as columns, each once. */
function nodePairs(keys: Float64Array, pidEnd: number): NodePairs {
  const distinct = keys.filter((key, at) => key !== keys[at - 1])
  return {
    first: Int32Array.from(distinct, key => Math.floor(key / pidEnd)),
    second: Int32Array.from(distinct, key => key % pidEnd),
  }
}
