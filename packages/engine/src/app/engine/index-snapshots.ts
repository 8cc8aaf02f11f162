import { existsSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { IdentityStage, IndexSnapshot } from '../../identity/index.ts'

/** Reads the snapshot of a ruleset's index, once: after a start it no longer says how things stand. */
export async function takeSnapshot(
  folder: string,
  { slot, position }: { slot: string; position: bigint },
): Promise<IndexSnapshot | undefined> {
  const file = snapshotFile(folder, slot)
  if (!existsSync(file)) return undefined
  const bytes = await readFile(file)
  await rm(file)
  return { bytes, position, checksum: crc32 }
}

/** Writes the snapshot of a ruleset's index; beside and renamed, so that it is whole or not there. */
export async function writeIndexSnapshot(
  folder: string,
  { stage, position }: { stage: IdentityStage; position: bigint },
): Promise<number> {
  const file = snapshotFile(folder, stage.tables.slot)
  const handle = await open(`${file}.new`, 'w')
  let bytes = 0
  try {
    for (const part of stage.snapshot(position, crc32)) {
      await handle.write(part)
      bytes += part.length
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  return bytes
}

function snapshotFile(folder: string, slot: string): string {
  return join(folder, `${slot}.index`)
}
