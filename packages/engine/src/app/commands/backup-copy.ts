import { dloTable, type SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { readMeta } from '../engine/position.ts'

/**
 * Writes a database of its own with the live rows of the store, as of the position that is answered.
 * It is read in one transaction, which holds nobody up.
 */
export async function copyDatabase(engine: Engine, path: string): Promise<bigint> {
  return await engine.reading(async session => {
    const [row] = await session.rows('select current_database()')
    const from = ident(String(row?.[0] ?? ''))
    const to = ident(`backup_${Date.now()}`)
    await session.run(`attach ${literal(path)} as ${to}`)
    try {
      return await session.transaction(async () => {
        const position = BigInt((await readMeta(session, 'position')) ?? '0')
        await session.run(`copy from database ${from} to ${to} (schema)`)
        await copyRows(engine, session, { from, to })
        return position
      })
    } finally {
      await session.run(`detach ${to}`)
    }
  })
}

async function copyRows(
  engine: Engine,
  session: SqlSession,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const tables = await session.rows(
    `select schema_name, table_name from duckdb_tables()
     where database_name = current_database() and not temporary and not internal`,
  )
  const names = tables.map(([schema, name]) => ({ schema: String(schema), name: String(name) }))
  const own = names
    .filter(({ schema }) => schema === engine.parts.store.space)
    .map(({ name }) => name)
  for (const { schema, name } of names) {
    const table = `${ident(schema)}.${ident(name)}`
    const rows = schema === engine.parts.store.space ? dictionarySql(engine, name, own) : undefined
    await session.run(`insert into ${to}.${table} ${rows ?? `select * from ${from}.${table}`}`)
  }
}

/**
 * Dictionaries remember values that no row has any more. A copy forgets those: what was deleted for
 * good must not live on in it. Numbers stay taken, so that they go on without a gap.
 */
function dictionarySql(
  engine: Engine,
  table: string,
  tables: readonly string[],
): string | undefined {
  if (table === 'phone_e164') {
    const used = engine.applied.phones.map(
      ({ stream, rawSql, regionSql }) =>
        `select (${rawSql})::varchar, coalesce((${regionSql})::varchar, '') from ${ident(dloTable(stream))}`,
    )
    if (used.length === 0) return 'select * from phone_e164 where false'
    return `select * from phone_e164 where (raw, coalesce(region, '')) in (${used.join(' union all ')})`
  }
  if (table === 'fuzzy_value') {
    const used = tables
      .filter(name => name.startsWith('match_key__'))
      .map(name => `select value from ${ident(name)} where value is not null`)
    const isUsed = used.length === 0 ? 'false' : `value in (${used.join(' union all ')})`
    return `select value, case when ${isUsed} then name else '#' || value end from fuzzy_value`
  }
  return undefined
}
