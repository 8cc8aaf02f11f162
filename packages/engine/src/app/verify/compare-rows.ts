import type { SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { type RowSample, type RowValues, SAMPLE_MAX, type TableName } from './report.ts'
import { textOf, type Verification } from './verification.ts'

/** A stored table, and the statement that says what must be in it. */
export interface RowComparison extends TableName {
  /** SQL of all rows as they must be; its columns are found by name. */
  readonly freshSql: string
  /** The columns that tell rows apart: a changed row is one difference and not two. */
  readonly key: readonly string[]
  /** Which rows can be compared, as a condition on both sides; all if left out. */
  readonly scope?: string | undefined
}

/**
 * Compares a stored table with its recomputed rows: every column, both directions, copies counted,
 * no tolerance. Then puts the stored table right, within the transaction that is taken back. Answers
 * how many rows differ.
 */
export async function compareRows(
  verification: Verification,
  comparison: RowComparison,
): Promise<number> {
  const { session, log } = verification
  const table = ident(comparison.object)
  const within = comparison.scope === undefined ? '' : ` where ${comparison.scope}`
  await session.run(`create or replace temp table fresh_rows as from ${table} limit 0`)
  await session.run(
    `insert into temp.fresh_rows by name select * from (${comparison.freshSql})${within}`,
  )
  const columns = (await session.describe('from temp.fresh_rows')).map(({ name }) => name)
  const names = columns.map(ident).join(', ')
  await session.run(
    `create or replace temp table row_difference as
     select ${names}, sum(_d)::bigint as _d from (
       select ${names}, 1 as _d from ${table}${within} union all select ${names}, -1 from temp.fresh_rows)
     group by all having sum(_d) <> 0`,
  )
  const [counts] = await session.rows(
    `select (select count(*) from ${table}${within}), (select count(*) from temp.fresh_rows),
            (select count(*) from temp.row_difference)`,
  )
  const [live = 0, fresh = 0, different = 0] = (counts ?? []).map(Number)
  const rowsCompared = Math.max(live, fresh)
  let differences = 0
  if (different === 0) {
    log.rows(comparison, {
      rowsCompared,
      differences: 0,
      onlyLive: 0,
      onlyRecomputed: 0,
      sample: [],
    })
  } else {
    const found = await pairUp(session, comparison.key, columns)
    differences = found.differences
    log.rows(comparison, { rowsCompared, ...found })
    await session.run(`delete from ${table}${within}`)
    await session.run(`insert into ${table} by name from temp.fresh_rows`)
  }
  await session.run('drop table temp.fresh_rows')
  return differences
}

interface Pairs {
  readonly differences: number
  readonly onlyLive: number
  readonly onlyRecomputed: number
  readonly sample: readonly RowSample[]
}

/** A stored row and a recomputed one of the same key are one changed row. */
async function pairUp(
  session: SqlSession,
  key: readonly string[],
  columns: readonly string[],
): Promise<Pairs> {
  const keys = key.map(ident)
  const side = (sign: string): string => `
    select *, row_number() over (partition by ${keys.join(', ')}) as _n
    from (select * exclude (_d), unnest(range(abs(_d))) as _copy from temp.row_difference where _d ${sign} 0)`
  const same = [...keys.map(name => `f.${name} is not distinct from l.${name}`), 'f._n = l._n']
  const keyText = `concat_ws(' / ', ${keys.map(name => `coalesce(l.${name}, f.${name})::varchar`).join(', ')})`
  const values = columns.flatMap(name => [`l.${ident(name)}::varchar`, `f.${ident(name)}::varchar`])
  await session.run(
    `create or replace temp table row_pair as
     select ${keyText}, l._n is not null, f._n is not null, ${values.join(', ')}
     from (${side('>')}) l full join (${side('<')}) f on ${same.join(' and ')}`,
  )
  const names = ['key', 'isLive', 'isFresh', ...columns.flatMap((_, at) => [`l${at}`, `f${at}`])]
  const paired = `(from temp.row_pair) p(${names.join(', ')})`
  const [counts] = await session.rows(
    `select count(*), count(*) filter (not isFresh), count(*) filter (not isLive) from ${paired}`,
  )
  const [differences = 0, onlyLive = 0, onlyRecomputed = 0] = (counts ?? []).map(Number)
  const rows = await session.rows(`from ${paired} order by key limit ${SAMPLE_MAX}`)
  await session.run('drop table temp.row_pair')
  const sample = rows.map(([keyOf, isLive, isFresh, ...cells]): RowSample => {
    const pairs = columns.map((name, at) => ({
      name,
      live: textOf(cells[2 * at]),
      fresh: textOf(cells[2 * at + 1]),
    }))
    const told = isLive && isFresh ? pairs.filter(({ live, fresh }) => live !== fresh) : pairs
    return {
      key: String(keyOf ?? ''),
      live: isLive ? valuesOf(told, 'live') : null,
      recomputed: isFresh ? valuesOf(told, 'fresh') : null,
    }
  })
  return { differences, onlyLive, onlyRecomputed, sample }
}

type Told = readonly {
  readonly name: string
  readonly live: string | null
  readonly fresh: string | null
}[]

function valuesOf(told: Told, side: 'live' | 'fresh'): RowValues {
  return Object.fromEntries(told.map(pair => [pair.name, pair[side]]))
}
