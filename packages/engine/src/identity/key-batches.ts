import type { ColumnBatch } from '../lake/index.ts'
import type { KeyBatch } from './core/index.ts'

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
  const whole: KeyBatch = {
    rule: new Uint8Array(count),
    key: new BigUint64Array(count),
    pid: new Int32Array(count),
    value: new Int32Array(count),
    count,
  }
  let start = 0
  for (const batch of batches) {
    whole.rule.set(batch.rule.subarray(0, batch.count), start)
    whole.key.set(batch.key.subarray(0, batch.count), start)
    whole.pid.set(batch.pid.subarray(0, batch.count), start)
    whole.value.set(batch.value.subarray(0, batch.count), start)
    start += batch.count
  }
  return whole
}
