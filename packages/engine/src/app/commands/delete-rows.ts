import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'
import { type AnswerPlace, isoSql, numberAt, placeOf, textAt } from './answer.ts'
import { findDoomed } from './delete-rows-find.ts'
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
  if (request.dryRun !== true)
    await journalDeletes(engine, stream, { hashes, reason: request.reason })
  return {
    ...placeOf(engine),
    stream: stream.schema.name,
    dryRun: request.dryRun === true,
    ...trial,
  }
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

async function doomedHashes(session: SqlSession): Promise<readonly string[]> {
  const hashes: string[] = []
  for await (const { columns, rowCount } of session.batches(
    'select kh::varchar from doomed order by kh',
  )) {
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
