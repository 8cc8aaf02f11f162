import { functionRule } from './function-catalogue.ts'
import type { CallText, FunctionRule } from './function-rule.ts'
import { refuse } from './refusal.ts'
import { folded } from './scope.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { Call, Expr, Frame, FrameBound, OrderItem, Over } from './sql-tree.ts'
import type { ValueText } from './sql-value-text.ts'
import { timeUnit } from './time-unit.ts'
import type { ExpressionWriter } from './write-expression.ts'
import { writeExpression } from './write-expression.ts'

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
      at === unitAt ? { sql: '', type: { family: 'unknown' } } : writeExpression(arg, writer),
    ),
    unit: unitAt === undefined ? '' : unitOf(given[unitAt], call),
    dialect: writer.dialect,
    clock: writer.clock,
    distinct: call.distinct,
    order: writeOrder(call.orderBy, writer),
    tail: writeTail(call, rule, writer),
    deep: writer.deep,
    rates: writer.scope.rates,
  }
  return { sql: rule.sql(text), type: rule.type(text) }
}

function checkCall(call: Call, rule: FunctionRule): void {
  const name = call.name.toUpperCase()
  const { at } = call
  const star = call.args[0]?.kind === 'star'
  if (star && (call.name !== 'count' || call.args.length > 1 || call.distinct)) {
    refuse('SQL_INVALID', `${name} does not take a star`, { at })
  }
  if (call.name === 'count' && call.args.length === 0) refuse('SQL_INVALID', 'COUNT lacks an argument', { at })
  const [min, max] = rule.args
  if (!star && (call.args.length < min || call.args.length > max)) {
    const takes = min === max ? `${min}` : `${min} to ${max}`
    refuse('SQL_INVALID', `${name} takes ${takes} arguments, not ${call.args.length}`, { at })
  }
  const allows = rule.allows ?? []
  const uses = [
    ['distinct', call.distinct],
    ['order', call.orderBy.length > 0],
    ['over', call.over !== undefined],
  ] as const
  for (const [use, used] of uses) {
    if (used && !allows.includes(use)) {
      const shownUse = use === 'order' ? 'ORDER BY' : use.toUpperCase()
      refuse('SQL_NOT_ALLOWED', `${name} does not go with ${shownUse}`, { at })
    }
  }
  if (call.filter && rule.kind !== 'aggregate') refuse('SQL_INVALID', `${name} takes no FILTER`, { at })
  if (call.ignoreNulls) refuse('SQL_NOT_ALLOWED', `${name} does not go with IGNORE NULLS`, { at })
  if (rule.kind === 'window' && !call.over) refuse('SQL_INVALID', `${name} needs OVER`, { at })
  if (call.distinct && call.over) refuse('SQL_NOT_ALLOWED', `${name} with DISTINCT does not go with OVER`, { at })
}

/** A unit of time may be written as a word or as a text. */
function unitOf(arg: Expr | undefined, call: Call): string {
  const also = call.name === 'date_part' ? 'parts' : 'only'
  if (arg?.kind === 'text') return timeUnit(arg.value, also)
  if (arg?.kind === 'column' && !arg.table) return timeUnit(arg.name.text, also)
  return refuse('SQL_INVALID', `${call.name.toUpperCase()} takes a unit of time such as day`, call)
}

function writeTail(call: Call, rule: FunctionRule, writer: ExpressionWriter): string {
  const filter = call.filter ? ` FILTER (WHERE ${writeExpression(call.filter, writer).sql})` : ''
  if (!call.over) return filter
  const over = named(call.over, writer)
  const parts: string[] = []
  if (over.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${over.partitionBy.map(value => writeExpression(value, writer).sql).join(', ')}`)
  }
  const order = writeOrder(over.orderBy, writer)
  const counts = over.frame?.kind === 'ROWS'
  const ties = rule.totalOrder === true || counts
  const steps = [over.frame?.start, over.frame?.end].some(bound => bound?.offset !== undefined)
  const last = ties && (counts || !steps) ? writer.rowOrder().map(sql => `${sql} ASC NULLS LAST`) : []
  if (order.length + last.length > 0) parts.push(`ORDER BY ${[...order, ...last].join(', ')}`)
  if (over.frame) parts.push(writeFrame(over.frame))
  return `${filter} OVER (${parts.join(' ')})`
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
  const bound = ({ edge, offset }: FrameBound): string => (offset === undefined ? edge : `${offset} ${edge}`)
  return end ? `${kind} BETWEEN ${bound(start)} AND ${bound(end)}` : `${kind} ${bound(start)}`
}

/** Orders of values. Where nulls go is always written, because dialects differ in it. */
export function writeOrder(items: readonly OrderItem[], writer: ExpressionWriter): string[] {
  return items.map(item => orderText(writeExpression(item.of, writer).sql, item, writer.dialect))
}

export function orderText(sql: string, item: OrderItem, dialect: SqlDialect): string {
  const byDefault = dialect === 'spark' ? !item.descending : item.descending
  const nulls = (item.nullsFirst ?? byDefault) ? 'NULLS FIRST' : 'NULLS LAST'
  return `${sql} ${item.descending ? 'DESC' : 'ASC'} ${nulls}`
}
