import { expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import {
  ensureRunTable,
  lastRuns,
  readRuns,
  retainRuns,
  type RunRecord,
  writeRun,
} from './run-history.ts'

const run = (name: string, day: number, more: Partial<RunRecord> = {}): RunRecord => ({
  stage: 'segments',
  name,
  status: 'SUCCESS',
  startedAt: new Date(Date.UTC(2024, 0, day)),
  seconds: 1.5,
  rowsIn: 1,
  rowsOut: 2,
  changed: 3,
  removed: 4,
  problems: 5,
  position: 2n ** 53n + 1n,
  asOf: new Date(Date.UTC(2024, 0, day)),
  trigger: 'schedule',
  ...more,
})

test('a run is read as it was written; retention keeps the newest of each kind', async () => {
  const engine = await openDuckDb({ path: ':memory:', timeZone: 'Asia/Tokyo', threads: 1 })
  const session = await engine.session()
  await ensureRunTable(session)
  expect(await writeRun(session, run('a', 1, { error: 'It failed.', status: 'ERROR' }))).toBe(1n)
  await writeRun(session, run('a', 2))
  await writeRun(session, run('b', 3, { trigger: 'manual' }))
  await writeRun(session, run('b', 4))
  expect(await readRuns(session, { name: 'a' })).toEqual([
    { id: 2n, ...run('a', 2), error: undefined },
    { id: 1n, ...run('a', 1, { error: 'It failed.', status: 'ERROR' }) },
  ])
  expect((await readRuns(session, { limit: 1 })).map(one => one.id)).toEqual([4n])
  expect((await lastRuns(session)).map(one => one.id)).toEqual([2n, 4n])
  expect((await lastRuns(session, 'ERROR')).map(one => one.id)).toEqual([1n])
  await retainRuns(session, new Date(Date.UTC(2025, 0, 1)), 30)
  expect((await readRuns(session)).map(one => one.id)).toEqual([4n, 2n, 1n])
  session.close()
  await engine.close()
})
