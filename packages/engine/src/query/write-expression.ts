import type { ExpressionWriter } from './query-writer.ts'
import { refuse } from './refusal.ts'
import { literal } from './sql-text.ts'
import type { Expr } from './sql-tree.ts'
import { BOOLEAN, commonType, INTEGER, isNumeric, sqlTypeOf, TEXT, UNKNOWN } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'
import { intervalOf, intervalText, timeUnit } from './time-unit.ts'
import { writeBinary } from './write-binary.ts'
import { writeCall } from './write-call.ts'
import { writeCast } from './write-cast.ts'
import { type Condition, writeCondition } from './write-condition.ts'

type Constant = Extract<Expr, { kind: 'text' | 'number' | 'boolean' | 'null' | 'star' | 'moment' }>
type TimeValue = Extract<Expr, { kind: 'interval' | 'atTimeZone' | 'extract' }>

/** A value as SQL of the engine: every name resolved, every function from the catalogue. */
export function writeExpression(expr: Expr, writer: ExpressionWriter): ValueText {
  switch (expr.kind) {
    case 'column':
      return writer.names.column(expr.table, expr.name)
    case 'call':
      return writeCall(expr, writer)
    case 'binary':
      return writeBinary(expr, writer)
    case 'unary':
      return writeUnary(expr, writer.value)
    case 'case':
      return writeCase(expr, writer.value)
    case 'cast':
      return writeCast(expr, writer.value(expr.of), writer.statement.dialect)
    case 'tuple':
      return {
        sql: `(${expr.items.map(item => writer.value(item).sql).join(', ')})`,
        type: UNKNOWN,
      }
    default:
      return writeOther(expr, writer)
  }
}

function writeOther(expr: Constant | TimeValue | Condition, writer: ExpressionWriter): ValueText {
  switch (expr.kind) {
    case 'text':
    case 'number':
    case 'boolean':
    case 'null':
    case 'star':
    case 'moment':
      return writeConstant(expr)
    case 'interval':
    case 'atTimeZone':
    case 'extract':
      return writeTime(expr, writer.value)
    default:
      return writeCondition(expr, writer)
  }
}

function writeConstant(expr: Constant): ValueText {
  switch (expr.kind) {
    case 'text':
      return { sql: literal(expr.value), type: TEXT, constant: expr.value }
    case 'number':
      return writeNumber(expr.text)
    case 'boolean':
      return { sql: literal(expr.value), type: BOOLEAN }
    case 'null':
      return { sql: 'NULL', type: UNKNOWN }
    case 'moment': {
      const target = expr.type === 'date' ? 'DATE' : 'TIMESTAMP'
      return { sql: `CAST(${literal(expr.text)} AS ${target})`, type: sqlTypeOf(target) }
    }
    default:
      return refuse('SQL_INVALID', 'A star stands where a value must stand')
  }
}

function writeTime(expr: TimeValue, write: (expr: Expr) => ValueText): ValueText {
  if (expr.kind === 'interval') return writeInterval(expr, write)
  if (expr.kind === 'atTimeZone') return writeAtTimeZone(expr, write)
  const unit = literal(timeUnit(expr.field, 'parts'))
  return { sql: `date_part(${unit}, ${write(expr.of).sql})`, type: INTEGER }
}

function writeNumber(text: string): ValueText {
  const digits = text.replace(/^\./, '0.').replace(/\.(?=$|e)/i, '')
  const isWhole = /^\d+$/.test(digits)
  const type = isWhole
    ? INTEGER
    : /e/i.test(digits)
      ? { family: 'double' as const }
      : decimalOf(digits)
  return { sql: digits, type, constant: digits }
}

function decimalOf(digits: string): ValueText['type'] {
  return { family: 'decimal', scale: digits.split('.')[1]?.length ?? 0 }
}

function writeUnary(
  expr: Extract<Expr, { kind: 'unary' }>,
  write: (expr: Expr) => ValueText,
): ValueText {
  const of = write(expr.of)
  if (expr.op === 'not') return { sql: `(NOT ${of.sql})`, type: BOOLEAN }
  const constant = of.constant !== undefined && isNumeric(of.type) ? `-${of.constant}` : undefined
  return { sql: `(- ${of.sql})`, type: of.type, constant }
}

function writeCase(
  expr: Extract<Expr, { kind: 'case' }>,
  write: (expr: Expr) => ValueText,
): ValueText {
  const whens = expr.whens.map(([when, result]) => ({
    when: write(when).sql,
    result: write(result),
  }))
  const otherwise = expr.otherwise && write(expr.otherwise)
  const operand = expr.operand ? ` ${write(expr.operand).sql}` : ''
  const branches = whens.map(({ when, result }) => ` WHEN ${when} THEN ${result.sql}`).join('')
  const results = [
    ...whens.map(({ result }) => result.type),
    ...(otherwise ? [otherwise.type] : []),
  ]
  const last = otherwise ? ` ELSE ${otherwise.sql}` : ''
  return { sql: `CASE${operand}${branches}${last} END`, type: commonType(results) }
}

function writeInterval(
  expr: Extract<Expr, { kind: 'interval' }>,
  write: (expr: Expr) => ValueText,
): ValueText {
  const { amount, unit } = expr
  if (amount.kind === 'text' && !unit)
    return { sql: intervalText(amount.value), type: { family: 'interval' } }
  const value = amount.kind === 'text' ? amount.value.trim() : write(amount).sql
  if (amount.kind === 'text' && !/^[+-]?\d{1,9}$/.test(value)) {
    return refuse('SQL_INVALID', 'An interval is not well written', {
      fix: "Write it as INTERVAL '9 hour'.",
    })
  }
  return { sql: intervalOf(timeUnit(unit ?? ''), value), type: { family: 'interval' } }
}

function writeAtTimeZone(
  expr: Extract<Expr, { kind: 'atTimeZone' }>,
  write: (expr: Expr) => ValueText,
): ValueText {
  const of = write(expr.of)
  const type = of.type.family === 'timestamptz' ? 'timestamp' : 'timestamptz'
  return { sql: `timezone(${write(expr.zone).sql}, ${of.sql})`, type: { family: type } }
}
