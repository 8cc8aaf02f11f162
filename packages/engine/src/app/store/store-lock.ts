import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'

/** Holds a store for one process. */
export interface StoreLock {
  release(): Promise<void>
}

/** Takes a store for this process; a lock that a dead process left is taken over. */
export async function lockStore(root: string): Promise<StoreLock> {
  const file = join(root, 'engine.lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return { release: async () => await rm(file, { force: true }) }
    } catch {
      const holder = Number(await readFile(file, 'utf8').catch(() => ''))
      if (holder > 0 && holder !== process.pid && isAlive(holder)) break
      await rm(file, { force: true })
    }
  }
  throw new MainstemError(
    'STORE_LOCKED',
    `Another process has the store in ${root} open. Stop it, or send the command to it by running it in the same project.`,
    { file },
  )
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
