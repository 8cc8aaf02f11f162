import type { Criterion, MatchRule, RulesetDefinition } from '@mainstem/contracts'
import { ident, literal, literals } from '../query/index.ts'
import { narrowViewName } from '../model/index.ts'
import { NORMALISERS } from './core/index.ts'

/** SQL of the match keys of one rule: `rule`, `key`, `pid` and, for a fuzzy rule, the `name` compared. */
export interface RuleKeys {
  readonly rule: number
  readonly label: string
  readonly sql: string
  readonly fuzzy: boolean
}

/** A condition on a party column, such as `in (1, 2)`, or undefined for all. */
export type PartyFilter = string | undefined

/** The column of the source profiles' view that holds the dense id of the profile. */
const SELF = '"_p_Id"'

/**
 * SQL of a ruleset's match keys for some parties. A rule's key is the tuple of its normalised exact
 * values: one row for each combination of the profile's contact points.
 */
export function ruleKeys(ruleset: RulesetDefinition, filter: PartyFilter): readonly RuleKeys[] {
  return ruleset.matchRules.map((rule, at) => ({
    rule: at,
    label: rule.label,
    fuzzy: rule.criteria.some(isFuzzy),
    sql: ruleSql({ ruleset, rule, at, filter }),
  }))
}

/** SQL of the source profiles that take part: one `pid` a row. */
export function sourceProfilesSql(ruleset: RulesetDefinition, filter: PartyFilter): string {
  const where = [`${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  if (filter !== undefined) where.push(`i.${SELF} ${filter}`)
  return `select distinct i.${SELF} as pid from ${profileView(ruleset)} i where ${where.join(' and ')}`
}

/** Whether a criterion compares by likeness and not by equality. */
export function isFuzzy(criterion: Criterion): boolean {
  return criterion.matchMethodType.startsWith('FUZZY')
}

/** SQL of the value of a criterion that is compared, from the alias of its object's rows; null is blank. */
export function criterionSql(criterion: Criterion, alias: string): string {
  const column = `${alias}.${ident(criterion.fieldName)}`
  const text = `${column}::varchar`
  if (isFuzzy(criterion)) return NORMALISERS.firstName.sql(text)
  if (criterion.matchMethodType === 'EXACT') {
    return criterion.caseSensitiveMatch ? NORMALISERS.exactCase.sql(text) : NORMALISERS.exact.sql(text)
  }
  switch (criterion.entityName) {
    case 'ContactPointEmail':
      return NORMALISERS.email.sql(text)
    case 'ContactPointPhone':
      return `nullif(${alias}."FormattedE164PhoneNumber", '')`
    case 'ContactPointAddress':
      return NORMALISERS.address.sql(text)
    default:
      return NORMALISERS.name.sql(text)
  }
}

interface RuleSql {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly at: number
  readonly filter: PartyFilter
}

function ruleSql({ ruleset, rule, at, filter }: RuleSql): string {
  const sources = joined(ruleset, rule)
  const where = [`i.${SELF} is not null`, ...filtersOf(ruleset, 'i')]
  if (filter !== undefined) {
    where.push(`i.${SELF} ${filter}`)
    for (const { alias } of sources.contactPoints) where.push(`${alias}."_p_PartyId" ${filter}`)
  }
  for (const { alias, party } of sources.contactPoints) {
    if (!party) continue
    where.push(`${alias}."Name" = ${literal(party.partyName)}`)
    where.push(`${alias}."PartyIdentificationTypeId" = ${literal(party.partyType)}`)
  }
  const exact = rule.criteria.filter(criterion => !isFuzzy(criterion))
  const fuzzy = rule.criteria.find(isFuzzy)
  const values = exact.map(criterion => keyPart(criterion, sources.aliasOf(criterion)))
  const name = fuzzy ? criterionSql(fuzzy, sources.aliasOf(fuzzy)) : 'null::varchar'
  const parts = values.map((value, n) => `${value} as v${n}`)
  const filled = [...values.map((_, n) => `v${n} is not null`), ...(fuzzy ? ['name is not null'] : [])]
  return `
    select distinct ${at}::utinyint as rule, hash(${values.map((_, n) => `v${n}`).join(', ')}) as key, pid, name
    from (select i.${SELF} as pid, ${name} as name, ${parts.join(', ')}
          from ${sources.sql} where ${where.join(' and ')})
    where ${filled.join(' and ')}`
}

/** A blank that may match is a value like any other; one that may not is null, and the row has no key. */
function keyPart(criterion: Criterion, alias: string): string {
  const value = criterionSql(criterion, alias)
  return criterion.shouldMatchOnBlank ? `coalesce(${value}, chr(0))` : value
}

interface Joined {
  readonly sql: string
  readonly contactPoints: readonly { alias: string; party: Criterion['partyIdentificationInfo'] }[]
  aliasOf(criterion: Criterion): string
}

/** Criteria on one contact-point object hold on the same row of it; party identifiers each on their own. */
function joined(ruleset: RulesetDefinition, rule: MatchRule): Joined {
  const profile = ruleset.configurationType
  const names = new Map<string, { alias: string; entity: string; party: Criterion['partyIdentificationInfo'] }>()
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
    ({ alias, entity }) => ` join ${ident(narrowViewName(entity))} ${alias} on ${alias}."_p_PartyId" = i.${SELF}`,
  )
  return {
    sql: `${profileView(ruleset)} i${joins.join('')}`,
    contactPoints: [...names.values()].map(({ alias, party }) => ({ alias, party })),
    aliasOf: criterion =>
      criterion.entityName === profile ? 'i' : (names.get(sourceName(criterion))?.alias ?? 'i'),
  }
}

function profileView(ruleset: RulesetDefinition): string {
  return ident(narrowViewName(ruleset.configurationType))
}

function filtersOf(ruleset: RulesetDefinition, alias: string): readonly string[] {
  return (ruleset.filters ?? []).map(({ fieldName, op, value }) => {
    const text = `lower(${alias}.${ident(fieldName)}::varchar)`
    const values = (Array.isArray(value) ? value : [value]).map(one => String(one ?? '').toLowerCase())
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
