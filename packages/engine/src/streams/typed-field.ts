import type { FieldType } from '@mainstem/contracts'

/** Bytes that a text field may hold, unless the project says otherwise. */
export const FIELD_BYTES_MAX = 1_048_576

/** SQL that reads a raw value (text, or already of a type) as a field's type; null where it cannot. */
export function typedSql(type: FieldType, raw: string): string {
  switch (type) {
    case 'Number':
    case 'Percent':
    case 'Currency':
      return `try_cast(${trimmed(raw)} as decimal(38,18))`
    case 'Date':
      return whenDate(
        raw,
        text =>
          `coalesce(try_cast(${text} as date), try_cast(try_cast(${text} as timestamptz) as date))`,
      )
    case 'DateTime':
      return whenDate(raw, text => `try_cast(${text} as timestamptz)`)
    case 'Boolean':
      return (
        `case when lower(${trimmed(raw)}) in ('true', 't', 'yes', 'y', '1') then true ` +
        `when lower(${trimmed(raw)}) in ('false', 'f', 'no', 'n', '0') then false end`
      )
    default:
      return `${raw}::varchar`
  }
}

/** SQL of the code of what is wrong with a raw value that was read as `typed`, null if nothing is. */
export function wrongSql(type: FieldType, raw: string, typed: string): string {
  switch (type) {
    case 'Text':
    case 'Email':
    case 'Phone':
    case 'URL':
      return `case when strlen(${typed}) > ${FIELD_BYTES_MAX} then 'FIELD_TOO_LONG' end`
    case 'Number':
    case 'Percent':
    case 'Currency':
      return (
        `case when ${typed} is null and ${trimmed(raw)} is not null then 'TYPE_MISMATCH' ` +
        `when strlen(${raw}::varchar) > 19 and regexp_matches(${raw}::varchar, '\\.[0-9]{19}') ` +
        `then 'NUMBER_PRECISION' end`
      )
    default:
      return `case when ${typed} is null and ${trimmed(raw)} is not null then 'TYPE_MISMATCH' end`
  }
}

/**
 * A date has a year of our era that is written out, up to 9999: the engine's own words (`infinity`,
 * `epoch`) are none, and a record that was modified at infinity could never be overwritten.
 */
const DATE = String.raw`^0{0,3}[1-9][0-9]{0,3}[-/\\ ][^(]*$`

function whenDate(raw: string, cast: (text: string) => string): string {
  const text = trimmed(raw)
  return `case when regexp_matches(${text}, '${DATE}') then ${cast(text)} end`
}

/** Blank text is no value for every type but text. */
function trimmed(raw: string): string {
  return `nullif(trim(${raw}::varchar), '')`
}
