import { dloTable } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { LakeStream } from './lake-stream.ts'
import type { TableName } from './report.ts'
import { checkSums, DELETED_SQL } from './stream-sums.ts'
import type { Verification } from './verification.ts'

const recorded = (object: string): TableName => ({ stage: 'streams', object, kind: 'recorded' })

/** Recorded: what came in, and what became of it. */
export async function checkStreams(
  verification: Verification,
  streams: readonly LakeStream[],
): Promise<void> {
  const { position } = verification
  const known = streams.map(({ name }) => name)
  await checkLaws(verification, recorded('stream_state'), stateLaws(verification))
  await checkLaws(verification, recorded('stream_counter'), counterLaws(known))
  await checkLaws(verification, recorded('file_taken'), fileLaws(streams, position))
  await checkLaws(verification, recorded('problem'), problemLaws(known, position))
  await checkLaws(verification, recorded('delete_job'), deleteLaws(known, position))
  await checkSums(verification, streams)
}

/** What a stream's rows look like is what the project says. */
function stateLaws({ applied }: Verification): readonly Law[] {
  const wanted = Array.from(
    applied.streams.values(),
    ({ schema, refs }) =>
      `(${[schema.name, JSON.stringify(schema), JSON.stringify(refs)].map(literal).join(', ')})`,
  )
  const values =
    wanted.length === 0 ? `(select '', '', '' where false)` : `(values ${wanted.join(', ')})`
  const same = (field: 'schema_json' | 'refs_json'): Law => ({
    law: `ST2: ${field === 'schema_json' ? 'the schema' : 'the references'} of a stream are those it runs by`,
    sql: violating({
      from: `${values} w(stream, schema_json, refs_json) left join stream_state s on s.stream = w.stream`,
      where: `s.${field} is distinct from w.${field}`,
      key: 'w.stream',
      field,
      live: `s.${field}`,
      recomputed: `w.${field}`,
    }),
  })
  return [
    uniqueLaw('ST1: a stream has one state', 'stream_state', ['stream']),
    same('schema_json'),
    same('refs_json'),
    {
      law: 'ST3: a watermark is a time',
      sql: violating({
        from: 'stream_state',
        where: 'watermark is not null and try_cast(watermark as timestamptz) is null',
        key: 'stream',
        field: 'watermark',
      }),
    },
  ]
}

const PARTS = ['added', 'updated', 'unchanged', 'stale', 'problems']

function counterLaws(streams: readonly string[]): readonly Law[] {
  const key = `concat_ws(' / ', stream, hour::varchar)`
  const sum = PARTS.join(' + ')
  const object = 'stream_counter'
  return [
    {
      law: 'SC1: processed = added + updated + unchanged + stale + problems',
      sql: violating({
        from: object,
        where: `processed is distinct from ${sum}`,
        key,
        field: 'processed',
        recomputed: sum,
      }),
    },
    {
      law: 'SC2: no counter is below 0',
      sql: violating({
        from: object,
        where: `removed is null or least(removed, ${PARTS.join(', ')}) < 0`,
        key,
        field: 'counters',
        live: `least(removed, ${PARTS.join(', ')})`,
        recomputed: `'0 or more'`,
      }),
    },
    {
      law: 'SC3: the last batch of an hour is in it',
      sql: violating({
        from: object,
        where: `not coalesce(last_at between hour and hour + interval 1 hour, false)`,
        key,
        field: 'last_at',
      }),
    },
    oneOfLaw('SC4: counters are of a stream that is known', {
      object,
      key,
      field: 'stream',
      values: streams,
    }),
  ]
}

function fileLaws(streams: readonly LakeStream[], position: bigint): readonly Law[] {
  const object = 'file_taken'
  const key = `concat_ws(' / ', stream, path, pos::varchar)`
  return [
    uniqueLaw('FT1: a load takes a file once', object, ['stream', 'sha256', 'path', 'pos']),
    positionLaw('FT2: a file was taken at a position that is applied', {
      object,
      key,
      field: 'pos',
      position,
    }),
    {
      law: 'FT3: a file is known by its SHA-256 and has 0 rows or more',
      sql: violating({
        from: object,
        where: `not coalesce(regexp_full_match(sha256, '[0-9a-f]{64}') and rows_in >= 0 and taken_at is not null, false)`,
        key,
        field: 'sha256',
      }),
    },
    oneOfLaw('FT4: a file is of a stream that is known', {
      object,
      key,
      field: 'stream',
      values: streams.map(({ name }) => name),
    }),
    noteOfRows(streams),
  ]
}

/** Records that were sent again after they had been put aside came by requests. */
function noteOfRows(streams: readonly LakeStream[]): Law {
  const reads = streams
    .filter(({ connector }) => connector === 'File')
    .map(({ name }) => {
      const stream = literal(name)
      return `select distinct ${stream} as stream, _pos from ${ident(dloTable(name))}
              where _pos not in (select pos from file_taken where stream = ${stream} and pos is not null)
                and not exists (select 1 from problem where stream = ${stream} and state = 'reprocessed')`
    })
  const from =
    reads.length === 0
      ? `(select null as stream, null as _pos where false)`
      : `(${reads.join(' union all ')})`
  return {
    law: 'FT5: the file that a row came with is noted',
    sql: violating({ from, key: 'stream', field: 'pos', live: 'null', recomputed: '_pos' }),
  }
}

function problemLaws(streams: readonly string[], position: bigint): readonly Law[] {
  const object = 'problem'
  return [
    uniqueLaw('PR1: a problem record has a number of its own', object, ['id']),
    oneOfLaw('PR2: a problem record is of a stream that is known', {
      object,
      key: 'id',
      field: 'stream',
      values: streams,
    }),
    oneOfLaw('PR3: a problem record is open or was sent again', {
      object,
      key: 'id',
      field: 'state',
      values: ['open', 'reprocessed'],
    }),
    positionLaw('PR4: a problem record came in with a position that is applied', {
      object,
      key: 'id',
      field: 'pos',
      position,
    }),
    {
      law: 'PR5: a problem record says what is wrong, with its bytes',
      sql: violating({
        from: object,
        where: `not coalesce(regexp_full_match(code, '[A-Z][A-Z_]*'), false) or payload is null or noted_at is null`,
        key: 'id',
        field: 'code',
      }),
    },
  ]
}

function deleteLaws(streams: readonly string[], position: bigint): readonly Law[] {
  const object = 'delete_job'
  return [
    uniqueLaw('DJ1: a delete job has a number of its own', object, ['id']),
    {
      law: 'DJ2: the numbers of delete jobs are dense from 1',
      sql: violating({
        from: '(select count(distinct id) as n, max(id) as id from delete_job)',
        where: 'n <> coalesce(id, 0)',
        key: `'count'`,
        field: 'id',
        recomputed: 'n',
      }),
    },
    positionLaw('DJ3: a delete job was done at a position that is applied', {
      object,
      key: 'id',
      field: 'pos',
      position,
    }),
    oneOfLaw('DJ4: a delete job is of a stream that is known', {
      object,
      key: 'id',
      field: 'stream',
      values: streams,
    }),
    {
      law: 'DJ5: a delete job says how many rows of what it took away',
      sql: violating({
        from: object,
        where: `${DELETED_SQL} is null`,
        key: 'id',
        field: 'deleted',
      }),
    },
  ]
}
