/** What a value is, as far as conditions are concerned. */
export type AttributeType = 'text' | 'number' | 'boolean' | 'date' | 'dateTime'

/** A value of a row: its type, and the SQL that reads it from a row of the given alias. */
export interface Attribute {
  readonly type: AttributeType
  /** An expression over `alias`; `dateTime` is a TIMESTAMPTZ, `date` a DATE, `number` any number. */
  readonly sql: (alias: string) => string
}

/** A measure of a calculated insight, reached by `insight.measure`. */
export interface InsightMeasure extends Attribute {
  /** SQL of the insight's rows, to be put between brackets. */
  readonly from: string
  /** The name of its column that holds the profile's "Id". */
  readonly key: string
  readonly lastSuccess?: Date | undefined
  /** True where the last success is older than the insight's own schedule allows. */
  readonly stale?: boolean | undefined
}

/** Rows that belong to a profile. */
export interface RelatedRows {
  /** SQL of the rows, to be put between brackets; it has the column `uid`. */
  readonly from: string
  attribute(name: string): Attribute | undefined
  readonly attributes: readonly string[]
  /** Engagement only: the column of the event's time, on which the lookback holds. */
  readonly dateColumn?: string | undefined
}

/**
 * What a segment or an activation can see of the profile that it is on.
 *
 * - PS1 `from` gives one row a profile, with the columns `uid` (integer, never null) and `"Id"`.
 * - PS2 rows of `related` and `insight` that belong to nobody are left out or have a null key.
 */
export interface ProfileSchema {
  /** `UnifiedIndividual`, `UnifiedAccount`… */
  readonly segmentOn: string
  readonly from: string
  attribute(name: string): Attribute | undefined
  insight(apiName: string, measure: string): InsightMeasure | undefined
  related(object: string): RelatedRows | undefined
  /** All that can be named, for the errors; insights as `insight.measure`. */
  names(): {
    readonly attributes: readonly string[]
    readonly insights: readonly string[]
    readonly related: readonly string[]
  }
}

/** What in a definition stands between brackets, as a table of a statement. */
export function rowsOf(from: string, alias: string): string {
  return `(${from}) as ${alias}`
}
