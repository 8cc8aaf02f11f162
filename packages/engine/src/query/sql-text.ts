import type { MainstemSqlValue } from './sql-value.ts'

/** A name as SQL text: always quoted, so that no name can be anything but a name. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A value as SQL text, for short key lists and constants of definitions. */
export function literal(value: MainstemSqlValue): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return `'${value.replaceAll("'", "''")}'`
  }
}

/** A list of values for `in (…)`; an empty list is a list that nothing is in. */
export function literals(values: Iterable<MainstemSqlValue>): string {
  const texts = Array.from(values, literal)
  return texts.length === 0 ? '(null)' : `(${texts.join(', ')})`
}
