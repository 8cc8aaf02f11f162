import { MainstemError } from '@mainstem/contracts'
import type { JournalEntry } from '../../journal/index.ts'
import {
  type ChangeSet,
  dloTable,
  type Intake,
  type IntakeCounts,
  type SqlSession,
  stageRows,
  takeIn,
} from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { jsonRows, quoteLongNumbers } from '../../streams/index.ts'
import type { Applied } from './engine-state.ts'
import { fillPhones } from './phone-dictionary.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** Some rows of a live batch: entries of one stream, and of a single entry perhaps only some records. */
export interface LivePart {
  readonly stream: StreamRuntime
  readonly entries: readonly JournalEntry[]
  /** Of the only entry, some records; when a bad one is being looked for. */
  readonly rows?: RecordRange | undefined
}

/** Records of one request: the first and last, counted from 1, and the text of each. */
export interface RecordRange {
  readonly from: number
  readonly to: number
  readonly texts: readonly string[]
}

/** What one stream's share of a batch did. */
export interface StreamCounts extends IntakeCounts {
  readonly stream: string
}

/** Entries by stream, streams in the order in which they first occur. */
export function partsOf(
  entries: readonly JournalEntry[],
  streams: ReadonlyMap<string, StreamRuntime>,
): readonly LivePart[] {
  const parts = new Map<string, { stream: StreamRuntime; entries: JournalEntry[] }>()
  for (const entry of entries) {
    const stream = streams.get(entry.stream)
    if (!stream) continue
    const part = parts.get(entry.stream) ?? { stream, entries: [] }
    part.entries.push(entry)
    parts.set(entry.stream, part)
  }
  return [...parts.values()]
}

/** Takes the records of a live part in; inside the caller's transaction. */
export async function takeLive(
  session: SqlSession,
  applied: Applied,
  { part, changes }: { part: LivePart; changes: ChangeSet },
): Promise<StreamCounts> {
  const { entries, rows } = part
  const relation = `
    select pos as _pos, make_timestamptz(accepted_us) as _at, origin as _origin,
           unnest(range(${rows?.from ?? 1}, ${rows?.from ?? 1} + len(items))) as _row, unnest(items)::varchar as line
    from (select *, json_extract(body, '$.data[*]') as items
          from (select unnest($1::bigint[]) as pos, unnest($2::bigint[]) as accepted_us,
                       unnest($3::varchar[]) as origin, unnest($4::varchar[]) as body))`
  const values = [
    entries.map(entry => String(entry.position)),
    entries.map(entry => String(entry.atMs * 1000)),
    entries.map(entry => String(entry.meta['origin'] ?? 'request')),
    entries.map(entry => quoteLongNumbers(bodyOf(entry, rows))),
  ]
  const intake: Intake = {
    schema: part.stream.schema,
    refs: part.stream.refs,
    source: jsonRows(relation, part.stream.schema.fields),
    values,
    mode:
      part.stream.schema.refreshMode === 'FULL_REFRESH' ? 'UPSERT' : part.stream.schema.refreshMode,
    shiftDays: 0,
    runId: 0n,
    shrinkMax: 1,
    changes: part.stream.changes,
  }
  await stageRows(session, intake)
  const counts = await takeIn(session, intake, changes)
  await fillPhones(session, applied, {
    stream: part.stream.schema.name,
    from: 'stage where _code is null',
  })
  return { ...counts, stream: part.stream.schema.name }
}

function bodyOf(entry: JournalEntry, rows: RecordRange | undefined): string {
  if (!rows) return new TextDecoder('utf-8', { fatal: true }).decode(entry.body)
  return `{"data":[${rows.texts.slice(rows.from - 1, rows.to).join(',')}]}`
}

/** Adds what a batch did to the hour's counters of its streams. */
export async function countStreams(
  session: SqlSession,
  counts: readonly StreamCounts[],
  atMs: number,
): Promise<void> {
  if (counts.length === 0) return
  const at = `make_timestamptz(${atMs * 1000}::bigint)`
  const rows = counts.map(
    one =>
      `(${literal(one.stream)}, date_trunc('hour', ${at}), ${one.processed}::bigint, ${one.added}::bigint, ${one.updated}::bigint, ` +
      `${one.unchanged}::bigint, ${one.stale}::bigint, ${one.problems}::bigint, ${one.removed}::bigint, ${at})`,
  )
  await session.run(`insert into stream_counter values ${rows.join(', ')}`)
}

/** Folds the counters of each hour into one row; many batches make many. */
export async function foldCounters(session: SqlSession): Promise<void> {
  await session.run(
    `create or replace temp table folded as
     select stream, hour, sum(processed)::bigint, sum(added)::bigint, sum(updated)::bigint, sum(unchanged)::bigint,
            sum(stale)::bigint, sum(problems)::bigint, sum(removed)::bigint, max(last_at) from stream_counter group by all`,
  )
  await session.run('delete from stream_counter')
  await session.run('insert into stream_counter from folded')
}

/** The rows of a stream, for messages and counts. */
export async function streamRows(session: SqlSession, stream: string): Promise<number> {
  const [row] = await session.rows(`select count(*) from ${ident(dloTable(stream))}`)
  return Number(row?.[0] ?? 0)
}

/** A record that no statement can take, although it passed every check; its neighbours go on. */
export async function setAside(
  session: SqlSession,
  { stream, entries, rows }: LivePart,
): Promise<void> {
  const [entry] = entries
  if (!entry) return
  const text = rows ? (rows.texts[rows.from - 1] ?? '') : new TextDecoder().decode(entry.body)
  await session.run(
    `insert into problem select (select coalesce(max(id), 0) + 1 from problem), ?, 'PROCESSING_FAILED', null,
       ?, ${entry.position}, ${rows?.from ?? 0}, ?, 0, make_timestamptz(${entry.atMs * 1000}::bigint), 'open'`,
    [stream.schema.name, new TextEncoder().encode(text), String(entry.meta['origin'] ?? 'request')],
  )
}

/** Errors that quote what came in: such words in them are somebody's data. */
const ABOUT_THE_DATA =
  /^(Conversion|Invalid Input|Out of Range|Parser|Binder|Constraint|Invalid type) Error/i

/** Whether an error is about the place and not about what came in: it may go away by itself. */
export function isAboutThePlace(error: unknown): boolean {
  if (error instanceof MainstemError) return error.code === 'DISK_FULL'
  const text = error instanceof Error ? error.message : ''
  if (ABOUT_THE_DATA.test(text)) return false
  return /out of memory|no space left|disk full|interrupt|could not write/i.test(text)
}
