import {
  criteriaOf,
  type Criterion,
  type MatchRule,
  type RulesetDefinition,
  type ScoredField,
} from '@mainstem/contracts'
import { narrowViewName } from '../model/index.ts'
import { ident } from '../query/index.ts'
import { NORMALISERS, SURNAME_RULE } from './core/index.ts'
import { criterionValue, isFuzzy } from './criterion-value.ts'
import {
  type ColumnOf,
  columnsOf,
  kindOf,
  PARTY,
  profileConditions,
  ROWS_UNLIMITED,
  rowsOf,
  SELF,
  sourceNameOf,
  type SourceScope,
  sourcesOf,
} from './rule-sources.ts'

/** Everything there is: all parties, from the lake. */
export const ALL_SOURCES: SourceScope = { relationOf: object => ident(narrowViewName(object)) }

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
  const where = profileConditions(ruleset, columnsOf('i'))
  const rows = rowsOf(ruleset.configurationType, SELF, scope)
  return `select distinct i.${ident(SELF)} as pid from ${rows} i where ${where.join(' and ')}`
}

/** The last name of each profile, the first of several; as a row of no rule. */
function surnamesSql(ruleset: RulesetDefinition, scope: SourceScope): readonly string[] {
  if (!needsSurnames(ruleset)) return []
  const value: Value = {
    column: 'name',
    start: surnameSql(columnsOf('i')),
    steps: NORMALISERS.name.steps,
  }
  const where = profileConditions(ruleset, columnsOf('i'))
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

/** SQL of a last name as it is written. */
export function surnameSql(column: ColumnOf): string {
  return `${column(SURNAME_FIELD)}::varchar`
}

/** Whether last names are kept: members of a key that includes the last name all have the same. */
export function needsSurnames({ configurationType, matchRules }: RulesetDefinition): boolean {
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

function ruleSql({ ruleset, rule, at, scope }: RuleSql): string {
  const sources = joined(rule, { ruleset, scope })
  const where = [...profileConditions(ruleset, columnsOf('i')), ...sources.where]
  const exact = criteriaOf(rule).filter(criterion => !isFuzzy(criterion))
  const fuzzy = criteriaOf(rule).find(isFuzzy)
  const valueOf = (column: string, criterion: Criterion): Value => {
    const { start, steps } = criterionValue({ ruleset, rule, criterion })
    return { column, start: start(columnsOf(sources.aliasOf(criterion))), steps }
  }
  const values = exact.map((criterion, n) => valueOf(`v${n}`, criterion))
  const name = fuzzy && valueOf('name', fuzzy)
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

/**
 * Nested selects that normalise all values step by step. Without conditions around them each step
 * is computed once a row; a condition would be moved inward, and compute everything twice.
 */
function normalised(values: readonly Value[], from: string): string {
  const first = values.map(({ column, start }) => `, ${start} as ${column}`)
  let sql = `select i.${ident(SELF)} as pid ${first.join('')} ${from}`
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
  readonly where: readonly string[]
  readonly aliasOf: (criterion: Criterion) => string
}

/** A source profile beside one row of each thing that a rule looks at. */
function joined(rule: MatchRule, { ruleset, scope }: Omit<RuleSql, 'rule' | 'at'>): Joined {
  const sources = sourcesOf(rule, ruleset.configurationType)
  const aliases = new Map(sources.map(({ name }, at) => [name, `c${at}`]))
  const joins = sources.map(
    ({ object }, at) =>
      ` join ${rowsOf(object, PARTY, scope)} c${at} on c${at}.${ident(PARTY)} = i.${ident(SELF)}`,
  )
  return {
    sql: `${fromProfiles(ruleset, scope)}${joins.join('')}`,
    where: sources.flatMap((source, at) => kindOf(source, columnsOf(`c${at}`))),
    aliasOf: criterion => aliases.get(sourceNameOf(criterion)) ?? 'i',
  }
}

/** The source profiles, as `i`. */
function fromProfiles(ruleset: RulesetDefinition, scope: SourceScope): string {
  return scope.parties === undefined
    ? `${rowsOf(ruleset.configurationType, SELF, scope)} i`
    : `${PROFILES} i`
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
