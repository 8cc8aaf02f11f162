/**
 * A value as one JSON document. Numbers that JSON cannot hold exactly leave as decimal text, times
 * as ISO 8601; a number that is none (a share of zero rows) is null.
 */
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(value, replaced, 2)}\n`
}

function replaced(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  return value
}
