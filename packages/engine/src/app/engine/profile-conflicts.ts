import { nobodysSql, NORMALISERS } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** What can contradict itself inside one profile. */
export type ConflictWhat = 'birthDate' | 'lastNames' | 'identification' | 'generation'

/** Where birth dates stand: as dates, else as the text that a resolved file had. */
const BIRTH_DATES = ['BirthDate', 'BirthDateText']

/** Last names in one profile from which it looks like several people. */
const LAST_NAMES_MAX = 3

/** How many profiles have records that contradict each other. */
export async function countConflicts(
  session: SqlSession,
  ruleset: RulesetRuntime,
): Promise<number> {
  const sql = conflictsSql(ruleset)
  if (sql === undefined) return 0
  const [row] = await session.rows(`select count(distinct uid) from (${sql})`)
  return Number(row?.[0] ?? 0)
}

/**
 * SQL of what contradicts itself inside profiles, one row for each: `uid`, `what`, two values that
 * differ (`left_value`, `right_value`) with a record of each (`left_pid`, `right_pid`), and how many
 * `pairs` of the profile's records differ. Two birth dates, two numbers of one kind of party
 * identification, more than three last names, a Junior and a Senior. Placeholders contradict nothing.
 * Undefined where nothing is mapped that could.
 */
export function conflictsSql(ruleset: RulesetRuntime): string | undefined {
  const kinds = kindsOf(ruleset).map(kind => contradictionSql(ruleset, kind))
  return kinds.length === 0 ? undefined : kinds.join(' union all ')
}

/** A kind of contradiction: values of the rows of an object, `o`. */
interface ConflictKind {
  readonly what: ConflictWhat
  readonly object: string
  /** The value that is compared; null says nothing. */
  readonly value: string
  /** Within what values are compared, beside the profile. */
  readonly within?: readonly string[]
  /** Distinct values up to which all is well. */
  readonly valuesMax: number
}

function kindsOf(ruleset: RulesetRuntime): readonly ConflictKind[] {
  const filled = new Set(ruleset.profiles.rules.map(rule => rule.field.name))
  const isPerson = ruleset.definition.configurationType === 'Individual'
  const kinds: ConflictKind[] = []
  const born = BIRTH_DATES.find(field => filled.has(field))
  if (isPerson && born !== undefined) {
    const value = valueSql(ruleset, 'Individual', born)
    const day = `(case when ${value} is not null then o."BirthDate"::date end)::varchar`
    const compared = born === 'BirthDate' ? day : value
    kinds.push({ what: 'birthDate', object: 'Individual', value: compared, valuesMax: 1 })
  }
  if (isPerson && filled.has('LastName')) {
    const value = valueSql(ruleset, 'Individual', 'LastName')
    kinds.push(
      { what: 'lastNames', object: 'Individual', value, valuesMax: LAST_NAMES_MAX },
      { what: 'generation', object: 'Individual', value: GENERATION_SQL, valuesMax: 1 },
    )
  }
  if (ruleset.profiles.contacts.some(one => one.object === 'PartyIdentification')) {
    kinds.push({
      what: 'identification',
      object: 'PartyIdentification',
      value: valueSql(ruleset, 'PartyIdentification', 'IdentificationNumber'),
      within: ['o."Name"', 'o."PartyIdentificationTypeId"'],
      valuesMax: 1,
    })
  }
  return kinds
}

/** Which of a family of one name somebody is, where a name ends in it: Junior, Senior, the third. */
const GENERATION_SQL = `case regexp_extract(lower(concat_ws(' ', o."FirstName", o."LastName")), '[ ,](jr|junior|sr|senior|ii|iii|iv)[.]?$', 1)
  when 'jr' then 'Jr' when 'junior' then 'Jr' when 'sr' then 'Sr' when 'senior' then 'Sr'
  when 'ii' then 'Jr' when 'iii' then 'III' when 'iv' then 'IV' end`

/** A field's value as rules compare it; null where it is blank or nobody's. */
function valueSql(ruleset: RulesetRuntime, entityName: string, fieldName: string): string {
  const isNobodys = nobodysSql(ruleset.definition, { entityName, fieldName })
  const value = `trim(${NORMALISERS.exact.sql(`o.${ident(fieldName)}::varchar`)})`
  return isNobodys ? `(case when ${isNobodys('o')} then null else ${value} end)` : value
}

function contradictionSql(
  { stage }: RulesetRuntime,
  { what, object, value, within = [], valuesMax }: ConflictKind,
): string {
  const party = object === 'PartyIdentification' ? '_p_PartyId' : '_p_Id'
  const names = within.map((_column, at) => `w${at}`)
  const columns = within.map((column, at) => `, ${column} as w${at}`).join('')
  const grouped = ['uid', ...names].join(', ')
  return `
    select uid, '${what}' as what, min(v) as left_value, max(v) as right_value,
           arg_min(pid, v) as left_pid, arg_max(pid, v) as right_pid, (sum(n) * sum(n) - sum(n * n)) / 2 as pairs
    from (
      select ${grouped}, v, min(pid) as pid, count(*) as n
      from (select distinct l.uid, l.pid, ${value} as v${columns}
            from ${ident(`m_${object}`)} o join ${stage.tables.link} l on l.pid = o.${ident(party)}
            where l.uid in (select uid from ${stage.tables.link} group by uid having count(*) > 1))
      where v is not null group by ${grouped}, v)
    group by ${grouped} having count(*) > ${valuesMax}`
}
