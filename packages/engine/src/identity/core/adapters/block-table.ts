import type { BlockName } from '../match-index.ts'

/** Numbers a block's record has: key (low, high), rule, first row, size (distinct present nodes). */
const STRIDE = 5
const [LOW, HIGH, RULE, FIRST, SIZE] = [0, 1, 2, 3, 4]

/** Slots a block has at least: linear probing stays short up to half full. */
const SLOTS_PER_BLOCK = 2
const SLOTS_MIN = 16

/** The end of a list. */
export const NONE = -1

/**
 * The blocks of an index, found by rule and key: open addressing with linear probing over a slot
 * table of (hash, block + 1) pairs, so that a look-up of a new key touches one cache line, and
 * growing and removing never read a record. Numbers of removed blocks are used again.
 *
 * Memory: 20 bytes a block and 16 to 32 bytes of slots.
 */
export class BlockTable {
  #records: Int32Array
  #slots: Int32Array
  #mask: number
  #free = NONE
  /** One more than the largest number in use. */
  end = 0
  /** Blocks in use. */
  count = 0

  /** `blocksExpected` saves growing while about so many are made. */
  constructor(blocksExpected = 0) {
    let slots = SLOTS_MIN
    while (slots < blocksExpected * SLOTS_PER_BLOCK) slots *= 2
    this.#records = new Int32Array(STRIDE * Math.max(SLOTS_MIN, blocksExpected))
    this.#slots = new Int32Array(2 * slots)
    this.#mask = slots - 1
  }

  /** The number of a block, or -1. The halves of the key are signed. */
  find(rule: number, low: number, high: number): number {
    const hash = hashOf(rule, low, high)
    const slots = this.#slots
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const block = (slots[2 * slot + 1] ?? 0) - 1
      if (block < 0) return NONE
      if (slots[2 * slot] === hash && this.#matches(block, low, high) && this.rule(block) === rule)
        return block
    }
  }

  /** The number of a block, which is made if it is not there. */
  locate(rule: number, low: number, high: number): number {
    const hash = hashOf(rule, low, high)
    const slots = this.#slots
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const block = (slots[2 * slot + 1] ?? 0) - 1
      if (block < 0) {
        const made = this.#make(rule, low, high)
        slots[2 * slot] = hash
        slots[2 * slot + 1] = made + 1
        this.#growSlots()
        return made
      }
      if (slots[2 * slot] === hash && this.#matches(block, low, high) && this.rule(block) === rule)
        return block
    }
  }

  /** Forgets a block: its number may come back as another one's. */
  remove(block: number): void {
    const at = block * STRIDE
    const records = this.#records
    const hash = hashOf(records[at + RULE] ?? 0, records[at + LOW] ?? 0, records[at + HIGH] ?? 0)
    let slot = hash & this.#mask
    while (this.#slots[2 * slot + 1] !== block + 1) slot = (slot + 1) & this.#mask
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

  size(block: number): number {
    return this.#records[block * STRIDE + SIZE] ?? 0
  }

  addSize(block: number, more: number): void {
    this.#records[block * STRIDE + SIZE] = (this.#records[block * STRIDE + SIZE] ?? 0) + more
  }

  #matches(block: number, low: number, high: number): boolean {
    const at = block * STRIDE
    return this.#records[at + LOW] === low && this.#records[at + HIGH] === high
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
    if (this.end * STRIDE > this.#records.length) {
      const grown = new Int32Array(Math.ceil(this.end * 1.5) * STRIDE)
      grown.set(this.#records)
      this.#records = grown
    }
    return block
  }

  #growSlots(): void {
    const before = this.#slots
    if (this.count * SLOTS_PER_BLOCK <= this.#mask) return
    const mask = 2 * this.#mask + 1
    const slots = new Int32Array(2 * (mask + 1))
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue
      const hash = before[from] ?? 0
      let slot = hash & mask
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask
      slots[2 * slot] = hash
      slots[2 * slot + 1] = before[from + 1] ?? 0
    }
    this.#slots = slots
    this.#mask = mask
  }

  /** Moves back what probing had pushed past the emptied slot (Knuth 6.4, algorithm R). */
  #closeGap(emptied: number): void {
    const slots = this.#slots
    const mask = this.#mask
    let gap = emptied
    for (let slot = (gap + 1) & mask; slots[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (slots[2 * slot] ?? 0) & mask
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue
      slots[2 * gap] = slots[2 * slot] ?? 0
      slots[2 * gap + 1] = slots[2 * slot + 1] ?? 0
      gap = slot
    }
    slots[2 * gap] = 0
    slots[2 * gap + 1] = 0
  }
}

/** Keys are hashes already; this mixes the rule in and spreads keys that are not. */
function hashOf(rule: number, low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(rule + 1, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}
