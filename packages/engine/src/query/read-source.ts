import type { ExpressionReader } from './expression-reader.ts'
import { refuse } from './refusal.ts'
import type { JoinKind, Name, Source } from './sql-tree.ts'
import { fields, list, nodeOf, string } from './tree-node.ts'

const JOINS: ReadonlyMap<string, JoinKind> = new Map([
  ['Inner', 'inner'],
  ['Left', 'left'],
  ['Right', 'right'],
  ['Full', 'full'],
  ['Cross', 'cross'],
  ['Implicit', 'comma'],
  ['LeftSemi', 'semi'],
  ['Semi', 'semi'],
  ['LeftAnti', 'anti'],
  ['Anti', 'anti'],
])

/** Reads FROM and its joins. */
export function readFrom(from: unknown, joins: unknown, read: ExpressionReader): Source[] {
  const first = from ? list(fields(from, ['expressions'], 'FROM')['expressions']) : []
  const sources = first.flatMap((value, at) =>
    at === 0 ? readSources(value, read) : readAfterComma(value, read),
  )
  return [...sources, ...list(joins).map(join => readJoin(join, read))]
}

/** A comma binds looser than JOIN, so that it is kept as one. */
function readAfterComma(value: unknown, read: ExpressionReader): Source[] {
  const [head, ...more] = readSources(value, read)
  if (!head || more.length > 0) {
    return refuse('SQL_NOT_ALLOWED', 'Joins in parentheses can only stand right after FROM')
  }
  return [{ ...head, join: 'comma' }]
}

/** `(a join b on …)` at the head of FROM reads like `a join b on …`; elsewhere it is refused. */
function readSources(value: unknown, read: ExpressionReader): Source[] {
  const { kind, body } = nodeOf(value)
  if (kind === 'paren') return readSources(fields(body, ['this'])['this'], read)
  if (kind !== 'joined_table') return [readSource(value, read)]
  const node = fields(body, ['left', 'joins'], 'A join in parentheses')
  const joins = list(node['joins']).map(join => readJoin(join, read))
  return [...readSources(node['left'], read), ...joins]
}

function readJoin(value: unknown, read: ExpressionReader): Source {
  const node = fields(value, ['this', 'on', 'using', 'kind'], 'JOIN')
  const kind = string(node['kind'])
  const join = JOINS.get(kind)
  if (!join) {
    return refuse('SQL_NOT_ALLOWED', `A ${kind.toUpperCase()} join is not allowed`, {
      fix: 'Use INNER, LEFT, RIGHT, FULL or CROSS JOIN with ON or USING.',
    })
  }
  const on = node['on'] ? read.expr(node['on']) : undefined
  const using = list(node['using']).map(name => read.reading.name(name).text)
  if (join !== 'cross' && join !== 'comma' && !on && using.length === 0) {
    return refuse('SQL_INVALID', 'A JOIN has no ON', {
      fix: 'Say with ON how the rows belong together.',
    })
  }
  return { ...readSource(node['this'], read), join, on, using }
}

function readSource(value: unknown, read: ExpressionReader): Source {
  const { kind, body } = nodeOf(value)
  if (kind === 'table') return readTable(body, read)
  if (kind === 'subquery') return readDerived(body, read)
  const at = kind === 'alias' ? 'A function' : 'This'
  return refuse('SQL_NOT_ALLOWED', `${at} cannot stand in FROM: only objects and subqueries can`, {
    fix: 'Name an object of this data space, or put a SELECT in parentheses.',
  })
}

function readTable(body: unknown, read: ExpressionReader): Source {
  const node = fields(body, ['name', 'schema', 'catalog', 'alias', 'column_aliases'], 'A table')
  return {
    of: {
      kind: 'table',
      name: read.reading.name(node['name']),
      schema: schemaOf(read, node),
    },
    using: [],
    alias: read.reading.optionalName(node['alias']),
    columns: list(node['column_aliases']).map(name => read.reading.name(name).text),
  }
}

/** All that stands before an object's name, as it was written. */
function schemaOf(read: ExpressionReader, node: ReturnType<typeof fields>): Name | undefined {
  const names = [node['catalog'], node['schema']].flatMap(
    name => read.reading.optionalName(name) ?? [],
  )
  const [first] = names
  return first && { ...first, text: names.map(({ text }) => text).join('.') }
}

function readDerived(body: unknown, read: ExpressionReader): Source {
  const known = [
    'this',
    'alias',
    'column_aliases',
    'lateral',
    'order_by',
    'limit',
    'offset',
    'with',
  ]
  const node = fields(body, known, 'A subquery')
  const { alias, column_aliases: columns, lateral, ...query } = node
  return {
    of: { kind: 'derived', query: read.query({ subquery: query }), lateral: lateral === true },
    using: [],
    alias: read.reading.optionalName(alias),
    columns: list(columns).map(name => read.reading.name(name).text),
  }
}
