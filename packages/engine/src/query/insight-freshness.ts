import { functionRule } from './function-catalogue.ts'
import type { NameScope } from './name-scope.ts'
import { folded, type Relation, type SqlScope } from './scope.ts'
import type { Expr, Query, SelectQuery } from './sql-tree.ts'
import { aggregateIn, queriesIn, queriesOf, topValuesOf, valuesOf, windowIn } from './tree-walk.ts'

/** How much of an insight a change can touch, and so what is computed again. */
export type Freshness = 'keyed' | 'keyedWithinDay' | 'whole'

/** A freshness and the sentence that says why. */
export interface FreshnessVerdict {
  readonly freshness: Freshness
  readonly freshnessReason: string
  /** The unified object whose rows may be chosen by key, and the output column with the key. */
  readonly keyed?: { readonly relation: Relation; readonly column: string; readonly output: string }
}

/** A dimension of the result, and the field that it is. */
export interface KeyCandidate {
  readonly name: string
  readonly origin?: { readonly relation: Relation; readonly column: string } | undefined
}

const PROFILE = /^Unified(?:ssot)?(?:Individual|Account)\w*$/i
const KEY_FIELDS = new Set(['id', 'individualid', 'accountid', 'ssot__id__c'])

/** A unified individual or account, under its own name or its alias. */
export function isUnifiedProfile(relation: Relation): boolean {
  return (relation.kind === 'unified' || relation.kind === 'alias') && PROFILE.test(relation.name)
}

export function isProfileKey(column: string): boolean {
  return KEY_FIELDS.has(folded(column))
}

/**
 * A statement is keyed if the groups of one person depend on that person's rows only: then a change
 * of some people recomputes these people, with the same statement over these people.
 */
export function freshnessOf(
  query: SelectQuery,
  dimensions: readonly KeyCandidate[],
  given: { readonly names: NameScope; readonly scope: SqlScope },
): FreshnessVerdict {
  const whole = wholeReason(query)
  if (whole) return { freshness: 'whole', freshnessReason: whole }
  const key = dimensions.find(
    ({ origin }) => origin && isUnifiedProfile(origin.relation) && isProfileKey(origin.column),
  )
  if (!key?.origin) {
    return verdict('The id of a unified individual or account is not among its dimensions.')
  }
  const { relation, column } = key.origin
  const reason = keyReason(query, relation, given)
  if (reason) return verdict(reason)
  const keyed = { relation, column, output: key.name }
  if (usesClock(query, 'day')) {
    return {
      freshness: 'keyedWithinDay',
      freshnessReason: `Each ${relation.name} has rows of its own; it uses CURRENT_DATE, so all are computed again at midnight.`,
      keyed,
    }
  }
  return {
    freshness: 'keyed',
    freshnessReason: `Each ${relation.name} has rows of its own.`,
    keyed,
  }
}

function verdict(freshnessReason: string): FreshnessVerdict {
  return { freshness: 'whole', freshnessReason }
}

/** What makes a result depend on other people or on the moment. */
function wholeReason(query: Query): string | undefined {
  if (usesClock(query, 'moment')) return 'It uses NOW(), which changes with every run.'
  for (const inner of queriesOf(query)) {
    if (inner.limit !== undefined || inner.offset !== undefined)
      return 'It uses LIMIT, which looks at all rows.'
    if (inner.kind === 'select' && inner.qualify)
      return 'It uses QUALIFY, which looks at other rows.'
    const window = topValuesOf(inner)
      .map(windowIn)
      .find(found => found !== undefined)
    if (window)
      return `It uses ${window.name.toUpperCase()} OVER, which looks at rows of other people.`
  }
  const inValues = topValuesOf(query).some(top =>
    Array.from(valuesOf(top)).some(value => 'query' in value),
  )
  if (inValues) return 'It has a subquery in a condition, which looks at rows of other people.'
  for (const inner of queriesIn(query)) {
    for (const part of queriesOf(inner))
      if (!isRowByRow(part)) return 'It has a subquery that groups or combines rows.'
  }
  return undefined
}

/** Each row of the result comes from one row: choosing rows before or after is the same. */
function isRowByRow(query: Query): boolean {
  if (query.kind === 'set') return false
  const values = topValuesOf(query)
  return (
    !query.distinct &&
    query.distinctOn.length === 0 &&
    query.groupBy.length === 0 &&
    query.from.length <= 1 &&
    !values.some(value => aggregateIn(value))
  )
}

/** Why choosing rows of the unified object before the joins would not be choosing groups after them. */
function keyReason(
  query: SelectQuery,
  relation: Relation,
  { names, scope }: { readonly names: NameScope; readonly scope: SqlScope },
): string | undefined {
  const isThis = (name: string): boolean => scope.resolve(name)?.name === relation.name
  const tables = Array.from(queriesOf(query)).flatMap(inner =>
    inner.kind === 'select'
      ? inner.from.flatMap(({ of }) => (of.kind === 'table' ? [of.name.text] : []))
      : [],
  )
  if (tables.filter(isThis).length !== 1) return `It reads ${relation.name} more than once.`
  const at = query.from.findIndex(({ of }) => of.kind === 'table' && isThis(of.name.text))
  if (at < 0) return `It reads ${relation.name} in a subquery.`
  if (at > 0 && query.from[at]?.join === 'left')
    return `${relation.name} is joined with LEFT JOIN, so that rows without one count too.`
  const later = query.from.slice(at + 1)
  if (
    [query.from[at], ...later].some(source => source?.join === 'right' || source?.join === 'full')
  ) {
    return 'It uses RIGHT or FULL JOIN, so that rows without a profile count too.'
  }
  const loose = query.from
    .slice(1)
    .find(source => source.using.length === 0 && !isTied(source.on, names))
  return loose ? 'A JOIN is not by an equality of fields.' : undefined
}

/** The condition ties the joined rows to those before: one of its AND parts is `a.x = b.y`. */
function isTied(on: Expr | undefined, names: NameScope): boolean {
  if (on?.kind !== 'binary') return false
  if (on.op === 'and') return isTied(on.left, names) || isTied(on.right, names)
  if (on.op !== '=' || on.left.kind !== 'column' || on.right.kind !== 'column') return false
  const [left, right] = [
    names.find(on.left.table, on.left.name),
    names.find(on.right.table, on.right.name),
  ]
  return left !== undefined && right !== undefined && sourceOf(left.sql) !== sourceOf(right.sql)
}

function sourceOf(column: string): string {
  return column.replace(/\."(?:[^"]|"")*"$/, '')
}

function usesClock(query: Query, which: 'day' | 'moment'): boolean {
  for (const inner of queriesOf(query)) {
    for (const top of topValuesOf(inner)) {
      for (const value of valuesOf(top)) {
        if (value.kind === 'call' && functionRule(value).clock === which) return true
      }
    }
  }
  return false
}
