import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { type ProcessLock, takeLock } from './process-lock.ts'

/** Holds a folder for one writer. */
export type WriterLock = ProcessLock

const LOCK_FILE = 'writer.lock'

/** Takes the writer's lock of a folder; that of a process that is gone is taken over. */
export async function lockForWriting(folder: string): Promise<WriterLock> {
  const path = join(folder, LOCK_FILE)
  return await takeLock(path, pid => {
    const who = pid === undefined ? 'Another process' : `Process ${pid}`
    return new MainstemError(
      'STORE_LOCKED',
      `${who} writes to this journal already: it serves this project, or runs a command on it.`,
      {
        file: path,
        pid,
        fix: 'Use that server, or stop it first. A second one needs a project and a store of its own.',
      },
    )
  })
}
