import { functionRule } from './function-catalogue.ts'
import type { CallText, FunctionRule } from './function-rule.ts'
import type { ExpressionWriter } from './query-writer.ts'
import { refuse } from './refusal.ts'
import { orderText } from './result-order.ts'
import { folded } from './scope.ts'
import type { Call, Expr, Frame, FrameBound, OrderItem, Over } from './sql-tree.ts'
import type { ValueText } from './sql-value-text.ts'
import { timeUnit } from './time-unit.ts'

/** A call of a function of the catalogue. */
export function writeCall(call: Call, writer: ExpressionWriter): ValueText {
  const rule = functionRule(call)
  checkCall(call, rule)
  const star = call.args[0]?.kind === 'star'
  const given = star ? [] : call.args
  const unitAt = rule.unitAt?.(given.length)
  const text: CallText = {
    name: call.name,
    args: given.map((arg, at) =>
      at === unitAt ? { sql: '', type: { family: 'unknown' } } : writer.value(arg),
    ),
    unit: unitAt === undefined ? '' : unitOf(given[unitAt], call),
    dialect: writer.statement.dialect,
    clock: writer.statement.clock,
    distinct: call.distinct,
    order: writeOrder(call.orderBy, writer),
    tail: writeTail(call, rule, writer),
    deep: writer.statement.deep,
    rates: writer.statement.scope.rates,
  }
  return { sql: rule.sql(text), type: rule.type(text) }
}

function checkCall(call: Call, rule: FunctionRule): void {
  checkArguments(call, rule)
  const name = call.name.toUpperCase()
  const { at } = call
  const refused = notAllowed(call, rule.allows ?? [])
  if (refused) refuse('SQL_NOT_ALLOWED', `${name} does not go with ${refused}`, { at })
  if (rule.kind === 'window' && !call.over) refuse('SQL_INVALID', `${name} needs OVER`, { at })
  if (call.filter && rule.kind !== 'aggregate') {
    refuse('SQL_NOT_ALLOWED', `${name} does not go with FILTER`, { at })
  }
}

/** What a call has that its function does not take. */
function notAllowed(call: Call, allows: NonNullable<FunctionRule['allows']>): string | undefined {
  if (call.ignoreNulls) return 'IGNORE NULLS'
  if (call.distinct && call.over) return 'DISTINCT and OVER together'
  if (call.distinct && !allows.includes('distinct')) return 'DISTINCT'
  if (call.orderBy.length > 0 && !allows.includes('order')) return 'ORDER BY'
  return call.over && !allows.includes('over') ? 'OVER' : undefined
}

function checkArguments(
  { name, args, distinct, at }: Call,
  { args: [min, max] }: FunctionRule,
): void {
  const shown = name.toUpperCase()
  if (args[0]?.kind === 'star') {
    if (name === 'count' && args.length === 1 && !distinct) return
    refuse('SQL_INVALID', `${shown} does not take a star`, { at })
  }
  const least = name === 'count' ? 1 : min
  if (args.length >= least && args.length <= max) return
  const takes = least === max ? `${least}` : `${least} to ${max}`
  refuse('SQL_INVALID', `${shown} takes ${takes} arguments, not ${args.length}`, { at })
}

/** A unit of time may be written as a word or as a text. */
function unitOf(arg: Expr | undefined, call: Call): string {
  const also = call.name === 'date_part' ? 'parts' : 'only'
  if (arg?.kind === 'text') return timeUnit(arg.value, also)
  if (arg?.kind === 'column' && !arg.table) return timeUnit(arg.name.text, also)
  return refuse('SQL_INVALID', `${call.name.toUpperCase()} takes a unit of time such as day`, call)
}

function writeTail(call: Call, rule: FunctionRule, writer: ExpressionWriter): string {
  const filter = call.filter ? ` FILTER (WHERE ${writer.value(call.filter).sql})` : ''
  if (!call.over) return filter
  const over = named(call.over, writer)
  const keys = over.partitionBy.map(value => writer.value(value).sql).join(', ')
  const order = [...writeOrder(over.orderBy, writer), ...lastOrder(over, rule, writer)].join(', ')
  const parts = [
    keys && `PARTITION BY ${keys}`,
    order && `ORDER BY ${order}`,
    over.frame ? writeFrame(over.frame) : '',
  ]
  return `${filter} OVER (${parts.filter(part => part !== '').join(' ')})`
}

/** What breaks ties, where they would make the result arbitrary. A RANGE in steps has one order only. */
function lastOrder(over: Over, rule: FunctionRule, writer: ExpressionWriter): string[] {
  const countsRows = over.frame?.kind === 'ROWS'
  const hasSteps = [over.frame?.start, over.frame?.end].some(bound => bound?.offset !== undefined)
  const breaks = countsRows || (rule.totalOrder === true && !hasSteps)
  return breaks ? writer.rowOrder().map(sql => `${sql} ASC NULLS LAST`) : []
}

/** `OVER w` and `OVER (w …)`: the named window's parts, completed. */
function named(over: Over, writer: ExpressionWriter): Over {
  if (!over.window) return over
  const window = writer.windows.get(folded(over.window.text))
  if (!window || window.window) {
    return refuse('SQL_INVALID', 'OVER names a window that is not defined', { at: over.window.at })
  }
  return {
    partitionBy: [...window.partitionBy, ...over.partitionBy],
    orderBy: over.orderBy.length > 0 ? over.orderBy : window.orderBy,
    frame: over.frame ?? window.frame,
  }
}

function writeFrame({ kind, start, end }: Frame): string {
  const bound = ({ edge, offset }: FrameBound): string =>
    offset === undefined ? edge : `${offset} ${edge}`
  return end ? `${kind} BETWEEN ${bound(start)} AND ${bound(end)}` : `${kind} ${bound(start)}`
}

/** Orders of values. */
function writeOrder(items: readonly OrderItem[], writer: ExpressionWriter): string[] {
  return items.map(item => orderText(writer.value(item.of).sql, item, writer.statement.dialect))
}
