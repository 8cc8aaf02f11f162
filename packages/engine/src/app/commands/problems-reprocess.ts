import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openFile, type SqlSession } from '../../lake/index.ts'
import { literals } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { sourceFile } from '../engine/file-reference.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'
import { type AnswerPlace, numberAt, placeOf, textAt } from './answer.ts'
import { RecordPoster, recordOfColumns } from './ingest-file-post.ts'
import { problemFilter } from './problems-filter.ts'
import { type LineShape, recordOfLine } from './problems-line.ts'

/** The answer of `problems reprocess`. */
export interface Reprocessed extends AnswerPlace {
  /** Records that were taken in now. */
  readonly reprocessed: number
  /** Records that are problem records still, or again. */
  readonly stillFailing: number
}

/** Bytes of payloads that are held at a time. */
const CHUNK_BYTES = 8_388_608
/** Problem records that are looked at at a time. */
const CHUNK_ROWS = 2000
const ENTRY_BYTES_MAX = 1_048_576

/**
 * Sends open problem records through the journal again, in their order. Those that fail again become
 * new problem records; bytes that are no record at all stay as they are. A crash in between sends
 * some twice, and loses none.
 */
export async function reprocessProblems(
  engine: Engine,
  request: { readonly stream?: string | undefined } = {},
): Promise<Reprocessed> {
  const where = problemFilter(engine, request.stream)
  const [row] = await engine.reading(session =>
    session.rows(`select coalesce(max(id), 0) from problem where ${where}`),
  )
  const last = numberAt(row, 0)
  const total = { reprocessed: 0, stillFailing: 0 }
  const known = new ColumnsOfFiles(engine)
  for (let after = 0; ;) {
    const ids = await nextIds(engine, `${where} and id > ${after} and id <= ${last}`)
    if (ids.length === 0) break
    const done = await reprocessChunk(engine, ids, known)
    total.reprocessed += done.reprocessed
    total.stillFailing += done.stillFailing
    after = ids.at(-1) ?? last
  }
  return { ...placeOf(engine), ...total }
}

/** The same for people. */
export function reprocessLines({ reprocessed, stillFailing }: Reprocessed): readonly string[] {
  const more = stillFailing === 0 ? [] : ['Look at them with: mainstem problems']
  return [`${reprocessed} records taken in, ${stillFailing} still fail.`, ...more]
}

/** The next ids, as many as their payloads may be held at a time, and at least one. */
async function nextIds(engine: Engine, where: string): Promise<readonly number[]> {
  const rows = await engine.reading(session =>
    session.rows(
      `select id, octet_length(payload) from problem where ${where} order by id limit ${CHUNK_ROWS}`,
    ),
  )
  let bytes = 0
  const upTo = rows.findIndex(row => (bytes += numberAt(row, 1)) > CHUNK_BYTES)
  return (upTo < 0 ? rows : rows.slice(0, Math.max(upTo, 1))).map(row => numberAt(row, 0))
}

interface Payload {
  readonly id: number
  readonly stream: string
  readonly origin: string
  readonly position: string
  readonly text: string | null
  readonly isObject: boolean
  readonly isLine: boolean
}

async function reprocessChunk(
  engine: Engine,
  ids: readonly number[],
  known: ColumnsOfFiles,
): Promise<{ reprocessed: number; stillFailing: number }> {
  const payloads = await engine.reading(session => readPayloads(session, ids))
  const posters = new Map<string, RecordPoster>()
  const sent: number[] = []
  for (const payload of payloads) {
    const stream = engine.applied.streams.get(payload.stream)
    const record = stream && (await recordOf(payload, stream, known))
    if (record === undefined) continue
    const target = { stream: payload.stream, bytesMax: ENTRY_BYTES_MAX }
    const poster = posters.get(payload.stream) ?? new RecordPoster(engine, target)
    posters.set(payload.stream, poster)
    await poster.add(record, payload.origin)
    sent.push(payload.id)
  }
  for (const poster of posters.values()) await poster.flush()
  let failing = 0
  for (const poster of posters.values()) failing += await poster.settle()
  await markReprocessed(engine, sent)
  return {
    reprocessed: sent.length - failing,
    stillFailing: payloads.length - sent.length + failing,
  }
}

async function readPayloads(
  session: SqlSession,
  ids: readonly number[],
): Promise<readonly Payload[]> {
  const rows = await session.rows(
    `select id, stream, origin, pos, text, case when json_valid(text) then json_type(text) = 'OBJECT' else false end,
       code in ('TOO_MANY_COLUMNS', 'MISSING_COLUMNS', 'BROKEN_QUOTES')
     from (select *, try(decode(payload)) as text from problem where id in ${literals(ids)}) order by id`,
  )
  return rows.map(row => ({
    id: numberAt(row, 0),
    stream: textAt(row, 1) ?? '',
    origin: textAt(row, 2) ?? 'request',
    position: textAt(row, 3) ?? '0',
    text: textAt(row, 4),
    isObject: row[5] === true && isJson(textAt(row, 4)),
    isLine: row[6] === true,
  }))
}

/** The engine's own JSON allows more than RFC 8259 does. */
function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? '')
    return true
  } catch {
    return false
  }
}

/** The record that a payload holds, as its stream would get it; undefined if it holds none. */
async function recordOf(
  payload: Payload,
  { schema, definition }: StreamRuntime,
  known: ColumnsOfFiles,
): Promise<string | undefined> {
  const { text } = payload
  if (text === null) return undefined
  if (definition.connector.type === 'File') {
    if (payload.isLine) {
      const source = await known.of(payload)
      const record = source && recordOfLine(text, source)
      return record && recordOfColumns(record, schema)
    }
    const file = sourceFile(definition, { path: payload.origin, label: payload.origin })
    const isTable = file.format === 'CSV' || file.format === 'Parquet'
    if (isTable && payload.isObject) return recordOfColumns(text, schema)
  }
  return payload.isObject ? text : undefined
}

async function markReprocessed(engine: Engine, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await engine.exclusive(async () => {
    await engine.parts.writer.run(
      `update problem set state = 'reprocessed' where id in ${literals(ids)}`,
    )
  })
}

/** The columns of the files that bad lines came from, each file looked at once. */
class ColumnsOfFiles {
  readonly #engine: Engine
  readonly #known = new Map<string, LineShape | undefined>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async of(payload: Payload): Promise<LineShape | undefined> {
    const { stream, origin, position } = payload
    const key = JSON.stringify([stream, origin, position])
    if (!this.#known.has(key)) this.#known.set(key, await this.#look(payload))
    return this.#known.get(key)
  }

  async #look({ stream, origin, position }: Payload): Promise<LineShape | undefined> {
    const definition = this.#engine.applied.streams.get(stream)?.definition
    if (definition?.connector.type !== 'File') return undefined
    const given = definition.connector.delimiter
    return await this.#engine.reading(async session => {
      const [row] = await session.rows(
        'select sha256 from file_taken where stream = ? and path = ? and pos = ?::bigint',
        [stream, origin, position],
      )
      const folder = this.#engine.parts.store.paths.files
      const stored = (await readdir(folder)).find(name => name.startsWith(`${textAt(row, 0)}.`))
      if (stored === undefined) return undefined
      const file = sourceFile(definition, { path: join(folder, stored), label: origin })
      if (file.format !== 'CSV') return undefined
      const { columns } = await openFile(session, file)
      const delimiter = given ?? file.delimiter ?? (await delimiterOf(session, file))
      return { columns, delimiter }
    })
  }
}

/** The mark that splits the header into most columns. */
async function delimiterOf(
  session: SqlSession,
  file: ReturnType<typeof sourceFile>,
): Promise<string> {
  let best = { delimiter: ',', count: 0 }
  for (const delimiter of [',', ';', '\t', '|']) {
    const count = await openFile(session, { ...file, delimiter }).then(
      ({ columns }) => columns.length,
      () => 0,
    )
    if (count > best.count) best = { delimiter, count }
  }
  return best.delimiter
}
