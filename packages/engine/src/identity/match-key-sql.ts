import {
  criteriaOf,
  type Criterion,
  type MatchRule,
  type RulesetDefinition,
  type ScoredField,
} from '@mainstem/contracts'
import { narrowViewName } from '../model/index.ts'
import { ident, literal, literals } from '../query/index.ts'
import { type Normaliser, NORMALISERS, SURNAME_RULE } from './core/index.ts'
import { type ListedCriterion, phoneSql, placeholderSql } from './placeholders.ts'

/** Which source profiles a statement is about, and where their rows are read. */
export interface SourceScope {
  /** A condition on a party column, such as `in (1, 2)`; undefined is all. */
  readonly parties?: string | undefined
  /** The relation of an object's rows, quoted. */
  readonly relationOf: (object: string) => string
  /** Whether each party is known to have one row of an object at most; else it is looked for. */
  readonly isOneEach?: ((object: string) => boolean) | undefined
}

/** Everything there is: all parties, from the lake. */
export const ALL_SOURCES: SourceScope = { relationOf: object => ident(narrowViewName(object)) }

/** The column of the source profiles' view that holds the dense id of the profile. */
const SELF = '"_p_Id"'

/**
 * SQL of a ruleset's match keys for some parties: `rule`, `key`, `pid` and, for a fuzzy rule, the
 * `name` compared. A rule's key is the tuple of its normalised exact values: one row for each
 * combination of the profile's contact points. Beside them the last names, where some rule does not
 * compare them. The profiles of some parties are read once for all rules.
 */
export function matchKeysSql(ruleset: RulesetDefinition, scope: SourceScope): string {
  const rules = ruleset.matchRules.flatMap((rule, at) =>
    rule.kind === 'Scored' ? [] : ruleSql({ ruleset, rule, at, scope }),
  )
  const all = [...rules, ...surnamesSql(ruleset, scope)]
  const keys = all.length === 0 ? NO_KEYS : all.join(' union all ')
  if (scope.parties === undefined) return keys
  const profiles = rowsOf(ruleset.configurationType, SELF, scope)
  return `with ${PROFILES} as materialized (select * from ${profiles}) ${keys}`
}

/** The match keys of a ruleset whose only rule is scored. */
const NO_KEYS =
  'select 0::utinyint as rule, 0::ubigint as key, 0::integer as pid, null::varchar as name where false'

/** The source profiles of some parties, in a statement that reads them once. */
const PROFILES = 'source_profile'

/** SQL of the source profiles that take part: one `pid` a row. */
export function sourceProfilesSql(ruleset: RulesetDefinition, scope: SourceScope): string {
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  const rows = rowsOf(ruleset.configurationType, SELF, scope)
  return `select distinct i.${SELF} as pid from ${rows} i where ${where.join(' and ')}`
}

/** Whether a criterion compares by likeness and not by equality. */
export function isFuzzy(criterion: Criterion): boolean {
  return criterion.matchMethodType.startsWith('FUZZY')
}

/** SQL of the value of a criterion that is compared, from the alias of its object's rows; null is blank. */
export function criterionSql(
  ruleset: RulesetDefinition,
  criterion: Criterion,
  alias: string,
): string {
  const { start, normaliser } = compared(ruleset, criterion, alias)
  return normaliser ? normaliser.sql(start) : start
}

/** The text that a criterion looks at, and how it is normalised; a phone number already is. */
function compared(
  ruleset: RulesetDefinition,
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
      return { start, normaliser: NORMALISERS.anyEmail }
    case 'ContactPointPhone':
      return { start: phoneSql(ruleset, alias), normaliser: undefined }
    case 'ContactPointAddress':
      return { start, normaliser: NORMALISERS.address }
    default:
      return { start, normaliser: NORMALISERS.name }
  }
}

/** The last name of each profile, the first of several; as a row of no rule. */
function surnamesSql(ruleset: RulesetDefinition, scope: SourceScope): readonly string[] {
  if (!needsSurnames(ruleset)) return []
  const value: Value = {
    column: 'name',
    start: `i."${SURNAME_FIELD}"::varchar`,
    steps: NORMALISERS.name.steps,
  }
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  const named = normalised(
    [value],
    `from ${fromProfiles(ruleset, scope)} where ${where.join(' and ')}`,
  )
  return [
    `select ${SURNAME_RULE}::utinyint as rule, min(hash(name)) as key, pid, null::varchar as name
     from (${named} limit ${ROWS_UNLIMITED}) where name is not null group by pid`,
  ]
}

const SURNAME_FIELD = 'LastName'

/** Members of a key that includes the last name all have the same. */
function needsSurnames({ configurationType, matchRules }: RulesetDefinition): boolean {
  const isCompared = (rule: MatchRule): boolean =>
    criteriaOf(rule).some(
      one =>
        one.entityName === configurationType && one.fieldName === SURNAME_FIELD && !isFuzzy(one),
    )
  const exact = matchRules.filter(rule => rule.kind !== 'Scored')
  return configurationType === 'Individual' && !exact.every(isCompared)
}

interface RuleSql {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly at: number
  readonly scope: SourceScope
}

/** Rows that no table has: a limit that only keeps conditions from being moved to before it. */
const ROWS_UNLIMITED = '1000000000000'

function ruleSql({ ruleset, rule, at, scope }: RuleSql): string {
  const sources = joined(ruleset, rule, scope)
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  for (const { alias, party } of sources.contactPoints) {
    if (!party) continue
    where.push(`${alias}."Name" = ${literal(party.partyName)}`)
    where.push(`${alias}."PartyIdentificationTypeId" = ${literal(party.partyType)}`)
  }
  const exact = criteriaOf(rule).filter(criterion => !isFuzzy(criterion))
  const fuzzy = criteriaOf(rule).find(isFuzzy)
  const values = exact.map((criterion, n) =>
    valueOf({ column: `v${n}`, alias: sources.aliasOf(criterion) }, { ruleset, rule, criterion }),
  )
  const name =
    fuzzy &&
    valueOf({ column: 'name', alias: sources.aliasOf(fuzzy) }, { ruleset, rule, criterion: fuzzy })
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
function valueOf(
  { column, alias }: { readonly column: string; readonly alias: string },
  place: Omit<ListedCriterion, 'normaliser'>,
): Value {
  const { start, normaliser } = compared(place.ruleset, place.criterion, alias)
  const isListed = placeholderSql({ ...place, normaliser: normaliser ?? NORMALISERS.exact })
  const steps = [...(normaliser?.steps ?? [])]
  if (isListed) steps.push(value => `case when ${isListed(value)} then null else ${value} end`)
  if (place.criterion.shouldMatchOnBlank) steps.push(value => `coalesce(${value}, chr(0))`)
  return { column, start, steps }
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
function joined(ruleset: RulesetDefinition, rule: MatchRule, scope: SourceScope): Joined {
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
  for (const criterion of criteriaOf(rule)) {
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
      ` join ${rowsOf(entity, '"_p_PartyId"', scope)} ${alias} on ${alias}."_p_PartyId" = i.${SELF}`,
  )
  return {
    sql: `${fromProfiles(ruleset, scope)}${joins.join('')}`,
    contactPoints: [...names.values()].map(({ alias, party }) => ({ alias, party })),
    aliasOf: criterion =>
      criterion.entityName === profile ? 'i' : (names.get(sourceName(criterion))?.alias ?? 'i'),
  }
}

/** The source profiles, as `i`. */
function fromProfiles(ruleset: RulesetDefinition, scope: SourceScope): string {
  return scope.parties === undefined
    ? `${rowsOf(ruleset.configurationType, SELF, scope)} i`
    : `${PROFILES} i`
}

/**
 * The rows of an object, of some parties or of all. The few rows of some are taken out first:
 * without the limit the engine looks at the other conditions, which cost more, on all rows.
 */
function rowsOf(object: string, party: string, { parties, relationOf }: SourceScope): string {
  const relation = relationOf(object)
  if (parties === undefined) return relation
  return `(select * from ${relation} where ${party} ${parties} limit ${ROWS_UNLIMITED})`
}

/** What the scored rule of a ruleset compares, if it has one. */
function scoredFieldsOf({ matchRules }: RulesetDefinition): readonly ScoredField[] {
  const rule = matchRules.find(one => one.kind === 'Scored')
  return (typeof rule?.model === 'object' ? rule.model.fields : rule?.fields) ?? []
}

/** The columns that a ruleset's match keys are made of, by object. */
export function columnsOfKeys(
  ruleset: RulesetDefinition,
): ReadonlyMap<string, ReadonlySet<string>> {
  const profile = ruleset.configurationType
  const columns = new Map<string, Set<string>>([[profile, new Set(['_p_Id'])]])
  if (needsSurnames(ruleset)) columns.get(profile)?.add(SURNAME_FIELD)
  for (const { fieldName } of ruleset.filters ?? []) columns.get(profile)?.add(fieldName)
  for (const { entityName, ...criterion } of ruleset.matchRules.flatMap(rule => criteriaOf(rule))) {
    const own = columns.get(entityName) ?? new Set(['_p_PartyId'])
    columns.set(entityName, own)
    own.add(criterion.fieldName)
    if (entityName === 'ContactPointPhone')
      for (const name of ['FormattedE164PhoneNumber', 'TelephoneNumber']) own.add(name)
    if (!criterion.partyIdentificationInfo) continue
    for (const name of ['Name', 'PartyIdentificationTypeId']) own.add(name)
  }
  addScoredColumns(ruleset, columns)
  return columns
}

/** Adds the columns that a scored rule compares. */
function addScoredColumns(ruleset: RulesetDefinition, columns: Map<string, Set<string>>): void {
  for (const one of scoredFieldsOf(ruleset)) {
    const [object = '', field = ''] = one.field.split('.')
    const own = columns.get(object) ?? new Set(['_p_PartyId'])
    columns.set(object, own)
    own.add(object === 'ContactPointPhone' ? 'TelephoneNumber' : field)
    if (one.name === undefined) continue
    for (const name of ['Name', 'PartyIdentificationTypeId']) own.add(name)
  }
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
