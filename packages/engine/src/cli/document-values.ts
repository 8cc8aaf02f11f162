/** A part of a document that is an object. */
export type Row = Readonly<Record<string, unknown>>

/** A value as a list; what is none is an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A value as a list of objects. */
export function rows(value: unknown): readonly Row[] {
  return list(value).map(record)
}

/** A value as an object; what is none is an empty one. */
export function record(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
}

/** A value as a number. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : Number(value ?? 0)
}

/** A value as people read it; nothing where there is none. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(text).join(', ')
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? ''
}
