import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { systemCodeOf } from './journal-errors.ts'

/** Holds a folder for one writer. */
export interface WriterLock {
  release(): Promise<void>
}

const LOCK_FILE = 'writer.lock'

/** Locks of this process: its own pid in a file it does not hold is a dead process's. */
const held = new Set<string>()

/**
 * Takes the writer's lock of a folder: a file with the process's id and start time. The lock of a
 * process that is gone is taken over. The start time tells a process from a later one that was
 * given the same id, which in containers is the rule. Processes that do not see each other (two
 * containers on one volume) are not kept apart.
 */
export async function lockForWriting(folder: string): Promise<WriterLock> {
  const path = join(folder, LOCK_FILE)
  const mine = JSON.stringify({ pid: process.pid, started: await startTimeOf(process.pid) })
  if (held.has(path)) throw locked(path, process.pid)
  held.add(path)
  try {
    await claim(path, mine)
  } catch (error) {
    held.delete(path)
    throw error
  }
  return {
    async release() {
      await rm(path, { force: true })
      held.delete(path)
    },
  }
}

async function claim(path: string, mine: string): Promise<void> {
  const draft = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(draft, mine, { mode: 0o600 })
  try {
    if (await placed(draft, path)) return
    await removeIfStale(path)
    if (!(await placed(draft, path))) throw locked(path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Puts the whole file in place in one act, so that nobody ever reads half a lock. */
async function placed(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function removeIfStale(path: string): Promise<void> {
  const judged = await readOrNothing(path)
  if (judged === undefined) return
  const owner = parseOwner(judged)
  if (owner !== undefined && (await isAlive(owner))) throw locked(path, owner.pid)

  const aside = `${path}.stale-${randomUUID()}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readOrNothing(aside)
  const isAnothers = moved !== undefined && moved !== judged
  if (isAnothers) await placed(aside, path)
  await rm(aside, { force: true })
  if (isAnothers) throw locked(path)
}

interface Owner {
  readonly pid: number
  readonly started: string | undefined
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value)) return undefined
    if (typeof value.pid !== 'number' || !Number.isSafeInteger(value.pid)) return undefined
    const started = 'started' in value && typeof value.started === 'string' ? value.started : ''
    return { pid: value.pid, started: started === '' ? undefined : started }
  } catch {
    return undefined
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.pid === process.pid) return false
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (systemCodeOf(error) === 'ESRCH') return false
  }
  const started = await startTimeOf(owner.pid)
  return owner.started === undefined || started === undefined || started === owner.started
}

/** When a process started, in the words of proc(5) (field 22 of `stat`); undefined elsewhere. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const status = await readOrNothing(`/proc/${pid}/stat`)
  const afterName = status?.slice(status.lastIndexOf(')') + 2).split(' ')
  return afterName?.[19]
}

async function readOrNothing(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function locked(path: string, pid?: number): MainstemError {
  const who = pid === undefined ? 'Another process' : `Process ${pid}`
  return new MainstemError('STORE_LOCKED', `${who} writes to this journal already.`, {
    file: path,
    pid,
    fix: 'Stop that process first, or use a store of its own.',
  })
}
