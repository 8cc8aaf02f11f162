import { jaroWinkler } from '../core/jaro-winkler.ts'
import { COMPARISONS } from './field-comparison.ts'
import { areOfDifferentScripts } from './name-script.ts'
import { isOneSpelled, isOneTranscribed, type NameSound, nameSound } from './name-sound.ts'
import { BLANK, type FieldValues, type ScoreTable } from './score-table.ts'
import { SEVERAL } from './value-form.ts'

/** The level of two values of which one is blank. */
export const NO_LEVEL = -1

/** Comparisons that are remembered for each field: 9 bytes each. */
const REMEMBERED = 1 << 17

/** The level at which the two values of a field agree; dear comparisons are remembered. */
class FieldLevels {
  readonly #values: FieldValues
  readonly #compare: (one: string, other: string) => number
  /** Names that are spelled in two ways have this level; undefined where no names are compared. */
  readonly #spelled: number | undefined
  readonly #sounds: NameSound[] = []
  readonly #ones = new Int32Array(REMEMBERED).fill(BLANK)
  readonly #others = new Int32Array(REMEMBERED)
  readonly #levels = new Int8Array(REMEMBERED)

  constructor(values: FieldValues) {
    this.#values = values
    this.#compare = COMPARISONS[values.field.kind].compare
    this.#spelled = COMPARISONS[values.field.kind].spelled
  }

  /** Of two values that are not blank. */
  level(one: number, other: number): number {
    if (one === other) return 0
    const low = one < other ? one : other
    const high = one < other ? other : one
    let at = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    at = (at ^ (at >>> 15)) & (REMEMBERED - 1)
    if (this.#ones[at] === low && this.#others[at] === high) return this.#levels[at] ?? 0
    const level = this.#levelOf(low, high)
    this.#ones[at] = low
    this.#others[at] = high
    this.#levels[at] = level
    return level
  }

  #levelOf(low: number, high: number): number {
    const [one, other] = [this.#values.text(low), this.#values.text(high)]
    const spelled = this.#spelled
    if (spelled === undefined) return this.#bestOf(one, other)
    if (areOfDifferentScripts(one, other)) {
      return isOneTranscribed(this.#sound(low), this.#sound(high)) ? spelled : NO_LEVEL
    }
    const level = this.#bestOf(one, other)
    return level > spelled && isOneSpelled(this.#sound(low), this.#sound(high)) ? spelled : level
  }

  /** Of several values of a record the one that agrees best counts. */
  #bestOf(one: string, other: string): number {
    if (!one.includes(SEVERAL) && !other.includes(SEVERAL)) return this.#compare(one, other)
    let best = Number.POSITIVE_INFINITY
    for (const mine of one.split(SEVERAL)) {
      for (const yours of other.split(SEVERAL)) {
        best = Math.min(best, mine === yours ? 0 : this.#compare(mine, yours))
      }
    }
    return best
  }

  #sound(value: number): NameSound {
    return (this.#sounds[value] ??= nameSound(this.#values.text(value)))
  }
}

/** Levels of names of which the first name of one record is the last name of the other. */
const SWAPPED = 1

/** Compares rows of a table field by field. */
export class PairLevels {
  readonly table: ScoreTable
  readonly #fields: readonly FieldLevels[]
  readonly #columns: readonly Int32Array[]
  readonly #first: number
  readonly #last: number

  constructor(table: ScoreTable) {
    this.table = table
    this.#columns = table.columns
    this.#fields = table.fields.map(values => new FieldLevels(values))
    this.#first = table.fields.findIndex(({ field }) => field.kind === 'firstName')
    this.#last = table.fields.findIndex(({ field }) => field.kind === 'lastName')
  }

  /** The level of one field of two rows; `NO_LEVEL` where one is blank. */
  level(field: number, one: number, other: number): number {
    const column = this.#columns[field]
    const a = column?.[one] ?? BLANK
    const b = column?.[other] ?? BLANK
    if (a === BLANK || b === BLANK) return NO_LEVEL
    return this.#fields[field]?.level(a, b) ?? NO_LEVEL
  }

  /** The levels of all fields of two rows, into `levels`. */
  all(one: number, other: number, levels: Int8Array): void {
    for (let field = 0; field < this.#fields.length; field++) {
      levels[field] = this.level(field, one, other)
    }
    if (this.#isSwapped(one, other, levels)) {
      levels[this.#first] = SWAPPED
      levels[this.#last] = SWAPPED
    }
  }

  /** Whether names that differ are the same in the other order. */
  #isSwapped(one: number, other: number, levels: Int8Array): boolean {
    if (this.#first < 0 || this.#last < 0) return false
    const [first, last] = [levels[this.#first] ?? 0, levels[this.#last] ?? 0]
    if (first < 3 || last < 2) return false
    const text = (field: number, row: number): string =>
      this.table.fields[field]?.text(this.table.column(field)[row] ?? BLANK) ?? ''
    return (
      isNearly(text(this.#first, one), text(this.#last, other)) &&
      isNearly(text(this.#last, one), text(this.#first, other))
    )
  }
}

function isNearly(one: string, other: string): boolean {
  return one === other || jaroWinkler(one, other) >= 0.92
}
