import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { StoreMigration } from '../packages/engine/src/app/store/store-format.ts'
import { openStore, type Store, storePaths } from '../packages/engine/src/app/store/store.ts'
import { openDuckDb } from '../packages/engine/src/lake/adapters/duckdb-engine.ts'
import { temporaryFolder } from './crash/small-store.ts'

const OPTIONS = { space: 'space_default', timeZone: 'UTC' }

async function opened(root: string, migrations: readonly StoreMigration[] = []): Promise<Store> {
  return await openStore(root, { ...OPTIONS, migrations })
}

/** A store as an invented earlier version would have left it: another name for the table of facts. */
async function oldStore(): Promise<string> {
  const root = await temporaryFolder()
  const store = await opened(root)
  const session = await store.engine.session()
  await session.run('drop table meta')
  await session.run('create table facts (k varchar, v varchar)')
  await session.run(`insert into facts values ('position', '41')`)
  session.close()
  await store.close()
  const header = JSON.parse(await readFile(join(root, 'store.json'), 'utf8'))
  await writeFile(join(root, 'store.json'), JSON.stringify({ ...header, format: 0 }))
  return root
}

/** From the invented format to the first. Bears to run again, as the contract asks. */
const FROM_0: StoreMigration = {
  from: 0,
  says: 'The table of facts is named meta.',
  async migrate(header, folder) {
    const engine = await openDuckDb({ path: storePaths(folder).database, schema: OPTIONS.space })
    const session = await engine.session()
    await session.transaction(async () => {
      await session.run('create table if not exists facts (k varchar, v varchar)')
      await session.run('create table if not exists meta (key varchar, value varchar)')
      await session.run('insert into meta select k, v from facts')
      await session.run('drop table facts')
    })
    session.close()
    await engine.close()
    return { ...header, format: 1 }
  },
}

async function factsOf(store: Store): Promise<readonly (readonly unknown[])[]> {
  const session = await store.engine.session()
  const rows = await session.rows('select key, value from meta')
  session.close()
  return rows
}

test('an older store is brought to the format of now, once, with what it holds', async () => {
  const root = await oldStore()
  const idBefore = JSON.parse(await readFile(join(root, 'store.json'), 'utf8')).storeId
  const store = await opened(root, [FROM_0])
  expect(store.header).toMatchObject({ format: 1, storeId: idBefore })
  expect(await factsOf(store)).toEqual([['position', '41']])
  await store.close()
  expect(JSON.parse(await readFile(join(root, 'store.json'), 'utf8'))).toMatchObject({ format: 1 })
  const again = await opened(root, [
    { ...FROM_0, migrate: () => Promise.reject(new Error('again')) },
  ])
  expect(await factsOf(again)).toEqual([['position', '41']])
  await again.close()
})

test('a migration that a crash cut off before its format was written down runs again', async () => {
  const root = await oldStore()
  const cut: StoreMigration = {
    ...FROM_0,
    async migrate(header, folder) {
      await FROM_0.migrate(header, folder)
      throw new Error('killed')
    },
  }
  await expect(opened(root, [cut])).rejects.toThrow('killed')
  const store = await opened(root, [FROM_0])
  expect(await factsOf(store)).toEqual([['position', '41']])
  await store.close()
})

test('a store that no migration leads from is refused, and is not touched', async () => {
  const root = await oldStore()
  await expect(opened(root)).rejects.toMatchObject({
    code: 'STORE_VERSION',
    message: expect.stringMatching(/no way leads from 0/),
  })
  const store = await opened(root, [FROM_0])
  await store.close()
})

test('a store of a newer version is refused', async () => {
  const root = await temporaryFolder()
  await (await opened(root)).close()
  const path = join(root, 'store.json')
  const header = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...header, format: 2 }))
  await expect(opened(root)).rejects.toMatchObject({
    code: 'STORE_VERSION',
    message: expect.stringMatching(/newer Mainstem \(format 2/),
  })
})

test.each(['', '{', '[]', '{"format":"1"}', '{"format":1}', '\u0000\u0000'])(
  'a damaged store.json is refused: %j',
  async text => {
    const root = await temporaryFolder()
    await (await opened(root)).close()
    await writeFile(join(root, 'store.json'), text)
    await expect(opened(root)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  },
)

test('a database without its store.json is not taken for a new store', async () => {
  const root = await temporaryFolder()
  await (await opened(root)).close()
  await rm(join(root, 'store.json'))
  await expect(opened(root)).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
    message: expect.stringMatching(/no store\.json/),
  })
})

test('a store that a living process has open is refused, and says by which', async () => {
  const root = await temporaryFolder()
  await (await opened(root)).close()
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  onTestFinished(() => void other.kill('SIGKILL'))
  await once(other, 'spawn')
  await writeFile(join(root, 'engine.lock'), JSON.stringify({ pid: other.pid }))
  await expect(opened(root)).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    message: expect.stringMatching(new RegExp(`Process ${other.pid} has the store in .* open`)),
  })
})

test('a store has one opener, also within one process', async () => {
  const root = await temporaryFolder()
  const store = await opened(root)
  await expect(opened(root)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await store.close()
  await (await opened(root)).close()
})

test.each([
  [
    'of a process that is gone',
    () => JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid }),
  ],
  [
    'of one whose number another process has now',
    () => JSON.stringify({ pid: process.ppid, started: '1' }),
  ],
  ['that nobody can read', () => '{"pid":'],
])('a lock %s is taken over', async (_which, text) => {
  const root = await temporaryFolder()
  await (await opened(root)).close()
  await writeFile(join(root, 'engine.lock'), text())
  await (await opened(root)).close()
})
