import type { Expr, Query } from './sql-tree.ts'
import type { Reading } from './tree-node.ts'

/** Reads values; a query inside a value is read by whoever reads queries. */
export interface ExpressionReader {
  readonly reading: Reading
  readonly expr: (value: unknown) => Expr
  readonly query: (value: unknown) => Query
}
