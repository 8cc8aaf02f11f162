import { expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { EngineService } from '../service/engine-service.ts'
import { deleteJobs, deleteLines, deleteRows } from './delete-rows.ts'
import {
  countersOf,
  countOf,
  folderWith,
  runningEngine,
  twoSources,
} from './ingest-file-world.fixture.ts'

async function profiles(engine: Engine): Promise<number> {
  return await countOf(engine, 'select count(*) from unified__i_')
}

test('DR1: a dry run tells per object what would go, and changes nothing', async () => {
  const engine = await runningEngine(twoSources())
  const before = engine.applier.position
  const dry = await deleteRows(engine, { stream: 'shop', keys: ['1', '2', '99'], dryRun: true })
  expect(dry).toMatchObject({
    dryRun: true,
    deleted: { shop__dll: 2, Individual: 2, ContactPointEmail: 2, UnifiedIndividual: 1 },
    changed: { UnifiedIndividual: 1 },
  })
  expect(engine.applier.position).toBe(before)
  expect(await profiles(engine)).toBe(3)
  expect(await countOf(engine, 'select count(*) from dlo_shop')).toBe(2)
  expect((await deleteJobs(engine)).rows).toEqual([])
  expect(deleteLines(dry).join('\n')).toContain('Nothing was deleted')
})

test('DR2: a delete does what its dry run told, and stays in the history', async () => {
  const engine = await runningEngine(twoSources())
  const request = { stream: 'shop', keys: ['1', '2', '99'], reason: 'asked for' }
  const dry = await deleteRows(engine, { ...request, dryRun: true })
  const done = await deleteRows(engine, request)
  expect(done.deleted).toEqual(dry.deleted)
  expect(done.changed).toEqual(dry.changed)
  expect(await countOf(engine, 'select count(*) from dlo_shop')).toBe(0)
  expect(await profiles(engine)).toBe(2)
  const { rows } = await deleteJobs(engine)
  expect(rows).toMatchObject([{ stream: 'shop', reason: 'asked for', deleted: { shop__dll: 2 } }])
  const again = await deleteRows(engine, request)
  expect(again.deleted).toMatchObject({ shop__dll: 0, UnifiedIndividual: 0 })
  expect((await deleteJobs(engine)).rows).toHaveLength(1)
  const told: unknown = JSON.parse(
    await new EngineService(engine, '.').handle('delete.history', {}),
  )
  expect(told).toMatchObject({ rows: [{ stream: 'shop' }], position: expect.any(String) })
})

test('DR3: a condition names fields by either name, and other objects', async () => {
  const engine = await runningEngine(twoSources())
  const where = `amount >= 50 and customer_id__c in (select ssot__Id__c from ssot__Individual__dlm)`
  const done = await deleteRows(engine, { stream: 'orders', where })
  expect(done.deleted).toEqual({ orders__dll: 2, SalesOrder: 2, UnifiedIndividual: 0 })
  expect(await countOf(engine, 'select sum(amount) from dlo_orders')).toBe(30)
  expect(await deleteRows(engine, { stream: 'orders', where: 'TRUE' })).toMatchObject({
    deleted: { orders__dll: 1 },
  })
})

const NO_CONDITIONS = [
  `1=1; drop table dlo_crm`,
  `1=1) union select 1 --`,
  `email = (select content from read_text('/etc/passwd'))`,
  `contact_id in (select id from party)`,
  `contact_id = (select value from space_default.meta)`,
  `nowhere = 1`,
  `updated_at > 'tomorrow'`,
]

test('DR4: a condition that is more than a condition is refused', async () => {
  const engine = await runningEngine(twoSources())
  for (const where of NO_CONDITIONS) {
    const refused = await deleteRows(engine, { stream: 'crm', where }).catch(
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ code: expect.stringMatching(/^SQL_/) })
  }
  expect(await countOf(engine, 'select count(*) from dlo_crm')).toBe(2)
  expect(
    (await deleteRows(engine, { stream: 'crm', keys: ['1'], dryRun: true })).deleted['crm__dll'],
  ).toBe(1)
})

test('DR5: what is meant must be said', async () => {
  const engine = await runningEngine(twoSources())
  await expect(deleteRows(engine, { stream: 'crm' })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(
    deleteRows(engine, { stream: 'crm', keys: ['1'], where: 'TRUE' }),
  ).rejects.toMatchObject({ code: 'USAGE' })
  await expect(deleteRows(engine, { stream: 'nobody', keys: ['1'] })).rejects.toMatchObject({
    code: 'STREAM_NOT_FOUND',
  })
})

test('DR6: keys of several parts, of numbers and of events find their rows, and only them', async () => {
  const lines = Array.from(
    { length: 12_000 },
    (_, at) => `${at % 10},${at}|x,1,2025-01-01T00:00:00Z`,
  )
  const engine = await runningEngine(
    folderWith({
      'mainstem.yaml': 'name: lines\n',
      'data/lines.csv': `a,b,n,at\n${lines.join('\n')}\n`,
      'streams/lines.yaml': `name: lines
connector: { type: File, path: data/lines.csv }
category: Engagement
eventTime: at
primaryKey: [a, b]
fields: { a: Number, b: Text, n: Number, at: DateTime }
`,
    }),
  )
  const one = await deleteRows(engine, {
    stream: 'lines',
    keys: [String.raw`5|15\|x`, String.raw`5|16\|x`, String.raw`5.0|25\|x`],
  })
  expect(one.deleted).toEqual({ lines__dll: 2 })
  await expect(deleteRows(engine, { stream: 'lines', keys: ['5'] })).rejects.toThrow('a|b')
  const many = await deleteRows(engine, { stream: 'lines', where: 'a <> 3' })
  expect(many.deleted).toEqual({ lines__dll: 10_798 })
  expect((await deleteJobs(engine)).rows.map(row => row.deleted['lines__dll'])).toEqual([
    798, 5000, 5000, 2,
  ])
  expect(await countOf(engine, 'select count(*) from dlo_lines')).toBe(1200)
  expect(await countersOf(engine, 'lines')).toEqual([12_000, 12_000, 0])
})
