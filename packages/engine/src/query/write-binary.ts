import { cutIfDeep } from './functions-of-text.ts'
import type { ExpressionWriter } from './query-writer.ts'
import { refuse } from './refusal.ts'
import type { Expr, Operator } from './sql-tree.ts'
import {
  BOOLEAN,
  commonType,
  DATE,
  DOUBLE,
  INTEGER,
  isExact,
  isNumeric,
  isTemporal,
  scaleOf,
  type SqlType,
  TEXT,
  UNKNOWN,
} from './sql-type.ts'
import { asFactor, asMoment, asText, PRODUCT, type ValueText } from './sql-value-text.ts'

type Binary = Extract<Expr, { kind: 'binary' }>

const CHAIN_MAX = 400
/** More decimals than this and a sum of large products no longer fits 38 digits. */
const SCALE_MAX = 24

/** An operator between values. Long chains are written without recursion. */
export function writeBinary(expr: Binary, writer: ExpressionWriter): ValueText {
  const chain: Binary[] = []
  let left: Expr = expr
  while (left.kind === 'binary') {
    chain.unshift(left)
    left = left.left
  }
  if (expr.op === 'and' || expr.op === 'or') return writeJunction(expr, writer)
  if (chain.length > CHAIN_MAX)
    return refuse('SQL_NOT_ALLOWED', 'The statement is nested too deeply')
  let value = writer.value(left)
  for (const link of chain) value = combined(link.op, value, { expr: link, writer })
  return value
}

/** `a or b or c`: flat, because the engine bounds how deep it reads. */
function writeJunction(expr: Binary, writer: ExpressionWriter): ValueText {
  const sides: string[] = []
  let left: Expr = expr
  while (left.kind === 'binary' && left.op === expr.op) {
    sides.unshift(writer.value(left.right).sql)
    left = left.left
  }
  sides.unshift(writer.value(left).sql)
  return { sql: `(${sides.join(` ${expr.op.toUpperCase()} `)})`, type: BOOLEAN }
}

function combined(
  op: Operator,
  left: ValueText,
  link: { expr: Binary; writer: ExpressionWriter },
): ValueText {
  const right = link.writer.value(link.expr.right)
  switch (op) {
    case '||':
      return {
        sql: cutIfDeep(link.writer.statement, `(${asText(left)} || ${asText(right)})`),
        type: TEXT,
      }
    case '*':
      return product(left, right)
    case '/':
      return quotient(left, right, link.writer.statement.dialect === 'postgresql')
    case 'div':
      return { sql: `(${left.sql} // nullif(${right.sql}, 0))`, type: INTEGER }
    case '%':
      return { sql: `(${left.sql} % nullif(${right.sql}, 0))`, type: left.type }
    case '+':
    case '-':
      return sum(op, left, right)
    default:
      return { sql: `(${left.sql} ${op.toUpperCase()} ${right.sql})`, type: BOOLEAN }
  }
}

/** Two decimals of 18 places make one of 36, which leaves no room for the number before the point. */
function product(left: ValueText, right: ValueText): ValueText {
  const scale = scaleOf(left.type) + scaleOf(right.type)
  if (isExact(left.type) && isExact(right.type) && scale > SCALE_MAX) {
    return { sql: `(${asFactor(left)} * ${asFactor(right)})`, type: PRODUCT }
  }
  const type: SqlType =
    isExact(left.type) && isExact(right.type) && scale > 0
      ? { family: 'decimal', scale }
      : commonType([left.type, right.type])
  return { sql: `(${left.sql} * ${right.sql})`, type }
}

/** By zero gives null. In PostgreSQL whole numbers divide to whole numbers; in Spark they do not. */
function quotient(left: ValueText, right: ValueText, isPostgres: boolean): ValueText {
  const whole = isPostgres && left.type.family === 'integer' && right.type.family === 'integer'
  if (whole) return { sql: `(${left.sql} // nullif(${right.sql}, 0))`, type: INTEGER }
  return { sql: `(${left.sql} / nullif(${right.sql}, 0))`, type: DOUBLE }
}

function sum(op: '+' | '-', left: ValueText, right: ValueText): ValueText {
  if (right.type.family === 'interval') {
    return { sql: `(${asMoment(left)} ${op} ${right.sql})`, type: movedType(left.type) }
  }
  const isDay = left.type.family === 'date'
  if (isDay && right.type.family === 'integer') {
    return { sql: `(${left.sql} ${op} CAST(${right.sql} AS INTEGER))`, type: DATE }
  }
  return { sql: `(${left.sql} ${op} ${right.sql})`, type: sumType(left.type, right.type) }
}

/** A moment that an interval moved. */
function movedType(type: SqlType): SqlType {
  if (type.family === 'text') return { family: 'timestamptz' }
  return type.family === 'date' ? { family: 'timestamp' } : type
}

function sumType(left: SqlType, right: SqlType): SqlType {
  if (left.family === 'date' && right.family === 'date') return INTEGER
  if (isTemporal(left) && isTemporal(right)) return { family: 'interval' }
  return isNumeric(left) || isNumeric(right) ? commonType([left, right]) : UNKNOWN
}
