import type { ExpressionReader } from './expression-reader.ts'
import { readExpression } from './read-expression.ts'
import { readOrder } from './read-order.ts'
import { readFrom } from './read-source.ts'
import { readOver } from './read-window.ts'
import { refuse } from './refusal.ts'
import type { Cte, Expr, Query, SelectItem, SelectQuery, SetQuery } from './sql-tree.ts'
import { fields, list, nodeOf, type Reading, record, unreadable } from './tree-node.ts'

const SELECT_FIELDS = (
  'expressions from joins where_clause group_by having qualify order_by limit offset fetch distinct ' +
  'distinct_on with windows'
).split(' ')
const SET_FIELDS = ['left', 'right', 'all', 'distinct', 'with', 'order_by', 'limit', 'offset']

/** Reads a whole statement of the parser's tree into ours, and proves that nothing of it was lost. */
export function readStatement(value: unknown, reading: Reading): Query {
  const read: ExpressionReader = {
    reading,
    query: inner => readQuery(inner, read),
    expr: inner => {
      const { kind } = nodeOf(inner)
      const isQuery = kind === 'subquery' || SET_KINDS.has(kind) || kind === 'select'
      return isQuery
        ? { kind: 'query', query: readQuery(inner, read) }
        : readExpression(inner, read)
    },
  }
  const query = readQuery(value, read)
  reading.finish()
  return query
}

const SET_KINDS: ReadonlyMap<string, SetQuery['op']> = new Map([
  ['union', 'union'],
  ['intersect', 'intersect'],
  ['except', 'except'],
])

function readQuery(value: unknown, read: ExpressionReader): Query {
  const { kind, body } = nodeOf(value)
  if (kind === 'select') return readSelect(body, read)
  if (kind === 'subquery' || kind === 'paren') return readParenthesised(body, read)
  const op = SET_KINDS.get(kind)
  if (op) return readSet(op, body, read)
  return refuse('SQL_NOT_ALLOWED', `Only SELECT is allowed, not ${kind.replaceAll('_', ' ')}`)
}

/** `(select …) limit 3`: what follows the parentheses applies to what they hold. */
function readParenthesised(body: unknown, read: ExpressionReader): Query {
  const node = fields(body, ['this', 'order_by', 'limit', 'offset', 'with'])
  const query = readQuery(node['this'], read)
  const tail = readTail(node, read)
  if (tail.orderBy.length === 0 && tail.limit === undefined && tail.offset === undefined) {
    return tail.ctes.length === 0 ? query : { ...query, ctes: [...tail.ctes, ...query.ctes] }
  }
  if (query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined) {
    return refuse('SQL_NOT_ALLOWED', 'A query in parentheses has ORDER BY or LIMIT twice')
  }
  return { ...query, ...tail, ctes: [...tail.ctes, ...query.ctes] }
}

function readSet(op: SetQuery['op'], body: unknown, read: ExpressionReader): SetQuery {
  const node = fields(body, SET_FIELDS, op.toUpperCase())
  const left = readSide(op, node['left'], read)
  return {
    kind: 'set',
    op,
    all: node['all'] === true,
    left,
    right: readSide(op, node['right'], read),
    ...readTail(node, read),
  }
}

/**
 * INTERSECT binds tighter than UNION and EXCEPT, which the parser does not know: mixing them takes
 * parentheses here. Chains of one operator lean to the left, as they should.
 */
function readSide(op: SetQuery['op'], value: unknown, read: ExpressionReader): Query {
  const inner = SET_KINDS.get(nodeOf(value).kind)
  if (inner && (inner === 'intersect') !== (op === 'intersect')) {
    return refuse('SQL_INVALID', 'INTERSECT is mixed with UNION or EXCEPT without parentheses', {
      fix: 'Put the part that is meant to come first in parentheses.',
    })
  }
  return readQuery(value, read)
}

function readTail(
  node: Readonly<Record<string, unknown>>,
  read: ExpressionReader,
): Pick<SelectQuery, 'ctes' | 'orderBy' | 'limit' | 'offset'> {
  const order = node['order_by']
  return {
    ctes: node['with'] ? readWith(node['with'], read) : [],
    orderBy: order
      ? readOrder(fields(order, ['expressions'], 'ORDER BY')['expressions'], read)
      : [],
    limit: readCount(node['limit'], read),
    offset: readCount(node['offset'], read),
  }
}

function readWith(value: unknown, read: ExpressionReader): Cte[] {
  const node = record(value)
  if (node['recursive'] === true) {
    refuse('SQL_NOT_ALLOWED', 'WITH RECURSIVE is not allowed', {
      fix: 'Write a WITH that does not read itself.',
    })
  }
  return list(fields(node, ['ctes'], 'WITH')['ctes']).map(item => {
    const cte = fields(item, ['alias', 'this', 'columns', 'materialized'], 'WITH')
    return {
      name: read.reading.name(cte['alias']),
      columns: list(cte['columns']).map(column => read.reading.name(column).text),
      query: readQuery(cte['this'], read),
    }
  })
}

/** The number of LIMIT, OFFSET or FETCH. Here the node is a value, or holds one. */
function readCount(value: unknown, read: ExpressionReader): number | undefined {
  if (value === null || value === undefined) return undefined
  const node = record(value)
  const inner = 'this' in node ? fields(node, ['this'], 'LIMIT')['this'] : value
  const count: Expr = read.expr(inner)
  if (count.kind === 'column' && !count.table && /^all$/i.test(count.name.text)) return undefined
  if (count.kind !== 'number' || !/^\d{1,15}$/.test(count.text)) {
    return refuse('SQL_NOT_ALLOWED', 'LIMIT and OFFSET take a whole number')
  }
  return Number(count.text)
}

function readSelect(body: unknown, read: ExpressionReader): SelectQuery {
  const node = fields(body, SELECT_FIELDS, 'SELECT')
  const group = node['group_by'] ? fields(node['group_by'], ['expressions'], 'GROUP BY') : {}
  const tail = readTail(node, read)
  const fetched = node['fetch'] ? readFetch(node['fetch'], read) : undefined
  const on = list(node['distinct_on']).map(read.expr)
  return {
    kind: 'select',
    ...tail,
    limit: tail.limit ?? fetched,
    distinct: node['distinct'] === true && on.length === 0,
    distinctOn: on,
    items: list(node['expressions']).map(item => readItem(item, read)),
    from: readFrom(node['from'], node['joins'], read),
    where: readCondition(node['where_clause'], read),
    groupBy: list(group['expressions']).map(read.expr),
    having: readCondition(node['having'], read),
    qualify: readCondition(node['qualify'], read),
    windows: list(node['windows']).map(value => {
      const named = fields(value, ['name', 'spec'], 'WINDOW')
      return { name: read.reading.name(named['name']).text, over: readOver(named['spec'], read) }
    }),
  }
}

function readFetch(value: unknown, read: ExpressionReader): number | undefined {
  const node = fields(value, ['direction', 'count'], 'FETCH')
  return node['count'] ? readCount(node['count'], read) : 1
}

function readCondition(value: unknown, read: ExpressionReader): Expr | undefined {
  return value === null || value === undefined
    ? undefined
    : read.expr(fields(value, ['this'])['this'])
}

function readItem(value: unknown, read: ExpressionReader): SelectItem {
  const { kind, body } = nodeOf(value)
  if (kind === 'star') {
    const star = fields(body, ['table', 'except'], 'A star')
    return {
      kind: 'all',
      table: read.reading.optionalName(star['table']),
      except: list(star['except']).map(name => read.reading.name(name).text),
    }
  }
  if (kind !== 'alias') return { kind: 'item', of: read.expr(value) }
  const node = fields(body, ['this', 'alias'], 'An alias')
  const alias = read.reading.name(node['alias'])
  if (alias.text === '') return unreadable('an alias')
  return { kind: 'item', of: read.expr(node['this']), alias }
}
