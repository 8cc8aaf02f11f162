import { narrowViewName } from '../model/index.ts'
import { ident, literal } from '../query/index.ts'
import type { ContactPlan, ProfilePlan } from './profile-plan.ts'
import {
  frequencyColumns,
  newestFirstSql,
  pickSql,
  preferenceSql,
  rankSql,
} from './reconcile-sql.ts'

/** Which profiles a statement makes: conditions such as `in (1, 2)`; undefined is all. */
export interface ProfileScope {
  readonly uids?: string | undefined
  /** The source profiles of those, so that the lake is read for them only. */
  readonly pids?: string | undefined
  /** A relation of their links and no others, where there is one: `pid`, `uid` and the `id` of that. */
  readonly links?: string | undefined
  /** The relation of an object's rows, quoted: that of the lake, where it is not said. */
  readonly relationOf?: ((object: string) => string) | undefined
}

/** SQL of the unified profiles: `uid`, `_hash`, keys and every field, reconciled. */
export function unifiedSql(plan: ProfilePlan, scope: ProfileScope): string {
  const fields = plan.rules.map(
    rule => `${anonymousOr(rule.field.name, pickSql(rule))} as ${ident(rule.field.name)}`,
  )
  const names = plan.rules.map(rule => ident(rule.field.name))
  const email = preferred(plan, PREFERRED.email, scope)
  const phone = preferred(plan, PREFERRED.phone, scope)
  return `
    select r.uid, hash(u.id, e.value, p.value ${names.map(name => `, r.${name}`).join('')}) as _hash,
           u.id as "Id", u.id as "CustomerKey", e.value as "Email", p.value as "Phone"
           ${names.map(name => `, r.${name}`).join('')}
    from (select uid ${fields.map(field => `, ${field}`).join('')}
          from (select * ${frequencyColumns(plan.rules)} from (${membersSql(plan, scope)})) group by uid) r
    join ${idsOf(plan, scope)} u on u.uid = r.uid
    left join (${email}) e on e.uid = r.uid
    left join (${phone}) p on p.uid = r.uid`
}

/** One row a source record of the profiles in scope. */
function membersSql(plan: ProfilePlan, scope: ProfileScope, more = ''): string {
  const age = newestFirstSql(plan.hasModified ? 'i."LastModifiedDate"' : 'null::timestamptz')
  const fields = plan.rules.map(({ field }) => `i.${ident(field.name)}`)
  return `
    select l.uid, i._stream, ${age} as _age ${more} ${fields.map(field => `, ${field}`).join('')}
    from ${sourceOf(plan.ruleset.configurationType, '"_p_Id"', scope)} i
    join ${linksOf(plan, scope)} l on l.pid = i."_p_Id"`
}

/** The ids of the profiles in scope. */
function idsOf(plan: ProfilePlan, { links }: ProfileScope): string {
  return links === undefined ? plan.tables.unifiedId : `(select distinct uid, id from ${links})`
}

/** Who belongs to the profiles in scope. */
function linksOf(plan: ProfilePlan, { uids, pids, links }: ProfileScope): string {
  if (links !== undefined) return links
  const rows = rowsOf(plan.tables.link, 'pid', pids)
  return uids === undefined ? rows : `(select * from ${rows} where uid ${uids})`
}

/** The rows of an object that belong to the profiles in scope, and perhaps others. */
function sourceOf(object: string, party: string, { pids, relationOf }: ProfileScope): string {
  return relationOf?.(object) ?? rowsOf(ident(narrowViewName(object)), party, pids)
}

/**
 * The rows of some source profiles, or of all. The few rows of some are taken out first: the limit,
 * which no table reaches, keeps the engine from looking at costlier conditions on all rows.
 */
function rowsOf(relation: string, party: string, pids: string | undefined): string {
  return pids === undefined
    ? relation
    : `(select * from ${relation} where ${party} ${pids} limit ${ROWS_UNLIMITED})`
}

const ROWS_UNLIMITED = '1000000000000'

/** Whether a source record says, or leaves it open, that somebody is known (semantics 3.6). */
export function isKnownSql(value: string): string {
  return `lower(coalesce(${value}::varchar, '')) in ('0', 'no', 'n', 'f', 'false', '')`
}
const IS_KNOWN = isKnownSql('"IsAnonymous"')

/** A profile is known as soon as one of its sources is. */
function anonymousOr(field: string, picked: string): string {
  if (field !== 'IsAnonymous') return picked
  return `case when bool_or(${IS_KNOWN}) then '0' else '1' end`
}

/** The contact points that a profile shows as its own, and the text of each. */
const PREFERRED = {
  email: { object: 'ContactPointEmail', value: '"EmailAddress"' },
  phone: {
    object: 'ContactPointPhone',
    value: 'coalesce("FormattedE164PhoneNumber", "TelephoneNumber")',
  },
} as const

function preferred(
  plan: ProfilePlan,
  { object, value }: { object: string; value: string },
  { uids }: ProfileScope,
): string {
  const contact = plan.contacts.find(one => one.object === object)
  if (!contact) return 'select null::integer as uid, null::varchar as value where false'
  const best = `select uid, arg_min(${value}, _rank || _value) as value from ${contact.table}`
  if (uids === undefined) return `${best} group by uid`
  // Their rows were just written, and lie at the table's end: by their ids the rest is not read.
  const rows = `rowid in (select rowid from ${contact.table} where uid ${uids})`
  return `${best} where ${rows} group by uid`
}

/** A number of more digits than any key's hash, so that with it all are equally long. */
const KEY_DIGITS = '100000000000000000000::hugeint'

/**
 * SQL of the unified contact points of one object: all are kept, each value once a profile. Of equal
 * ones the row that is primary, ranked first, newest gives the fields.
 */
export function contactSql(plan: ProfilePlan, contact: ContactPlan, scope: ProfileScope): string {
  const has = (name: string): boolean => contact.fields.some(field => field.name === name)
  const rank = rankSql({
    primary: has('PrimaryFlag') ? '"PrimaryFlag"' : undefined,
    preference: has('PreferenceRankNumber') ? '"PreferenceRankNumber"' : undefined,
    modified: has('LastModifiedDate') ? '"LastModifiedDate"' : 'null::timestamptz',
  })
  const order = `_rank || _stream || chr(31) || (${KEY_DIGITS} + _kh) || _as`
  const names = contact.fields.map(field => ident(field.name))
  const row = `struct_pack(${names.map(name => `${name} := ${name}`).join(', ')})`
  const outs = contact.fields.map(
    field => `struct_extract(best, ${literal(field.name)}) as ${ident(field.name)}`,
  )
  return `
    select g.uid, hash(u.id, g._value, g._streams, g.best) as _hash,
           md5(u.id || chr(31) || ${literal(contact.object)} || chr(31) || g._value) as "Id", u.id as "PartyId",
           g._value, g._rank, g._streams ${outs.map(out => `, ${out}`).join('')}
    from (select uid, _value, min(_rank) as _rank, arg_min(${row}, _order) as best,
                 list_sort(list(distinct _stream)) as _streams
          from (select *, ${order} as _order from (select *, ${rank} as _rank
                from (select l.uid, ${contact.valueSql} as _value, c._stream, c._kh, coalesce(c._as, '') as _as
                             ${names.map(name => `, c.${name}`).join('')}
                      from ${sourceOf(contact.object, '"_p_PartyId"', scope)} c
                      join ${linksOf(plan, scope)} l on l.pid = c."_p_PartyId" limit ${ROWS_UNLIMITED})
                where _value is not null))
          group by uid, _value) g
    join ${idsOf(plan, scope)} u on u.uid = g.uid`
}

/**
 * SQL of where each field of a profile in scope came from: `field`, `value`, `stream` and the source
 * record's id. The same choice as `unifiedSql` makes, with the record's name carried along.
 */
export function lineageSql(plan: ProfilePlan, scope: ProfileScope): string {
  const members = membersSql(plan, scope, ', i."Id" as _source_id')
  const picks = plan.rules.map(rule => {
    const isAnonymous = rule.field.name === 'IsAnonymous'
    const raw = `${ident(rule.field.name)}::varchar`
    const value = isAnonymous ? `case when ${IS_KNOWN} then '0' else '1' end` : raw
    const filter =
      rule.ignoreEmpty && !isAnonymous ? `filter (where nullif(trim(${raw}), '') is not null)` : ''
    const row = `struct_pack(value := nullif(${value}, ''), stream := _stream, id := _source_id)`
    const choice = isAnonymous
      ? `${value} || _age`
      : `${preferenceSql(rule)} || coalesce(${raw}, '')`
    const order = `${choice} || chr(31) || _stream || chr(31) || coalesce(_source_id, '')`
    return `select ${literal(rule.field.name)} as field, arg_min(${row}, ${order}) ${filter} as best from member`
  })
  if (picks.length === 0) return `select null, null, null, null where false`
  return `
    with member as (select * ${frequencyColumns(plan.rules)} from (${members}))
    select field, best.value, best.stream, best.id from (${picks.join(' union all ')})`
}

/** The columns that the profiles and contact points of a plan are made of, by object. */
export function profileColumns(plan: ProfilePlan): ReadonlyMap<string, readonly string[]> {
  const own = ['_p_Id', '_stream', ...plan.rules.map(rule => rule.field.name)]
  const columns = new Map<string, readonly string[]>([
    [plan.ruleset.configurationType, plan.hasModified ? [...own, 'LastModifiedDate'] : own],
  ])
  for (const { object, fields, valueSql } of plan.contacts) {
    const compared = Array.from(valueSql.matchAll(/"(\w+)"/g), ([, name = '']) => name)
    const names = fields.map(field => field.name)
    columns.set(object, ['_p_PartyId', '_stream', '_kh', '_as', ...names, ...compared])
  }
  return columns
}
