import { MainstemError } from '@mainstem/contracts'
import { dloTable, type SqlSession } from '../../lake/index.ts'
import {
  assertSafe,
  compileQuery,
  folded,
  ident,
  type Relation,
  type SqlScope,
} from '../../query/index.ts'
import { ENGINE_TYPES, typedSql } from '../../streams/index.ts'
import type { Engine } from '../engine/engine.ts'
import { publicScope } from '../engine/public-relations.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'

/** Rows by their keys, or by a condition. */
interface DoomedRequest {
  readonly keys?: readonly string[] | undefined
  readonly where?: string | undefined
}

/** Puts the hashes of the rows' keys into the temporary table `doomed` of the writer. */
export async function findDoomed(
  engine: Engine,
  stream: StreamRuntime,
  request: DoomedRequest,
): Promise<void> {
  const { writer } = engine.parts
  await writer.run('create or replace temp table doomed (kh ubigint)')
  const { keys = [], where = '' } = request
  if (keys.length > 0) await findKeys(writer, stream, keys)
  else await findWhere(engine, stream, where)
}

async function findKeys(
  session: SqlSession,
  { schema }: StreamRuntime,
  keys: readonly string[],
): Promise<void> {
  const parts = keys.map(key => (schema.primaryKey.length === 1 ? [key] : partsOfKey(key)))
  const odd = parts.find(part => part.length !== schema.primaryKey.length)
  if (odd) {
    const names = schema.primaryKey.join('|')
    const says = `A key of stream "${schema.name}" has ${schema.primaryKey.length} parts, and ${odd.length} were given. Write keys as ${names}.`
    throw new MainstemError('USAGE', says, { key: 'keys' })
  }
  const columns = schema.primaryKey.map((_, at) => `k${at} varchar`)
  await session.run(`create or replace temp table wanted_key (${columns.join(', ')})`)
  await session.load(
    'temp.wanted_key',
    schema.primaryKey.map((_, at) => ({
      name: `k${at}`,
      type: 'VARCHAR',
      values: parts.map(part => part[at] ?? ''),
    })),
  )
  const same = schema.primaryKey.map((name, at) => {
    const type = schema.fields.find(field => field.name === name)?.type ?? 'Text'
    return `d.${ident(name)} = (${typedSql(type, `w.k${at}`)})::${ENGINE_TYPES[type]}`
  })
  await session.run(
    `insert into doomed select distinct d._kh from ${ident(dloTable(schema.name))} d
     join wanted_key w on ${same.join(' and ')}`,
  )
  await session.run('drop table wanted_key')
}

/** `|` is between the parts of a key, and `\` before one that belongs to a part. */
function partsOfKey(key: string): readonly string[] {
  const parts = ['']
  for (let at = 0; at < key.length; at++) {
    const char = key.charAt(at)
    if (char === '|') parts.push('')
    else {
      if (char === '\\' && at + 1 < key.length) at++
      parts.push(`${parts.pop() ?? ''}${key.charAt(at)}`)
    }
  }
  return parts
}

/** The name under which a statement of ours sees the hash of a row's key. */
const ROW_KEY = 'mainstem_row_key'

/** The condition is compiled as any statement of people is: it reads only what queries may read. */
async function findWhere(engine: Engine, stream: StreamRuntime, where: string): Promise<void> {
  const { writer, store } = engine.parts
  const asOf = new Date(engine.clock.nowMs())
  const known = await publicScope(writer, { applied: engine.applied, space: store.space, asOf })
  const { relation, table } = await rowsRelation(writer, store.space, stream)
  const scope: SqlScope = {
    ...known,
    resolve: name => (folded(name) === folded(relation.name) ? relation : known.resolve(name)),
  }
  const text = `select ${ROW_KEY} from ${relation.name} where (${where}\n)`
  const { sql, relations } = compileQuery(text, scope)
  const tables = relations.map(name => scope.resolve(name)?.sql ?? name)
  await assertSafe(writer, sql, [...tables.filter(one => one !== relation.sql), table])
  try {
    await writer.run(
      `insert into doomed select distinct d._kh from ${ident(dloTable(stream.schema.name))} d
       where d._kh in (select ${ident(ROW_KEY)} from (${sql}) found(${ident(ROW_KEY)}))`,
    )
  } catch (error) {
    const says = 'The condition cannot be evaluated. Check the names and types in --where.'
    throw new MainstemError('SQL_INVALID', says, { key: 'where' }, error)
  }
}

/** The stream's rows under the short and the API names of its fields, with the hash of each key. */
async function rowsRelation(
  session: SqlSession,
  space: string,
  { schema }: StreamRuntime,
): Promise<{ readonly relation: Relation; readonly table: string }> {
  const table = `${ident(space)}.${ident(dloTable(schema.name))}`
  const names = schema.fields.flatMap(({ name }) => [
    `${ident(name)} as ${ident(`${name}__c`)}`,
    ident(name),
  ])
  const select = `select ${[...names, `_kh as ${ident(ROW_KEY)}`].join(', ')} from ${table}`
  const columns = await session.describe(select)
  const name = `${schema.name}__dll`
  return { relation: { name, sql: `(${select})`, columns, kind: 'dlo' }, table }
}
