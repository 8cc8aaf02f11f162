import { unreachable } from '../kernel/assert.ts'
import type { ClockText } from './function-rule.ts'
import type { NameScope } from './name-scope.ts'
import { refuse } from './refusal.ts'
import type { SqlScope } from './scope.ts'
import type { SqlDialect } from './sql-lexer.ts'
import { literal } from './sql-text.ts'
import type { Expr, Over, Query } from './sql-tree.ts'
import { BOOLEAN, commonType, INTEGER, isNumeric, sqlTypeOf, TEXT, UNKNOWN } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'
import { intervalOf, intervalText, timeUnit } from './time-unit.ts'
import { writeBinary } from './write-binary.ts'
import { writeCall } from './write-call.ts'
import { writeCast } from './write-cast.ts'

/** What a value is written with. One a SELECT, because each has its own names. */
export interface ExpressionWriter {
  readonly scope: SqlScope
  readonly dialect: SqlDialect
  readonly clock: ClockText
  readonly names: NameScope
  /** The statement has queries inside it. */
  readonly deep: boolean
  /** What tells the rows of this SELECT apart, as the last order of its windows. */
  readonly rowOrder: () => readonly string[]
  readonly windows: ReadonlyMap<string, Over>
  readonly query: (query: Query) => { readonly sql: string; readonly types: readonly ValueText['type'][] }
  readonly written: WeakMap<Expr, ValueText>
}

/** A value as SQL of the engine: every name resolved, every function from the catalogue. */
export function writeExpression(expr: Expr, writer: ExpressionWriter): ValueText {
  const known = writer.written.get(expr)
  if (known) return known
  const value = writeNew(expr, writer)
  writer.written.set(expr, value)
  return value
}

function writeNew(expr: Expr, writer: ExpressionWriter): ValueText {
  const write = (inner: Expr): ValueText => writeExpression(inner, writer)
  switch (expr.kind) {
    case 'text':
      return { sql: literal(expr.value), type: TEXT, constant: expr.value }
    case 'number':
      return writeNumber(expr.text)
    case 'boolean':
      return { sql: literal(expr.value), type: BOOLEAN }
    case 'null':
      return { sql: 'NULL', type: UNKNOWN }
    case 'star':
      return refuse('SQL_INVALID', 'A star stands where a value must stand')
    case 'column':
      return writer.names.column(expr.table, expr.name)
    case 'call':
      return writeCall(expr, writer)
    case 'binary':
      return writeBinary(expr, writer)
    case 'unary':
      return writeUnary(expr, write)
    case 'case':
      return writeCase(expr, write)
    case 'cast':
      return writeCast(expr, write(expr.of), writer.dialect)
    case 'interval':
      return writeInterval(expr, write)
    case 'moment':
      return { sql: `CAST(${literal(expr.text)} AS ${momentType(expr.type)})`, type: sqlTypeOf(momentType(expr.type)) }
    case 'atTimeZone':
      return writeAtTimeZone(expr, write)
    case 'extract':
      return {
        sql: `date_part(${literal(timeUnit(expr.field, 'parts'))}, ${write(expr.of).sql})`,
        type: INTEGER,
      }
    case 'tuple':
      return { sql: `(${expr.items.map(item => write(item).sql).join(', ')})`, type: UNKNOWN }
    default:
      return writeCondition(expr, writer)
  }
}

type Condition = Extract<
  Expr,
  { kind: 'in' | 'inQuery' | 'quantified' | 'exists' | 'query' | 'between' | 'is' | 'match' }
>

function writeCondition(expr: Condition, writer: ExpressionWriter): ValueText {
  const text = (inner: Expr): string => writeExpression(inner, writer).sql
  const not = 'not' in expr && expr.not ? 'NOT ' : ''
  switch (expr.kind) {
    case 'in':
      return truth(`(${text(expr.of)} ${not}IN (${expr.list.map(text).join(', ')}))`)
    case 'inQuery':
      return truth(`(${text(expr.of)} ${not}IN (${writer.query(expr.query).sql}))`)
    case 'quantified':
      return truth(`(${text(expr.of)} ${expr.op} ${expr.every ? 'ALL' : 'ANY'} (${writer.query(expr.query).sql}))`)
    case 'exists':
      return truth(`(${not}EXISTS (${writer.query(expr.query).sql}))`)
    case 'query':
      return writeScalarQuery(expr.query, writer)
    case 'between':
      return truth(`(${text(expr.of)} ${not}BETWEEN ${text(expr.low)} AND ${text(expr.high)})`)
    case 'is':
      if (expr.what === 'null') return truth(`(${text(expr.of)} IS ${not}NULL)`)
      return truth(`(${text(expr.of)} IS ${expr.not ? '' : 'NOT '}DISTINCT FROM ${expr.what})`)
    case 'match':
      return writeMatch(expr, writer)
    default:
      return unreachable(expr)
  }
}

function truth(sql: string): ValueText {
  return { sql, type: BOOLEAN }
}

function writeNumber(text: string): ValueText {
  const digits = text.replace(/^\./, '0.').replace(/\.(?=$|e)/i, '')
  const isWhole = /^\d+$/.test(digits)
  const type = isWhole ? INTEGER : /e/i.test(digits) ? { family: 'double' as const } : decimalOf(digits)
  return { sql: digits, type, constant: digits }
}

function decimalOf(digits: string): ValueText['type'] {
  return { family: 'decimal', scale: digits.split('.')[1]?.length ?? 0 }
}

function writeUnary(expr: Extract<Expr, { kind: 'unary' }>, write: (expr: Expr) => ValueText): ValueText {
  const of = write(expr.of)
  if (expr.op === 'not') return truth(`(NOT ${of.sql})`)
  const constant = of.constant !== undefined && isNumeric(of.type) ? `-${of.constant}` : undefined
  return { sql: `(- ${of.sql})`, type: of.type, constant }
}

function writeCase(expr: Extract<Expr, { kind: 'case' }>, write: (expr: Expr) => ValueText): ValueText {
  const whens = expr.whens.map(([when, then]) => ({ when: write(when).sql, then: write(then) }))
  const otherwise = expr.otherwise && write(expr.otherwise)
  const operand = expr.operand ? ` ${write(expr.operand).sql}` : ''
  const branches = whens.map(({ when, then }) => ` WHEN ${when} THEN ${then.sql}`).join('')
  const results = [...whens.map(({ then }) => then.type), ...(otherwise ? [otherwise.type] : [])]
  const last = otherwise ? ` ELSE ${otherwise.sql}` : ''
  return { sql: `CASE${operand}${branches}${last} END`, type: commonType(results) }
}

function writeInterval(expr: Extract<Expr, { kind: 'interval' }>, write: (expr: Expr) => ValueText): ValueText {
  const { amount, unit } = expr
  if (amount.kind === 'text' && !unit) return { sql: intervalText(amount.value), type: { family: 'interval' } }
  const value = amount.kind === 'text' ? amount.value.trim() : write(amount).sql
  if (amount.kind === 'text' && !/^[+-]?\d{1,9}$/.test(value)) {
    return refuse('SQL_INVALID', 'An interval is not well written', { fix: "Write it as INTERVAL '9 hour'." })
  }
  return { sql: intervalOf(timeUnit(unit ?? ''), value), type: { family: 'interval' } }
}

function momentType(type: 'date' | 'timestamp'): string {
  return type === 'date' ? 'DATE' : 'TIMESTAMP'
}

function writeAtTimeZone(
  expr: Extract<Expr, { kind: 'atTimeZone' }>,
  write: (expr: Expr) => ValueText,
): ValueText {
  const of = write(expr.of)
  const type = of.type.family === 'timestamptz' ? 'timestamp' : 'timestamptz'
  return { sql: `timezone(${write(expr.zone).sql}, ${of.sql})`, type: { family: type } }
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

/** LIKE tries every way to spread a pattern, so that wildcards are counted. */
function writeMatch(expr: Extract<Expr, { kind: 'match' }>, writer: ExpressionWriter): ValueText {
  const of = writeExpression(expr.of, writer).sql
  const pattern = writeExpression(expr.pattern, writer)
  if (expr.by === 'regex' || expr.by === 'iregex') {
    return truth(`regexp_matches(${of}, ${pattern.sql}${expr.by === 'iregex' ? ", 'i'" : ''})`)
  }
  if ((pattern.constant?.split('%').length ?? 1) - 1 > WILDCARDS_MAX) {
    return refuse('SQL_NOT_ALLOWED', `A LIKE pattern has more than ${WILDCARDS_MAX} wildcards`)
  }
  const sign = expr.escape && writeExpression(expr.escape, writer).constant
  if (expr.escape && sign?.length !== 1) return refuse('SQL_INVALID', 'ESCAPE takes one sign')
  const escape = sign ?? (pattern.constant?.includes('\\') ? '\\' : undefined)
  const after = escape === undefined ? '' : ` ESCAPE ${literal(escape)}`
  return truth(`(${of} ${expr.by.toUpperCase()} ${pattern.sql}${after})`)
}
