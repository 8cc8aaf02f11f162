import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import {
  type Intake,
  type OpenedFile,
  openFile,
  type SourceFile,
  type SqlSession,
  takeRejectedLines,
} from '../../lake/index.ts'
import type { Engine } from '../engine/engine.ts'
import { sourceFile } from '../engine/file-reference.ts'
import { readBytes } from '../engine/read-bytes.ts'
import { refreshStream } from '../engine/refresh-stream.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'
import { countStreams } from '../engine/take-batch.ts'
import { type AnswerPlace, numberAt, placeOf } from './answer.ts'
import { RecordPoster, recordOfColumns } from './ingest-file-post.ts'

/** The answer of `ingest`: each record of the file is in one of the two numbers. */
export interface Ingested extends AnswerPlace {
  readonly stream: string
  /** Records that were taken in: added, updated, unchanged or overtaken by a newer one. */
  readonly accepted: number
  /** Records that were not, and are kept as problem records. */
  readonly problems: number
  /** Whether a file of this content was taken in before; it is then passed over. */
  readonly alreadyTaken: boolean
}

/** Bytes of one request where the project sets no limit. */
const REQUEST_BYTES_MAX = 204_800

/**
 * Takes one file into a stream: of the Ingestion API, by posting its records as requests within the
 * limits; of files, as the stream's own refresh would.
 */
export async function ingestFile(
  engine: Engine,
  name: string,
  filePath: string,
): Promise<Ingested> {
  const stream = engine.applied.streams.get(name)
  const path = resolve(filePath)
  if (!stream) {
    const names = [...engine.applied.streams.keys()].join(', ')
    const says = `No stream is named "${name.slice(0, 80)}". The streams are ${names || 'none'}.`
    throw new MainstemError('STREAM_NOT_FOUND', says, { key: 'stream' })
  }
  if (!existsSync(path)) {
    const says = `There is no file ${basename(path)} at the path that was given. Check the path.`
    throw new MainstemError('SOURCE_MISSING', says, { file: basename(path) })
  }
  const counts =
    stream.definition.connector.type === 'File'
      ? await takeFile(engine, name, path)
      : await postFile(engine, stream, path)
  return { ...placeOf(engine), stream: name, ...counts }
}

/** The same for people. */
export function ingestLines({
  stream,
  accepted,
  problems,
  alreadyTaken,
}: Ingested): readonly string[] {
  if (alreadyTaken)
    return [`${stream}: a file of the same content was taken in before; nothing to do.`]
  const more = problems === 0 ? [] : [`Look at the others with: mainstem problems ${stream}`]
  return [`${stream}: ${accepted} records taken in, ${problems} problem records.`, ...more]
}

type Counts = Pick<Ingested, 'accepted' | 'problems' | 'alreadyTaken'>

async function takeFile(engine: Engine, name: string, path: string): Promise<Counts> {
  const position = await refreshStream(engine, name, { paths: [path] })
  if (position === undefined) return { accepted: 0, problems: 0, alreadyTaken: true }
  await engine.catchUp()
  const failure = engine.applier.takeFailure(position)
  if (failure !== undefined) throw failure
  const [row] = await engine.reading(session =>
    session.rows(
      `select (select sum(rows_in) from file_taken where stream = $1 and pos = $2::bigint),
              (select count(*) from problem where stream = $1 and pos = $2::bigint)`,
      [name, position],
    ),
  )
  const problems = numberAt(row, 1)
  return { accepted: numberAt(row, 0) - problems, problems, alreadyTaken: false }
}

async function postFile(engine: Engine, stream: StreamRuntime, path: string): Promise<Counts> {
  const file = sourceFile(stream.definition, { path, label: basename(path) })
  const { edgeLimits } = engine.applied.project.definition
  const poster = new RecordPoster(engine, {
    stream: stream.schema.name,
    bytesMax: edgeLimits['ingest.stream.maxRequestBytes'] ?? REQUEST_BYTES_MAX,
  })
  return await engine.reading(async session => {
    const opened = await openFile(session, file)
    await postRecords(session, poster, { file, opened, stream })
    const refused = await poster.settle()
    const kept = await keepBadRecords(engine, session, { file, opened, stream })
    return { accepted: poster.posted - refused, problems: refused + kept, alreadyTaken: false }
  })
}

interface OpenSource {
  readonly file: SourceFile
  readonly opened: OpenedFile
  readonly stream: StreamRuntime
}

/** Reads the file once, in its order; what is no record is put aside in the table `stage`. */
async function postRecords(
  session: SqlSession,
  poster: RecordPoster,
  source: OpenSource,
): Promise<void> {
  const { file, opened, stream } = source
  const isTable = file.format === 'CSV' || file.format === 'Parquet'
  const { sql } = opened.rows([], { position: 0n, atMs: 0 })
  await session.run('create or replace temp table stage (_row bigint, _line varchar)')
  try {
    await session.run(
      `create or replace temp table posted as select _row, _line, _bad from (${sql})`,
    )
  } catch (error) {
    const says = `The file ${file.label} cannot be read as ${file.format}. Nothing was taken in.`
    throw new MainstemError('SOURCE_UNREADABLE', says, { file: file.label }, error)
  }
  await session.run('insert into stage select _row, _line from posted where _bad is not null')
  const lines = session.batches('select _line from posted where _bad is null order by _row')
  for await (const { columns, rowCount } of lines) {
    const [texts = []] = columns
    for (let at = 0; at < rowCount; at++) {
      const text = String(texts[at])
      await poster.add(isTable ? recordOfColumns(text, stream.schema) : text, file.label)
    }
  }
}

/** Lines that no request could carry become problem records with their bytes. */
async function keepBadRecords(
  engine: Engine,
  session: SqlSession,
  { file, opened, stream }: OpenSource,
): Promise<number> {
  const { name } = stream.schema
  return await engine.exclusive(async () => {
    const place = { position: engine.applier.position, atMs: engine.clock.nowMs() }
    const intake = badLinesOf(stream)
    return await session.transaction(async () => {
      const rejected = await takeRejectedLines(session, { file, opened, place, intake, readBytes })
      const [row] = await session.rows('select count(*) from stage')
      await session.run(
        `insert into problem
         select (select coalesce(max(id), 0) from problem) + row_number() over (order by _row), ?, 'MALFORMED_RECORD',
           null, encode(_line), ${place.position}, _row, ?, 0, make_timestamptz(${place.atMs * 1000}::bigint), 'open'
         from stage`,
        [name, file.label],
      )
      const kept = rejected + numberAt(row, 0)
      const none = { added: 0, updated: 0, unchanged: 0, stale: 0, removed: 0 }
      const counts = { ...none, stream: name, processed: kept, problems: kept }
      if (kept > 0) await countStreams(session, [counts], place.atMs)
      return kept
    })
  })
}

/** Of an intake, what keeping bad lines looks at. */
function badLinesOf({ schema, refs, changes }: StreamRuntime): Intake {
  const source = { sql: '', tellsAbsent: true }
  return { schema, refs, changes, source, mode: 'UPSERT', shiftDays: 0, runId: 0n, shrinkMax: 1 }
}
