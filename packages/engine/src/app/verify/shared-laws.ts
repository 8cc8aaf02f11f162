import type { LawCheck } from '../../segments/index.ts'
import type { RowSample, TableName } from './report.ts'
import { SAMPLE_MAX } from './report.ts'
import { textOf, type Verification } from './verification.ts'

/** A law between tables that another stage checks and counts. */
export interface SharedLaw {
  /** The tables that may be wrong; the first is told of where nothing speaks for another. */
  readonly tables: readonly [string, ...string[]]
  /** SQL of rows that break it: `key, field, live, recomputed`. */
  readonly sampleSql?: string
  /** SQL that names the table that others outvote, if they do. */
  readonly voteSql?: string
}

/**
 * Notes laws between tables, each on the table that is wrong: the only one that breaks a law of its
 * own, else the one that is outvoted.
 */
export async function noteSharedLaws(
  verification: Verification,
  checks: readonly LawCheck[],
  {
    laws,
    tableOf,
  }: { laws: Readonly<Record<string, SharedLaw>>; tableOf: (object: string) => TableName },
): Promise<void> {
  const { log } = verification
  const own = new Map<string, number>()
  for (const { tables } of Object.values(laws)) {
    for (const object of tables) own.set(object, log.violationsOf(object))
  }
  for (const { law, violations } of checks) {
    const shared = laws[law.slice(0, law.indexOf(':'))]
    if (!shared) {
      const [fallback] = Object.values(laws)
      if (fallback) log.law(tableOf(fallback.tables[0]), { law, violations, sample: [] })
      continue
    }
    const object = violations === 0 ? shared.tables[0] : await wrongTable(verification, shared, own)
    const sample = violations === 0 ? [] : await sampleOf(verification, shared)
    log.law(tableOf(object), { law, violations, sample })
  }
}

async function wrongTable(
  { session }: Verification,
  { tables, voteSql }: SharedLaw,
  own: ReadonlyMap<string, number>,
): Promise<string> {
  const broken = tables.filter(table => (own.get(table) ?? 0) > 0)
  if (broken.length === 1 && broken[0] !== undefined) return broken[0]
  if (voteSql === undefined) return tables[0]
  const [row] = await session.rows(voteSql)
  const voted = textOf(row?.[0])
  return tables.find(table => table === voted) ?? tables[0]
}

async function sampleOf(
  { session }: Verification,
  { sampleSql }: SharedLaw,
): Promise<readonly RowSample[]> {
  if (sampleSql === undefined) return []
  const rows = await session.rows(
    `select key, field, live, recomputed from (${sampleSql}) order by all limit ${SAMPLE_MAX}`,
  )
  return rows.map(row => {
    const [key, field, live, recomputed] = row.map(textOf)
    const name = field ?? 'value'
    return {
      key: key ?? '',
      live: { [name]: live ?? null },
      recomputed: { [name]: recomputed ?? null },
    }
  })
}
