import type { FieldType } from '@mainstem/contracts'
import { ident } from '../query/index.ts'

/** What a sample tells of one column; counts are of rows with a value. */
export interface ColumnEvidence {
  readonly filled: number
  readonly numbers: number
  readonly dates: number
  readonly times: number
  readonly booleans: number
}

/** The measures of `ColumnEvidence`, in its order, as SQL over a text column. */
export function evidenceSql(column: string): readonly string[] {
  const value = `nullif(trim(${ident(column)}::varchar), '')`
  const plain = `regexp_full_match(${value}, '-?(0|[1-9][0-9]{0,14})(\\.[0-9]+)?')`
  const date = `regexp_full_match(${value}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') and try_cast(${value} as date) is not null`
  const time =
    `regexp_matches(${value}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}') ` +
    `and try_cast(${value} as timestamptz) is not null`
  return [
    `count(${value})`,
    `count(*) filter (where ${plain})`,
    `count(*) filter (where ${date})`,
    `count(*) filter (where ${time})`,
    `count(*) filter (where lower(${value}) in ('true', 'false'))`,
  ]
}

/**
 * The type of a column from what its sample holds. A column is a number only if no value has a
 * leading zero or a plus and its name is not that of a key, a code or a phone: such text would
 * come back changed.
 */
export function inferType(name: string, evidence: ColumnEvidence): FieldType {
  const { filled } = evidence
  if (filled === 0) return 'Text'
  if (evidence.booleans === filled) return 'Boolean'
  if (evidence.dates === filled) return 'Date'
  if (evidence.times + evidence.dates === filled) return 'DateTime'
  if (evidence.numbers === filled && !KEY_LIKE.test(name)) return 'Number'
  return 'Text'
}

const KEY_LIKE =
  /(^|[^a-z])(id|key|no|nr|number|code|phone|mobile|tel|fax|zip|postal|postcode|plz|sku|ean)($|[^a-z])|(Id|Key|No|Code|Phone|Zip|Number)$/i

/** A field's name made from a source's: letters, digits and single underscores (semantics 2.1). */
export function fieldName(source: string): string {
  const name = source
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  const safe = /^[A-Za-z]/.test(name) ? name : `f_${name}`
  return safe.slice(0, 40).replace(/_+$/, '')
}
