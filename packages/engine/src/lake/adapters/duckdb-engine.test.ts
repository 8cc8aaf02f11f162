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

test('SS4: a computed statement takes the values that it is given, also in a transaction', async () => {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  const hashes = async (texts: readonly string[]): Promise<unknown> =>
    await session.compute('select n from (select unnest($1::varchar[]) as n)', [texts])
  expect(await hashes(['a', '\ufeffb', 'c\0'])).toHaveLength(3)
  expect(await hashes(['d'])).toEqual([['d']])
  await session.transaction(async () => expect(await hashes(['e'])).toEqual([['e']]))
  const sizes = await session.compute(
    'select n, strlen(n) from (select unnest($1::varchar[]) as n)',
    [['\0', 'ab\0c', 'ß']],
  )
  expect(sizes.map(([, size]) => Number(size))).toEqual([1, 4, 2])
  session.close()
  await engine.close()
})

test('a reader may leave before the last batch, and the session goes on', async () => {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  for await (const { rowCount } of session.batches('select range from range(1000000)')) {
    expect(rowCount).toBeGreaterThan(0)
    break
  }
  expect(await session.rows('select 1')).toEqual([[1]])
  session.close()
  await engine.close()
})

test('a session says how many of its transactions were taken back', async () => {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  await session.transaction(async () => await session.run('select 1'))
  expect(session.rollbacks).toBe(0)
  await expect(session.transaction(async () => await session.run('select x'))).rejects.toThrow('x')
  expect(session.rollbacks).toBe(1)
  session.close()
  await engine.close()
})

test('statements run in one go as each by itself, in their order; the first that fails ends it', async () => {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  await session.runAll([])
  await session.runAll([
    'create table t (n integer, text varchar) -- a remark',
    `insert into t values (1, 'a;b'), (2, 'c')`,
    'update t set n = 7 where n = 1',
  ])
  expect(await session.rows('select * from t order by n')).toEqual([
    [2, 'c'],
    [7, 'a;b'],
  ])
  expect(session.statements).toBe(4)
  const failing = session.transaction(
    async () => await session.runAll(['delete from t', 'select x', 'drop table t']),
  )
  await expect(failing).rejects.toThrow('x')
  expect(await session.rows('select count(*) from t')).toEqual([[2n]])
  session.close()
  await engine.close()
})

test('what fails in a later batch fails the reader, who has the batches before', async () => {
  const engine = await openDuckDb({ path: ':memory:', threads: 1 })
  const session = await engine.session()
  let rows = 0
  const readAll = async (): Promise<void> => {
    const sql = `select case when range = 900000 then error('no more') else range end from range(1000000)`
    for await (const { rowCount } of session.batches(sql)) {
      rows += rowCount
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  await expect(readAll()).rejects.toThrow('broke off')
  expect(rows).toBeGreaterThan(0)
  expect(await session.rows('select 1')).toEqual([[1]])
  session.close()
  await engine.close()
})
