import { refuse, shown } from './refusal.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { CastType, Expr } from './sql-tree.ts'
import { sqlTypeOf } from './sql-type.ts'
import { asText, type ValueText } from './sql-value-text.ts'

const TYPES: Readonly<Record<string, string>> = {
  ...{ var_char: 'VARCHAR', varchar: 'VARCHAR', char: 'VARCHAR', text: 'VARCHAR', string: 'VARCHAR' },
  ...{ tiny_int: 'INTEGER', small_int: 'INTEGER', int: 'INTEGER', integer: 'INTEGER' },
  ...{ big_int: 'BIGINT', long: 'BIGINT', double: 'DOUBLE', float: 'DOUBLE' },
  ...{ boolean: 'BOOLEAN', date: 'DATE', timestamp: 'TIMESTAMP', date_time: 'TIMESTAMP' },
  ...{ timestamptz: 'TIMESTAMPTZ', time: 'TIME' },
}

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

function targetOf(to: CastType): string {
  if (to.name === 'decimal' || to.name === 'numeric') {
    const precision = to.precision ?? 38
    const scale = to.scale ?? (to.precision === undefined ? 18 : 0)
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
      return refuse('SQL_INVALID', 'A decimal has 1 to 38 digits, of which some may be after the point')
    }
    return `DECIMAL(${precision},${scale})`
  }
  const name = Object.hasOwn(TYPES, to.name) ? TYPES[to.name] : undefined
  if (!name) {
    return refuse('SQL_NOT_ALLOWED', `A cast to ${shown(to.name)} is not allowed`, {
      fix: 'Use VARCHAR, INTEGER, BIGINT, DECIMAL, DOUBLE, BOOLEAN, DATE or TIMESTAMP.',
    })
  }
  return name === 'TIMESTAMP' && to.timeZone ? 'TIMESTAMPTZ' : name
}
