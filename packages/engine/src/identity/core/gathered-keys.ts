import { placeInts, placeKeys, placesByHash, REGIONS } from './key-order.ts'
import { type KeyBatch, NO_VALUE } from './match-index.ts'

/** Rows that are put in order together: few enough for the caches of a processor. */
const PART_ROWS = 1 << 18
/** Parts that are held at most: 16 M rows, 12 to 16 bytes each. */
const PARTS_MAX = 64
/** Rows of a batch, about, where parts are so many that each has fewer of a region. */
const BATCH_ROWS = 1 << 13

/** Some rows of one rule; values where its rows have any. */
export interface RuleRows {
  readonly key: BigUint64Array
  readonly pid: Int32Array
  readonly value?: Int32Array | undefined
  readonly count: number
}

/** A part in the order of its hashes, and where each region of them ends. */
interface Part extends Omit<RuleRows, 'count'> {
  readonly ends: Int32Array
}

/**
 * Rows of one rule on their way to an index, to be taken in the order of the hashes of all of them.
 * Each part is put in order when it is full; parts are merged by being read side by side.
 */
export class GatheredKeys {
  /** The same for every row. */
  readonly #rule: Uint8Array
  readonly #noValue: Int32Array
  readonly #key = new BigUint64Array(PART_ROWS)
  readonly #pid = new Int32Array(PART_ROWS)
  readonly #value: Int32Array | undefined
  #count = 0
  #parts: Part[] = []

  constructor({ rule, hasValues }: { readonly rule: number; readonly hasValues: boolean }) {
    this.#rule = new Uint8Array(PART_ROWS).fill(rule)
    this.#noValue = new Int32Array(hasValues ? 0 : PART_ROWS).fill(NO_VALUE)
    this.#value = hasValues ? new Int32Array(PART_ROWS) : undefined
  }

  /** Whether the rows must be taken before others are added. */
  get isFull(): boolean {
    return this.#parts.length >= PARTS_MAX
  }

  /** Adds rows, which may be overwritten afterwards. */
  add(rows: RuleRows): void {
    for (let from = 0; from < rows.count;) {
      const to = Math.min(rows.count, from + PART_ROWS - this.#count)
      this.#key.set(rows.key.subarray(from, to), this.#count)
      this.#pid.set(rows.pid.subarray(from, to), this.#count)
      if (rows.value) this.#value?.set(rows.value.subarray(from, to), this.#count)
      this.#count += to - from
      from = to
      if (this.#count === PART_ROWS) this.#endPart()
    }
  }

  /** All rows so far, in the order of their hashes; none are left. */
  *take(): Iterable<KeyBatch> {
    this.#endPart()
    const parts = this.#parts
    this.#parts = []
    const rows = parts.reduce((sum, { pid }) => sum + pid.length, 0)
    const step = Math.max(1, Math.floor((REGIONS * BATCH_ROWS) / Math.max(rows, 1)))
    for (let region = 0; region < REGIONS; region += step) {
      for (const part of parts) {
        const from = part.ends[region - 1] ?? 0
        const to = part.ends[Math.min(region + step, REGIONS) - 1] ?? 0
        if (to > from) yield this.#batchOf(part, from, to)
      }
    }
  }

  #endPart(): void {
    const count = this.#count
    if (count === 0) return
    const { places, ends } = placesByHash({ rule: this.#rule, key: this.#key, count })
    const part = {
      key: new BigUint64Array(count),
      pid: new Int32Array(count),
      value: this.#value && new Int32Array(count),
      ends,
    }
    placeKeys(this.#key, places, part.key)
    placeInts(this.#pid, places, part.pid)
    if (this.#value && part.value) placeInts(this.#value, places, part.value)
    this.#parts.push(part)
    this.#count = 0
  }

  #batchOf({ key, pid, value = this.#noValue }: Part, from: number, to: number): KeyBatch {
    return {
      rule: this.#rule,
      key: key.subarray(from, to),
      pid: pid.subarray(from, to),
      value: value === this.#noValue ? value : value.subarray(from, to),
      count: to - from,
    }
  }
}
