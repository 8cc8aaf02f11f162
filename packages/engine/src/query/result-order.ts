import type { OutputColumn } from './name-scope.ts'
import { refuse } from './refusal.ts'
import { folded } from './scope.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { OrderItem, Query } from './sql-tree.ts'

/** One order of rows. Where nulls go is always written, because dialects differ in it. */
export function orderText(sql: string, item: OrderItem, dialect: SqlDialect): string {
  const byDefault = dialect === 'spark' ? !item.descending : item.descending
  const nulls = (item.nullsFirst ?? byDefault) ? 'NULLS FIRST' : 'NULLS LAST'
  return `${sql} ${item.descending ? 'DESC' : 'ASC'} ${nulls}`
}

/** The position of the output column that an ORDER BY value names or counts. */
export function outputPosition(
  of: Query['orderBy'][number]['of'],
  columns: readonly OutputColumn[],
): number | undefined {
  if (of.kind === 'number') {
    const position = Number(of.text)
    if (Number.isInteger(position) && position >= 1 && position <= columns.length) return position
    return refuse('SQL_INVALID', `There is no column ${of.text} in the result`)
  }
  if (of.kind !== 'column' || of.table) return undefined
  const at = columns.findIndex(column => folded(column.name) === folded(of.name.text))
  return at < 0 ? undefined : at + 1
}

/**
 * ORDER BY, LIMIT and OFFSET. Where rows are cut off, all columns are the last order: which rows
 * are left then never depends on chance.
 */
export function tailOf(
  query: Pick<Query, 'limit' | 'offset'>,
  columns: readonly OutputColumn[],
  order: readonly { readonly position?: number | undefined; readonly text: string }[],
): string {
  const cuts = query.limit !== undefined || query.offset !== undefined
  const texts = order.map(item => item.text)
  if (cuts) {
    const used = new Set(order.map(item => item.position))
    for (const [at, column] of columns.entries()) {
      if (!used.has(at + 1) && column.type.family !== 'list') texts.push(`${at + 1} ASC NULLS LAST`)
    }
  }
  const by = texts.length > 0 ? ` ORDER BY ${texts.join(', ')}` : ''
  const limit = query.limit === undefined ? '' : ` LIMIT ${query.limit}`
  return by + limit + (query.offset === undefined ? '' : ` OFFSET ${query.offset}`)
}
