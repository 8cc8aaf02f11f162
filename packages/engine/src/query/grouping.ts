import { functionRule } from './function-catalogue.ts'
import type { ExpressionWriter } from './query-writer.ts'
import { refuse, shown } from './refusal.ts'
import type { Call, Expr, SelectQuery } from './sql-tree.ts'
import { aggregateIn, childrenOf, windowIn } from './tree-walk.ts'

/** In a grouped SELECT every field stands in GROUP BY or inside an aggregate. */
export function checkGrouping(
  query: SelectQuery,
  groupKeys: readonly string[],
  writer: ExpressionWriter,
): void {
  const keys = new Set(groupKeys)
  for (const item of query.items) {
    if (item.kind === 'all') {
      refuse('SQL_INVALID', 'A star cannot be grouped', {
        fix: 'Name the fields, and put them in GROUP BY.',
      })
    }
    check(item.of, keys, writer)
  }
  if (query.having) check(query.having, keys, writer)
}

function check(expr: Expr, keys: ReadonlySet<string>, writer: ExpressionWriter): void {
  const waiting: Expr[] = [expr]
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (value.kind === 'star' || keys.has(unitless(value, writer) ?? '')) continue
    if (value.kind === 'call' && !value.over && functionRule(value).kind === 'aggregate') {
      refuseNested(value)
      continue
    }
    if (value.kind === 'column' && isOwn(value, writer)) {
      refuse('SQL_INVALID', `${shown(value.name.text)} is neither grouped nor aggregated`, {
        at: value.name.at,
        fix: 'Put it in GROUP BY, or inside SUM, MAX or another aggregate.',
      })
    }
    waiting.push(...argumentsOf(value))
  }
}

/** The unit of DATEADD and its like is no field. */
function argumentsOf(value: Expr): readonly Expr[] {
  if (value.kind !== 'call') return childrenOf(value)
  const unitAt = functionRule(value).unitAt?.(value.args.length)
  const unit = unitAt === undefined ? undefined : value.args[unitAt]
  return childrenOf(value).filter(child => child !== unit)
}

function unitless(value: Expr, writer: ExpressionWriter): string | undefined {
  if (value.kind === 'text' || value.kind === 'number') return undefined
  return writer.value(value).sql
}

function isOwn(column: Extract<Expr, { kind: 'column' }>, writer: ExpressionWriter): boolean {
  const value = writer.value(column)
  return writer.names.sources.some(source =>
    value.sql.startsWith(`"${source.alias.replaceAll('"', '""')}".`),
  )
}

function refuseNested(call: Call): void {
  const inner = call.args
    .map(arg => aggregateIn(arg) ?? windowIn(arg))
    .find(found => found !== undefined)
  if (!inner) return
  refuse('SQL_INVALID', `${inner.name.toUpperCase()} stands inside ${call.name.toUpperCase()}`, {
    at: inner.at ?? call.at,
    fix: 'Put the inner one in a subquery.',
  })
}
