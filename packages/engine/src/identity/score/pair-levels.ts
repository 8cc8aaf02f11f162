import { isJaroWinkler } from '../core/jaro-winkler.ts'
import { COMPARISONS } from './field-comparison.ts'
import { isName } from './field-kind.ts'
import { areOfDifferentScripts } from './name-script.ts'
import { isOneSpelled, isOneTranscribed, soundOf } from './name-sound.ts'
import { BLANK, type FieldValues, type ScoreTable } from './score-table.ts'
import { textHash } from './text-hash.ts'
import { ValueCache } from './value-cache.ts'
import { SEVERAL } from './value-form.ts'

/** The level of two values of which one is blank. */
export const NO_LEVEL = -1

/** The level of two different values that were not compared yet. */
export const OPEN_LEVEL = -2

/** Comparisons that are remembered for each field: 8 bytes each. */
const REMEMBERED = 1 << 17
/** Levels in what is remembered of a comparison. */
const LEVELS_MAX = 8

/** The level at which the two values of a field agree; dear comparisons are remembered. */
class FieldLevels {
  readonly #values: FieldValues
  readonly #compare: (one: string, other: string) => number
  readonly #isName: boolean
  /** Names that are spelled in two ways have this level; undefined where no names of persons are compared. */
  readonly #spelled: number | undefined
  readonly #sounds: ValueCache<Int32Array>
  /** The smaller value of a pair, then the larger one with the level in its last bits. */
  readonly #remembered = new Int32Array(2 * REMEMBERED).fill(BLANK)

  constructor(values: FieldValues) {
    this.#values = values
    this.#compare = COMPARISONS[values.field.kind].compare
    this.#isName = isName(values.field.kind)
    this.#spelled = COMPARISONS[values.field.kind].spelled
    this.#sounds = new ValueCache(
      values.texts,
      length => new Int32Array(length),
      name => textHash(soundOf(name), 0),
    )
  }

  /** Of two different values that are not blank. */
  level(one: number, other: number): number {
    const low = one < other ? one : other
    const high = one < other ? other : one
    let at = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    at = 2 * ((at ^ (at >>> 15)) & (REMEMBERED - 1))
    const held = this.#remembered[at + 1] ?? BLANK
    if (this.#remembered[at] === low && held >> 3 === high) return (held & (LEVELS_MAX - 1)) - 1
    const level = this.#levelOf(low, high)
    this.#remembered[at] = low
    this.#remembered[at + 1] = (high << 3) | (level + 1)
    return level
  }

  #levelOf(low: number, high: number): number {
    const [one, other] = [this.#values.text(low), this.#values.text(high)]
    const spelled = this.#spelled ?? LEVELS_MAX
    if (this.#isName && areOfDifferentScripts(one, other)) {
      return spelled < LEVELS_MAX && isOneTranscribed(one, other) ? spelled : NO_LEVEL
    }
    const level = this.#bestOf(one, other)
    if (level <= spelled || this.#sounds.of(low) !== this.#sounds.of(high)) return level
    return isOneSpelled(one, other) ? spelled : level
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
}

/** Levels of names of which the first name of one record is the last name of the other; of first names also where one begins with the other. */
const SWAPPED = 1

/** The level of last names that are alike or one in the other. */
const IN_PART = 2
/** Levels of e-mail addresses that may be at two domains. */
const [SAME_MAILBOX, ALIKE_MAILBOX, OTHER_MAILBOX] = [1, 3, 4]
/** Likeness from which on a domain is the other, written wrongly. */
const SAME_DOMAIN_MIN = 0.8
/** Letters of a name that is not in a mailbox by chance. */
const NAME_LETTERS_MIN = 4

/** Compares rows of a table field by field. */
export class PairLevels {
  readonly #table: ScoreTable
  readonly #fields: readonly FieldLevels[]
  readonly #first: number
  readonly #last: number
  readonly #email: number

  constructor(table: ScoreTable) {
    this.#table = table
    this.#fields = table.fields.map(values => new FieldLevels(values))
    this.#first = table.fields.findIndex(({ field }) => field.kind === 'firstName')
    this.#last = table.fields.findIndex(({ field }) => field.kind === 'lastName')
    this.#email = table.fields.findIndex(({ field }) => field.kind === 'email')
  }

  /** The level of two different values of a field. */
  level(field: number, one: number, other: number): number {
    return this.#fields[field]?.level(one, other) ?? NO_LEVEL
  }

  /** The levels of all fields of two rows, into `levels`. */
  all(one: number, other: number, levels: Int8Array): void {
    const { values } = this.#table
    const width = this.#fields.length
    for (let field = 0; field < width; field++) {
      const a = values[one * width + field] ?? BLANK
      const b = values[other * width + field] ?? BLANK
      levels[field] = a === BLANK || b === BLANK ? NO_LEVEL : a === b ? 0 : OPEN_LEVEL
    }
    if (one !== other) this.complete(one, other, levels)
  }

  /** The levels that are open yet; and whether names that differ are swapped. */
  complete(one: number, other: number, levels: Int8Array): void {
    const { values } = this.#table
    const width = this.#fields.length
    for (let field = 0; field < width; field++) {
      if (levels[field] !== OPEN_LEVEL) continue
      const a = values[one * width + field] ?? BLANK
      const b = values[other * width + field] ?? BLANK
      levels[field] = this.level(field, a, b)
    }
    if (this.#isSwapped(one, other, levels)) {
      levels[this.#first] = SWAPPED
      levels[this.#last] = SWAPPED
    } else if (this.#isFormerName(one, other, levels)) levels[this.#last] = IN_PART
    if (this.#email < 0) return
    const level = levels[this.#email]
    if (level !== SAME_MAILBOX && level !== ALIKE_MAILBOX) return
    if (this.#areNamesAtTwoDomains(one, other)) levels[this.#email] = OTHER_MAILBOX
  }

  /** Whether one's last name stands before the other's: Susan Meyer is now Susan Meyer Thomas. */
  #isFormerName(one: number, other: number, levels: Int8Array): boolean {
    if (this.#first < 0 || this.#last < 0) return false
    if (levels[this.#first] !== SWAPPED || (levels[this.#last] ?? 0) <= IN_PART) return false
    const standsBefore = (name: number, row: number): boolean =>
      this.#text(this.#first, row).endsWith(` ${this.#text(this.#last, name)}`)
    return standsBefore(one, other) || standsBefore(other, one)
  }

  /** Whether the mailboxes of two records have their names in them, at different domains: no more than the names is alike. */
  #areNamesAtTwoDomains(one: number, other: number): boolean {
    if (!this.#isMailboxOfName(one) || !this.#isMailboxOfName(other)) return false
    const domain = (row: number): string => this.#text(this.#email, row).split('@')[1] ?? ''
    return !isJaroWinkler(domain(one), domain(other), SAME_DOMAIN_MIN)
  }

  #isMailboxOfName(row: number): boolean {
    const mailbox = this.#text(this.#email, row).split('@')[0] ?? ''
    return [this.#first, this.#last].some(field => {
      const name = field < 0 ? '' : this.#text(field, row)
      return name.length >= NAME_LETTERS_MIN && mailbox.includes(name)
    })
  }

  #text(field: number, row: number): string {
    return this.#table.fields[field]?.text(this.#table.value(field, row)) ?? ''
  }

  /** Whether names that differ are the same in the other order. */
  #isSwapped(one: number, other: number, levels: Int8Array): boolean {
    if (this.#first < 0 || this.#last < 0) return false
    const [first, last] = [levels[this.#first] ?? 0, levels[this.#last] ?? 0]
    if (first < 3 || last < 2) return false
    return (
      isNearly(this.#text(this.#first, one), this.#text(this.#last, other)) &&
      isNearly(this.#text(this.#last, one), this.#text(this.#first, other))
    )
  }
}

function isNearly(one: string, other: string): boolean {
  return one === other || isJaroWinkler(one, other, 0.92)
}
