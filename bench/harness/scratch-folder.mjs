// @ts-check
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs work in a folder of its own, which goes with it. @template T @param {(folder: string) => Promise<T>} work */
export async function inScratchFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'mainstem-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => process.exit(130))
  }
  try {
    return await work(folder)
  } finally {
    process.removeListener('exit', remove)
    remove()
  }
}
