import type { ColumnBatch, SqlSession } from '../lake/index.ts'
import {
  inHashOrder,
  type KeyBatch,
  type KeyColumns,
  keyColumns,
  SURNAME_RULE,
} from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'

/** The key rows of a batch of `rule, key, pid, value`. */
export function keyRows({ columns, rowCount }: ColumnBatch): KeyBatch {
  const [rule, key, pid, value] = columns
  return {
    rule: rule instanceof Uint8Array ? rule : Uint8Array.from(rule ?? [], Number),
    key:
      key instanceof BigUint64Array
        ? key
        : BigUint64Array.from(key ?? [], part => BigInt(part ?? 0)),
    pid: int32(pid, rowCount),
    value: int32(value, rowCount),
    count: rowCount,
  }
}

/** A column of dense ids. */
export function int32(
  values: ColumnBatch['columns'][number] | undefined,
  count: number,
): Int32Array {
  if (values instanceof Int32Array) return values.subarray(0, count)
  return Int32Array.from({ length: count }, (_none, at) => Number(values?.[at] ?? -1))
}

/** Batches are views that the next one overwrites. */
export function copied(batch: KeyBatch): KeyBatch {
  return {
    rule: batch.rule.slice(0, batch.count),
    key: batch.key.slice(0, batch.count),
    pid: batch.pid.slice(0, batch.count),
    value: batch.value.slice(0, batch.count),
    count: batch.count,
  }
}

/** Several batches as one. */
export function joinBatches(batches: readonly KeyBatch[]): KeyBatch {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0)
  const whole = keyColumns(count)
  let start = 0
  for (const batch of batches) {
    setRows(whole, batch, start)
    start += batch.count
  }
  return { ...whole, count }
}

/** Rows that are gathered before they become an index's. */
const ROWS_GATHERED = 1 << 19

/** All surnames, then all stored keys, in large batches in the order that costs an index least; each good until the next. */
export async function* storedKeys(
  session: SqlSession,
  { matchKey }: IdentityTables,
): AsyncIterable<KeyBatch> {
  const whole = keyColumns(ROWS_GATHERED)
  const ordered = keyColumns(ROWS_GATHERED)
  let count = 0
  const rows = (isSurname: boolean): string =>
    `select rule, key, pid, value from ${matchKey} where (rule = ${SURNAME_RULE}) = ${isSurname}`
  for await (const batch of session.batches(rows(true))) yield keyRows(batch)
  for await (const batch of session.batches(rows(false))) {
    if (count + batch.rowCount > ROWS_GATHERED) {
      yield inHashOrder({ ...whole, count }, ordered)
      count = 0
    }
    setRows(whole, keyRows(batch), count)
    count += batch.rowCount
  }
  yield inHashOrder({ ...whole, count }, ordered)
}

function setRows(into: KeyColumns, rows: KeyBatch, start: number): void {
  into.rule.set(rows.rule.subarray(0, rows.count), start)
  into.key.set(rows.key.subarray(0, rows.count), start)
  into.pid.set(rows.pid.subarray(0, rows.count), start)
  into.value.set(rows.value.subarray(0, rows.count), start)
}
