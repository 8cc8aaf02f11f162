import { functionRule } from './function-catalogue.ts'
import type { Call, Expr, Over, Query } from './sql-tree.ts'

/** The values directly inside a value; queries inside it are not entered. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
      return callValues(expr)
    case 'binary':
      return [expr.left, expr.right]
    case 'case':
      return [...present(expr.operand), ...expr.whens.flat(), ...present(expr.otherwise)]
    case 'tuple':
      return expr.items
    case 'interval':
      return [expr.amount]
    default:
      return 'of' in expr ? valuesAround(expr) : []
  }
}

function callValues({ args, filter, orderBy, over }: Call): readonly Expr[] {
  return [...args, ...present(filter), ...orderBy.map(item => item.of), ...overValues(over)]
}

function valuesAround(expr: Extract<Expr, { readonly of: Expr }>): readonly Expr[] {
  switch (expr.kind) {
    case 'in':
      return [expr.of, ...expr.list]
    case 'between':
      return [expr.of, expr.low, expr.high]
    case 'match':
      return [expr.of, expr.pattern, ...present(expr.escape)]
    case 'atTimeZone':
      return [expr.of, expr.zone]
    default:
      return [expr.of]
  }
}

/** The query inside a value, if it is one that holds a query. */
export function queryIn(expr: Expr): Query | undefined {
  return 'query' in expr ? expr.query : undefined
}

/** Every value of an expression, itself first, without the queries inside it. */
export function* valuesOf(expr: Expr): Iterable<Expr> {
  const waiting: Expr[] = [expr]
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    yield value
    waiting.push(...childrenOf(value))
  }
}

/** The values that a query holds at its own level. */
export function topValuesOf(query: Query): readonly Expr[] {
  const orders = query.orderBy.map(item => item.of)
  if (query.kind === 'set') return orders
  return [
    ...query.items.flatMap(item => (item.kind === 'item' ? [item.of] : [])),
    ...query.from.flatMap(source => present(source.on)),
    ...present(query.where),
    ...query.groupBy,
    ...present(query.having),
    ...present(query.qualify),
    ...query.windows.flatMap(window => overValues(window.over)),
    ...query.distinctOn,
    ...orders,
  ]
}

/** The queries directly inside a query: in WITH, FROM, its sides and its values. */
export function queriesIn(query: Query): readonly Query[] {
  const inValues = topValuesOf(query).flatMap(top =>
    Array.from(valuesOf(top)).flatMap(value => present(queryIn(value))),
  )
  const named = query.ctes.map(cte => cte.query)
  if (query.kind === 'set') return [...named, query.left, query.right, ...inValues]
  const derived = query.from.flatMap(({ of }) => (of.kind === 'derived' ? [of.query] : []))
  return [...named, ...derived, ...inValues]
}

/** A query and all queries inside it. */
export function* queriesOf(query: Query): Iterable<Query> {
  yield query
  for (const inner of queriesIn(query)) yield* queriesOf(inner)
}

/** The aggregate that an expression is or holds at its own level; windows are not aggregates. */
export function aggregateIn(expr: Expr | undefined): Call | undefined {
  return expr && find(expr, call => !call.over && functionRule(call).kind === 'aggregate')
}

/** The call with OVER that an expression is or holds. */
export function windowIn(expr: Expr | undefined): Call | undefined {
  return expr && find(expr, call => call.over !== undefined)
}

function find(expr: Expr, wanted: (call: Call) => boolean): Call | undefined {
  for (const value of valuesOf(expr)) if (value.kind === 'call' && wanted(value)) return value
  return undefined
}

function overValues(over: Over | undefined): readonly Expr[] {
  return over ? [...over.partitionBy, ...over.orderBy.map(item => item.of)] : []
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}
