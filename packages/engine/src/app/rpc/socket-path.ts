import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Unix allows about 104 to 108 bytes, depending on the system. */
const PATH_BYTES_MAX = 100

/**
 * Where a process of a store listens: in the store's folder, or, where that path is too long for a
 * socket, under a name made from it in the system's folder for temporary files. All processes of a
 * user compute the same, by whatever way they reach the folder.
 */
export function socketPath(storeFolder: string, role: string): string {
  const folder = realOf(resolve(storeFolder))
  const own = join(folder, `${role}.sock`)
  if (Buffer.byteLength(own) <= PATH_BYTES_MAX) return own
  const user = process.getuid?.() ?? 0
  const name = createHash('sha256').update(own).digest('hex').slice(0, 24)
  return join(tmpdir(), `mainstem-${user}-${name}.sock`)
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}
