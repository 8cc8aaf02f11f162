import { holdOf } from './held-back.ts'
import { areAlike, membersByValue, type ResolveOptions } from './link-groups.ts'
import { type MatchIndex, NO_VALUE } from './match-index.ts'
import { rememberSimilar } from './value-similarity.ts'

/** Pairs of nodes, column by column: `first[i]` < `second[i]`, no pair twice. */
export interface NodePairs {
  readonly first: Int32Array
  readonly second: Int32Array
}

/** Rows of a block that are compared without making lists: nearly all blocks have fewer. */
const FEW_MAX = 64

/** Pids up to which a pair of them is one exact number. */
const PIDS_MAX = 94_906_265

/**
 * The pairs that some rule links by itself: they share a key, and what else it compares is alike.
 * Pairs that are one only through others are not among them, nor are those of contested blocks.
 */
export function directPairs(index: MatchIndex, given: ResolveOptions): NodePairs {
  const options = { ...given, similar: rememberSimilar(given.similar) }
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
  const few = new FewRows(index, options, note)
  for (let block = 0; block < index.blockEnd; block++) {
    if (index.blockSize(block) < 2 || holdOf(index, block, options)) continue
    if (!few.pairsOf(block)) pairsOf(index, block, { options, note })
  }
  return nodePairs(keys.subarray(0, count).sort(), pidEnd)
}

type Note = (one: number, other: number) => void

/** The rows of one block after the other, in arrays that serve for all. */
class FewRows {
  readonly #index: MatchIndex
  readonly #options: ResolveOptions
  readonly #note: Note
  readonly #max: number
  readonly #pids = new Int32Array(FEW_MAX)
  readonly #values = new Int32Array(FEW_MAX)
  #count = 0

  constructor(index: MatchIndex, options: ResolveOptions, note: Note) {
    this.#index = index
    this.#options = options
    this.#note = note
    this.#max = Math.min(FEW_MAX, options.valuesMax)
  }

  /** Notes the pairs that a block links; false where its rows are more than few. */
  pairsOf(block: number): boolean {
    this.#count = 0
    this.#index.eachMember(block, this.#take)
    if (this.#count > this.#max) return false
    const rule = this.#index.blockRule(block)
    for (let at = 1; at < this.#count; at++) {
      const value = this.#values[at] ?? NO_VALUE
      for (let before = 0; before < at; before++) {
        const other = this.#values[before] ?? NO_VALUE
        if (value !== other) {
          if (value === NO_VALUE || other === NO_VALUE) continue
          if (!areAlike(this.#options, [other, value, rule])) continue
        }
        this.#note(this.#pids[before] ?? 0, this.#pids[at] ?? 0)
      }
    }
    return true
  }

  readonly #take = (pid: number, value: number): void => {
    if (this.#count < FEW_MAX) {
      this.#pids[this.#count] = pid
      this.#values[this.#count] = value
    }
    this.#count += 1
  }
}

function pairsOf(
  index: MatchIndex,
  block: number,
  { options, note }: { options: ResolveOptions; note: Note },
): void {
  const rule = index.blockRule(block)
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

function notePairs(ones: readonly number[], others: readonly number[], note: Note): void {
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
