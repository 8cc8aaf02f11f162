import { criteriaOf, type RulesetDefinition } from '@mainstem/contracts'
import type { ColumnBatch, SqlSession } from '../lake/index.ts'
import {
  GatheredKeys,
  type KeyBatch,
  type KeyColumns,
  keyColumns,
  NO_VALUE,
  type RuleRows,
  SURNAME_RULE,
} from './core/index.ts'
import { isFuzzy } from './criterion-value.ts'
import type { IdentityTables } from './identity-tables.ts'

/** The key rows of a batch of `rule, key, pid, value`. */
export function keyRows({ columns, rowCount }: ColumnBatch): KeyBatch {
  const [rule, key, pid, value] = columns
  return {
    rule: rule instanceof Uint8Array ? rule : Uint8Array.from(rule ?? [], Number),
    key: keysOf(key),
    pid: int32(pid, rowCount),
    value: int32(value, rowCount),
    count: rowCount,
  }
}

function keysOf(values: ColumnBatch['columns'][number] | undefined): BigUint64Array {
  if (values instanceof BigUint64Array) return values
  return BigUint64Array.from(values ?? [], part => BigInt(part ?? 0))
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

/**
 * All surnames, then all stored keys rule by rule, in the order that costs an index least. Each batch is good
 * until the next, and the index must have room for all: rows in the order of their hashes crowd at the
 * beginning of one that grows with them.
 */
export async function* storedKeys(
  session: SqlSession,
  { matchKey }: IdentityTables,
  { matchRules }: Pick<RulesetDefinition, 'matchRules'>,
): AsyncIterable<KeyBatch> {
  // Columns that are the same for all rows of a rule are not read.
  const rowsOf = (rule: number, columns: string): AsyncIterable<ColumnBatch> =>
    session.batches(`select ${columns} from ${matchKey} where rule = ${rule}`)
  for await (const batch of rowsOf(SURNAME_RULE, 'key, pid')) yield surnameRows(ruleRows(batch))
  for (const [rule, definition] of matchRules.entries()) {
    if (definition.kind === 'Scored') continue
    const hasValues = criteriaOf(definition).some(isFuzzy)
    const gathered = new GatheredKeys({ rule, hasValues })
    for await (const batch of rowsOf(rule, hasValues ? 'key, pid, value' : 'key, pid')) {
      if (gathered.isFull) yield* gathered.take()
      gathered.add(ruleRows(batch))
    }
    yield* gathered.take()
  }
}

function ruleRows({ columns, rowCount }: ColumnBatch): RuleRows {
  const [key, pid, value] = columns
  return {
    key: keysOf(key),
    pid: int32(pid, rowCount),
    value: value && int32(value, rowCount),
    count: rowCount,
  }
}

function surnameRows({ key, pid, count }: RuleRows): KeyBatch {
  const rule = new Uint8Array(count).fill(SURNAME_RULE)
  return { rule, key, pid, value: new Int32Array(count).fill(NO_VALUE), count }
}

function setRows(into: KeyColumns, rows: KeyBatch, start: number): void {
  into.rule.set(rows.rule.subarray(0, rows.count), start)
  into.key.set(rows.key.subarray(0, rows.count), start)
  into.pid.set(rows.pid.subarray(0, rows.count), start)
  into.value.set(rows.value.subarray(0, rows.count), start)
}
