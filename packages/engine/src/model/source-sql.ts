import { must } from '../kernel/assert.ts'
import { ident, literal } from '../query/index.ts'
import { type FieldKind, kindOf } from './catalogue/index.ts'
import type { SchemaField, StreamSchema } from './stream-schema.ts'
import { schemaField } from './stream-schema.ts'

/** The engine's type of a kind of field. */
export function sqlTypeOf(kind: FieldKind): string {
  switch (kind) {
    case 'text':
      return 'VARCHAR'
    case 'number':
      return 'DECIMAL(38,18)'
    case 'dateTime':
      return 'TIMESTAMPTZ'
    case 'date':
      return 'DATE'
    case 'boolean':
      return 'BOOLEAN'
  }
}

/** A null of a kind. */
export function nullSql(kind: FieldKind): string {
  return `cast(null as ${sqlTypeOf(kind)})`
}

/** A source field as text: numbers without trailing zeros, times in UTC, text unchanged. */
export function textSql(field: SchemaField): string {
  const name = ident(field.name)
  switch (kindOf(field.type)) {
    case 'text':
      return name
    case 'number':
      return `rtrim(rtrim(cast(${name} as varchar), '0'), '.')`
    case 'dateTime':
      return `strftime(${name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`
    case 'date':
    case 'boolean':
      return `cast(${name} as varchar)`
  }
}

/** Text without the white space around it. */
export function trimmedSql(text: string): string {
  return `trim(${text}, e' \\t\\r\\n')`
}

/** A source field as a key: its text, unchanged; blank is no key. */
export function keySql(field: SchemaField): string {
  const text = textSql(field)
  return kindOf(field.type) === 'text' ? filledTextSql(text) : text
}

/** Text unchanged, or null where it is blank. */
export function filledTextSql(text: string): string {
  return `case when ${isFilledText(text)} then ${text} end`
}

/** Whether a source field holds something. */
export function filledSql(field: SchemaField): string {
  const name = ident(field.name)
  return kindOf(field.type) === 'text' ? isFilledText(name) : `${name} is not null`
}

/**
 * Whether text has a character that is not white space; null where there is no text. Nearly every
 * value is told by the first comparison, which costs a tenth of trimming all white space.
 */
function isFilledText(text: string): string {
  return `(ltrim(${text}) >= '!' or regexp_matches(${text}, '\\S'))`
}

/** A source field as the kind of the field it is mapped to. A date begins at midnight in `zone`. */
export function valueSql(field: SchemaField, kind: FieldKind, zone: string): string {
  const from = kindOf(field.type)
  if (from === kind) return ident(field.name)
  if (kind === 'text') return textSql(field)
  return `cast(${ident(field.name)} as timestamp) at time zone ${literal(zone)}`
}

/** The text that tells a source record from the others of its stream. */
export function sourceKeySql(stream: StreamSchema): string {
  if (stream.isAppend) return `concat(_pos, '.', _row)`
  const parts = stream.primaryKey.map(name => {
    const field = schemaField(stream, name)
    return textSql(must(field, `stream ${stream.name} has its key field ${name}`))
  })
  if (parts.length === 1) return parts[0] ?? `''`
  return parts.map(escaped).join(` || '|' || `)
}

/** Parts of a key are kept apart by `|`, which they may hold themselves. */
function escaped(part: string): string {
  return `replace(replace(coalesce(${part}, ''), '\\', '\\\\'), '|', '\\|')`
}
