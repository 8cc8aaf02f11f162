import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backupStore, restoreStore } from '../packages/engine/src/app/commands/backup.ts'
import { deleteRows } from '../packages/engine/src/app/commands/delete-rows.ts'
import type { Engine } from '../packages/engine/src/app/engine/engine.ts'
import { runStages } from '../packages/engine/src/app/engine/run-stages.ts'
import { openStore } from '../packages/engine/src/app/store/store.ts'
import { verifyStore } from '../packages/engine/src/app/verify/index.ts'
import { writeOrders } from './crash/crash-project.ts'
import {
  append,
  contentOf,
  copyOf,
  openStoreOf,
  person,
  smallProject,
  temporaryFolder,
} from './crash/small-store.ts'

const people = (from: number, to: number): readonly object[] =>
  Array.from({ length: to - from }, (_, at) => person(from + at))

async function filled(): Promise<{ folder: string; engine: Engine }> {
  const folder = await smallProject()
  const engine = await openStoreOf(folder)
  await append(engine, 'people', people(0, 40))
  await append(engine, 'people', [person(90, { email: 'p1@mail.example' })])
  await writeOrders(folder, 1, ['p1', 'p2'])
  await runStages(engine, {})
  return { folder, engine }
}

/** A project like the backed-up one, on another machine: its files, and no store. */
async function otherProject(folder: string): Promise<string> {
  const other = await temporaryFolder()
  await cp(folder, other, { recursive: true, filter: path => !path.includes('.mainstem') })
  return other
}

const countOf = async (engine: Engine, sql: string): Promise<number> =>
  Number((await engine.reading(session => session.rows(sql)))[0]?.[0])

test('a backup made while records come in is the store as of one position', async () => {
  const { folder, engine } = await filled()
  const backup = join(await temporaryFolder(), 'backup')
  let isOver = false
  let posted = 100
  const traffic = (async () => {
    while (!isOver) {
      await append(engine, 'people', [person(posted), person(posted + 1)])
      posted += 2
      await engine.catchUp()
    }
  })()
  await engine.waitFor(engine.applier.position + 2n, 20_000)
  const done = await backupStore(engine, backup)
  isOver = true
  await traffic
  const { position } = engine.applier
  expect(BigInt(done.position)).toBeGreaterThan(3n)
  expect(BigInt(done.position)).toBeLessThan(position)
  const expected = await countOf(
    engine,
    `select count(*) from dlo_people where _pos <= ${done.position}`,
  )
  await engine.close()

  const other = await otherProject(folder)
  const restored = await restoreStore(backup, join(other, '.mainstem'), { force: false })
  expect(restored).toMatchObject({ position: done.position, asOf: done.asOf, bytes: done.bytes })
  const again = await openStoreOf(other)
  expect(String(again.applier.position)).toBe(done.position)
  expect(await countOf(again, 'select count(*) from dlo_people')).toBe(expected)
  expect(await verifyStore(again, {})).toMatchObject({
    differences: 0,
    notCompared: [],
    position: done.position,
  })
  expect(await append(again, 'people', [person(5000)])).toBe(BigInt(done.position) + 1n)
  await again.catchUp()
  expect(await countOf(again, 'select count(*) from dlo_people')).toBe(expected + 1)
  expect(await verifyStore(again, {})).toMatchObject({ differences: 0 })
})

test('a restored store holds what the store held, in every table', async () => {
  const { folder, engine } = await filled()
  const backup = join(await temporaryFolder(), 'backup')
  await backupStore(engine, backup)
  const before = await contentOf(engine)
  await engine.close()
  const other = await otherProject(folder)
  await restoreStore(backup, join(other, '.mainstem'), { force: false })
  const again = await openStoreOf(other)
  expect(await contentOf(again)).toEqual(before)
})

test('values of deleted rows are not in a backup', async () => {
  const { folder, engine } = await filled()
  const secret = {
    first_name: 'Zebulonia',
    last_name: 'Quarternight',
    email: 'zq.erase-me@mail.example',
    phone: '+49 30 901820-77',
  }
  await append(engine, 'people', [person(70, secret), person(71, { ...secret, person_id: 'p71x' })])
  await engine.catchUp()
  const values = Object.values(secret)
  const first = join(await temporaryFolder(), 'before')
  await backupStore(engine, first)
  expect(await valuesIn(first, values)).toEqual(values)

  await deleteRows(engine, { stream: 'people', keys: ['p70', 'p71x'] })
  await engine.catchUp()
  const second = join(await temporaryFolder(), 'after')
  await backupStore(engine, second)
  expect(await valuesIn(second, values)).toEqual([])
  await engine.close()
  await restoreStore(second, join(folder, '.mainstem'), { force: true })
  const again = await openStoreOf(folder)
  expect(await verifyStore(again, {})).toMatchObject({ differences: 0 })
  await append(again, 'people', [person(72, secret), person(73, { ...secret, last_name: 'Other' })])
  await again.catchUp()
  expect(await verifyStore(again, {})).toMatchObject({ differences: 0 })
})

/** Which of the texts stand in the bytes of any file of a folder, in any case of letters. */
async function valuesIn(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const files = await readdir(folder, { withFileTypes: true, recursive: true })
  const bytes = await Promise.all(
    files
      .filter(file => file.isFile())
      .map(file => readFile(join(file.parentPath, file.name), 'latin1')),
  )
  const all = bytes.join('\n').toLowerCase()
  return texts.filter(text => all.includes(text.toLowerCase()))
}

test('a folder that is no whole backup is refused, and the store stays as it is', async () => {
  const { folder, engine } = await filled()
  const backup = join(await temporaryFolder(), 'backup')
  await backupStore(engine, backup)
  await engine.close()
  const store = join(folder, '.mainstem')
  const storeId = await readFile(join(store, 'store.json'), 'utf8')
  const refused = async (
    damage: (copy: string) => Promise<void>,
    code: string,
    says: RegExp,
  ): Promise<void> => {
    const copy = await copyOf(backup)
    await damage(copy)
    const restoring = restoreStore(copy, store, { force: true })
    await expect(restoring).rejects.toMatchObject({ code, message: expect.stringMatching(says) })
    expect(await readFile(join(store, 'store.json'), 'utf8')).toBe(storeId)
    expect(await readdir(folder)).not.toContain('.mainstem.restored')
  }
  const manifest = async (copy: string, change: (text: string) => string): Promise<void> => {
    const path = join(copy, 'backup.json')
    await writeFile(path, change(await readFile(path, 'utf8')))
  }
  await refused(
    async copy => await flipByte(join(copy, 'lake.duckdb')),
    'STORE_DAMAGED',
    /lake\.duckdb is not as it was/,
  )
  await refused(
    async copy => await writeFile(join(copy, 'store.json'), '{}'),
    'STORE_DAMAGED',
    /store\.json is not/,
  )
  await refused(
    async copy => await manifest(copy, () => '{"position":'),
    'STORE_DAMAGED',
    /cannot be read/,
  )
  await refused(
    async copy => await manifest(copy, text => text.replace('"format": 1', '"format": 99')),
    'STORE_VERSION',
    /newer/,
  )
  await refused(
    async copy => await manifest(copy, text => text.replaceAll('lake.duckdb', 'lake')),
    'STORE_DAMAGED',
    /lake/,
  )
  await expect(restoreStore(await temporaryFolder(), store, { force: true })).rejects.toMatchObject(
    {
      code: 'USAGE',
      message: expect.stringMatching(/is no backup/),
    },
  )
  const again = await openStoreOf(folder)
  expect(await countOf(again, 'select count(*) from dlo_people')).toBe(41)
})

test('a store is replaced only when that is asked for, and not while it is in use', async () => {
  const { folder, engine } = await filled()
  const backup = join(await temporaryFolder(), 'backup')
  await backupStore(engine, backup)
  await append(engine, 'people', people(200, 210))
  await engine.catchUp()
  const store = join(folder, '.mainstem')
  await expect(restoreStore(backup, store, { force: false })).rejects.toThrow(
    'There is a store already',
  )
  await expect(restoreStore(backup, store, { force: true })).rejects.toMatchObject({
    code: 'STORE_LOCKED',
  })
  await engine.close()
  await mkdir(join(store, 'secrets'), { recursive: true })
  await writeFile(join(store, 'secrets', 'token'), 'kept')
  await restoreStore(backup, store, { force: true })
  expect(await readFile(join(store, 'secrets', 'token'), 'utf8')).toBe('kept')
  expect((await readdir(folder)).filter(name => name.startsWith('.mainstem'))).toEqual([
    '.mainstem',
  ])
  const again = await openStoreOf(folder)
  expect(await countOf(again, 'select count(*) from dlo_people')).toBe(41)
})

test('a backup is not written over something else', async () => {
  const { engine } = await filled()
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'mine.txt'), 'mine')
  await expect(backupStore(engine, folder)).rejects.toMatchObject({ code: 'USAGE' })
  expect(await readdir(folder)).toEqual(['mine.txt'])
})

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  await writeFile(path, bytes)
}

test.runIf(existsSync('/proc/self'))(
  'a folder that cannot be made is refused at once, for a backup and for a store',
  async () => {
    const folder = await smallProject()
    const engine = await openStoreOf(folder)
    const started = performance.now()
    await expect(backupStore(engine, '/proc/mainstem/backup')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^The folder \/proc\/mainstem cannot be made \(E\w+\)\. Name/),
    })
    const options = { space: 'space_default', timeZone: 'UTC' }
    await expect(openStore('/proc/mainstem', options)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/cannot be made.*"storage", "path"/),
    })
    const file = join(folder, 'mainstem.yaml')
    await expect(backupStore(engine, file)).rejects.toMatchObject({ code: 'USAGE' })
    await expect(backupStore(engine, join(file, 'x'))).rejects.toMatchObject({ code: 'USAGE' })
    expect(performance.now() - started).toBeLessThan(5_000)
  },
)
