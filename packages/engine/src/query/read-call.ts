import type { ExpressionReader } from './expression-reader.ts'
import { readOrder } from './read-order.ts'
import { readOver } from './read-window.ts'
import { refuse } from './refusal.ts'
import type { Call, Expr } from './sql-tree.ts'
import { fields, list, nodeOf, string, unreadable } from './tree-node.ts'

/** Functions that SQL has own syntax for, and the fields that their arguments are in. */
const OWN_SYNTAX: ReadonlyMap<string, readonly string[]> = new Map([
  ['substring', ['this', 'start', 'length']],
  ['str_position', ['substr', 'this']],
  ['string_agg', ['this', 'separator']],
  ['array_agg', ['this']],
  ['first', ['this']],
  ['last', ['this']],
  ['any_value', ['this']],
])

const AGGREGATE_FIELDS = ['distinct', 'filter', 'order_by', 'ignore_nulls', 'name']

/** Kinds of node that are a call of a function. */
export const TYPED_CALLS: ReadonlySet<string> = new Set([
  ...OWN_SYNTAX.keys(),
  'function',
  'aggregate_function',
  'trim',
  'within_group',
])

/** Reads a call: its name is marked, or it is one of the few that have own syntax. */
export function readCall(kind: string, body: unknown, read: ExpressionReader): Call {
  if (kind === 'trim') return readTrim(body, read)
  if (kind === 'within_group') return readWithinGroup(body, read)
  const own = OWN_SYNTAX.get(kind)
  if (own) {
    const node = fields(body, [...own, ...AGGREGATE_FIELDS], kind.toUpperCase())
    const given = own
      .map(field => node[field])
      .filter(value => value !== null && value !== undefined)
    return called(kind === 'str_position' ? 'position' : kind, given, { node, read })
  }
  const node = fields(body, ['name', 'args', 'distinct', 'filter', 'order_by', 'ignore_nulls'])
  const marked = string(node['name'])
  const name = read.reading.callName(marked)
  if (name === marked && !/^(?:current_|local)?(?:date|timestamp|time)$/i.test(name)) {
    return unreadable(`${/^[a-z_ ]+$/i.test(name) ? name : 'a function'} in this form`)
  }
  return called(name, list(node['args']), { node, read })
}

interface CallNode {
  readonly node: Readonly<Record<string, unknown>>
  readonly read: ExpressionReader
}

function called(name: string, args: readonly unknown[], { node, read }: CallNode): Call {
  const filter = node['filter']
  return {
    kind: 'call',
    name: name.toLowerCase(),
    at: read.reading.text.placeOf(name),
    args: args.map(read.expr),
    distinct: node['distinct'] === true,
    ignoreNulls: node['ignore_nulls'] === true,
    filter: filter === null || filter === undefined ? undefined : read.expr(filter),
    orderBy: readOrder(node['order_by'], read),
  }
}

function readTrim(body: unknown, read: ExpressionReader): Call {
  const node = fields(body, ['this', 'characters', 'position'], 'TRIM')
  const names = new Map([
    ['Both', 'trim'],
    ['Leading', 'ltrim'],
    ['Trailing', 'rtrim'],
  ])
  const name = names.get(string(node['position'])) ?? unreadable('TRIM')
  const given = [node['this'], node['characters']].filter(
    value => value !== null && value !== undefined,
  )
  return { ...called(name, given, { node: {}, read }), at: read.reading.text.placeOf('trim') }
}

/** `percentile_cont(0.5) within group (order by x)`: the ordered value becomes the first argument. */
function readWithinGroup(body: unknown, read: ExpressionReader): Call {
  const node = fields(body, ['this', 'order_by'])
  const { kind, body: inner } = nodeOf(node['this'])
  if (!TYPED_CALLS.has(kind) || kind === 'within_group') return unreadable('WITHIN GROUP')
  const call = readCall(kind, inner, read)
  const [order, ...more] = readOrder(node['order_by'], read)
  if (!order || more.length > 0) {
    return refuse('SQL_NOT_ALLOWED', 'WITHIN GROUP is allowed with one ORDER BY value', call)
  }
  if (/^(?:listagg|string_agg)$/.test(call.name)) return { ...call, orderBy: [order] }
  if (order.descending) {
    return refuse('SQL_NOT_ALLOWED', 'WITHIN GROUP is allowed in ascending order', call)
  }
  return { ...call, args: [order.of, ...call.args] }
}

/** Reads a call with OVER. */
export function readWindowed(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'over'])
  const { kind, body: inner } = nodeOf(node['this'])
  if (!TYPED_CALLS.has(kind)) return unreadable('OVER')
  return { ...readCall(kind, inner, read), over: readOver(node['over'], read) }
}
