import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countOf, runningEngine, twoSources } from '../commands/ingest-file-world.fixture.ts'
import { FirstRun } from './first-run.ts'
import { runStages } from './run-stages.ts'

const JOBS = [
  { stage: 'streams', name: 'crm' },
  { stage: 'streams', name: 'orders' },
  { stage: 'streams', name: 'shop' },
  { stage: 'insights', name: 'lifetime_value' },
]

test('a new store runs everything, once', async () => {
  const engine = await runningEngine(twoSources(), false)
  expect(await new FirstRun(engine).run(JOBS)).toBe(true)
  expect(await countOf(engine, 'select count(*) from cio_lifetime_value')).toBe(2)
  const runs = await countOf(engine, 'select count(*) from run')
  expect(await new FirstRun(engine).run(JOBS)).toBe(false)
  expect(await countOf(engine, 'select count(*) from run')).toBe(runs)
})

test('what an interrupted first run left undone is done by the next process, and nothing else', async () => {
  const project = twoSources()
  const engine = await runningEngine(project, false)
  const orders = join(project, 'data', 'orders.csv')
  await rename(orders, `${orders}.away`)
  expect(await new FirstRun(engine).run(JOBS)).toBe(true)
  expect(await countOf(engine, 'select count(*) from dlo_orders')).toBe(0)
  await engine.exclusive(
    async () => await engine.parts.writer.run(`delete from run where stage = 'insights'`),
  )
  await rename(`${orders}.away`, orders)
  const before = await countOf(engine, 'select max(id) from run')
  expect(await new FirstRun(engine).run(JOBS)).toBe(true)
  const again = await engine.reading(session =>
    session.rows(`select stage, name from run where id > ${before} order by id`),
  )
  expect(again).toEqual([
    ['streams', 'orders'],
    ['insights', 'lifetime_value'],
  ])
  expect(await countOf(engine, 'select count(*) from dlo_orders')).toBe(3)
  expect(await new FirstRun(engine).run(JOBS)).toBe(false)
})

test('a store that the command line ran is not new', async () => {
  const engine = await runningEngine(twoSources(), false)
  await runStages(engine, { stage: 'streams', name: 'crm' })
  expect(await new FirstRun(engine).run(JOBS)).toBe(false)
  expect(await countOf(engine, 'select count(*) from dlo_shop')).toBe(0)
})
