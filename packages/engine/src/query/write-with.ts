import { renamed, type StatementWriter, type Surroundings } from './query-writer.ts'
import { refuse, shown } from './refusal.ts'
import { folded } from './scope.ts'
import { ident } from './sql-text.ts'
import type { Query } from './sql-tree.ts'

/** Writes WITH. Its queries get names of ours, which no object and no file can have. */
export function writeWith(
  query: Pick<Query, 'ctes'>,
  around: Surroundings,
  statement: StatementWriter,
): { head: string; inside: Surroundings } {
  const ctes = new Map(around.ctes)
  const named: string[] = []
  const own = new Set<string>()
  for (const { name, columns: names, query: inner } of query.ctes) {
    const key = folded(name.text)
    if (own.has(key)) refuse('SQL_INVALID', `WITH names ${shown(name.text)} twice`, name)
    own.add(key)
    const written = statement.query(inner, { ctes: new Map(ctes), outer: around.outer })
    const columns = renamed(written.columns, names)
    const engineName = statement.nextCte()
    const list = columns.map(column => ident(column.name)).join(', ')
    named.push(`${ident(engineName)}(${list}) AS (${written.sql})`)
    ctes.set(key, { ...written, columns, engineName })
  }
  const head = named.length > 0 ? `WITH ${named.join(', ')} ` : ''
  return { head, inside: { ctes, outer: around.outer } }
}
