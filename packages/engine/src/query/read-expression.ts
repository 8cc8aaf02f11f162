import type { ExpressionReader } from './expression-reader.ts'
import { readCall, readWindowed, TYPED_CALLS } from './read-call.ts'
import { readCastType } from './read-type.ts'
import { refuse } from './refusal.ts'
import { type Expr, OPERATORS, type Operator } from './sql-tree.ts'
import { fields, list, nodeOf, string, unreadable } from './tree-node.ts'

type NodeReader = (body: unknown, read: ExpressionReader) => Expr

/** Reads one value of the parser's tree into ours; a kind of node that is not listed is refused. */
export function readExpression(value: unknown, read: ExpressionReader): Expr {
  const { kind, body } = nodeOf(value)
  const operator = operatorOf(kind)
  if (operator) return readBinary(operator, body, read)
  if (TYPED_CALLS.has(kind)) return readCall(kind, body, read)
  const reader = READERS.get(kind)
  if (reader) return reader(body, read)
  if (kind === 'raw') {
    return unreadable('NOT before LIKE (write x NOT LIKE y, or put parentheses after NOT)')
  }
  return refuse('SQL_NOT_ALLOWED', `This form is not allowed: ${kind.replaceAll('_', ' ')}`)
}

const READERS: ReadonlyMap<string, NodeReader> = new Map<string, NodeReader>([
  ['literal', readLiteral],
  ['boolean', body => ({ kind: 'boolean', value: fields(body, ['value'])['value'] === true })],
  ['null', () => ({ kind: 'null' })],
  ['star', body => (fields(body, []), { kind: 'star' })],
  ['column', readColumn],
  ['identifier', (body, read) => ({ kind: 'column', name: read.reading.name(body) })],
  ['paren', (body, read) => read.expr(fields(body, ['this'])['this'])],
  ['subquery', (_, read) => unreadable(read ? 'a subquery' : '')],
  ['neg', (body, read) => unary('-', body, read)],
  ['not', (body, read) => unary('not', body, read)],
  ['case', readCase],
  ['cast', (body, read) => readCast(body, read, false)],
  ['try_cast', (body, read) => readCast(body, read, true)],
  ['in', readIn],
  ['any', (body, read) => readQuantified(body, read, false)],
  ['all', (body, read) => readQuantified(body, read, true)],
  ['exists', readExists],
  ['between', readBetween],
  ['is_null', (body, read) => readIs(body, read, 'null')],
  ['is_true', (body, read) => readIs(body, read, 'true')],
  ['is_false', (body, read) => readIs(body, read, 'false')],
  ['like', (body, read) => readMatch(body, read, 'like')],
  ['i_like', (body, read) => readMatch(body, read, 'ilike')],
  ['regexp_like', (body, read) => readMatch(body, read, 'regex')],
  ['regexp_i_like', (body, read) => readMatch(body, read, 'iregex')],
  ['interval', readInterval],
  ['at_time_zone', readAtTimeZone],
  ['extract', readExtract],
  ['tuple', readTuple],
  ['window_function', readWindowed],
])

function operatorOf(kind: string): Operator | undefined {
  return Object.hasOwn(OPERATORS, kind)
    ? Object.entries(OPERATORS).find(([name]) => name === kind)?.[1]
    : undefined
}

/** Chains such as `a or b or …` lean to the left and can be long: they are read without recursion. */
function readBinary(op: Operator, body: unknown, read: ExpressionReader): Expr {
  const waiting: { op: Operator; right: unknown }[] = []
  let operator: Operator | undefined = op
  let at: unknown = body
  let left: unknown
  while (operator) {
    const node = fields(at, ['left', 'right', 'this', 'expression'])
    waiting.push({ op: operator, right: node['right'] ?? node['expression'] })
    left = node['left'] ?? node['this']
    const inner = nodeOf(left)
    operator = operatorOf(inner.kind)
    at = inner.body
  }
  let result = read.expr(left)
  for (const { op: joining, right } of waiting.toReversed()) {
    result = { kind: 'binary', op: joining, left: result, right: read.expr(right) }
  }
  return result
}

function readLiteral(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['literal_type', 'value'])
  const value = string(node['value'])
  switch (node['literal_type']) {
    case 'string':
      return { kind: 'text', value: read.reading.textOf(value) }
    case 'number':
      return { kind: 'number', text: read.reading.number(value) }
    case 'date':
    case 'timestamp':
      return { kind: 'moment', type: node['literal_type'], text: read.reading.textOf(value) }
    default:
      return unreadable('this kind of constant')
  }
}

function readColumn(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['name', 'table'])
  const table = read.reading.optionalName(node['table'])
  return { kind: 'column', table, name: read.reading.name(node['name']) }
}

function unary(op: 'not' | '-', body: unknown, read: ExpressionReader): Expr {
  const of = read.expr(fields(body, ['this'])['this'])
  if (op === '-' || of.kind !== 'exists') return { kind: 'unary', op, of }
  return { ...of, not: !of.not }
}

function readCase(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['operand', 'whens', 'else_'])
  const whens = list(node['whens']).map(pair => {
    const [when, then, ...more] = list(pair)
    if (more.length > 0) unreadable('a CASE')
    return [read.expr(when), read.expr(then)] as const
  })
  const operand = optional(node['operand'], read)
  return { kind: 'case', operand, whens, otherwise: optional(node['else_'], read) }
}

function readCast(body: unknown, read: ExpressionReader, tolerant: boolean): Expr {
  const node = fields(body, ['this', 'to'], 'A cast')
  const to = readCastType(node['to'], read.reading)
  return { kind: 'cast', of: read.expr(node['this']), to, tolerant }
}

function readIn(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'expressions', 'query', 'not'], 'IN')
  const of = read.expr(node['this'])
  const not = node['not'] === true
  if (node['query']) return { kind: 'inQuery', of, query: read.query(node['query']), not }
  return { kind: 'in', of, list: list(node['expressions']).map(read.expr), not }
}

function readQuantified(body: unknown, read: ExpressionReader, every: boolean): Expr {
  const node = fields(body, ['this', 'subquery', 'op'])
  const op = operatorOf(string(node['op']).toLowerCase())
  if (!op) return unreadable('ANY or ALL')
  return {
    kind: 'quantified',
    op,
    every,
    of: read.expr(node['this']),
    query: read.query(node['subquery']),
  }
}

function readExists(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'not'])
  return { kind: 'exists', query: read.query(node['this']), not: node['not'] === true }
}

function readBetween(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'low', 'high', 'not'], 'BETWEEN')
  return {
    kind: 'between',
    of: read.expr(node['this']),
    low: read.expr(node['low']),
    high: read.expr(node['high']),
    not: node['not'] === true,
  }
}

function readIs(body: unknown, read: ExpressionReader, what: 'null' | 'true' | 'false'): Expr {
  const node = fields(body, ['this', 'not', 'postfix_form'])
  return { kind: 'is', of: read.expr(node['this']), what, not: node['not'] === true }
}

function readMatch(
  body: unknown,
  read: ExpressionReader,
  by: 'like' | 'ilike' | 'regex' | 'iregex',
): Expr {
  const known = ['left', 'right', 'escape', 'this', 'pattern', 'expression']
  const node = fields(body, known, 'A pattern')
  return {
    kind: 'match',
    by,
    of: read.expr(node['left'] ?? node['this']),
    pattern: read.expr(node['right'] ?? node['pattern'] ?? node['expression']),
    escape: optional(node['escape'], read),
  }
}

/** `interval '9 hour'`, `interval '9' hour` or `interval 9 hour`: the parser writes the last as text. */
function readInterval(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'unit'])
  const unit = node['unit']
  const unitName = unit ? string(fields(unit, ['type', 'unit'])['unit']) : undefined
  const amount = nodeOf(node['this'])
  if (amount.kind !== 'literal')
    return { kind: 'interval', amount: read.expr(node['this']), unit: unitName }
  const literal = fields(amount.body, ['literal_type', 'value'])
  const value = string(literal['value'])
  const isNumber = /^[0-9.]+$/.test(value)
  const read1: Expr = isNumber
    ? { kind: 'number', text: read.reading.number(value) }
    : { kind: 'text', value: read.reading.textOf(value) }
  return { kind: 'interval', amount: read1, unit: unitName }
}

function readAtTimeZone(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'zone'])
  return { kind: 'atTimeZone', of: read.expr(node['this']), zone: read.expr(node['zone']) }
}

function readExtract(body: unknown, read: ExpressionReader): Expr {
  const node = fields(body, ['this', 'field'])
  const field = node['field']
  if (typeof field !== 'string') return unreadable('EXTRACT')
  return { kind: 'extract', field, of: read.expr(node['this']) }
}

function readTuple(body: unknown, read: ExpressionReader): Expr {
  return { kind: 'tuple', items: list(fields(body, ['expressions'])['expressions']).map(read.expr) }
}

function optional(value: unknown, read: ExpressionReader): Expr | undefined {
  return value === null || value === undefined ? undefined : read.expr(value)
}
