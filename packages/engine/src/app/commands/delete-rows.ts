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
import { type AnswerPlace, isoSql, numberAt, placeOf, textAt } from './answer.ts'
import { deletionTrial } from './delete-rows-trial.ts'
import { appendEntry } from './ingest-file-post.ts'

/** Which rows of a stream are to go: by their keys, or by a condition. Exactly one is given. */
export interface DeleteRequest {
  readonly stream: string
  /** Primary keys as text; the parts of a key of several fields are joined by `|`. */
  readonly keys?: readonly string[] | undefined
  /** SQL over the stream's fields, as in the WHERE of a statement over its data lake object. */
  readonly where?: string | undefined
  readonly dryRun?: boolean | undefined
  /** Kept in the history. */
  readonly reason?: string | undefined
}

/** The answer of `delete`. */
export interface Deleted extends AnswerPlace {
  readonly stream: string
  readonly dryRun: boolean
  /** Rows that go, by object: the stream's, those of the model's objects, and unified profiles. */
  readonly deleted: Readonly<Record<string, number>>
  /** Unified profiles that stay, with other values, records or contact points. */
  readonly changed: Readonly<Record<string, number>>
}

/** Keys in one entry of the journal. */
const HASHES_PER_ENTRY = 5000

/**
 * Bulk delete: finds the rows, tells what goes with them, and unless it is a dry run deletes them by
 * way of the journal. What is told is measured by doing it and taking it back.
 */
export async function deleteRows(engine: Engine, request: DeleteRequest): Promise<Deleted> {
  const stream = streamOf(engine, request.stream)
  checkRequest(request)
  await engine.catchUp()
  const { trial, hashes } = await engine.exclusive(async () => {
    const { writer } = engine.parts
    await findDoomed(engine, stream, request)
    try {
      return { trial: await deletionTrial(engine, stream), hashes: await doomedHashes(writer) }
    } finally {
      await writer.run('drop table if exists doomed')
    }
  })
  if (request.dryRun !== true) await journalDeletes(engine, stream, { hashes, reason: request.reason })
  return { ...placeOf(engine), stream: stream.schema.name, dryRun: request.dryRun === true, ...trial }
}

/** The same for people. */
export function deleteLines({ stream, dryRun, deleted, changed }: Deleted): readonly string[] {
  const verb = dryRun ? 'would go' : 'are gone'
  const objects = Object.entries(deleted).map(([name, count]) => `  ${name}: ${count}`)
  const others = Object.entries(changed)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `  ${name}: ${count} ${dryRun ? 'would change' : 'changed'}`)
  const more = dryRun ? ['Nothing was deleted. Run it again without --dry-run to delete.'] : []
  return [`Of stream ${stream} ${verb}:`, ...objects, ...others, ...more]
}

/** A delete that was done. */
export interface DeleteJob {
  readonly id: number
  readonly stream: string
  readonly at: string | null
  readonly reason: string | null
  readonly deleted: Readonly<Record<string, number>>
}

/** The deletes of the project, newest first: those of people and those of the Ingestion API. */
export async function deleteJobs(
  engine: Engine,
  limit = 100,
): Promise<AnswerPlace & { readonly rows: readonly DeleteJob[] }> {
  const rows = await engine.reading(session =>
    session.rows(
      `select id, stream, ${isoSql('done_at')}, nullif(reason, ''), deleted from delete_job
       order by id desc limit ${Math.max(0, Math.min(Math.trunc(limit), 50_000))}`,
    ),
  )
  return {
    ...placeOf(engine),
    rows: rows.map(row => ({
      id: numberAt(row, 0),
      stream: textAt(row, 1) ?? '',
      at: textAt(row, 2),
      reason: textAt(row, 3),
      deleted: countsIn(textAt(row, 4) ?? '{}'),
    })),
  }
}

function countsIn(json: string): Readonly<Record<string, number>> {
  const value: unknown = JSON.parse(json)
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(entries.map(([name, count]) => [name, Number(count)]))
}

function streamOf(engine: Engine, name: string): StreamRuntime {
  const stream = engine.applied.streams.get(name)
  if (stream) return stream
  const names = [...engine.applied.streams.keys()].join(', ')
  const says = `No stream is named "${name.slice(0, 80)}". The streams are ${names || 'none'}.`
  throw new MainstemError('STREAM_NOT_FOUND', says, { key: 'stream' })
}

function checkRequest({ keys, where }: DeleteRequest): void {
  const isKeys = keys !== undefined && keys.length > 0
  const isWhere = where !== undefined && where.trim() !== ''
  if (isKeys !== isWhere) return
  throw new MainstemError(
    'USAGE',
    isKeys
      ? 'Give either keys or a condition, not both: it would not be clear which rows are meant.'
      : 'Say which rows are to go, by --keys or by --where. To delete all, use --where TRUE.',
    { key: 'keys' },
  )
}

/** Puts the hashes of the rows' keys into the temporary table `doomed` of the writer. */
async function findDoomed(engine: Engine, stream: StreamRuntime, request: DeleteRequest): Promise<void> {
  const { writer } = engine.parts
  await writer.run('create or replace temp table doomed (kh ubigint)')
  if (request.where === undefined) await findKeys(writer, stream, request.keys ?? [])
  else await findWhere(engine, stream, request.where)
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

async function doomedHashes(session: SqlSession): Promise<readonly string[]> {
  const hashes: string[] = []
  for await (const { columns, rowCount } of session.batches('select kh::varchar from doomed order by kh')) {
    for (let at = 0; at < rowCount; at++) hashes.push(String(columns[0]?.[at]))
  }
  return hashes
}

async function journalDeletes(
  engine: Engine,
  stream: StreamRuntime,
  { hashes, reason }: { readonly hashes: readonly string[]; readonly reason: string | undefined },
): Promise<void> {
  for (let at = 0; at < hashes.length; at += HASHES_PER_ENTRY) {
    const body = Buffer.from(JSON.stringify({ hashes: hashes.slice(at, at + HASHES_PER_ENTRY) }))
    const meta = { origin: 'delete', reason: (reason ?? '').slice(0, 500) }
    await appendEntry(engine, { kind: 'delete', stream: stream.schema.name, meta, body })
  }
  await engine.catchUp()
}
