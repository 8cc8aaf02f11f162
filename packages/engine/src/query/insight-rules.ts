import { functionRule } from './function-catalogue.ts'
import { type Place, refuse, shown } from './refusal.ts'
import { folded, type SqlScope } from './scope.ts'
import type { Call, Expr, Query, SelectQuery } from './sql-tree.ts'
import { aggregateIn, queriesOf, topValuesOf, valuesOf, windowIn } from './tree-walk.ts'

/** Refuses an insight; the sentence says which rule it breaks. */
export function refuseInsight(sentence: string, at?: Place, fix?: string): never {
  return refuse('INSIGHT_INVALID', sentence, { at, fix })
}

/** The rules that the shape of a calculated insight must keep, before any name is resolved. */
export function checkInsightShape(query: Query, scope: SqlScope): asserts query is SelectQuery {
  if (query.kind === 'set')
    refuseInsight(`An insight is one SELECT, without ${query.op.toUpperCase()}`)
  if (query.distinct || query.distinctOn.length > 0) {
    refuseInsight(
      'An insight has no SELECT DISTINCT',
      undefined,
      'Its dimensions are distinct already.',
    )
  }
  if (query.orderBy.length > 0) {
    refuseInsight(
      'An insight has no ORDER BY at its end',
      undefined,
      'Order its rows where you read them.',
    )
  }
  if (query.limit !== undefined || query.offset !== undefined)
    refuseInsight('An insight has no LIMIT at its end')
  if (query.from.length === 0) refuseInsight('An insight reads from an object: FROM is missing')
  for (const inner of queriesOf(query)) {
    checkSources(inner, scope)
    for (const top of topValuesOf(inner)) checkCalls(top)
  }
  checkConditions(query)
  for (const item of query.items) {
    if (item.kind === 'all')
      refuseInsight('An insight names its dimensions and measures: a star is not allowed')
  }
}

function checkSources(query: Query, scope: SqlScope): void {
  if (query.kind !== 'select') return
  for (const { of } of query.from) {
    if (of.kind !== 'table') continue
    const isLake = /__dll$/i.test(of.name.text) || scope.resolve(of.name.text)?.kind === 'dlo'
    if (isLake) {
      refuseInsight(
        `An insight reads data model objects, and ${shown(of.name.text)} is a data lake object`,
        of.name.at,
        'Name the object that it is mapped to, which ends in __dlm.',
      )
    }
  }
}

function checkCalls(top: Expr): void {
  for (const value of valuesOf(top)) {
    if (value.kind !== 'call') continue
    if (value.name === 'count' && value.args[0]?.kind === 'star') {
      refuseInsight(
        'An insight does not use COUNT(*)',
        value.at,
        'Count a field, such as COUNT(SalesOrder.Id).',
      )
    }
    if (value.over || functionRule(value).kind !== 'aggregate') continue
    const inner = value.args.map(arg => aggregateIn(arg)).find(found => found !== undefined)
    if (inner) refuseNesting(value, inner)
  }
}

function refuseNesting(outer: Call, inner: Call): never {
  return refuseInsight(
    `${inner.name.toUpperCase()} stands inside ${outer.name.toUpperCase()}`,
    inner.at ?? outer.at,
    'Put the inner one in a subquery.',
  )
}

function checkConditions(query: SelectQuery): void {
  const aggregate = aggregateIn(query.where) ?? windowIn(query.where)
  if (aggregate) {
    refuseInsight(
      `WHERE cannot use ${aggregate.name.toUpperCase()}`,
      aggregate.at,
      'Use HAVING, or a subquery.',
    )
  }
  const names = new Map(
    query.items.flatMap(item =>
      item.kind === 'item' && item.alias ? [[folded(item.alias.text), item.of] as const] : [],
    ),
  )
  for (const key of query.groupBy) {
    const of = key.kind === 'column' && !key.table ? names.get(folded(key.name.text)) : undefined
    if (key.kind === 'column' && of && isMeasure(of)) {
      refuseInsight(
        `GROUP BY names ${shown(key.name.text)}, which is a measure`,
        key.name.at,
        'Group by dimensions only.',
      )
    }
  }
}

/** A value that is computed from many rows. */
export function isMeasure(value: Expr): boolean {
  return aggregateIn(value) !== undefined || windowIn(value) !== undefined
}

const ROLLS_UP = new Set(['sum', 'count', 'avg', 'mean', 'min', 'max', 'count_if', 'countif'])

/** What computes a measure, and whether it can be rolled up to fewer dimensions. */
export function measureFunction(value: Expr): {
  readonly function: string
  readonly aggregatable: boolean
} {
  const isRows =
    value.kind === 'call' && (value.over !== undefined || functionRule(value).kind === 'aggregate')
  if (value.kind !== 'call' || !isRows) return { function: 'expression', aggregatable: false }
  return {
    function: value.name,
    aggregatable: !value.over && !value.distinct && ROLLS_UP.has(value.name),
  }
}
