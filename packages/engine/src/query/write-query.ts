import { refuse } from './refusal.ts'
import { folded, type SqlScope } from './scope.ts'
import { clockText } from './clock-text.ts'
import type { ClockText } from './function-rule.ts'
import { NameScope, type OutputColumn } from './name-scope.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { Query, SetQuery } from './sql-tree.ts'
import { commonType } from './sql-type.ts'
import { queriesIn } from './tree-walk.ts'
import { orderText } from './write-call.ts'
import { writeSelect } from './write-select.ts'
import { writeWith } from './write-with.ts'

/** A query as SQL of the engine, and the columns it gives. */
export interface WrittenQuery {
  readonly sql: string
  readonly columns: readonly OutputColumn[]
}

/** A named query of WITH that is in sight. */
export interface VisibleCte extends WrittenQuery {
  readonly engineName: string
}

/** Rows of one relation only: how a keyed run reads its keys. */
export interface OnlyKeys {
  readonly relation: string
  readonly column: string
  /** What follows `in`, with its parentheses. */
  readonly sqlList: string
}

/** One statement being written. */
export interface StatementWriter {
  readonly scope: SqlScope
  readonly dialect: SqlDialect
  readonly clock: ClockText
  readonly deep: boolean
  readonly onlyKeys: OnlyKeys | undefined
  /** Objects that the statement reads, by their own names. */
  readonly relations: Set<string>
  readonly notices: Set<string>
  nextCte(): string
}

export function statementWriter(
  query: Query,
  given: Pick<StatementWriter, 'scope' | 'dialect' | 'onlyKeys'>,
): StatementWriter {
  let ctes = 0
  return {
    ...given,
    clock: clockText(given.scope.asOf, given.scope.timeZone),
    deep: queriesIn(query).length > 0,
    relations: new Set(),
    notices: new Set(),
    nextCte: () => `with__${++ctes}`,
  }
}

export type Ctes = ReadonlyMap<string, VisibleCte>

/** What is around a query: named queries in sight, and the names of the SELECTs it stands in. */
export interface Surroundings {
  readonly ctes: Ctes
  readonly outer: NameScope | undefined
}

/** Writes a query with its WITH, ORDER BY and LIMIT. */
export function writeQuery(query: Query, around: Surroundings, statement: StatementWriter): WrittenQuery {
  const { head, inside } = writeWith(query, around, statement)
  const body =
    query.kind === 'select' ? writeSelect(query, inside, statement) : writeSet(query, inside, statement)
  return { sql: head + body.sql, columns: body.columns }
}

/** `t(a, b)`: other names for the columns of a source, from the left. */
export function renamed(columns: readonly OutputColumn[], names: readonly string[]): OutputColumn[] {
  if (names.length > columns.length) {
    return refuse('SQL_INVALID', 'A list of column names is longer than the columns it names')
  }
  return columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }))
}

function writeSet(query: SetQuery, around: Surroundings, statement: StatementWriter): WrittenQuery {
  const left = writeQuery(query.left, around, statement)
  const right = writeQuery(query.right, around, statement)
  if (left.columns.length !== right.columns.length) {
    refuse('SQL_INVALID', `The sides of ${query.op.toUpperCase()} have different numbers of columns`)
  }
  const columns = left.columns.map((column, at) => ({
    name: column.name,
    type: commonType([column.type, right.columns[at]?.type ?? column.type]),
  }))
  const op = `${query.op.toUpperCase()}${query.all ? ' ALL' : ''}`
  const order = query.orderBy.map(item => {
    const position = outputPosition(item.of, columns)
    if (position === undefined) {
      return refuse('SQL_NOT_ALLOWED', `ORDER BY after ${query.op.toUpperCase()} names a column of the result`)
    }
    return { position, text: orderText(String(position), item, statement.dialect) }
  })
  return { sql: `(${left.sql}) ${op} (${right.sql})${tailOf(query, columns, order)}`, columns }
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
