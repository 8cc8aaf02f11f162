import { expect, test } from 'vitest'
import type { ColumnValues } from '../index.ts'
import { openDuckDb } from './duckdb-engine.ts'

async function columnsOf(sql: string): Promise<readonly ColumnValues[]> {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  const found: ColumnValues[] = []
  for await (const { columns, rowCount } of session.batches(sql))
    found.push(...columns.map(column => column.slice(0, rowCount)))
  session.close()
  await engine.close()
  return found
}

test('whole numbers come as typed arrays', async () => {
  const [int, big] = await columnsOf('select range::integer, range from range(3)')
  expect(int).toEqual(Int32Array.of(0, 1, 2))
  expect(big).toEqual(BigInt64Array.of(0n, 1n, 2n))
})

test('a null among numbers is a null', async () => {
  const [int, big] = await columnsOf(
    'select nullif(range, 1)::integer, nullif(range, 2) from range(3) order by range',
  )
  expect(int).toEqual([0, null, 2])
  expect(big).toEqual([0n, 1n, null])
})
