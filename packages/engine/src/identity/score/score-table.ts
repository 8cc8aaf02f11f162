import type { ScoreField } from './field-kind.ts'
import { joinHashes, textHash } from './text-hash.ts'
import { ValueCache } from './value-cache.ts'
import { SEVERAL } from './value-form.ts'

/** The number of a blank value. */
export const BLANK = -1

/** The distinct values of one field: their texts, and how many records have each. */
export class FieldValues {
  readonly field: ScoreField
  readonly texts: string[] = []
  readonly #counts: number[] = []
  readonly #numbers = new Map<string, number>()
  #hasSeveral = false
  /** How many records have a value. */
  filled = 0

  constructor(field: ScoreField) {
    this.field = field
  }

  /** The number of a value, in the form that is compared; new ones get the next. */
  number(form: string): number {
    const known = this.#numbers.get(form)
    if (known !== undefined) return known
    const next = this.texts.length
    this.#numbers.set(form, next)
    this.texts.push(form)
    this.#hasSeveral ||= form.includes(SEVERAL)
    this.#counts.push(0)
    return next
  }

  text(value: number): string {
    return this.texts[value] ?? ''
  }

  /** Whether a value is several of one record. */
  isSeveral(value: number): boolean {
    return this.#hasSeveral && this.text(value).includes(SEVERAL)
  }

  /** How many records have a value. */
  count(value: number): number {
    return this.#counts[value] ?? 0
  }

  /** Counts a value of so many more records. */
  addCount(value: number, more: number): void {
    this.#counts[value] = this.count(value) + more
    this.filled += more
  }

  /** The probability that two records with a value have the same one. */
  collision(): number {
    if (this.filled < 2) return 0
    let same = 0
    for (const count of this.#counts) same += count * (count - 1)
    return same / (this.filled * (this.filled - 1))
  }
}

const ROWS_MIN = 16

/**
 * What records are compared by: the number of each field's value. Records that are equal in all fields
 * are one *row*; the values of a row lie together, so that a pair costs two looks at memory.
 * Memory: 4 bytes a field and row, 8 to 16 a row to find it, and each distinct text once.
 */
export class ScoreTable {
  readonly fields: readonly FieldValues[]
  readonly #hashes: readonly ValueCache<Int32Array>[]
  #values: Int32Array
  #slots = new Int32Array(2 * ROWS_MIN)
  rows = 0

  constructor(fields: readonly ScoreField[]) {
    this.fields = fields.map(field => new FieldValues(field))
    this.#hashes = this.fields.map(
      (values, field) =>
        new ValueCache(
          values.texts,
          length => new Int32Array(length),
          text => textHash(text, field),
        ),
    )
    this.#values = new Int32Array(ROWS_MIN * fields.length)
  }

  /** The value of field `f` in row `r` at `r * fields.length + f`, -1 where it is blank; another array once it had to grow. */
  get values(): Int32Array {
    return this.#values
  }

  /** A field's value of a row; -1 where it is blank. */
  value(field: number, row: number): number {
    return this.#values[row * this.fields.length + field] ?? BLANK
  }

  /** A field's value of each row, as a column of their own. */
  column(field: number): Int32Array {
    const column = new Int32Array(this.rows)
    const width = this.fields.length
    for (let row = 0, at = field; row < column.length; row++, at += width) {
      column[row] = this.#values[at] ?? BLANK
    }
    return column
  }

  /** The row of a tuple of value numbers, one for each field; a new one is added. */
  rowOf(values: ArrayLike<number>): number {
    if (2 * this.rows >= this.#slots.length) this.#growSlots()
    const mask = this.#slots.length - 1
    for (let slot = tupleHash(values) & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1
      if (row < 0) {
        this.#slots[slot] = this.#append(values) + 1
        return this.rows - 1
      }
      if (this.#isRow(row, values)) return row
    }
  }

  /** A table of about so many records, taken at random but the same ones every time, and their rows in it. */
  sample(rowOf: Int32Array, recordsMax: number): { table: ScoreTable; rowOf: Int32Array } {
    const share = recordsMax / rowOf.length
    const table = new ScoreTable(this.fields.map(({ field }) => field))
    const tuple = new Int32Array(this.fields.length)
    const rows: number[] = []
    for (const [pid, row] of rowOf.entries()) {
      if ((joinHashes(pid, 1) >>> 0) / 2 ** 32 >= share) continue
      for (const [field, values] of table.fields.entries()) {
        const value = this.value(field, row)
        tuple[field] = BLANK
        if (value === BLANK) continue
        tuple[field] = values.number(this.fields[field]?.text(value) ?? '')
        values.addCount(tuple[field] ?? 0, 1)
      }
      rows.push(table.rowOf(tuple))
    }
    return { table, rowOf: Int32Array.from(rows) }
  }

  /** A number made of a row's content alone: the same in every table. */
  contentHash(row: number): number {
    let hash = 0
    for (let field = 0; field < this.fields.length; field++) {
      const value = this.value(field, row)
      hash = joinHashes(hash, value === BLANK ? 0 : (this.#hashes[field]?.of(value) ?? 0))
    }
    return hash
  }

  #isRow(row: number, values: ArrayLike<number>): boolean {
    const width = this.fields.length
    for (let field = 0; field < width; field++) {
      if (this.#values[row * width + field] !== values[field]) return false
    }
    return true
  }

  #append(values: ArrayLike<number>): number {
    const row = this.rows
    const width = this.fields.length
    if ((row + 1) * width > this.#values.length) {
      const grown = new Int32Array(Math.ceil((row + 1) * 1.5) * width)
      grown.set(this.#values)
      this.#values = grown
    }
    for (let field = 0; field < width; field++) {
      this.#values[row * width + field] = values[field] ?? BLANK
    }
    this.rows = row + 1
    return row
  }

  #growSlots(): void {
    this.#slots = new Int32Array(2 * this.#slots.length)
    const mask = this.#slots.length - 1
    const width = this.fields.length
    for (let row = 0; row < this.rows; row++) {
      let slot = tupleHash(this.#values.subarray(row * width, (row + 1) * width)) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = row + 1
    }
  }
}

function tupleHash(values: ArrayLike<number>): number {
  let hash = 0x9e3779b9
  for (let at = 0; at < values.length; at++) {
    hash = Math.imul(hash ^ (values[at] ?? BLANK), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  return hash
}
