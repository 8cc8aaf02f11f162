import type { FieldKind } from './field-kind.ts'
import { BLANK, ScoreTable } from './score-table.ts'
import { fieldForm } from './value-form.ts'

/** A record of a test: the text of each field, in order; null where it is blank. */
export type TestRecord = readonly (string | null)[]

/** A table of records, read as records are read, and the row of each. */
export function tableOf(
  kinds: readonly FieldKind[],
  records: readonly TestRecord[],
): { readonly table: ScoreTable; readonly rowOf: Int32Array } {
  const table = new ScoreTable(kinds.map((kind, at) => ({ name: `${kind}${at}`, kind })))
  const rowOf = Int32Array.from(records, record =>
    table.rowOf(
      table.fields.map((values, field) => {
        const text = record[field] ?? null
        const form = text === null ? null : fieldForm(values.field.kind, text)
        if (form === null || form === '') return BLANK
        const value = values.number(form)
        values.addCount(value, 1)
        return value
      }),
    ),
  )
  return { table, rowOf }
}

/** Numbers from 0 to 1 that look random and are the same every time. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
