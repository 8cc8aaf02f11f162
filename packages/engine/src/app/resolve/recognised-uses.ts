import type { SqlSession } from '../../lake/index.ts'
import {
  columnStatistics,
  columnStatisticsSql,
  type ColumnProfile,
  type Recognition,
  recogniseColumns,
} from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import { numberAt } from '../commands/answer.ts'
import { type ColumnUse, fieldOfKind } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'

/** Rows that columns are recognised from, taken evenly from all. */
const SAMPLE_ROWS = 50_000

/** What every column of the sources is taken for, by its name and values; columns of one name are one. */
export async function recognisedUses(
  session: SqlSession,
  sources: readonly LoadedSource[],
): Promise<readonly ColumnUse[]> {
  const names = [...namesOf(sources).values()]
  const profiles = await profilesOf(session, sources, names)
  const found = new Map<string, Recognition>()
  for (const [at, recognition] of recogniseColumns(profiles).entries()) {
    found.set((names[at] ?? '').toLowerCase(), recognition)
  }
  return sources.flatMap((source, number) =>
    source.columns.flatMap((column, at): ColumnUse[] => {
      const recognition = found.get(column.toLowerCase())
      if (!recognition) return []
      const { kind, identifier, why } = recognition
      const base = { file: source.label, source: number, at, column }
      return [{ ...base, field: fieldOfKind(kind), kind, identifier, why }]
    }),
  )
}

/** The names of all columns, each once, by their small letters. */
function namesOf(sources: readonly LoadedSource[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const name of sources.flatMap(source => source.columns)) {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return names
}

async function profilesOf(
  session: SqlSession,
  sources: readonly LoadedSource[],
  names: readonly string[],
): Promise<readonly ColumnProfile[]> {
  await session.run(`create or replace temp table sampled as ${sampleSql(sources, names)}`)
  const columns = names.map(name => ({ name, type: 'Text' as const }))
  const rows = await session.rows(columnStatisticsSql('sampled', columns))
  const words = names.map(
    name => `avg(1 + length(regexp_replace(trim(${ident(name)}), '[^ ]+', '', 'g')))`,
  )
  const [means] = await session.rows(`select ${words.join(', ')} from sampled`)
  const profiles: ColumnProfile[] = []
  for (const [at, one] of columnStatistics(columns, rows).entries()) {
    const filled = one.rows - one.blank
    // Sources may each count from 1.
    const mayBeUnique = filled > 1 && one.distinct * sources.length >= filled
    const isUnique = mayBeUnique && (await isUniqueIn(session, sources, one.name))
    const isShared = isUnique && (await isSharedBy(session, sources, one.name))
    profiles.push({ ...one, isUnique, isShared, words: numberAt(means, at) })
  }
  return profiles
}

function sampleSql(sources: readonly LoadedSource[], names: readonly string[]): string {
  const rows = sources.reduce((sum, source) => sum + source.rows, 0)
  const step = Math.max(1, Math.ceil(rows / SAMPLE_ROWS))
  return sources
    .map(source => {
      const columns = names.map(name => {
        const at = columnOf(source, name)
        return `${at < 0 ? 'null' : `c${at}`}::varchar as ${ident(name)}`
      })
      return `select ${columns.join(', ')} from ${source.table} where pid % ${step} = 0`
    })
    .join(' union all ')
}

async function isUniqueIn(
  session: SqlSession,
  sources: readonly LoadedSource[],
  name: string,
): Promise<boolean> {
  for (const source of sources) {
    const at = columnOf(source, name)
    if (at < 0) continue
    const [row] = await session.rows(
      `select count(distinct nullif(trim(c${at}::varchar), '')) from ${source.table}`,
    )
    if (numberAt(row, 0) < source.rows) return false
  }
  return true
}

/** Of the values of the source with the fewest, the share that another has too: less is chance. */
const SHARED_MIN = 0.05
/** Numbers of which one in so many is taken are counted, and two who count meet without meaning the same. */
const COUNTED_WITHIN = 10

/** Whether sources without duplicates tell of the same people: they share numbers that nobody counted. */
async function isSharedBy(
  session: SqlSession,
  sources: readonly LoadedSource[],
  name: string,
): Promise<boolean> {
  const own = sources.flatMap((source, number) => {
    const at = columnOf(source, name)
    return at < 0
      ? []
      : `select ${number} as source, trim(c${at}::varchar) as value from ${source.table}`
  })
  if (own.length < 2) return false
  const [row] = await session.rows(
    `with held as (${own.join(' union all ')}),
          valued as (select value, count(*) as n, try_cast(regexp_replace(value, '[^0-9]', '', 'g') as double) as number
                     from held group by value)
     select count(*) filter (n > 1), (select min(n) from (select count(*) as n from held group by source)),
            count(distinct number), max(number) - min(number) + 1 from valued`,
  )
  const [shared, fewest, numbers, range] = [0, 1, 2, 3].map(at => numberAt(row, at))
  if ((shared ?? 0) < SHARED_MIN * (fewest ?? 0) || fewest === 0) return false
  return (range ?? 0) > COUNTED_WITHIN * (numbers ?? 0) || numbers === 0
}

function columnOf({ columns }: LoadedSource, name: string): number {
  return columns.findIndex(column => column.toLowerCase() === name.toLowerCase())
}
