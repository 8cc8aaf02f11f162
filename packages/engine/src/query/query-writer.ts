import type { ClockText } from './function-rule.ts'
import type { NameScope, OutputColumn } from './name-scope.ts'
import { refuse } from './refusal.ts'
import type { SqlScope } from './scope.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { Expr, Over, Query } from './sql-tree.ts'
import type { SqlType } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'

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

/** What is around a query: named queries in sight, and the names of the SELECTs it stands in. */
export interface Surroundings {
  readonly ctes: ReadonlyMap<string, VisibleCte>
  readonly outer: NameScope | undefined
}

/** One statement being written. */
export interface StatementWriter {
  readonly scope: SqlScope
  readonly dialect: SqlDialect
  readonly clock: ClockText
  /** The statement has queries inside it. */
  readonly deep: boolean
  readonly onlyKeys: OnlyKeys | undefined
  /** Objects that the statement reads, by their own names. */
  readonly relations: Set<string>
  readonly nextCte: () => string
  /** Writes a query that stands in this statement. */
  readonly query: (query: Query, around: Surroundings) => WrittenQuery
}

/** What a value is written with. One a SELECT, because each has its own names. */
export interface ExpressionWriter {
  readonly statement: StatementWriter
  readonly names: NameScope
  /** What tells the rows of this SELECT apart, as the last order of its windows. */
  readonly rowOrder: () => readonly string[]
  readonly windows: ReadonlyMap<string, Over>
  readonly value: (expr: Expr) => ValueText
  /** A query inside a value. */
  readonly query: (query: Query) => { readonly sql: string; readonly types: readonly SqlType[] }
}

/** `t(a, b)`: other names for the columns of a source, from the left. */
export function renamed(
  columns: readonly OutputColumn[],
  names: readonly string[],
): OutputColumn[] {
  if (names.length > columns.length) {
    return refuse('SQL_INVALID', 'A list of column names is longer than the columns it names')
  }
  return columns.map((column, at) => ({ name: names[at] ?? column.name, type: column.type }))
}
