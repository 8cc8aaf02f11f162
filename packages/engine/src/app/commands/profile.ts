import { MainstemError } from '@mainstem/contracts'
import { NORMALISERS, toE164 } from '../../identity/index.ts'
import { dloTable, sourceKeyCondition, type SqlSession } from '../../lake/index.ts'
import { relationsOf, viewName } from '../../model/index.ts'
import { lineageSql } from '../../profiles/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import type { Applied } from '../engine/engine-state.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { placeOf, textAt } from './answer.ts'

/** A unified profile, found: its ruleset and its dense id. */
export interface FoundProfile {
  readonly ruleset: RulesetRuntime
  readonly uid: number
}

/** Related rows of one object that are shown. */
const LATEST_ROWS = 5

/** The document of `profile KEY`: a unified id, `stream/id`, an e-mail address or a phone number. */
export async function profileOf(engine: Engine, key: string): Promise<Record<string, unknown>> {
  return await engine.reading(async session => {
    const found = await findProfile(session, engine.applied, key)
    if (!found) throw notFound()
    return { ...placeOf(engine), ...(await profileDocument(session, engine.applied, found)) }
  })
}

function notFound(): MainstemError {
  return new MainstemError(
    'PROFILE_NOT_FOUND',
    'No profile answers to this key. Give a unified id, stream/id of a source record, an e-mail address or a phone number.',
  )
}

/** The profile that a key means, rulesets in their order. */
export async function findProfile(
  session: SqlSession,
  applied: Applied,
  key: string,
): Promise<FoundProfile | undefined> {
  for (const ruleset of applied.rulesets) {
    const uid =
      (await uidOfId(session, ruleset, key)) ??
      (await uidOfSource(session, { applied, ruleset, key })) ??
      (await uidOfContact(session, { applied, ruleset, key }))
    if (uid !== undefined) return { ruleset, uid }
  }
  return undefined
}

/** Retired ids resolve to the profile that lives on, for ever. */
async function uidOfId(
  session: SqlSession,
  { stage }: RulesetRuntime,
  key: string,
): Promise<number | undefined> {
  if (!/^[0-9a-f]{32}$/.test(key)) return undefined
  const { unifiedId } = stage.tables
  const rows = await session.rows(
    `with recursive chain(uid, next) as (
       select uid, alias_of from ${unifiedId} where id = ${literal(key)}
       union all select u.uid, u.alias_of from ${unifiedId} u join chain on u.uid = chain.next)
     select uid from chain where next is null`,
  )
  return rows[0] === undefined ? undefined : Number(rows[0][0])
}

interface Lookup {
  readonly applied: Applied
  readonly ruleset: RulesetRuntime
  readonly key: string
}

async function uidOfSource(
  session: SqlSession,
  { applied, ruleset, key }: Lookup,
): Promise<number | undefined> {
  const pid = await pidOfSource(session, applied, {
    profile: ruleset.definition.configurationType,
    key,
  })
  if (pid === undefined) return undefined
  const [row] = await session.rows(
    `select uid from ${ruleset.stage.tables.link} where pid = ${pid}`,
  )
  return row === undefined ? undefined : Number(row[0])
}

/** The source profile that `stream/id` names: of the record itself, or that it belongs to. */
export async function pidOfSource(
  session: SqlSession,
  applied: Applied,
  { profile, key }: { profile: 'Individual' | 'Account'; key: string },
): Promise<number | undefined> {
  const slash = key.indexOf('/')
  const stream = applied.streams.get(key.slice(0, Math.max(slash, 0)))
  if (!stream) return undefined
  const id = key.slice(slash + 1)
  const object = profile === 'Individual' ? 0 : 1
  const refs = stream.refs.filter(ref => ref.object === object)
  if (refs.length === 0) return undefined
  const [row] = await session.rows(
    `select coalesce(${refs.map(ref => ref.column).join(', ')}, null) from ${ident(dloTable(stream.schema.name))}
     where ${sourceKeyCondition(stream.schema, id)} limit 1`,
  )
  return row?.[0] === null || row?.[0] === undefined ? undefined : Number(row[0])
}

async function uidOfContact(
  session: SqlSession,
  { applied, ruleset, key }: Lookup,
): Promise<number | undefined> {
  const email = ruleset.profiles.contacts.find(one => one.object === 'ContactPointEmail')
  const phone = ruleset.profiles.contacts.find(one => one.object === 'ContactPointPhone')
  const region = applied.project.definition.region
  const normal = key.includes('@') ? NORMALISERS.email.js(key) : null
  const e164 = key.includes('@') ? null : toE164(key, region)
  if (email && normal !== null) {
    const [row] = await session.rows(
      `select uid from ${email.table} where _value = ${literal(key.trim().toLowerCase())}
       union all select uid from ${email.table} where ${NORMALISERS.email.sql('"EmailAddress"')} = ${literal(normal)} limit 1`,
    )
    if (row) return Number(row[0])
  }
  if (phone && e164 !== null) {
    const [row] = await session.rows(
      `select uid from ${phone.table} where _value = ${literal(e164)} limit 1`,
    )
    if (row) return Number(row[0])
  }
  return undefined
}

async function profileDocument(
  session: SqlSession,
  applied: Applied,
  { ruleset, uid }: FoundProfile,
): Promise<Record<string, unknown>> {
  const { tables } = ruleset.stage
  const [own] = await session.rows(
    `select u.id, p."CustomerKey" from ${tables.unifiedId} u left join ${ruleset.profiles.unified} p on p.uid = u.uid where u.uid = ${uid}`,
  )
  const aliases = await session.rows(
    `with recursive chain(uid, id) as (
       select uid, id from ${tables.unifiedId} where alias_of = ${uid}
       union all select u.uid, u.id from ${tables.unifiedId} u join chain on u.alias_of = chain.uid)
     select id from chain order by uid`,
  )
  const pids = (await session.rows(`select pid from ${tables.link} where uid = ${uid}`)).map(
    ([pid]) => Number(pid),
  )
  const id = textAt(own, 0) ?? ''
  return {
    unifiedId: id,
    customerKey: textAt(own, 1) ?? id,
    aliases: aliases.map(([alias]) => String(alias)),
    ruleset: ruleset.definition.label,
    fields: await fieldsOf(session, ruleset, { uid, pids }),
    contactPoints: await contactPointsOf(session, ruleset, uid),
    links: await linksOf(session, ruleset, pids),
    related: await relatedOf(session, applied, { ruleset, pids }),
    insights: await insightsOf(session, applied, id),
    segments: (
      await session.rows(
        `select segment from segment_member where id = ${literal(id)} order by segment`,
      )
    ).map(([name]) => String(name)),
  }
}

/** Each field's value and the record that it came from. */
async function fieldsOf(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  { uid, pids }: { uid: number; pids: readonly number[] },
): Promise<Record<string, unknown>> {
  const scope = { uids: `in (${uid})`, pids: `in ${literals(pids)}` }
  const rows = await session.rows(lineageSql(profiles, scope))
  return Object.fromEntries(
    rows
      .filter(row => row[1] !== null)
      .map(row => [
        String(row[0]),
        { value: textAt(row, 1), stream: textAt(row, 2), sourceRecordId: textAt(row, 3) },
      ]),
  )
}

async function contactPointsOf(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  uid: number,
): Promise<readonly unknown[]> {
  if (profiles.contacts.length === 0) return []
  const shown: Readonly<Record<string, string>> = {
    ContactPointEmail: '"EmailAddress"',
    ContactPointPhone: 'coalesce("FormattedE164PhoneNumber", "TelephoneNumber")',
    ContactPointAddress: `concat_ws(', ', nullif("AddressLine1", ''), nullif("PostalCodeText", ''), nullif("CityName", ''))`,
    PartyIdentification: `concat_ws(' ', "Name", "IdentificationNumber")`,
  }
  const reads = profiles.contacts.map(contact => {
    const fields = new Set(contact.fields.map(field => field.name))
    const wanted = shown[contact.object] ?? '_value'
    const usable = [...wanted.matchAll(/"(\w+)"/g)].every(([, name]) => fields.has(name ?? ''))
    return (
      `select ${literal(contact.object)} as type, ${usable ? wanted : '_value'} as value, array_to_string(_streams, ` +
      `chr(31)) as streams, _rank from ${contact.table} where uid = ${uid}`
    )
  })
  const rows = await session.rows(
    `select type, value, streams from (${reads.join(' union all ')}) order by type, _rank`,
  )
  return rows.map(row => ({
    type: String(row[0]).replace('ContactPoint', ''),
    value: textAt(row, 1),
    sources: String(row[2] ?? '')
      .split('\u001F')
      .filter(Boolean),
  }))
}

async function linksOf(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  pids: readonly number[],
): Promise<readonly unknown[]> {
  const rows = await session.rows(
    `select distinct _stream, "Id", coalesce(_system, false) from ${profiles.sourceView} where "_p_Id" in ${literals(pids)} order by 1, 2`,
  )
  return rows.map(row => ({
    stream: textAt(row, 0),
    sourceRecordId: textAt(row, 1),
    ...(row[2] === true ? { system: true } : {}),
  }))
}

async function relatedOf(
  session: SqlSession,
  applied: Applied,
  { ruleset, pids }: { ruleset: RulesetRuntime; pids: readonly number[] },
): Promise<readonly unknown[]> {
  const profile = ruleset.definition.configurationType
  const relations = relationsOf(applied.model).filter(
    one =>
      one.to === profile &&
      one.isMapped &&
      one.isMain &&
      !one.isContactPoint &&
      one.object !== profile,
  )
  const related: unknown[] = []
  for (const relation of relations) {
    const fields = [...(applied.model.catalogue.find(relation.object)?.fields.keys() ?? [])]
    const pairs = fields.map(name => `${literal(name)}, ${ident(name)}::varchar`).join(', ')
    const order = relation.dateField ? `${ident(relation.dateField)} desc nulls last, ` : ''
    const rows = await session.rows(
      `select count(*) over (), json_object(${pairs})::varchar from ${ident(viewName(relation.object))}
       where ${ident(relation.keyColumn)} in ${literals(pids)} order by ${order} _stream, _kh limit ${LATEST_ROWS}`,
    )
    if (rows.length === 0) continue
    related.push({
      object: relation.object,
      count: Number(rows[0]?.[0] ?? 0),
      latest: rows.map(row => filled(String(row[1]))),
    })
  }
  return related
}

/** A row without its empty fields. */
function filled(json: string): Record<string, unknown> {
  const row: unknown = JSON.parse(json)
  const entries = typeof row === 'object' && row !== null ? Object.entries(row) : []
  return Object.fromEntries(entries.filter(([, value]) => value !== null))
}

async function insightsOf(
  session: SqlSession,
  applied: Applied,
  id: string,
): Promise<Record<string, unknown>> {
  const insights: Record<string, unknown> = {}
  const known = await session.rows(
    `select table_name, column_name from duckdb_columns()
     where schema_name = current_schema() and table_name like 'cio\\_%' escape '\\' order by table_name, column_index`,
  )
  for (const { definition } of applied.project.insights) {
    const columns = known
      .filter(([table]) => table === `cio_${definition.apiName}`)
      .map(([, name]) => String(name))
    const [key] = columns
    if (key === undefined) continue
    const pairs = columns
      .slice(1)
      .map(name => `${literal(name)}, ${plainSql(name)}`)
      .join(', ')
    const rows = await session.rows(
      `select json_object(${pairs})::varchar from ${ident(`cio_${definition.apiName}`)} where ${ident(key)}::varchar = ${literal(id)}`,
    )
    if (rows.length > 0) insights[definition.apiName] = filled(String(rows[0]?.[0] ?? '{}'))
  }
  return insights
}

/** Decimals as text without the zeros that say nothing; everything else as its text. */
function plainSql(column: string): string {
  const text = `${ident(column)}::varchar`
  return `case when typeof(${ident(column)}) like 'DECIMAL%' then regexp_replace(regexp_replace(${text}, '0+$', ''), '\\.$', '') else ${text} end`
}
