import { keyHalves, keyHash } from '../key-order.ts'
import type { BlockName, KeyBatch } from '../match-index.ts'

/** Numbers a block's record has: key (low, high), rule, first row, size (distinct present nodes). */
const STRIDE = 5
const [LOW, HIGH, RULE, FIRST, SIZE] = [0, 1, 2, 3, 4]

/** Slots a block has at least: linear probing stays short up to two thirds full. */
const SLOTS_PER_BLOCK = 1.5
const SLOT_BITS_MIN = 4
/** How many blocks a row makes, about: two records a person, and some keys that differ. */
const BLOCKS_PER_ROW = 0.75
const BLOCKS_MIN = 16

/** The end of a list. */
export const NONE = -1

/**
 * The blocks of an index, found by rule and key: open addressing with linear probing over a slot
 * table of (hash, block + 1) pairs, so that a look-up of a new key touches one cache line, and
 * growing and removing never read a record. A slot's place is the top of its hash, so that rows in
 * the order of their hashes (`inHashOrder`) meet the slots in order too. Numbers of removed blocks are
 * used again.
 *
 * Memory: 20 bytes a block and 12 to 24 bytes of slots.
 */
export class BlockTable {
  #records: Int32Array
  #slots: Int32Array
  /** A hash's first slot is what is left of it after so many bits. */
  #shift: number
  #free = NONE
  /** One more than the largest number in use. */
  end = 0
  /** Blocks in use. */
  count = 0

  /**
   * Of rows expected as many blocks are made at most, and have room: records that are not used are
   * never touched, and take no memory; slots are taken for those that are about to be.
   */
  constructor(rowsExpected = 0) {
    const bits = slotBits(rowsExpected * BLOCKS_PER_ROW)
    this.#records = new Int32Array(STRIDE * Math.max(BLOCKS_MIN, rowsExpected))
    this.#slots = new Int32Array(2 ** (bits + 1))
    this.#shift = 32 - bits
  }

  /** The number of a block, or -1. The halves of the key are signed. */
  find(rule: number, low: number, high: number): number {
    return (this.#slots[2 * this.#slotOf(rule, low, high) + 1] ?? 0) - 1
  }

  /** The numbers of the blocks of rows from `from` on into `found`; those not there are made. */
  locate({ rule, key }: KeyBatch, from: number, found: Int32Array): void {
    this.reserve(found.length)
    const halves = keyHalves(key)
    const slots = this.#slots
    for (let at = 0; at < found.length; at++) {
      const row = from + at
      const its = rule[row] ?? 0
      const low = halves[2 * row] ?? 0
      const high = halves[2 * row + 1] ?? 0
      const slot = this.#slotOf(its, low, high)
      let block = (slots[2 * slot + 1] ?? 0) - 1
      if (block < 0) {
        block = this.#make(its, low, high)
        slots[2 * slot] = keyHash(its, low, high)
        slots[2 * slot + 1] = block + 1
      }
      found[at] = block
    }
  }

  /** Forgets a block: its number may come back as another one's. */
  remove(block: number): void {
    const at = block * STRIDE
    const records = this.#records
    const hash = keyHash(records[at + RULE] ?? 0, records[at + LOW] ?? 0, records[at + HIGH] ?? 0)
    const mask = this.#slots.length / 2 - 1
    let slot = hash >>> this.#shift
    while (this.#slots[2 * slot + 1] !== block + 1) slot = (slot + 1) & mask
    this.#closeGap(slot)
    records[at + RULE] = NONE
    records[at + FIRST] = this.#free
    this.#free = block
    this.count -= 1
  }

  name(block: number): BlockName {
    const at = block * STRIDE
    const low = BigInt((this.#records[at + LOW] ?? 0) >>> 0)
    const high = BigInt((this.#records[at + HIGH] ?? 0) >>> 0)
    return { rule: this.#records[at + RULE] ?? 0, key: (high << 32n) | low }
  }

  /** The rule of a block; -1 for a number that is none's. */
  rule(block: number): number {
    return this.#records[block * STRIDE + RULE] ?? NONE
  }

  /** Whether a number is a block's. */
  has(block: number): boolean {
    return block >= 0 && block < this.end && this.rule(block) >= 0
  }

  first(block: number): number {
    return this.#records[block * STRIDE + FIRST] ?? NONE
  }

  setFirst(block: number, row: number): void {
    this.#records[block * STRIDE + FIRST] = row
  }

  /** Makes a row the first of a block, counted or not; gives the one that was first. */
  putFirst(block: number, row: number, isCounted: boolean): number {
    const records = this.#records
    const at = block * STRIDE
    const head = records[at + FIRST] ?? NONE
    records[at + FIRST] = row
    if (isCounted) records[at + SIZE] = (records[at + SIZE] ?? 0) + 1
    return head
  }

  size(block: number): number {
    return this.#records[block * STRIDE + SIZE] ?? 0
  }

  addSize(block: number, more: number): void {
    this.#records[block * STRIDE + SIZE] = (this.#records[block * STRIDE + SIZE] ?? 0) + more
  }

  /** The slot of a block, or the empty one where it would be. */
  #slotOf(rule: number, low: number, high: number): number {
    const hash = keyHash(rule, low, high)
    const slots = this.#slots
    const records = this.#records
    const mask = slots.length / 2 - 1
    for (let slot = hash >>> this.#shift; ; slot = (slot + 1) & mask) {
      const at = STRIDE * ((slots[2 * slot + 1] ?? 0) - 1)
      if (at < 0) return slot
      if (
        slots[2 * slot] === hash &&
        records[at + LOW] === low &&
        records[at + HIGH] === high &&
        records[at + RULE] === rule
      )
        return slot
    }
  }

  #make(rule: number, low: number, high: number): number {
    const block = this.#takeNumber()
    const at = block * STRIDE
    this.#records[at + LOW] = low
    this.#records[at + HIGH] = high
    this.#records[at + RULE] = rule
    this.#records[at + FIRST] = NONE
    this.#records[at + SIZE] = 0
    this.count += 1
    return block
  }

  #takeNumber(): number {
    if (this.#free !== NONE) {
      const block = this.#free
      this.#free = this.first(block)
      return block
    }
    const block = this.end
    this.end += 1
    return block
  }

  /** Room for the blocks that so many more rows make, about. */
  reserveFor(rows: number): void {
    this.reserve(Math.ceil(rows * BLOCKS_PER_ROW))
  }

  /**
   * Room for so many more blocks. For all of a batch at once: rows in the order of their hashes that
   * come to a table that grows with them would crowd at its beginning.
   */
  reserve(more: number): void {
    if ((this.end + more) * STRIDE > this.#records.length) {
      const grown = new Int32Array(Math.ceil((this.end + more) * 1.5) * STRIDE)
      grown.set(this.#records)
      this.#records = grown
    }
    const bits = slotBits(this.count + more)
    if (bits > 32 - this.#shift) this.#growSlots(bits)
  }

  #growSlots(bits: number): void {
    const before = this.#slots
    const slots = new Int32Array(2 ** (bits + 1))
    const mask = 2 ** bits - 1
    this.#shift = 32 - bits
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue
      const hash = before[from] ?? 0
      let slot = hash >>> this.#shift
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask
      slots[2 * slot] = hash
      slots[2 * slot + 1] = before[from + 1] ?? 0
    }
    this.#slots = slots
  }

  /** Moves back what probing had pushed past the emptied slot (Knuth 6.4, algorithm R). */
  #closeGap(emptied: number): void {
    const slots = this.#slots
    const mask = slots.length / 2 - 1
    let gap = emptied
    for (let slot = (gap + 1) & mask; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (slots[2 * slot] ?? 0) >>> this.#shift
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue
      slots[2 * gap] = slots[2 * slot] ?? 0
      slots[2 * gap + 1] = slots[2 * slot + 1] ?? 0
      gap = slot
    }
    slots[2 * gap] = 0
    slots[2 * gap + 1] = 0
  }
}

/** Bits of a slot's number where so many blocks have room. */
function slotBits(blocks: number): number {
  return Math.max(SLOT_BITS_MIN, Math.ceil(Math.log2(blocks * SLOTS_PER_BLOCK)))
}
