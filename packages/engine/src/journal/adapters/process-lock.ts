import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { systemCodeOf } from './journal-errors.ts'

/** Holds something for one process. */
export interface ProcessLock {
  release(): Promise<void>
}

/** The error that says who holds it, by the process's id where that is known. */
export type LockedError = (pid?: number) => Error

/** Locks of this process: its own pid in a file it does not hold is a dead process's. */
const held = new Set<string>()

/**
 * Takes a lock: a file with the process's id and start time. The lock of a process that is gone is
 * taken over. The start time tells a process from a later one that was given the same id, which in
 * containers is the rule. Processes that do not see each other (two containers on one volume) are
 * not kept apart.
 */
export async function takeLock(path: string, locked: LockedError): Promise<ProcessLock> {
  const mine = JSON.stringify({ pid: process.pid, started: await startTimeOf(process.pid) })
  if (held.has(path)) throw locked(process.pid)
  held.add(path)
  try {
    await claim(path, mine, locked)
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

async function claim(path: string, mine: string, locked: LockedError): Promise<void> {
  const draft = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(draft, mine, { mode: 0o600 })
  try {
    if (await placed(draft, path)) return
    await removeIfStale(path, locked)
    if (!(await placed(draft, path))) throw locked()
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

async function removeIfStale(path: string, locked: LockedError): Promise<void> {
  const judged = await readOrNothing(path)
  if (judged === undefined) return
  const owner = parseOwner(judged)
  if (owner !== undefined && (await isAlive(owner))) throw locked(owner.pid)

  const aside = `${path}.stale-${randomUUID()}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readOrNothing(aside)
  const isAnothers = moved !== undefined && moved !== judged
  if (isAnothers) await placed(aside, path)
  await rm(aside, { force: true })
  if (isAnothers) throw locked()
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
  const now = await statusOf(owner.pid)
  // Killed, and not yet cleared away by a parent that waits for it.
  if (now?.state === 'Z' || now?.state === 'X') return false
  return owner.started === undefined || now === undefined || now.started === owner.started
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await statusOf(pid))?.started
}

/** A process's state and when it started (proc(5), fields 3 and 22 of `stat`); undefined elsewhere. */
async function statusOf(pid: number): Promise<{ state: string; started: string } | undefined> {
  const status = await readOrNothing(`/proc/${pid}/stat`)
  const [state, ...more] = status?.slice(status.lastIndexOf(')') + 2).split(' ') ?? []
  const started = more[18]
  return state === undefined || started === undefined ? undefined : { state, started }
}

async function readOrNothing(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}
