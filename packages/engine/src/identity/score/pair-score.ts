import { type FieldKind, isNearlyUnique } from './field-kind.ts'
import { PairConflicts, VETO } from './pair-conflicts.ts'
import { NO_LEVEL, OPEN_LEVEL, PairLevels } from './pair-levels.ts'
import { isRoleMailbox } from './role-mailbox.ts'
import type { ModelField, ScoreModel } from './score-model.ts'
import { BLANK, type FieldValues, type ScoreTable } from './score-table.ts'
import { ValueCache } from './value-cache.ts'

/** What one field adds to a score. */
export interface FieldWeight {
  readonly field: string
  readonly level: string
  /** In bits: one more doubles the odds. */
  readonly weight: number
}

/** A pair's score, in bits: the logarithm to base two of the odds that it is one. */
export interface Waterfall {
  /** The odds of any two records. */
  readonly prior: number
  readonly fields: readonly FieldWeight[]
  /** What is given back because who moves has another street, city and postal code at once. */
  readonly moved: number
  /** What is taken away because the two may be relatives. */
  readonly related: number
  /** What is taken away because something contradicts. */
  readonly conflict: number
  readonly total: number
  readonly probability: number
}

/** Equal values of at most so many records may all be of one person: they are not frequent. */
const PERSON_RECORDS = 12
/** An equal value that is rare counts at most as if it had this part of the average share. */
const RARE_PART = 0.05

/** Bits that two sums of the same weights may differ by. */
const ROUNDING = 1e-6

/** Scores pairs of rows by a model. */
export class PairScore {
  readonly model: ScoreModel
  readonly #levels: PairLevels
  readonly #table: ScoreTable
  readonly #conflicts: PairConflicts
  readonly #fields: readonly FieldScore[]
  readonly #prior: number
  readonly #relatedPrior: number
  /** The levels of the pair that was looked at last. */
  readonly #found: Int8Array
  /** Of the pair that was scored last: what counting a move once gives back, and what relatives take. */
  #movedOnce = 0
  #lostToRelatives = 0
  /** The fields whose comparison tells more of a bound, those that cost least first; not names, which may be swapped, and e-mail addresses, which may be made of them. */
  readonly #cheapFirst: Int32Array

  constructor(table: ScoreTable, model: ScoreModel) {
    this.model = model
    this.#levels = new PairLevels(table)
    this.#table = table
    this.#conflicts = new PairConflicts(table, model)
    this.#fields = model.fields.map((field, at) => new FieldScore(field, table.fields[at]))
    this.#prior = Math.log2(model.match)
    this.#relatedPrior = model.related === 0 ? Number.NEGATIVE_INFINITY : Math.log2(model.related)
    this.#found = new Int8Array(model.fields.length)
    this.#cheapFirst = Int32Array.from(
      [...model.fields.keys()]
        .filter(at => costOf(model.fields[at]) > 0)
        .sort((x, y) => costOf(model.fields[x]) - costOf(model.fields[y])),
    )
  }

  /** The score of two rows, in bits. */
  weight(one: number, other: number): number {
    this.#levels.all(one, other, this.#found)
    return this.#weightOfFound(one, other)
  }

  /** Whether the score of two rows is at least so much; most that are not are told early. */
  isAtLeast(one: number, other: number, bits: number): boolean {
    let atMost = this.#mostWithEqual(one, other)
    // Bounds are added up in another order than the score.
    const least = bits - ROUNDING
    const { values } = this.#table
    const width = this.#found.length
    for (let place = 0; place < this.#cheapFirst.length; place++) {
      if (atMost < least) return false
      const at = this.#cheapFirst[place] ?? 0
      if (this.#found[at] !== OPEN_LEVEL) continue
      const a = values[one * width + at] ?? BLANK
      const b = values[other * width + at] ?? BLANK
      atMost -= this.#lessThanMost(at, a, b)
    }
    if (atMost < least) return false
    this.#levels.complete(one, other, this.#found)
    return this.#weightOfFound(one, other) >= bits
  }

  /** The score of two rows whose levels were found. */
  #weightOfFound(one: number, other: number): number {
    const found = this.#found
    let match = this.#prior
    let related = this.#relatedPrior
    let movedMost = 0
    let moved = 0
    for (let at = 0; at < found.length; at++) {
      const level = found[at] ?? NO_LEVEL
      const field = this.#fields[at]
      if (level === NO_LEVEL || !field) continue
      const rarity = level === 0 ? this.#rarity(at, one, other) : 0
      const bits = (field.match[level] ?? 0) + rarity
      match += bits
      if (field.isPlace && bits < 0) {
        moved += bits
        if (bits < movedMost) movedMost = bits
      }
      related += (field.related[level] ?? 0) + (field.isShared ? rarity : 0)
    }
    // Who moves has another street, city and postal code at once: it counts once.
    this.#movedOnce = movedMost - moved
    this.#lostToRelatives = unlessRelated(related)
    const total = match + this.#movedOnce - this.#lostToRelatives
    return contradicted(total, this.#conflicts.bits(one, other, found))
  }

  #rarity(at: number, one: number, other: number): number {
    const table = this.#table
    return this.#fields[at]?.rarity(table.value(at, one), table.value(at, other)) ?? 0
  }

  /** What the score can be at most, by which values are equal; notes their levels. */
  #mostWithEqual(one: number, other: number): number {
    const found = this.#found
    const { values } = this.#table
    const width = found.length
    let atMost = this.#prior
    for (let at = 0; at < width; at++) {
      const a = values[one * width + at] ?? BLANK
      const b = values[other * width + at] ?? BLANK
      const field = this.#fields[at]
      if (a === BLANK || b === BLANK || !field) found[at] = NO_LEVEL
      else if (a === b) {
        found[at] = 0
        atMost += (field.match[0] ?? 0) + field.rarity(a, b)
      } else {
        found[at] = OPEN_LEVEL
        atMost += field.unequalMax(a, b)
      }
    }
    return atMost
  }

  /** By how much two different values of a field agree less than they could; notes their level. */
  #lessThanMost(at: number, one: number, other: number): number {
    const level = this.#levels.level(at, one, other)
    this.#found[at] = level
    const field = this.#fields[at]
    if (!field) return 0
    const bits = field.match[level] ?? 0
    // Of places that differ only one is counted, and it is not known yet which.
    return field.unequalMax(one, other) - (field.isPlace ? Math.max(0, bits) : bits)
  }

  /** How the score of two rows comes about. */
  waterfall(one: number, other: number): Waterfall {
    const total = this.weight(one, other)
    const fields = this.model.fields.flatMap((field, at): readonly FieldWeight[] => {
      const level = this.#found[at] ?? NO_LEVEL
      const score = this.#fields[at]
      if (level === NO_LEVEL || !score) return []
      const rarity =
        level === 0 ? score.rarity(this.#table.value(at, one), this.#table.value(at, other)) : 0
      const weight = (score.match[level] ?? 0) + rarity
      return [{ field: field.name, level: field.levels[level]?.level ?? '', weight }]
    })
    const sum = fields.reduce((held, { weight }) => held + weight, this.#prior)
    return {
      prior: this.#prior,
      fields,
      moved: this.#movedOnce,
      related: -this.#lostToRelatives,
      conflict: total - (sum + this.#movedOnce - this.#lostToRelatives),
      total,
      probability: probabilityOf(total),
    }
  }

  /** What the fields of two rows say, without the odds of any two records. */
  get prior(): number {
    return this.#prior
  }
}

/** About what comparing two values of a field costs; 0 for names and e-mail addresses, whose levels depend on each other. */
function costOf(field: ModelField | undefined): number {
  return field ? COSTS[field.kind] : 0
}

const COSTS: Readonly<Record<FieldKind, number>> = {
  firstName: 0,
  lastName: 0,
  code: 1,
  birthDate: 2,
  phone: 3,
  identifier: 3,
  postalCode: 4,
  text: 5,
  street: 6,
  organization: 6,
  email: 0,
}

/** The probability of a score in bits. */
export function probabilityOf(bits: number): number {
  return 1 / (1 + 2 ** -bits)
}

/** The score in bits of a probability. */
export function bitsOf(probability: number): number {
  return Math.log2(probability / (1 - probability))
}

/** A score less what contradicts it: what does not outweigh that is never one. */
function contradicted(bits: number, conflict: number): number {
  if (conflict === 0) return bits
  return bits < conflict ? bits - VETO : bits - conflict
}

/** What the chance of being relatives takes away: log2(1 + 2^bits), where that is more than rounding. */
function unlessRelated(bits: number): number {
  if (bits < -40) return 0
  return bits > 40 ? bits : Math.log2(1 + 2 ** bits)
}

/** Objects whose fields are parts of one address. */
const PLACES = new Set(['ContactPointAddress'])

/** The weights of one field, in bits. */
class FieldScore {
  readonly match: Float64Array
  readonly related: Float64Array
  /** Whether relatives share it more than strangers do. */
  readonly isShared: boolean
  /** Whether it is a part of an address: all parts change at once. */
  readonly isPlace: boolean
  readonly #field: ModelField
  readonly #values: FieldValues | undefined
  readonly #unequalMax: number
  readonly #max: number
  readonly #rarities: ValueCache<Float64Array> | undefined

  constructor(field: ModelField, values: FieldValues | undefined) {
    this.#field = field
    this.#values = values
    this.match = Float64Array.from(field.levels, ({ match, random }) => Math.log2(match / random))
    this.related = Float64Array.from(field.levels, ({ related, random }) =>
      Math.log2(related / random),
    )
    this.isShared = this.related.some(bits => bits !== 0)
    this.isPlace = PLACES.has(field.name.split('.')[0] ?? '')
    const least = this.isPlace ? 0 : -60
    this.#unequalMax = this.match.subarray(1).reduce((max, bits) => Math.max(max, bits), least)
    this.#max = Math.max(this.#unequalMax, (this.match[0] ?? 0) - Math.log2(RARE_PART))
    this.#rarities =
      values &&
      new ValueCache(
        values.texts,
        length => new Float64Array(length),
        text => this.#rarityOf(text),
      )
  }

  /** The most that two different values can add; of several values one may be equal. */
  unequalMax(one: number, other: number): number {
    return this.#isSeveral(one) || this.#isSeveral(other) ? this.#max : this.#unequalMax
  }

  /** What an equal value adds for being rare, or takes away for being frequent. */
  rarity(one: number, other: number): number {
    if (one !== other) return 0
    return this.#rarities?.of(one) ?? 0
  }

  #rarityOf(text: string): number {
    if (this.#field.kind === 'email' && isRoleMailbox(text)) return -(this.match[0] ?? 0)
    const random = this.#field.levels[0]?.random ?? 1
    const share = Object.hasOwn(this.#field.frequent, text)
      ? (this.#field.frequent[text] ?? this.#field.rare)
      : this.#field.rare
    if (isNearlyUnique(this.#field.kind)) return Math.min(0, Math.log2(random / share))
    return Math.log2(random / Math.max(share, RARE_PART * random))
  }

  #isSeveral(value: number): boolean {
    return this.#values?.isSeveral(value) ?? false
  }
}

/** How many records of a value make it frequent. */
export const FREQUENT_RECORDS = PERSON_RECORDS
