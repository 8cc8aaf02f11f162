import { isStrongDifference } from './conflict-level.ts'
import type { FieldKind } from './field-kind.ts'
import { generationOf } from './generation.ts'
import type { ScoreModel } from './score-model.ts'
import { BLANK, type ScoreTable } from './score-table.ts'
import { ValueCache } from './value-cache.ts'

/**
 * Bits that a contradiction takes away beside the weight of its level: as much as a first and a
 * last name give together, so that names and an address which relatives share do not outweigh it,
 * and a record that agrees in all else still does.
 */
const CONFLICTS: Readonly<Partial<Record<FieldKind, number>>> = { identifier: 12, birthDate: 8 }
/** Bits taken away where two can not be one, whatever else they share: more than any evidence. */
export const VETO = 1000

/** What speaks against two rows being one beyond what their fields say one by one. */
export class PairConflicts {
  readonly #table: ScoreTable
  /** Fields whose last level contradicts, and that level. */
  readonly #strong: readonly number[]
  readonly #lasts: readonly number[]
  readonly #costs: readonly number[]
  readonly #suffixed: readonly { readonly at: number; readonly generation: ValueCache<Int8Array> }[]
  readonly #names: readonly number[]
  readonly #organizations: readonly number[]

  constructor(table: ScoreTable, { fields, match, records }: ScoreModel) {
    const matches = (match * records * (records - 1)) / 2
    this.#table = table
    const places = [...fields.keys()]
    const kindAt = (at: number): string => fields[at]?.kind ?? ''
    this.#strong = places.filter(at => {
      const field = fields[at]
      return field !== undefined && isStrongDifference(field, matches)
    })
    this.#lasts = this.#strong.map(at => (fields[at]?.levels.length ?? 0) - 1)
    this.#costs = this.#strong.map(at => CONFLICTS[fields[at]?.kind ?? 'text'] ?? 0)
    this.#names = places.filter(at => kindAt(at) === 'firstName' || kindAt(at) === 'lastName')
    this.#organizations = places.filter(at => kindAt(at) === 'organization')
    this.#suffixed = this.#names.flatMap(at => {
      const values = table.fields[at]
      return values
        ? [
            {
              at,
              generation: new ValueCache(
                values.texts,
                length => new Int8Array(length),
                generationOf,
              ),
            },
          ]
        : []
    })
  }

  /** Bits to take away from the score of two rows, whose levels are given. */
  bits(one: number, other: number, levels: Int8Array): number {
    let bits = 0
    for (let at = 0; at < this.#strong.length; at++) {
      if (levels[this.#strong[at] ?? 0] === this.#lasts[at]) bits += this.#costs[at] ?? 0
    }
    const mine = this.#generation(one)
    if (mine !== 0) {
      const yours = this.#generation(other)
      if (yours !== 0 && mine !== yours) return VETO
    }
    return this.#organizations.length > 0 && this.#isPersonAndOrganization(one, other) ? VETO : bits
  }

  /** Smith senior and Smith junior have nearly all in common but this. */
  #generation(row: number): number {
    for (let at = 0; at < this.#suffixed.length; at++) {
      const field = this.#suffixed[at]
      const value = field ? this.#table.value(field.at, row) : BLANK
      const found = value === BLANK ? 0 : (field?.generation.of(value) ?? 0)
      if (found !== 0) return found
    }
    return 0
  }

  /** A record that only names a person, and one that only names an organisation, are never one. */
  #isPersonAndOrganization(one: number, other: number): boolean {
    const isPerson = this.#has(this.#names, one)
    if (isPerson === this.#has(this.#names, other)) return false
    const [person, organization] = isPerson ? [one, other] : [other, one]
    return !this.#has(this.#organizations, person) && this.#has(this.#organizations, organization)
  }

  #has(fields: readonly number[], row: number): boolean {
    for (let at = 0; at < fields.length; at++) {
      if (this.#table.value(fields[at] ?? 0, row) !== BLANK) return true
    }
    return false
  }
}
