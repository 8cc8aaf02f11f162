import type { Criterion, MatchRule, RulesetDefinition } from '@mainstem/contracts'
import { narrowViewName } from '../model/index.ts'
import { ident, literal, literals } from '../query/index.ts'
import { type Normaliser, NORMALISERS } from './core/index.ts'

/** A condition on a party column, such as `in (1, 2)`, or undefined for all. */
export type PartyFilter = string | undefined

/** The column of the source profiles' view that holds the dense id of the profile. */
const SELF = '"_p_Id"'

/**
 * SQL of a ruleset's match keys for some parties: `rule`, `key`, `pid` and, for a fuzzy rule, the
 * `name` compared. A rule's key is the tuple of its normalised exact values: one row for each
 * combination of the profile's contact points. The profiles of some parties are read once for all rules.
 */
export function matchKeysSql(ruleset: RulesetDefinition, filter: PartyFilter): string {
  const rules = ruleset.matchRules.map((rule, at) => ruleSql({ ruleset, rule, at, filter }))
  const keys = rules.join(' union all ')
  if (filter === undefined) return keys
  const profiles = rowsOf(ruleset.configurationType, SELF, filter)
  return `with ${PROFILES} as materialized (select * from ${profiles}) ${keys}`
}

/** The source profiles of some parties, in a statement that reads them once. */
const PROFILES = 'source_profile'

/** SQL of the source profiles that take part: one `pid` a row. */
export function sourceProfilesSql(ruleset: RulesetDefinition, filter: PartyFilter): string {
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  const rows = rowsOf(ruleset.configurationType, SELF, filter)
  return `select distinct i.${SELF} as pid from ${rows} i where ${where.join(' and ')}`
}

/** Whether a criterion compares by likeness and not by equality. */
export function isFuzzy(criterion: Criterion): boolean {
  return criterion.matchMethodType.startsWith('FUZZY')
}

/** SQL of the value of a criterion that is compared, from the alias of its object's rows; null is blank. */
export function criterionSql(criterion: Criterion, alias: string): string {
  const { start, normaliser } = compared(criterion, alias)
  return normaliser ? normaliser.sql(start) : start
}

/** The text that a criterion looks at, and how it is normalised; a phone number already is. */
function compared(
  criterion: Criterion,
  alias: string,
): { readonly start: string; readonly normaliser: Normaliser | undefined } {
  const start = `${alias}.${ident(criterion.fieldName)}::varchar`
  if (isFuzzy(criterion)) return { start, normaliser: NORMALISERS.firstName }
  if (criterion.matchMethodType === 'EXACT') {
    return {
      start,
      normaliser: criterion.caseSensitiveMatch ? NORMALISERS.exactCase : NORMALISERS.exact,
    }
  }
  switch (criterion.entityName) {
    case 'ContactPointEmail':
      return { start, normaliser: NORMALISERS.email }
    case 'ContactPointPhone':
      return { start: `nullif(${alias}."FormattedE164PhoneNumber", '')`, normaliser: undefined }
    case 'ContactPointAddress':
      return { start, normaliser: NORMALISERS.address }
    default:
      return { start, normaliser: NORMALISERS.name }
  }
}

interface RuleSql {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly at: number
  readonly filter: PartyFilter
}

/** Rows that no table has: a limit that only keeps conditions from being moved to before it. */
const ROWS_UNLIMITED = '1000000000000'

function ruleSql({ ruleset, rule, at, filter }: RuleSql): string {
  const sources = joined(ruleset, rule, filter)
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  for (const { alias, party } of sources.contactPoints) {
    if (!party) continue
    where.push(`${alias}."Name" = ${literal(party.partyName)}`)
    where.push(`${alias}."PartyIdentificationTypeId" = ${literal(party.partyType)}`)
  }
  const exact = rule.criteria.filter(criterion => !isFuzzy(criterion))
  const fuzzy = rule.criteria.find(isFuzzy)
  const values = exact.map((criterion, n) =>
    valueOf(`v${n}`, criterion, sources.aliasOf(criterion)),
  )
  const name = fuzzy && valueOf('name', fuzzy, sources.aliasOf(fuzzy))
  const parts = [...values, ...(name ? [name] : [])]
  const from = `from ${sources.sql} where ${where.join(' and ')}`
  const filled = parts.map(({ column }) => `${column} is not null`)
  return `
    select distinct ${at}::utinyint as rule, hash(${values.map(({ column }) => column).join(', ')}) as key, pid,
           ${name ? name.column : 'null::varchar as name'}
    from (${normalised(parts, from)} limit ${ROWS_UNLIMITED})
    where ${filled.join(' and ')}`
}

/** A value that a rule compares: its column, the text it starts as, and what is done to it. */
interface Value {
  readonly column: string
  readonly start: string
  readonly steps: readonly ((value: string) => string)[]
}

/** A blank that may match is a value like any other; one that may not is null, and the row has no key. */
function valueOf(column: string, criterion: Criterion, alias: string): Value {
  const { start, normaliser } = compared(criterion, alias)
  const blank = criterion.shouldMatchOnBlank
    ? [(value: string) => `coalesce(${value}, chr(0))`]
    : []
  return { column, start, steps: [...(normaliser?.steps ?? []), ...blank] }
}

/**
 * Nested selects that normalise all values step by step. Without conditions around them each step
 * is computed once a row; a condition would be moved inward, and compute everything twice.
 */
function normalised(values: readonly Value[], from: string): string {
  const first = values.map(({ column, start }) => `, ${start} as ${column}`)
  let sql = `select i.${SELF} as pid ${first.join('')} ${from}`
  const depth = Math.max(...values.map(({ steps }) => steps.length))
  for (let level = 0; level < depth; level++) {
    const made = values.map(
      ({ column, steps }) => `, ${steps[level]?.(column) ?? column} as ${column}`,
    )
    sql = `select pid ${made.join('')} from (${sql})`
  }
  return sql
}

interface Joined {
  readonly sql: string
  readonly contactPoints: readonly { alias: string; party: Criterion['partyIdentificationInfo'] }[]
  aliasOf(criterion: Criterion): string
}

/** Criteria on one contact-point object hold on the same row of it; party identifiers each on their own. */
function joined(ruleset: RulesetDefinition, rule: MatchRule, filter: PartyFilter): Joined {
  const profile = ruleset.configurationType
  const names = new Map<
    string,
    { alias: string; entity: string; party: Criterion['partyIdentificationInfo'] }
  >()
  const sourceName = (criterion: Criterion): string => {
    const party = criterion.partyIdentificationInfo
    return party
      ? `${criterion.entityName}\u001F${party.partyName}\u001F${party.partyType}`
      : criterion.entityName
  }
  for (const criterion of rule.criteria) {
    if (criterion.entityName === profile) continue
    const name = sourceName(criterion)
    if (!names.has(name)) {
      names.set(name, {
        alias: `c${names.size}`,
        entity: criterion.entityName,
        party: criterion.partyIdentificationInfo,
      })
    }
  }
  const joins = [...names.values()].map(
    ({ alias, entity }) =>
      ` join ${rowsOf(entity, '"_p_PartyId"', filter)} ${alias} on ${alias}."_p_PartyId" = i.${SELF}`,
  )
  return {
    sql: `${filter === undefined ? rowsOf(profile, SELF, filter) : PROFILES} i${joins.join('')}`,
    contactPoints: [...names.values()].map(({ alias, party }) => ({ alias, party })),
    aliasOf: criterion =>
      criterion.entityName === profile ? 'i' : (names.get(sourceName(criterion))?.alias ?? 'i'),
  }
}

/**
 * The rows of an object, of some parties or of all. The few rows of some are taken out first:
 * without the limit the engine looks at the other conditions, which cost more, on all rows.
 */
function rowsOf(object: string, party: string, filter: PartyFilter): string {
  const view = ident(narrowViewName(object))
  if (filter === undefined) return view
  return `(select * from ${view} where ${party} ${filter} limit ${ROWS_UNLIMITED})`
}

function filtersOf(ruleset: RulesetDefinition, alias: string): readonly string[] {
  return (ruleset.filters ?? []).map(({ fieldName, op, value }) => {
    const text = `lower(${alias}.${ident(fieldName)}::varchar)`
    const values = (Array.isArray(value) ? value : [value]).map(one =>
      String(one ?? '').toLowerCase(),
    )
    switch (op) {
      case 'hasValue':
        return `nullif(${text}, '') is not null`
      case 'hasNoValue':
        return `nullif(${text}, '') is null`
      case 'isNotEqualTo':
        return `${text} <> ${literal(values[0] ?? '')}`
      default:
        return `${text} in ${literals(values)}`
    }
  })
}
