import type { Relation } from './scope.ts'
import type { SqlType } from './sql-type.ts'

/** A value as the engine's SQL text, and what is known of it. */
export interface ValueText {
  readonly sql: string
  readonly type: SqlType
  /** The text or number that it always is. */
  readonly constant?: string | undefined
  /** The column of a relation that it is, unchanged. */
  readonly origin?: { readonly relation: Relation; readonly column: string } | undefined
}

/** Texts that a statement makes are cut here, so that none can fill the memory. */
export const TEXT_MAX = 65_536

/** Decimals of a factor, where all digits of both factors would not fit. */
const FACTOR_SCALE = 9

/** A value as text: decimals without trailing zeros. */
export function asText({ sql, type }: ValueText): string {
  if (type.family === 'text') return sql
  const text = `CAST(${sql} AS VARCHAR)`
  const trims = type.family === 'decimal' && (type.scale ?? 0) > 0
  return trims ? `rtrim(rtrim(${text}, '0'), '.')` : text
}

export function asDay({ sql, type }: ValueText): string {
  return type.family === 'date' ? sql : `CAST(${sql} AS DATE)`
}

/** A value as a moment; text is read in the session's time zone. */
export function asMoment({ sql, type }: ValueText): string {
  const isMoment = ['date', 'timestamp', 'timestamptz'].includes(type.family)
  return isMoment ? sql : `CAST(${sql} AS TIMESTAMPTZ)`
}

/** A value that sums to the same in any order: sums of doubles do not, so they become decimals. */
export function asSummand({ sql, type }: ValueText): string {
  const isExact = ['integer', 'decimal', 'interval'].includes(type.family)
  return isExact ? sql : `CAST(${sql} AS DECIMAL(38,${FACTOR_SCALE}))`
}

/** A factor with so few decimals that a product of two fits 38 digits. */
export function asFactor({ sql }: ValueText): string {
  return `CAST(${sql} AS DECIMAL(38,${FACTOR_SCALE}))`
}

/** The type of `asFactor(a) * asFactor(b)`. */
export const PRODUCT: SqlType = { family: 'decimal', scale: 2 * FACTOR_SCALE }

/** What `asSummand` makes of a value. */
export function summandType(type: SqlType): SqlType {
  const isExact = ['integer', 'decimal', 'interval'].includes(type.family)
  return isExact ? type : { family: 'decimal', scale: FACTOR_SCALE }
}
