import { unreachable } from '../kernel/assert.ts'
import type { ExpressionWriter } from './query-writer.ts'
import { refuse } from './refusal.ts'
import { literal } from './sql-text.ts'
import type { Expr, Query } from './sql-tree.ts'
import { BOOLEAN } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'

/** Values that ask something of others, or of a query. */
export type Condition = Extract<
  Expr,
  { kind: 'in' | 'inQuery' | 'quantified' | 'exists' | 'query' | 'between' | 'is' | 'match' }
>

/** Writes a condition. */
export function writeCondition(expr: Condition, writer: ExpressionWriter): ValueText {
  switch (expr.kind) {
    case 'exists':
      return truth(`(${expr.not ? 'NOT ' : ''}EXISTS (${writer.query(expr.query).sql}))`)
    case 'query':
      return writeScalarQuery(expr.query, writer)
    case 'is':
      return writeIs(expr, writer)
    case 'match':
      return writeMatch(expr, writer)
    default:
      return writeComparison(expr, writer)
  }
}

function writeComparison(
  expr: Extract<Condition, { kind: 'in' | 'inQuery' | 'quantified' | 'between' }>,
  writer: ExpressionWriter,
): ValueText {
  const text = (inner: Expr): string => writer.value(inner).sql
  const of = text(expr.of)
  const not = 'not' in expr && expr.not ? 'NOT ' : ''
  switch (expr.kind) {
    case 'in':
      return truth(`(${of} ${not}IN (${expr.list.map(text).join(', ')}))`)
    case 'inQuery':
      return truth(`(${of} ${not}IN (${writer.query(expr.query).sql}))`)
    case 'quantified': {
      const which = expr.every ? 'ALL' : 'ANY'
      return truth(`(${of} ${expr.op} ${which} (${writer.query(expr.query).sql}))`)
    }
    case 'between':
      return truth(`(${of} ${not}BETWEEN ${text(expr.low)} AND ${text(expr.high)})`)
    default:
      return unreachable(expr)
  }
}

function writeIs(expr: Extract<Condition, { kind: 'is' }>, writer: ExpressionWriter): ValueText {
  const of = writer.value(expr.of).sql
  if (expr.what === 'null') return truth(`(${of} IS ${expr.not ? 'NOT ' : ''}NULL)`)
  return truth(`(${of} IS ${expr.not ? '' : 'NOT '}DISTINCT FROM ${expr.what})`)
}

function truth(sql: string): ValueText {
  return { sql, type: BOOLEAN }
}

function writeScalarQuery(query: Query, writer: ExpressionWriter): ValueText {
  const { sql, types } = writer.query(query)
  const [type, ...more] = types
  if (!type || more.length > 0) {
    return refuse('SQL_INVALID', 'A subquery that stands for one value selects more than one')
  }
  return { sql: `(${sql})`, type }
}

const WILDCARDS_MAX = 16

function writeMatch(
  expr: Extract<Condition, { kind: 'match' }>,
  writer: ExpressionWriter,
): ValueText {
  const of = writer.value(expr.of).sql
  const pattern = writer.value(expr.pattern)
  if (expr.by === 'regex') return truth(`regexp_matches(${of}, ${pattern.sql})`)
  if (expr.by === 'iregex') return truth(`regexp_matches(${of}, ${pattern.sql}, 'i')`)
  const written = pattern.constant ?? ''
  // LIKE tries every way to spread a pattern, so that wildcards are counted.
  if (written.split('%').length - 1 > WILDCARDS_MAX) {
    return refuse('SQL_NOT_ALLOWED', `A LIKE pattern has more than ${WILDCARDS_MAX} wildcards`)
  }
  const escape = expr.escape
    ? escapeSign(writer.value(expr.escape))
    : written.includes('\\')
      ? '\\'
      : ''
  const after = escape === '' ? '' : ` ESCAPE ${literal(escape)}`
  return truth(`(${of} ${expr.by.toUpperCase()} ${pattern.sql}${after})`)
}

function escapeSign({ constant = '' }: ValueText): string {
  return constant.length === 1 ? constant : refuse('SQL_INVALID', 'ESCAPE takes one sign')
}
