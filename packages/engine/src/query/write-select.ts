import { checkGrouping } from './grouping.ts'
import { NameScope, type OutputColumn, tellingColumns, type VisibleSource } from './name-scope.ts'
import type {
  ExpressionWriter,
  StatementWriter,
  Surroundings,
  WrittenQuery,
} from './query-writer.ts'
import { refuse, shown } from './refusal.ts'
import { orderText, outputPosition, tailOf } from './result-order.ts'
import { folded } from './scope.ts'
import { ident } from './sql-text.ts'
import type { Expr, SelectItem, SelectQuery } from './sql-tree.ts'
import type { ValueText } from './sql-value-text.ts'
import { aggregateIn, valuesOf, windowIn } from './tree-walk.ts'
import { writeExpression } from './write-expression.ts'
import { writeFrom } from './write-source.ts'

/** An item of the SELECT list after its star was taken apart. */
export interface WrittenItem {
  readonly name: string
  /** The name before it was made different from the others. */
  readonly wanted: string
  /** The name was written with AS. */
  readonly isNamed: boolean
  readonly value: ValueText
  readonly of?: Expr | undefined
}

/** A SELECT, written, with what its parts were written as. */
export interface WrittenSelect extends WrittenQuery {
  readonly items: readonly WrittenItem[]
  readonly groupKeys: readonly string[]
  readonly names: NameScope
}

interface SelectWriter extends ExpressionWriter {
  /** Values that are written already; the name of a selected value is put here as that value. */
  readonly written: WeakMap<Expr, ValueText>
}

/** Writes one SELECT. */
export function writeSelect(
  query: SelectQuery,
  around: Surroundings,
  statement: StatementWriter,
): WrittenSelect {
  checkSize(query)
  const names = new NameScope(around.outer)
  const groupKeys: string[] = []
  const windows = new Map(query.windows.map(({ name, over }) => [folded(name), over]))
  const written = new WeakMap<Expr, ValueText>()
  const writer: SelectWriter = {
    statement,
    names,
    windows,
    written,
    rowOrder: () =>
      isGrouped(query) ? groupKeys : names.sources.filter(visible).flatMap(tellingColumns),
    value: expr => {
      const value = written.get(expr) ?? writeExpression(expr, writer)
      written.set(expr, value)
      return value
    },
    query: inner => {
      const { sql, columns } = statement.query(inner, { ctes: around.ctes, outer: names })
      return { sql, types: columns.map(column => column.type) }
    },
  }
  const from = writeFrom(query.from, {
    around,
    statement,
    names,
    condition: source => (source.on ? condition('ON', source.on, writer) : ''),
  })
  const where = query.where ? ` WHERE ${condition('WHERE', query.where, writer)}` : ''
  for (const key of query.groupBy) groupKeys.push(...groupKey(key, query, writer))
  const items = unique(query.items.flatMap(item => writeItem(item, writer)))
  const having = query.having
    ? ` HAVING ${writer.value(aliased(query.having, query, writer)).sql}`
    : ''
  const qualify = query.qualify ? ` QUALIFY ${writer.value(query.qualify).sql}` : ''
  if (isGrouped(query)) checkGrouping(query, groupKeys, writer)
  const columns: OutputColumn[] = items.map(({ name, value }) => ({ name, type: value.type }))
  const list = items.map(item => `${item.value.sql} AS ${ident(item.name)}`).join(', ')
  const group = groupText(groupKeys)
  const sql = `SELECT ${distinctText(query, writer)}${list}${from}${where}${group}${having}${qualify}${tail(query, columns, writer)}`
  return { sql, columns, items, groupKeys, names }
}

/** As many as PostgreSQL takes. */
const ITEMS_MAX = 1664
const SOURCES_MAX = 100

function checkSize({ items, from }: SelectQuery): void {
  if (items.length === 0) refuse('SQL_INVALID', 'SELECT selects nothing')
  if (items.length > ITEMS_MAX)
    refuse('SQL_NOT_ALLOWED', `SELECT has more than ${ITEMS_MAX} values`)
  if (from.length > SOURCES_MAX)
    refuse('SQL_NOT_ALLOWED', `FROM has more than ${SOURCES_MAX} sources`)
}

/** A SELECT gives one row a group if it groups or aggregates anything. */
export function isGrouped(query: SelectQuery): boolean {
  const values = [
    ...query.items.flatMap(item => (item.kind === 'item' ? [item.of] : [])),
    ...(query.having ? [query.having] : []),
    ...query.orderBy.map(item => item.of),
  ]
  return (
    query.groupBy.length > 0 ||
    query.having !== undefined ||
    values.some(value => aggregateIn(value))
  )
}

function visible(source: VisibleSource): boolean {
  return source.hidden !== true
}

function condition(clause: string, value: Expr, writer: ExpressionWriter): string {
  const aggregate = aggregateIn(value) ?? windowIn(value)
  if (aggregate) {
    refuse(
      'SQL_INVALID',
      `${clause} cannot use ${aggregate.name.toUpperCase()}, which needs the rows that ${clause} chooses`,
      {
        at: aggregate.at,
        fix: aggregate.over ? 'Put it in a subquery.' : 'Use HAVING.',
      },
    )
  }
  return writer.value(value).sql
}

/** A value of GROUP BY: a field, else the name or the position of a selected value. */
function groupKey(key: Expr, query: SelectQuery, writer: ExpressionWriter): string[] {
  const of = selectedBy(key, query, writer) ?? key
  const aggregate = aggregateIn(of) ?? windowIn(of)
  if (aggregate) {
    refuse(
      'SQL_INVALID',
      `GROUP BY cannot use ${aggregate.name.toUpperCase()}: groups come first`,
      aggregate,
    )
  }
  return [writer.value(of).sql]
}

function selectedBy(key: Expr, query: SelectQuery, writer: ExpressionWriter): Expr | undefined {
  if (key.kind === 'number') {
    const item = query.items[Number(key.text) - 1]
    if (item?.kind === 'item') return item.of
    return refuse(
      'SQL_INVALID',
      `GROUP BY counts to ${shown(key.text)}, and there is no such value`,
    )
  }
  if (key.kind !== 'column' || key.table || writer.names.find(undefined, key.name)) return undefined
  return itemNamed(key.name.text, query)
}

function itemNamed(name: string, query: SelectQuery): Expr | undefined {
  const found = query.items.find(
    item =>
      item.kind === 'item' && item.alias !== undefined && folded(item.alias.text) === folded(name),
  )
  return found?.kind === 'item' ? found.of : undefined
}

/** HAVING may use the name of a selected value where no field has it. */
function aliased(value: Expr, query: SelectQuery, writer: SelectWriter): Expr {
  for (const inner of valuesOf(value)) {
    if (inner.kind !== 'column' || inner.table || writer.names.find(undefined, inner.name)) continue
    const item = itemNamed(inner.name.text, query)
    if (item) writer.written.set(inner, writer.value(item))
  }
  return value
}

function groupText(keys: readonly string[]): string {
  if (keys.length === 0) return ''
  const texts = Array.from(new Set(keys), key =>
    /^[-\d.()\s]+$|^'/.test(key) ? `CAST(${key} AS VARCHAR)` : key,
  )
  return ` GROUP BY ${texts.join(', ')}`
}

function distinctText(query: SelectQuery, writer: ExpressionWriter): string {
  if (query.distinctOn.length === 0) return query.distinct ? 'DISTINCT ' : ''
  return `DISTINCT ON (${query.distinctOn.map(value => writer.value(value).sql).join(', ')}) `
}

function tail(query: SelectQuery, columns: readonly OutputColumn[], writer: SelectWriter): string {
  const order = query.orderBy.flatMap(item => {
    const position = outputPosition(item.of, columns)
    if (position === undefined && item.of.kind === 'text') return []
    const sql =
      position === undefined ? writer.value(aliased(item.of, query, writer)).sql : String(position)
    return [{ position, text: orderText(sql, item, writer.statement.dialect) }]
  })
  const cuts = {
    ...query,
    limit: query.limit ?? (query.distinctOn.length > 0 ? Number.MAX_SAFE_INTEGER : undefined),
  }
  return tailOf(cuts, columns, order)
}

function writeItem(item: SelectItem, writer: ExpressionWriter): WrittenItem[] {
  if (item.kind === 'all') return writeStar(item, writer)
  const value = writer.value(item.of)
  const name = item.alias?.text ?? ownName(item.of, value)
  return [{ name, wanted: name, isNamed: item.alias !== undefined, value, of: item.of }]
}

/** What a value is called that nobody named: its field, or its function. */
function ownName(of: Expr, value: ValueText): string {
  if (of.kind === 'column') return value.origin?.column ?? of.name.text
  if (of.kind === 'call') return of.name
  if (of.kind === 'cast') return ownName(of.of, value)
  return of.kind === 'case' ? 'case' : 'column'
}

function writeStar(
  item: Extract<SelectItem, { kind: 'all' }>,
  writer: ExpressionWriter,
): WrittenItem[] {
  const { names } = writer
  const source = item.table && names.source(item.table)
  if (item.table && !source) names.column(item.table, { text: '*', at: item.table.at })
  if (names.sources.length === 0) return refuse('SQL_INVALID', 'A star needs FROM')
  const left = new Set(item.except.map(folded))
  const merged = source ? [] : names.merged
  const once = new Set(merged.map(({ name }) => folded(name)))
  const columns = (source ? [source] : names.sources.filter(visible)).flatMap(
    ({ alias, columns: all, relation }) =>
      all
        .filter(({ name }) => !once.has(folded(name)))
        .map(({ name, type }) => ({
          name,
          wanted: name,
          isNamed: false,
          value: {
            sql: `${ident(alias)}.${ident(name)}`,
            type,
            origin: relation && { relation, column: name },
          },
        })),
  )
  const first = merged.map(({ name, value }) => ({ name, wanted: name, isNamed: false, value }))
  return [...first, ...columns].filter(({ name }) => !left.has(folded(name)))
}

/** Names of a result are different from each other: a second `id` is `id_2`. */
function unique(items: readonly WrittenItem[]): WrittenItem[] {
  const used = new Set(items.map(item => folded(item.wanted)))
  const seen = new Map<string, number>()
  const different: WrittenItem[] = []
  for (const item of items) {
    const key = folded(item.wanted)
    let count = (seen.get(key) ?? 0) + 1
    while (count > 1 && used.has(`${key}_${count}`)) count++
    seen.set(key, count)
    const name = count === 1 ? item.wanted : `${item.wanted}_${count}`
    used.add(folded(name))
    different.push({ ...item, name })
  }
  return different
}
