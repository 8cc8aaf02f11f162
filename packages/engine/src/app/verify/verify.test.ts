import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastVerify } from '../commands/last-verify.ts'
import { runStages } from '../engine/run-stages.ts'
import { type VerifyReport, verifyLines, verifyStore } from './index.ts'
import { livedInWorld, openWorld, person, type World } from './small-world.fixture.ts'

const TWO_SOURCES = fileURLToPath(new URL('../../../../../examples/two-sources', import.meta.url))

let world: World
beforeAll(async () => {
  world = await livedInWorld()
})
afterAll(async () => await world.close())

const found = ({ differences, notCompared }: VerifyReport): unknown => ({
  differences,
  notCompared,
})
const SOUND = { differences: 0, notCompared: [] }

test('nothing differs in the example of two sources', async () => {
  const example = await openWorld(TWO_SOURCES)
  await runStages(example.engine, {})
  expect(found(await verifyStore(example.engine))).toEqual(SOUND)
  await example.close()
})

test('nothing differs in a store that has lived', async () => {
  const report = await verifyStore(world.engine)
  expect(found(report)).toEqual(SOUND)
  expect(report.position).toBe(String(world.engine.applier.position))
  const rows = (object: string): number | undefined =>
    report.stages.find(one => one.object === object)?.rowsCompared
  expect([
    rows('dlo_crm'),
    rows('link__i_'),
    rows('unified__i_'),
    rows('cio_lifetime_value'),
  ]).toEqual([5, 8, 4, 3])
})

test('rows of files that are appended are all there, each under a key of its own', async () => {
  const [row] = await world.engine.reading(session =>
    session.rows('select count(*), count(distinct _kh) from dlo_visits'),
  )
  expect(row).toEqual([5n, 5n])
})

test('the report ends with the line that scripts read', async () => {
  const lines = verifyLines(await verifyStore(world.engine))
  expect(lines.at(-1)).toBe('differences: 0')
})

test('one stage can be verified alone, and a stage that is none is refused by name', async () => {
  const report = await verifyStore(world.engine, { stage: 'profiles' })
  expect(new Set(report.stages.map(({ stage }) => stage))).toEqual(new Set(['profiles']))
  await expect(verifyStore(world.engine, { stage: 'colours' })).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('live batches and deletes leave nothing that differs; what is of an earlier moment is held to its run', async () => {
  const { engine, post, remove } = world
  await post('shop', person('3', 'Eve', 'Ash', 'eve@example.com'))
  await post('events', {
    event_id: 'e4',
    at: '2024-05-01T10:00:00Z',
    customer_email: 'eve@example.com',
  })
  await post('shop', person('3', 'Eve', 'Ash', 'ann@example.com'))
  await remove('orders', 'o6')
  await remove('shop', '3')
  const report = await verifyStore(engine)
  expect(found(report)).toEqual(SOUND)
  const kept = report.stages.find(one => one.object === 'cio_sales')
  expect(kept?.laws).toEqual([expect.objectContaining({ violations: 0 })])
  const keyed = report.stages.find(one => one.object === 'cio_lifetime_value')
  expect(keyed?.rowsCompared).toBeGreaterThan(0)
  expect(keyed?.laws).toEqual(kept?.laws)
  const { writer } = engine.parts
  for (const object of ['cio_sales', 'cio_lifetime_value']) {
    await writer.run(`create table kept_rows as from ${object}`)
    await writer.run(`delete from ${object} where rowid = (select max(rowid) from ${object})`)
    const damaged = await verifyStore(engine)
    expect(damaged.stages.find(one => one.object === object)?.differences).toBe(1)
    await writer.run(`delete from ${object}`)
    await writer.run(`insert into ${object} from kept_rows`)
    await writer.run('drop table kept_rows')
  }
  await runStages(engine, { stage: 'insights' })
  expect(found(await verifyStore(engine))).toEqual(SOUND)
})

test('a ruleset that waits for its run is compared as it was at the last one', async () => {
  const { engine } = world
  const waiting = await engine.reading(session => session.rows('select count(*) from pending__a_'))
  expect(waiting[0]?.[0]).toBeGreaterThan(0n)
  await runStages(engine, { stage: 'identity', name: 'Accounts' })
  expect(found(await verifyStore(engine))).toEqual(SOUND)
})

test('a changed insight is not compared until it ran again', async () => {
  const { engine } = world
  await engine.parts.writer.run(
    `update insight_state set version = version + 1 where insight = 'sales'`,
  )
  const report = await verifyStore(engine)
  await engine.parts.writer.run(
    `update insight_state set version = version - 1 where insight = 'sales'`,
  )
  expect(found(report)).toEqual({ differences: 0, notCompared: ['cio_sales'] })
})

test('a table that nobody knows is named', async () => {
  const { writer } = world.engine.parts
  await writer.run('create table stray (a integer)')
  const report = await verifyStore(world.engine)
  await writer.run('drop table stray')
  expect(found(report)).toEqual({ differences: 0, notCompared: ['stray'] })
})

test('a changed field of the lake shows there, and in what was made before from what it was', async () => {
  const { writer } = world.engine.parts
  await writer.run(`update dlo_crm set last_name = 'Smith' where contact_id = '5'`)
  const report = await verifyStore(world.engine)
  await writer.run(`update dlo_crm set last_name = 'May' where contact_id = '5'`)
  const differing = report.stages.filter(one => one.differences > 0).map(one => one.object)
  expect(differing).toContain('dlo_crm')
  expect(differing).toContain('unified__i_')
})

test('verify repairs nothing, and its note holds no row of anybody', async () => {
  const { engine } = world
  const { writer } = engine.parts
  await writer.run(`update unified__i_ set "FirstName" = 'Nobodys' where uid = 0`)
  const first = await verifyStore(engine)
  const second = await verifyStore(engine)
  expect([first.differences, second.differences]).toEqual([1, 1])
  expect(first.stages.find(one => one.differences > 0)?.sample).toEqual([
    { key: '0', live: { FirstName: 'Nobodys' }, recomputed: { FirstName: 'Bob' } },
  ])
  const [kept] = await writer.rows(
    'select body from verify_result order by verified_at desc limit 1',
  )
  expect(String(kept?.[0])).not.toMatch(/Nobodys|Bob/)
  expect(await lastVerify(engine)).toMatchObject({ differences: 1, notCompared: [] })
  await writer.run(`update unified__i_ set "FirstName" = 'Bob' where uid = 0`)
  expect(found(await verifyStore(engine))).toEqual(SOUND)
})

test('a file with new rows and a bad line adds up', async () => {
  await writeFile(join(world.root, 'data/visits3.csv'), 'contact_id,page,note\n1,/a,\n2,"/b,\n')
  await runStages(world.engine, { stage: 'streams' })
  const report = await verifyStore(world.engine, { stage: 'streams' })
  expect(report.differences).toBe(0)
})
