import { expect, test } from 'vitest'
import { deleteRows } from '../../packages/engine/src/app/commands/delete-rows.ts'
import { runStages } from '../../packages/engine/src/app/engine/run-stages.ts'
import { writeMembers, writeOrders } from './crash-project.ts'
import { append, contentOf, copyOf, openStoreOf, person, smallProject } from './small-store.ts'

/** What tells of the work and not of the data: it counts how often something was looked at. */
const OF_THE_WORK = /^(meta|stream_counter|touched_profile__)/

test('replaying the journal changes nothing in any table of data', async () => {
  const folder = await smallProject()
  const engine = await openStoreOf(folder)
  await append(
    engine,
    'people',
    Array.from({ length: 30 }, (_, at) => person(at)),
  )
  await append(engine, 'people', [person(40, { email: 'P1@MAIL.example' })])
  for (let at = 0; at < 5; at++) {
    await append(engine, 'clicks', [
      { click_id: `k${at}`, person_id: `p${at}`, clicked_at: '2026-01-05T10:00:00Z', round: 1 },
    ])
  }
  await writeOrders(folder, 1, ['p1', 'p2', 'p2'])
  await runStages(engine, {})
  await append(engine, 'people', [person(50, { last_name: 'Last2', first_name: 'First2' })])
  await writeMembers(folder, 1)
  await runStages(engine, {})
  await deleteRows(engine, { stream: 'orders', keys: ['o1-1'] })
  await engine.catchUp()
  const end = engine.applier.position
  await engine.close()

  const again = await openStoreOf(await copyOf(folder))
  const before = await contentOf(again)
  await again.parts.writer.run(`update meta set value = '0' where key = 'position'`)
  await again.applier.open()
  expect(again.applier.position).toBe(0n)
  await again.catchUp()
  expect(again.applier.position).toBe(end)
  const after = await contentOf(again)
  const differing = [...before].filter(
    ([table, content]) => after.get(table) !== content && !OF_THE_WORK.test(table),
  )
  expect(differing.map(([table, content]) => [table, content, after.get(table)])).toEqual([])
  expect(
    [...before.keys()].filter(table => /^(dlo|link|unified)_/.test(table)).length,
  ).toBeGreaterThan(6)
})

test('a batch that was not committed leaves no trace, and is applied whole afterwards', async () => {
  const folder = await smallProject()
  const engine = await openStoreOf(folder)
  await append(engine, 'people', [person(1), person(2)])
  await engine.catchUp()
  const before = await contentOf(engine)
  const { writer } = engine.parts
  const run = writer.run.bind(writer)
  // The last statement of the transaction is the one that moves the position.
  writer.run = async (sql, values) => {
    if (sql.startsWith('update meta set value'))
      throw new Error('no space left on device (planted)')
    await run(sql, values)
  }
  await append(engine, 'people', [person(3, { email: 'p1@mail.example' })])
  await expect(engine.catchUp()).rejects.toThrow('planted')
  expect(await contentOf(engine)).toEqual(before)
  writer.run = run
  await engine.catchUp()
  const rows = await engine.reading(session =>
    session.rows(
      'select (select count(*) from dlo_people), (select count(*) from unified__i_), (select count(*) from link__i_)',
    ),
  )
  expect(rows).toEqual([[3n, 2n, 3n]])
})

test('a file that two runs journalled at once is taken in once', async () => {
  const folder = await smallProject()
  const engine = await openStoreOf(folder)
  await writeOrders(folder, 1, ['p1', 'p2'])
  await Promise.all([
    runStages(engine, { stage: 'streams' }),
    runStages(engine, { stage: 'streams' }),
  ])
  const rows = await engine.reading(session =>
    session.rows(
      `select (select count(*) from dlo_orders), (select sum(processed) from stream_counter where stream = 'orders'),
              (select count(*) from file_taken where stream = 'orders')`,
    ),
  )
  expect(rows.flat().map(Number)).toEqual([2, 2, 2])
})
