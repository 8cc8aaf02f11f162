import { ident } from './sql-text.ts'
import { type SqlType, sqlTypeOf } from './sql-type.ts'

/** A column of a result, as the session describes it. */
export interface DescribedColumn {
  readonly name: string
  /** The engine's name of its type. */
  readonly type: string
}

/** What the Query APIs say of a column. */
export interface ColumnMetadata {
  readonly type: WireType
  readonly placeInOrder: number
  readonly typeCode: number
}

/** Names of types on the wire, with their numbers of `java.sql.Types`. */
export const WIRE_TYPES = {
  VARCHAR: 12,
  DECIMAL: 3,
  BIGINT: -5,
  INTEGER: 4,
  DOUBLE: 8,
  BOOLEAN: 16,
  DATE: 91,
  TIME: 92,
  TIMESTAMP: 93,
  'TIMESTAMP WITH TIME ZONE': 2014,
  ARRAY: 2003,
} as const
export type WireType = keyof typeof WIRE_TYPES

const SMALL = /^(?:TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT)$/i
const HUGE = /^(?:U?HUGEINT|UBIGINT)$/i

/** The wire's name of an engine type. Sums of whole numbers are wider than BIGINT: decimals. */
export function wireTypeOf(engineType: string): WireType {
  const { family } = sqlTypeOf(engineType)
  if (family === 'integer') {
    if (HUGE.test(engineType)) return 'DECIMAL'
    return SMALL.test(engineType) ? 'INTEGER' : 'BIGINT'
  }
  return WIRE_FAMILIES[family]
}

const WIRE_FAMILIES: Readonly<Record<Exclude<SqlType['family'], 'integer'>, WireType>> = {
  decimal: 'DECIMAL',
  double: 'DOUBLE',
  text: 'VARCHAR',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  boolean: 'BOOLEAN',
  interval: 'VARCHAR',
  list: 'ARRAY',
  unknown: 'VARCHAR',
}

/** The `metadata` object of a result, as JSON text; columns are named apart by the compiler. */
export function metadataJson(columns: readonly DescribedColumn[]): string {
  const entries = columns.map(({ name, type }, placeInOrder) => {
    const wire = wireTypeOf(type)
    const said: ColumnMetadata = { type: wire, placeInOrder, typeCode: WIRE_TYPES[wire] }
    return `${JSON.stringify(name)}:${JSON.stringify(said)}`
  })
  return `{${entries.join(',')}}`
}

/** The columns of a result as the CLI shows them, as JSON text. */
export function plainColumnsJson(columns: readonly DescribedColumn[]): string {
  return JSON.stringify(columns.map(({ name, type }) => ({ name, type: wireTypeOf(type) })))
}

/**
 * A statement whose result is one text column: each row of `sql` as a JSON array, in its order.
 * A page is these texts with commas between them; no row ever becomes an object.
 */
export function jsonRowsSql(sql: string, columns: readonly DescribedColumn[]): string {
  return rowsSql(sql, columns, wireJson)
}

/** The same for people and scripts: decimals without trailing zeros, times in ISO 8601. */
export function plainRowsSql(sql: string, columns: readonly DescribedColumn[]): string {
  return rowsSql(sql, columns, plainJson)
}

type ValueJson = (value: string, engineType: string) => string

function rowsSql(sql: string, columns: readonly DescribedColumn[], write: ValueJson): string {
  const names = columns.map((_, at) => ident(`c${at}`))
  const values = columns.map(({ type }, at) => `coalesce(${write(names[at] ?? '', type)}, 'null')`)
  const text = values.length > 0 ? values.join(` || ',' || `) : `''`
  return `select '[' || ${text} || ']' as ${ident('row')} from (${sql}) as r(${names.join(', ')})`
}

function wireJson(value: string, engineType: string): string {
  switch (wireTypeOf(engineType)) {
    case 'DECIMAL':
      return quoted(`cast(${value} as varchar)`)
    case 'TIMESTAMP':
      return quoted(`strftime(${value}, '%Y-%m-%d %H:%M:%S.%g')`)
    case 'TIMESTAMP WITH TIME ZONE':
      return quoted(`strftime(timezone('UTC', ${value}), '%Y-%m-%d %H:%M:%S.%g UTC')`)
    default:
      return commonJson(value, engineType)
  }
}

function plainJson(value: string, engineType: string): string {
  switch (wireTypeOf(engineType)) {
    case 'DECIMAL': {
      const text = `cast(${value} as varchar)`
      const hasPoint = (sqlTypeOf(engineType).scale ?? 0) > 0
      return quoted(hasPoint ? `rtrim(rtrim(${text}, '0'), '.')` : text)
    }
    case 'TIMESTAMP':
      return quoted(`strftime(${value}, '%Y-%m-%dT%H:%M:%S.%g')`)
    case 'TIMESTAMP WITH TIME ZONE':
      return quoted(`strftime(timezone('UTC', ${value}), '%Y-%m-%dT%H:%M:%S.%gZ')`)
    default:
      return commonJson(value, engineType)
  }
}

function commonJson(value: string, engineType: string): string {
  switch (wireTypeOf(engineType)) {
    case 'BIGINT':
    case 'INTEGER':
    case 'BOOLEAN':
      return `cast(${value} as varchar)`
    case 'DOUBLE':
      return `case when isfinite(${value}) then cast(to_json(${value}) as varchar) end`
    case 'DATE':
      return quoted(`strftime(${value}, '%Y-%m-%d')`)
    case 'ARRAY':
      return `cast(to_json(${value}) as varchar)`
    default:
      return `cast(to_json(cast(${value} as varchar)) as varchar)`
  }
}

function quoted(text: string): string {
  return `'"' || ${text} || '"'`
}
