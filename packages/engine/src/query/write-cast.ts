import { refuse, shown } from './refusal.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { CastType, Expr } from './sql-tree.ts'
import { sqlTypeOf } from './sql-type.ts'
import { asText, type ValueText } from './sql-value-text.ts'

/** What each type is called, in either dialect, for each type that a cast may have. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    VARCHAR: ['var_char', 'varchar', 'char', 'text', 'string'],
    INTEGER: ['tiny_int', 'small_int', 'int', 'integer'],
    BIGINT: ['big_int', 'long'],
    DOUBLE: ['double', 'float'],
    BOOLEAN: ['boolean'],
    DATE: ['date'],
    TIME: ['time'],
    TIMESTAMP: ['timestamp', 'date_time'],
    TIMESTAMPTZ: ['timestamptz'],
  }).flatMap(([type, names]) => names.map(name => [name, type] as const)),
)

/**
 * A cast to one of the types a result may have. What cannot be cast is null in Spark, an error in
 * PostgreSQL. A decimal without sizes keeps 18 places, as the fields of objects do.
 */
export function writeCast(
  expr: Extract<Expr, { kind: 'cast' }>,
  value: ValueText,
  dialect: SqlDialect,
): ValueText {
  const target = targetOf(expr.to)
  const type = sqlTypeOf(target)
  if (type.family === 'text') {
    const text = asText(value)
    const sql = expr.to.precision === undefined ? text : `left(${text}, ${expr.to.precision})`
    return { sql, type, constant: value.constant }
  }
  const tries = expr.tolerant || (dialect === 'spark' && value.type.family !== 'decimal')
  return { sql: `${tries ? 'TRY_CAST' : 'CAST'}(${value.sql} AS ${target})`, type }
}

/** Whether a cast gives text, which every value can become. */
export function isTextCast({ name }: CastType): boolean {
  return TYPES.get(name) === 'VARCHAR'
}

function targetOf(to: CastType): string {
  if (to.name === 'decimal' || to.name === 'numeric') return decimalTarget(to)
  const name = TYPES.get(to.name)
  if (!name) {
    return refuse('SQL_NOT_ALLOWED', `A cast to ${shown(to.name)} is not allowed`, {
      fix: 'Use VARCHAR, INTEGER, BIGINT, DECIMAL, DOUBLE, BOOLEAN, DATE or TIMESTAMP.',
    })
  }
  return name === 'TIMESTAMP' && to.timeZone ? 'TIMESTAMPTZ' : name
}

function decimalTarget({ precision, scale }: CastType): string {
  if (precision === undefined) return 'DECIMAL(38,18)'
  const places = scale ?? 0
  if (precision < 1 || precision > 38 || places > precision) {
    return refuse('SQL_INVALID', 'A decimal has 1 to 38 digits, some of them after the point')
  }
  return `DECIMAL(${precision},${places})`
}
