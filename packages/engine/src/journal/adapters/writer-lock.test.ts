import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockForWriting } from './writer-lock.ts'

const fresh = (): Promise<string> => mkdtemp(join(tmpdir(), 'lock-'))

test('a folder has one writer, until it lets go', async () => {
  const folder = await fresh()
  const lock = await lockForWriting(folder)
  await expect(lockForWriting(folder)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await lock.release()
  const next = await lockForWriting(folder)
  await next.release()
  expect(await readdir(folder)).toEqual([])
})

test('the lock of another process that lives is respected, with its id', async () => {
  const folder = await fresh()
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(other, 'spawn')
  await writeFile(join(folder, 'writer.lock'), JSON.stringify({ pid: other.pid }))
  await expect(lockForWriting(folder)).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    details: { pid: other.pid },
  })
  other.kill('SIGKILL')
  await once(other, 'close')
  const lock = await lockForWriting(folder)
  await lock.release()
})

test.each([
  ['a dead process', JSON.stringify({ pid: deadProcessId(), started: '1' })],
  ['an earlier process with our id', JSON.stringify({ pid: process.pid, started: '1' })],
  ['an earlier process with a living id', JSON.stringify({ pid: process.ppid, started: '1' })],
  ['nobody that can be read', '{"pid":'],
  ['an empty file', ''],
])('the lock of %s is taken over', async (_whose, text) => {
  const folder = await fresh()
  await writeFile(join(folder, 'writer.lock'), text)
  const lock = await lockForWriting(folder)
  await expect(lockForWriting(folder)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await lock.release()
})

test('of many that want a stale lock at once, one gets it', async () => {
  const folder = await fresh()
  await writeFile(join(folder, 'writer.lock'), JSON.stringify({ pid: deadProcessId() }))
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockForWriting(folder)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

function deadProcessId(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}
