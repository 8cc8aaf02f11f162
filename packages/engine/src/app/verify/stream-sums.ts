import { dloTable } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { LakeStream } from './lake-stream.ts'
import type { RowSample, TableName } from './report.ts'
import type { Verification } from './verification.ts'

/** What the tables of one stream say of each other. */
interface Sums {
  readonly stream: LakeStream
  readonly rows: number
  readonly processed: number
  readonly added: number
  readonly removed: number
  readonly problems: number
  readonly problemRows: number
  readonly reprocessed: number
  readonly fileRows: number
  readonly deleted: number
}

interface SumLaw {
  readonly law: string
  /** Which table is wrong, and how; undefined if the law holds. */
  readonly broken: (sums: Sums, clean: IsClean) => Broken | undefined
  readonly tables: (streams: readonly LakeStream[]) => readonly TableName[]
}
interface Broken {
  readonly object: string
  readonly live: number
  readonly recomputed: number
}
/** Whether no law of a table on its own is broken. */
type IsClean = (object: string) => boolean

/**
 * Laws between tables: counters add up to rows, problem records, loads and deletes. Where two tables
 * disagree the one whose own laws are broken is wrong, else the one that a third table outvotes.
 */
export async function checkSums(
  verification: Verification,
  streams: readonly LakeStream[],
): Promise<void> {
  const { log } = verification
  const isClean: IsClean = object => log.violationsOf(object) === 0
  const all = await readSums(verification, streams)
  for (const { law, broken, tables } of SUM_LAWS) {
    const samples = new Map<string, RowSample[]>(tables(streams).map(table => [table.object, []]))
    for (const sums of all) {
      const found = broken(sums, isClean)
      if (!found) continue
      const { object, live, recomputed } = found
      const sample = {
        key: sums.stream.name,
        live: { rows: String(live) },
        recomputed: { rows: String(recomputed) },
      }
      samples.get(object)?.push(sample)
    }
    for (const table of tables(streams)) {
      const sample = samples.get(table.object) ?? []
      log.law(table, { law, violations: sample.length, sample })
    }
  }
}

const inStreams = (object: string): TableName => ({ stage: 'streams', object, kind: 'recorded' })
const objectsOf = (streams: readonly LakeStream[]): readonly TableName[] =>
  streams.map(({ name }) => ({ stage: 'lake', object: dloTable(name), kind: 'recorded' }))

const SUM_LAWS: readonly SumLaw[] = [
  {
    law: 'SL1: added - removed is the rows that are there',
    broken: (sums, isClean) => {
      const { rows, added, removed } = sums
      if (rows === added - removed) return undefined
      return areCountersWrong(sums, isClean)
        ? { object: 'stream_counter', live: added - removed, recomputed: rows }
        : { object: dloTable(sums.stream.name), live: rows, recomputed: added - removed }
    },
    tables: streams => [inStreams('stream_counter'), ...objectsOf(streams)],
  },
  {
    law: 'SL2: as many problem records are kept as were counted',
    broken: (sums, isClean) => {
      const { problems, problemRows } = sums
      if (problems === problemRows) return undefined
      return areCountersWrong(sums, isClean)
        ? { object: 'stream_counter', live: problems, recomputed: problemRows }
        : { object: 'problem', live: problemRows, recomputed: problems }
    },
    tables: () => [inStreams('stream_counter'), inStreams('problem')],
  },
  {
    law: 'SL3: the files of a stream have the rows that were processed',
    broken: (sums, isClean) => {
      const { processed, fileRows } = sums
      if (!isOfFilesOnly(sums) || processed === fileRows) return undefined
      return areCountersWrong(sums, isClean)
        ? { object: 'stream_counter', live: processed, recomputed: fileRows }
        : { object: 'file_taken', live: fileRows, recomputed: processed }
    },
    tables: () => [inStreams('stream_counter'), inStreams('file_taken')],
  },
  {
    law: 'SL4: what delete jobs took away is counted as removed',
    broken: (sums, isClean) => {
      const { deleted, removed, stream } = sums
      const isRefreshed = stream.schema.refreshMode === 'FULL_REFRESH'
      if (isRefreshed ? deleted <= removed : deleted === removed) return undefined
      return areCountersWrong(sums, isClean)
        ? { object: 'stream_counter', live: removed, recomputed: deleted }
        : { object: 'delete_job', live: deleted, recomputed: removed }
    },
    tables: () => [inStreams('stream_counter'), inStreams('delete_job')],
  },
]

/** Nothing was sent to the stream by requests: not even problem records, once more. */
function isOfFilesOnly({ stream, reprocessed }: Sums): boolean {
  return stream.connector === 'File' && reprocessed === 0
}

/** The rows and, of files, their lengths vote; a table that breaks a law of its own has no vote. */
function areCountersWrong(sums: Sums, isClean: IsClean): boolean {
  if (!isClean('stream_counter')) return true
  const { rows, added, removed, stream } = sums
  if (rows === added - removed || !isClean(dloTable(stream.name))) return false
  if (isOfFilesOnly(sums)) return sums.processed !== sums.fileRows
  return rows > added - removed
}

async function readSums(
  { session }: Verification,
  streams: readonly LakeStream[],
): Promise<readonly Sums[]> {
  const facts = [
    ...streams.map(
      ({ name }) =>
        `select ${literal(name)} as stream, 'rows' as fact, count(*) as n from ${ident(dloTable(name))}`,
    ),
    ...['processed', 'added', 'removed', 'problems'].map(
      fact => `select stream, '${fact}', sum(${fact}) from stream_counter group by stream`,
    ),
    `select stream, 'problemRows', count(*) from problem group by stream`,
    `select stream, 'reprocessed', count(*) from problem where state = 'reprocessed' group by stream`,
    `select stream, 'fileRows', sum(n) from (select stream, max(rows_in) as n from file_taken group by stream, pos) group by stream`,
    `select stream, 'deleted', sum(${DELETED_SQL}) from delete_job group by stream`,
  ]
  const rows = await session.rows(facts.join(' union all '))
  return streams.map((stream): Sums => {
    const fact = (wanted: string): number =>
      Number(rows.find(([name, of]) => name === stream.name && of === wanted)?.[2] ?? 0)
    return {
      stream,
      rows: fact('rows'),
      processed: fact('processed'),
      added: fact('added'),
      removed: fact('removed'),
      problems: fact('problems'),
      problemRows: fact('problemRows'),
      reprocessed: fact('reprocessed'),
      fileRows: fact('fileRows'),
      deleted: fact('deleted'),
    }
  })
}

/** Rows of the stream's own object that a delete job took away; null where it does not say. */
export const DELETED_SQL = `
  case when json_valid(deleted) then try_cast(json_extract_string(deleted, '$."' || stream || '__dll"') as bigint) end`
