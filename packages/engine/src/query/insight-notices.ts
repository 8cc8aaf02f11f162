import { isUnifiedProfile } from './insight-freshness.ts'
import type { NameScope } from './name-scope.ts'
import { shown } from './refusal.ts'
import { folded } from './scope.ts'
import type { Expr, SelectQuery } from './sql-tree.ts'
import { topValuesOf, valuesOf } from './tree-walk.ts'
import { isTextCast } from './write-cast.ts'
import type { WrittenItem } from './write-select.ts'

const MONEY = /amount|price|revenue|cost|spend|value/i

/** What an insight's author should know, though it runs as it is. */
export function insightNotices(
  query: SelectQuery,
  items: readonly WrittenItem[],
  names: NameScope,
): string[] {
  return [
    ...suffixNotices(items),
    ...baseNotices(names),
    ...nameNotices(items),
    ...moneyNotices(query, names),
    ...castNotices(query, names),
  ]
}

/** Data Cloud wants `__c` at the end of every name; here a name stays as it was written. */
function suffixNotices(items: readonly WrittenItem[]): string[] {
  const without = items.filter(item => !/__c$/i.test(item.name)).map(item => shown(item.name))
  if (without.length === 0) return []
  return [
    `Data Cloud would name ${without.map(name => `${name}__c`).join(', ')}: there, names end in __c.`,
  ]
}

function baseNotices(names: NameScope): string[] {
  const [base] = names.sources
  if (!base || (base.relation && isUnifiedProfile(base.relation))) return []
  return [
    `The base object is ${shown(base.ownName ?? base.alias)}, not UnifiedIndividual or UnifiedAccount: rows that belong to no unified profile are counted too.`,
  ]
}

function nameNotices(items: readonly WrittenItem[]): string[] {
  return items
    .filter(
      item =>
        item.isNamed && item.value.origin && folded(item.value.origin.column) === folded(item.name),
    )
    .map(
      item =>
        `The dimension ${shown(item.name)} has the name of its field; Data Cloud wants another.`,
    )
}

function moneyNotices(query: SelectQuery, names: NameScope): string[] {
  const sums = topValuesOf(query).flatMap(top => Array.from(valuesOf(top)).flatMap(summedColumn))
  return sums.flatMap(column => {
    const origin = names.find(column.table, column.name)?.origin
    const currency = origin?.relation.columns.find(({ name }) => /currency/i.test(name))
    if (!origin || !currency || !MONEY.test(origin.column)) return []
    const field = `${shown(origin.relation.name)}.${shown(origin.column)}`
    const code = `${shown(origin.relation.name)}.${shown(currency.name)}`
    return [
      `SUM(${field}) adds amounts as they are; TRY_CONVERT_CURRENCY(${field}, ${code}) brings them to one currency.`,
    ]
  })
}

/** A query refuses a value that cannot be cast; an insight, as in Spark, goes on without it. */
function castNotices(query: SelectQuery, names: NameScope): string[] {
  const values = topValuesOf(query).flatMap(top => [...valuesOf(top)])
  const fields = values.flatMap(value => {
    if (value.kind !== 'cast' || value.tolerant || isTextCast(value.to)) return []
    if (value.of.kind !== 'column') return []
    const found = names.find(value.of.table, value.of.name)
    return found?.type.family === 'text' ? [shown(value.of.name.text)] : []
  })
  return [...new Set(fields)].map(
    field =>
      `CAST(${field} …) is null where the text of ${field} cannot be read as its new type, and sums leave nulls out; TRY_CAST says that this is meant.`,
  )
}

function summedColumn(value: Expr): Extract<Expr, { kind: 'column' }>[] {
  if (value.kind !== 'call' || value.name !== 'sum') return []
  const [arg] = value.args
  return arg?.kind === 'column' ? [arg] : []
}
