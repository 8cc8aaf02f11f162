import type {
  MatchRule,
  ResolveDefinition,
  RulesetDefinition,
  ScoredField,
} from '@mainstem/contracts'
import type { ScoredMatcher } from '../../identity/index.ts'
import type { ColumnKind } from '../../model/index.ts'
import { withJoinedDates, withLoneParts } from './birth-date-columns.ts'
import type { ColumnUse } from './column-use.ts'
import { firstOf, type RecordSlot } from './record-relation.ts'

/** What each kind of column is compared as by a scored rule; others are not. */
const SCORED_AS: Readonly<Partial<Record<ColumnKind, ScoredField['kind']>>> = {
  firstName: 'firstName',
  middleName: 'text',
  lastName: 'lastName',
  organizationName: 'organization',
  nameSuffix: 'code',
  gender: 'code',
  birthDate: 'birthDate',
  email: 'email',
  phone: 'phone',
  streetNumber: 'code',
  addressLine: 'street',
  fullAddress: 'street',
  city: 'text',
  postalCode: 'postalCode',
  state: 'code',
  country: 'code',
  identifier: 'identifier',
  attribute: 'text',
}

/** Address lines that the model has a field for. */
const ADDRESS_LINES_MAX = 3

/**
 * Gives columns without a field of the model one of the person's own, so that a scored rule can
 * compare them; second address lines are lines of the one address.
 */
export function withFields(uses: readonly ColumnUse[]): readonly ColumnUse[] {
  const lines = new Map<number, number>()
  return withLoneParts(uses).map(use => {
    if (use.kind === 'fullAddress') return { ...use, field: 'ContactPointAddress.AddressLine1' }
    if (use.kind === 'addressLine' && use.as === undefined) {
      const line = (lines.get(use.source) ?? 0) + 1
      lines.set(use.source, line)
      const field = `ContactPointAddress.AddressLine${Math.min(line, ADDRESS_LINES_MAX)}`
      return line === 1 ? use : { ...use, field, kind: 'attribute' }
    }
    if (use.field !== null && !use.field.startsWith('Account.')) return use
    if (SCORED_AS[use.kind] === undefined) return use
    return { ...use, field: `Individual.${ownField(use.column)}` }
  })
}

/** A column's name as a field's: `Date of birth` is `DateOfBirth`. */
function ownField(column: string): string {
  const words = column
    .normalize('NFD')
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
  const name = words.map(word => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
  return `${/^[A-Za-z]/.test(name) ? '' : 'Field'}${name}Column`
}

/** Slots with all that columns say of them, some in another way: names in full, whole addresses, further names. */
export function withOtherForms(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  return withFurtherNames(
    withWholeAddresses(withPostalCodes(withDerivedNames(withJoinedDates(slots)))),
  )
}

/** First and last names that only full names tell, in whatever script. */
function withDerivedNames(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  const full = slots.flatMap(slot => slot.uses.filter(use => use.kind === 'fullName'))
  if (full.length === 0) return slots
  const parts = [
    { kind: 'firstName', field: 'Individual.FirstName', part: 'first' },
    { kind: 'lastName', field: 'Individual.LastName', part: 'last' },
  ] as const
  const derived = parts.map(({ kind, field, part }): RecordSlot => {
    const own = firstOf(slots, kind)
    const uses = full.map(use => ({ ...use, kind, field }))
    return { ...(own ?? { name: kind, ordinal: 0, uses }), fallback: { part, uses: full } }
  })
  const names = new Set(derived.map(({ name }) => name))
  return [...derived, ...slots.filter(slot => !names.has(slot.name))]
}

/** Address lines of records that have their address in one text only. */
function withWholeAddresses(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  const line = firstOf(slots, 'addressLine')
  const whole = slots.filter(slot => slot.uses.some(use => use.kind === 'fullAddress'))
  if (!line || whole.length === 0) return slots
  const uses = whole.flatMap(slot => slot.uses)
  return slots
    .filter(slot => !whole.includes(slot))
    .map(slot => (slot === line ? { ...line, fallback: { part: 'whole', uses } } : slot))
}

/** Postal codes that stand in whole addresses only. */
function withPostalCodes(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  const code = firstOf(slots, 'postalCode')
  const uses = slots.flatMap(slot => slot.uses.filter(use => use.kind === 'fullAddress'))
  if (!code || uses.length === 0) return slots
  return slots.map(slot =>
    slot === code ? { ...code, fallback: { part: 'postalCode', uses } } : slot,
  )
}

/** An organisation that has several names is known by each of them. */
function withFurtherNames(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  const [first, ...others] = slots.filter(slot =>
    slot.uses.some(use => use.kind === 'organizationName'),
  )
  if (!first || others.length === 0) return slots
  const further = others.flatMap(slot => slot.uses)
  return slots
    .filter(slot => !others.includes(slot))
    .map(slot => (slot === first ? { ...first, further } : slot))
}

/** Attributes that are compared, those first that are named first: more say the same again. */
const ATTRIBUTES_MAX = 8

/** The fields that a scored rule compares, where its file names none: all that is known of records. */
export function withScoredFields(
  definition: ResolveDefinition,
  slots: readonly RecordSlot[],
): ResolveDefinition {
  const matchRules = definition.matchRules.map((rule): MatchRule =>
    rule.kind !== 'Scored' || rule.model !== undefined || rule.fields !== undefined
      ? rule
      : { ...rule, fields: scoredFields(slots) },
  )
  return { ...definition, matchRules }
}

/** What of records can be scored, names first. */
export function scoredFields(slots: readonly RecordSlot[]): ScoredField[] {
  const fields = new Map<string, ScoredField>()
  let attributes = 0
  for (const { uses } of slots) {
    const [use] = uses
    const kind = use && SCORED_AS[use.kind]
    if (!use || kind === undefined || use.field === null) continue
    const { field, identifier } = use
    const key = JSON.stringify([field, identifier ?? null])
    if (fields.has(key)) continue
    if (use.kind === 'attribute' && ++attributes > ATTRIBUTES_MAX) continue
    fields.set(key, { field, kind, ...identifier })
  }
  const place = ({ kind }: ScoredField): number =>
    kind === 'firstName' ? 0 : kind === 'lastName' ? 1 : 2
  return [...fields.values()].sort((one, other) => place(one) - place(other))
}

/** A ruleset whose scored rule has the model that was estimated. */
export function withModel(
  ruleset: RulesetDefinition,
  scored: ScoredMatcher | undefined,
): RulesetDefinition {
  if (!scored) return ruleset
  const matchRules = ruleset.matchRules.map((rule): MatchRule => {
    if (rule.kind !== 'Scored') return rule
    const { fields: _fields, blocking: _blocking, ...rest } = rule
    return { ...rest, model: scored.definition }
  })
  return { ...ruleset, matchRules }
}
