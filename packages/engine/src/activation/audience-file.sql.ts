import { ident, literal } from '../query/index.ts'
import type { PublishFacts } from './activation-target.ts'
import { type AudienceColumn, jsonMemberSql } from './json-sql.ts'

/** How an audience is written. */
export type FileFormat = 'CSV' | 'JSON' | 'Parquet'

/** Where an audience is written. */
export interface AudienceFile {
  readonly format: FileFormat
  readonly file: string
}

/** The statement that writes the rows of a publish to a file. */
export function audienceFileSql(publish: PublishFacts, { format, file }: AudienceFile): string {
  const from = `from audience_history where publish_id = ${literal(publish.publishId)} and batch is not null order by batch, id`
  if (format === 'JSON') return copy(`select ${jsonLine(publish)} as line ${from}`, file, LINES)
  const columns = publish.columns.map(column => {
    const value = format === 'CSV' ? csvCell(column) : jsonMemberSql('record', column)
    return `${value} as ${ident(column.name)}`
  })
  if (publish.refreshType === 'INCREMENTAL') columns.push(`delta as ${ident(DELTA_COLUMN)}`)
  const options = format === 'CSV' ? 'format csv, header true' : 'format parquet, compression zstd'
  return copy(`select ${columns.join(', ')} ${from}`, file, options)
}

/** Incremental files say of each row what it is. */
export const DELTA_COLUMN = 'DeltaType'

/** Plain lines: each is a JSON text already, and control characters are escaped in it. */
const LINES = String.raw`format csv, header false, quote '', escape '', delimiter E'\x01'`

function copy(select: string, file: string, options: string): string {
  return `copy (${select}) to ${literal(file)} (${options})`
}

function jsonLine({ refreshType }: PublishFacts): string {
  if (refreshType === 'FULL_REFRESH') return 'record'
  return `'{' || '"${DELTA_COLUMN}":"' || delta || '",' || substr(record, 2)`
}

/**
 * A cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe
 * before it (the advice of OWASP). Plain numbers and phone numbers (`+4930…`, `-5`) are harmless and stay
 * as they are, or no phone audience could be used.
 */
function csvCell(column: AudienceColumn): string {
  const value = jsonMemberSql('record', column)
  if (column.type === 'number') {
    return `rtrim(rtrim(cast(${value} as varchar), '0'), '.')`
  }
  if (column.type !== 'text')
    return `json_extract_string(record, ${literal(`$.${JSON.stringify(column.name)}`)})`
  const suspicious = String.raw`'^[=+@\-\t\r\n＝＋－＠]'`
  const harmless = String.raw`'^[+\-]?[0-9][0-9 ().\-]*$'`
  return `case when regexp_matches(${value}, ${suspicious}) and not regexp_matches(${value}, ${harmless})
    then '''' || ${value} else ${value} end`
}
