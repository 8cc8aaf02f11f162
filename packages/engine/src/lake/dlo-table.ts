import { ident, literal } from '../query/index.ts'
import { ENGINE_TYPES, type SchemaField, type StreamSchema } from '../streams/index.ts'
import type { SqlSession } from './sql-session.ts'

/** A reference from a stream's rows to the party (person or account) they belong to. */
export interface PartyRef {
  /** The column of the data lake object that holds the party's dense id: `_p0`, `_p1`, … */
  readonly column: string
  /** 0 Individual, 1 Account. */
  readonly object: 0 | 1
  /** SQL over the object's fields that gives the key as text; null where the row refers to nobody. */
  readonly idSql: string
  readonly qualifier: string | null
  /** Whether the row itself makes a record of the party: its identity values are all there is of it. */
  readonly isSystem?: boolean | undefined
}

/** The name of the table of a stream's data lake object. */
export function dloTable(stream: string): string {
  return `dlo_${stream}`
}

/** The columns that every data lake object has beside its fields. */
export const DLO_SYSTEM_COLUMNS = [
  ['_kh', 'ubigint'],
  ['_pos', 'bigint'],
  ['_row', 'bigint'],
  ['_at', 'timestamptz'],
  ['_origin', 'varchar'],
  ['_hash', 'ubigint'],
  ['_mod', 'timestamptz'],
  ['_overflow', 'varchar'],
] as const

/** SQL of a row's key as one text. */
export function keyText(fields: readonly string[], alias = ''): string {
  const parts = fields.map(name => `${alias}${ident(name)}::varchar`)
  return parts.length === 1 ? (parts[0] ?? '') : `concat_ws(chr(31), ${parts.join(', ')})`
}

/** SQL of the key of an appended row, as text: its place in the journal. */
export const APPENDED_KEY = `'@' || _pos || '/' || _row`

/** SQL of the 64 bits that stand for a key; the same in every version of the engine. */
export function keyHash(text: string): string {
  return `md5_number_lower(${text})`
}

/** SQL of the 64 bits that stand for a party's fully qualified key. */
export function partyHash(ref: Pick<PartyRef, 'object' | 'idSql' | 'qualifier'>): string {
  const prefix = `${ref.object}\u001F${ref.qualifier ?? ''}\u001F`
  return `md5_number_lower(${literal(prefix)} || (${ref.idSql}))`
}

/** As `partyHash`, of a key and a qualifier that are both columns. */
export function qualifiedPartyHash(object: number, id: string, qualifier: string): string {
  return `md5_number_lower(${literal(`${object}\u001F`)} || coalesce(${qualifier}, '') || chr(31) || ${id})`
}

/** SQL of the 64 bits that stand for a row's content. */
export function contentHash(schema: StreamSchema, alias = ''): string {
  return `hash(${[...schema.fields.map(field => alias + ident(field.name)), `${alias}_overflow`].join(', ')})`
}

/** Makes the table of a stream, or adds the columns it lacks; fields are never removed or retyped. */
export async function ensureDloTable(
  session: SqlSession,
  schema: StreamSchema,
  refs: readonly PartyRef[],
): Promise<void> {
  const table = ident(dloTable(schema.name))
  const columns = [
    ...DLO_SYSTEM_COLUMNS.map(([name, type]) => `${name} ${type}`),
    ...refs.map(ref => `${ref.column} integer`),
    ...schema.fields.map(field => `${ident(field.name)} ${ENGINE_TYPES[field.type]}`),
  ]
  await session.run(`create table if not exists ${table} (${columns.join(', ')})`)
  const have = new Set((await session.describe(`from ${table}`)).map(column => column.name))
  for (const ref of refs) {
    if (!have.has(ref.column))
      await session.run(`alter table ${table} add column ${ref.column} integer`)
  }
  const added = schema.fields.filter(field => !have.has(field.name))
  for (const field of added) {
    await session.run(
      `alter table ${table} add column ${ident(field.name)} ${ENGINE_TYPES[field.type]}`,
    )
  }
  if (added.length > 0) await backfill(session, schema, added)
}

/** Fields added later are filled from the overflow that rows kept. */
async function backfill(
  session: SqlSession,
  schema: StreamSchema,
  added: readonly SchemaField[],
): Promise<void> {
  const table = ident(dloTable(schema.name))
  for (const field of added) {
    const pointer = `/${field.path.replaceAll('~', '~0').replaceAll('.', '/')}`
    const value = `json_extract_string(_overflow, ${literal(pointer)})`
    await session.run(
      `update ${table} set ${ident(field.name)} = try_cast(${value} as ${ENGINE_TYPES[field.type]}) ` +
        `where _overflow is not null and json_exists(_overflow, ${literal(pointer)})`,
    )
  }
  const known = added.map(field => literal(field.path.split('.')[0] ?? field.path)).join(', ')
  const keys = `list_filter(json_keys(_overflow), k -> not list_contains([${known}], k))`
  const kept = `'{' || array_to_string(list_transform(${keys}, k -> to_json(k)::varchar || ':' || json_extract(_overflow, '/' || k)::varchar), ',') || '}'`
  await session.run(
    `update ${table} set _overflow = case when len(${keys}) > 0 then ${kept} end where _overflow is not null`,
  )
  await session.run(`update ${table} set _hash = ${contentHash(schema)}`)
}

/** A condition that holds for the rows with this source key, given as text; for keys of one field. */
export function sourceKeyCondition(schema: StreamSchema, id: string): string {
  const name = schema.primaryKey[0] ?? ''
  const type = ENGINE_TYPES[schema.fields.find(field => field.name === name)?.type ?? 'Text']
  return type === 'VARCHAR'
    ? `${ident(name)} = ${literal(id)}`
    : `${ident(name)} = try_cast(${literal(id)} as ${type})`
}
