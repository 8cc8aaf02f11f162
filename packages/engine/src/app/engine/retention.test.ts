import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runningEngine, twoSources } from '../commands/ingest-file-world.fixture.ts'
import type { Engine } from './engine.ts'
import { retain } from './retention.ts'
import { runStages } from './run-stages.ts'

/** The engine's clock stands at noon of 2025-07-01. */
const daysAgo = (days: number): Date =>
  new Date(Date.parse('2025-07-01T12:00:00Z') - days * 86_400_000)

async function copiesOf(engine: Engine): Promise<readonly string[]> {
  return await readdir(engine.parts.store.paths.files)
}

async function age(engine: Engine, days: number): Promise<void> {
  for (const name of await copiesOf(engine)) {
    await utimes(join(engine.parts.store.paths.files, name), daysAgo(days), daysAgo(days))
  }
}

test('copies of files go once they are applied and past their days', async () => {
  const engine = await runningEngine(twoSources())
  expect(await copiesOf(engine)).toHaveLength(3)
  await age(engine, 6)
  expect(await retain(engine)).toMatchObject({ files: 0 })
  await age(engine, 8)
  expect(await retain(engine)).toMatchObject({ files: 3 })
  expect(await copiesOf(engine)).toEqual([])
  const [again] = await runStages(engine, { stage: 'streams' })
  expect(again).toMatchObject({ status: 'SUCCESS', rowsIn: 0 })
})

test('no copy goes while an entry waits to be applied, for it may be its', async () => {
  const engine = await runningEngine(twoSources())
  await age(engine, 100)
  const empty = {
    kind: 'rows',
    atMs: 1,
    space: 'other',
    stream: 'x',
    meta: {},
    body: new Uint8Array(),
  } as const
  await engine.parts.append(empty)
  expect(await retain(engine)).toMatchObject({ files: 0 })
  await engine.catchUp()
  expect(await retain(engine)).toMatchObject({ files: 3 })
})

test('a copy that is wanted again counts as new', async () => {
  const engine = await runningEngine(twoSources())
  await age(engine, 100)
  await runStages(engine, { stage: 'streams' })
  expect(await retain(engine)).toMatchObject({ files: 0 })
})

test('a file with lines that are still problems is kept', async () => {
  const project = twoSources()
  await writeFile(
    join(project, 'data', 'crm.csv'),
    'contact_id,first_name,last_name,email,updated_at\n,Nobody,N,n@x.example,2025-06-01T09:00:00Z\n',
  )
  const engine = await runningEngine(project)
  await age(engine, 100)
  expect(await retain(engine)).toMatchObject({ files: 2 })
  await engine.exclusive(
    async () => await engine.parts.writer.run(`update problem set state = 'done'`),
  )
  expect(await retain(engine)).toMatchObject({ files: 1 })
})

test('runs past their days go, the newest of each stage and name stays', async () => {
  const engine = await runningEngine(twoSources())
  await runStages(engine, { stage: 'insights' })
  const { writer } = engine.parts
  const count = async (): Promise<number> =>
    Number((await writer.rows(`select count(*) from run where stage = 'insights'`))[0]?.[0])
  expect(await count()).toBe(2)
  await retain(engine)
  expect(await count()).toBe(2)
  await writer.run(`update run set started_at = started_at - interval 91 day`)
  await retain(engine)
  expect(await count()).toBe(1)
})

test('what was applied leaves the journal', async () => {
  const engine = await runningEngine(twoSources())
  const { store, ownJournal } = engine.parts
  expect(await retain(engine)).toMatchObject({ entries: 0 })
  expect(await ownJournal?.retain(engine.applier.position, 'all')).toBe(3)
  await expect(engine.parts.journal.read(0n, { entriesMax: 1, bytesMax: 1 })).rejects.toMatchObject(
    { code: 'STORE_DAMAGED' },
  )
  expect(await readdir(store.paths.journal)).toHaveLength(2)
})
