import { ident, literal } from '../query/index.ts'
import {
  keyFields,
  type SchemaField,
  type StreamSchema,
  typedSql,
  wrongSql,
} from '../streams/index.ts'
import { APPENDED_KEY, contentHash, dloTable, keyHash, keyText, partyHash } from './dlo-table.ts'
import type { Intake } from './intake-request.ts'

/**
 * The statements that make the temporary table `stage`: one row a source record, each field typed,
 * with `_code`, `_field` and `_payload` of what is wrong with it, its key's and content's hash, the
 * hashes of the parties that it refers to (`_h0`, `_h1`, …), and in `_folded` how many earlier
 * partial updates of the same key it already holds. Only the first reads the source.
 */
export function stageSql(intake: Intake): readonly [string, ...string[]] {
  const stage = `create or replace temp table stage as`
  if (intake.mode !== 'PARTIAL_UPDATE')
    return [`${stage} ${withParties(intake, typedRows(intake))}`]
  return [
    `${stage} ${typedRows(intake)}`,
    `${stage} ${withParties(intake, foldedRows(intake.schema))}`,
  ]
}

function withParties({ refs, mode }: Intake, rows: string): string {
  if (!hasPartyHashes(mode)) return rows
  const hashes = refs.map((ref, at) => `, ${partyHash(ref)} as _h${at}`)
  return `select * ${hashes.join('')} from (${rows})`
}

/** The key of an appended row is its place in the journal, which is told after it is staged. */
export function hasPartyHashes(mode: Intake['mode']): boolean {
  return mode !== 'APPEND'
}

function typedRows(intake: Intake): string {
  const { schema, source } = intake
  const typed = schema.fields.map((field, at) => `${shifted(field, `r${at}`, intake)} as t${at}`)
  const wrong = schema.fields.map((field, at) => ({
    name: field.name,
    code: wrongSql(field.type, `r${at}`, `t${at}`),
  }))
  const presence = source.tellsAbsent ? schema.fields.map((_, at) => `, x${at}`).join('') : ''
  const fields = schema.fields.map((field, at) => `t${at} as ${ident(field.name)}`)
  const hashed = intake.mode === 'APPEND' ? APPENDED_KEY : keyText(keyFields(schema))
  const record = source.lazy ? '_record' : '_line'
  return `
    select * exclude (${record}), ${keyHash(hashed)} as _kh, ${contentHash(schema)} as _hash, 0 as _folded,
           ${modifiedSql(schema)} as _mod,
           case when _code is not null then ${source.lazy?.lineSql ?? '_line'} end as _payload
    from (select _row, _pos, _at, _origin, _overflow, ${record}, ${codeSql(schema, wrong)} as _code,
                 ${fieldSql(schema, wrong)} as _field ${fields.map(field => `, ${field}`).join('')} ${presence}
          from (select *, ${typed.join(', ')} from (${source.lazy?.sql ?? source.sql})))`
}

/** Times move by the shift; dates such as a birthday stay. */
function shifted(field: SchemaField, raw: string, intake: Intake): string {
  const typed = typedSql(field.type, raw)
  return field.type === 'DateTime' && intake.shiftDays !== 0
    ? `${typed} + interval (${intake.shiftDays}) day`
    : typed
}

interface Wrong {
  readonly name: string
  readonly code: string
}

function codeSql(schema: StreamSchema, wrong: readonly Wrong[]): string {
  const missing = requiredOf(schema).map(
    ({ at, code }) => `case when nullif(trim(r${at}::varchar), '') is null then '${code}' end`,
  )
  return `coalesce(_bad, ${[...missing, ...wrong.map(({ code }) => code), 'null'].join(', ')})`
}

function fieldSql(schema: StreamSchema, wrong: readonly Wrong[]): string {
  const missing = requiredOf(schema).map(
    ({ at, name }) => `when nullif(trim(r${at}::varchar), '') is null then ${literal(name)}`,
  )
  const others = wrong.map(({ name, code }) => `when (${code}) is not null then ${literal(name)}`)
  return `case when _bad is not null then null ${[...missing, ...others].join(' ')} end`
}

function requiredOf(schema: StreamSchema): readonly { at: number; name: string; code: string }[] {
  return keyFields(schema).map(name => ({
    at: schema.fields.findIndex(field => field.name === name),
    name,
    code: name === schema.eventTime ? 'MISSING_EVENT_TIME' : 'MISSING_KEY',
  }))
}

/** SQL of when a row says that its record was modified, from its fields. */
export function modifiedSql(schema: StreamSchema): string {
  const field = schema.fields.find(({ name }) => name === schema.recordModified)
  if (!field) return 'null::timestamptz'
  return field.type === 'DateTime' || field.type === 'Date'
    ? `${ident(field.name)}::timestamptz`
    : `make_timestamptz(${ident(field.name)}::bigint)`
}

/**
 * Partial updates: the fields that a record brings replace the stored ones, the others stay; several
 * of one key are folded in their order. What is older than the stored row is left out.
 */
function foldedRows(schema: StreamSchema): string {
  const table = ident(dloTable(schema.name))
  const order = `(coalesce(s._mod, '-infinity'::timestamptz), s._pos, s._row)`
  const keys = new Set(keyFields(schema))
  const fields = schema.fields.map((field, at) => {
    const name = ident(field.name)
    if (keys.has(field.name)) return `any_value(s.${name}) as ${name}`
    const last = `arg_max_null(s.${name}, ${order}) filter (where s.x${at})`
    return `case when bool_or(s.x${at}) then ${last} else any_value(e.${name}) end as ${name}`
  })
  const last = (column: string): string => `arg_max_null(s.${column}, ${order}) as ${column}`
  const folded = `
    select s._kh, ${last('_row')}, ${last('_pos')}, ${last('_at')}, ${last('_origin')}, ${last('_overflow')},
           null::varchar as _code, null::varchar as _field, ${fields.join(', ')},
           count(*) - 1 as _folded, coalesce(max(s._mod), any_value(e._mod)) as _mod, null::varchar as _payload
    from stage s left join ${table} e on e._kh = s._kh
    where s._code is null and not coalesce(e._mod > s._mod, false) group by s._kh`
  const names = schema.fields.map(field => ident(field.name)).join(', ')
  const kept = `_kh, _row, _pos, _at, _origin, _overflow, _code, _field, _folded, _mod, _payload, ${names}`
  return `
    select ${kept}, ${contentHash(schema)} as _hash from (${folded})
    union all by name
    select ${kept}, _hash from stage s
    where _code is not null or exists (select 1 from ${table} e where e._kh = s._kh and e._mod > s._mod)`
}
