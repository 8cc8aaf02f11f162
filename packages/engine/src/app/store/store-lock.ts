import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { type ProcessLock, takeLock } from '../../journal/adapters/process-lock.ts'

/** Holds a store for one process. */
export type StoreLock = ProcessLock

/** Takes a store for this process; a lock that a dead process left is taken over. */
export async function lockStore(root: string): Promise<StoreLock> {
  const file = join(root, 'engine.lock')
  return await takeLock(file, pid => {
    const who = pid === undefined ? 'Another process' : `Process ${pid}`
    return new MainstemError(
      'STORE_LOCKED',
      `${who} has the store in ${root} open. Stop it, or send the command to it by running it in the same project.`,
      { file, pid },
    )
  })
}
