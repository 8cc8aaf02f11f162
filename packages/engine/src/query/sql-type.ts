/** What is known of a value's type before the engine says it; `unknown` is always allowed. */
export interface SqlType {
  readonly family:
    | 'integer'
    | 'decimal'
    | 'double'
    | 'text'
    | 'date'
    | 'time'
    | 'timestamp'
    | 'timestamptz'
    | 'boolean'
    | 'interval'
    | 'list'
    | 'unknown'
  /** Digits after the point of a decimal. */
  readonly scale?: number
}

type Family = SqlType['family']

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/\[\]$|^(?:LIST|STRUCT|MAP|JSON)/, 'list'],
  [/^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|U?INTEGER|INT\d*)$/, 'integer'],
  [/^(?:DOUBLE|FLOAT|REAL)/, 'double'],
  [/^(?:VARCHAR|TEXT|CHAR|STRING|ENUM)/, 'text'],
  [/^(?:TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE)$/, 'timestamptz'],
  [/^(?:TIMESTAMP|DATETIME)/, 'timestamp'],
  [/^DATE$/, 'date'],
  [/^TIME/, 'time'],
  [/^BOOL/, 'boolean'],
  [/^INTERVAL$/, 'interval'],
]

/** Reads the engine's name of a type. */
export function sqlTypeOf(name: string): SqlType {
  const upper = name.toUpperCase().trim()
  const decimal = /^(?:DECIMAL|NUMERIC)(?:\(\s*\d+\s*,\s*(\d+)\s*\))?$/.exec(upper)
  if (decimal) return { family: 'decimal', scale: Number(decimal[1] ?? 3) }
  return { family: FAMILIES.find(([pattern]) => pattern.test(upper))?.[1] ?? 'unknown' }
}

export const TEXT: SqlType = { family: 'text' }
export const INTEGER: SqlType = { family: 'integer' }
export const DOUBLE: SqlType = { family: 'double' }
export const BOOLEAN: SqlType = { family: 'boolean' }
export const UNKNOWN: SqlType = { family: 'unknown' }
export const DATE: SqlType = { family: 'date' }

/** The type that values of several types have together. */
export function commonType(types: readonly SqlType[]): SqlType {
  const said = types.filter(type => type.family !== 'unknown')
  const [first] = said
  if (!first) return UNKNOWN
  if (said.every(type => type.family === first.family && type.family !== 'decimal')) return first
  if (said.some(type => type.family === 'double') && said.every(isNumeric)) return DOUBLE
  if (said.every(isNumeric)) return { family: 'decimal', scale: Math.max(...said.map(scaleOf)) }
  return UNKNOWN
}

export function isNumeric(type: SqlType): boolean {
  return type.family === 'integer' || type.family === 'decimal' || type.family === 'double'
}

export function isExact(type: SqlType): boolean {
  return type.family === 'integer' || type.family === 'decimal'
}

/** A value that a day or a moment can be read from. */
export function isTemporal(type: SqlType): boolean {
  return ['date', 'timestamp', 'timestamptz'].includes(type.family)
}

export function scaleOf(type: SqlType): number {
  return type.family === 'decimal' ? (type.scale ?? 0) : 0
}
