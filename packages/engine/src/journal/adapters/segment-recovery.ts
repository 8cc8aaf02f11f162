import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { damaged } from './journal-errors.ts'
import { SegmentCursor } from './segment-cursor.ts'
import {
  listSegments,
  removeUnfinished,
  syncFolder,
  type OpenSegment,
  type OpenWritable,
} from './segment-file.ts'

/** What was removed from the end of the journal: a write that a crash left unfinished. */
export interface CutTail {
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

/** The last segment, made right for writing. */
export interface RecoveredTail {
  readonly segment: OpenSegment
  /** Where in the segment the next frame goes. */
  readonly offset: number
  /** The position of the last entry. */
  readonly end: bigint
  readonly cut: CutTail | undefined
}

/**
 * Finds the end of the journal after whatever happened to its last writer. A write that did not
 * finish is cut off: it was never acknowledged. A broken frame with whole ones after it is damage,
 * and nothing is changed then. What is kept is durable when this answers, so that an entry which a
 * killed writer had written but not synced can be told to readers.
 */
export async function recoverTail(
  folder: string,
  openFile: OpenWritable,
): Promise<RecoveredTail | undefined> {
  await removeUnfinished(folder)
  const segments = await listSegments(folder)
  const last = segments.at(-1)
  if (last === undefined) return undefined

  const cursor = await SegmentCursor.open(folder, last)
  try {
    const brokenBytes = await walkToEnd(cursor)
    const { offset, salt } = cursor
    const end = cursor.position - 1n
    const handle = await openFile(join(folder, last.file), 'r+')
    if (brokenBytes > 0) await handle.truncate(offset)
    await handle.datasync()
    await syncFolder(folder)
    const cut = brokenBytes > 0 ? { file: last.file, offset, bytes: brokenBytes } : undefined
    return { segment: { ...last, salt, handle }, offset, end, cut }
  } finally {
    await cursor.close()
  }
}

/** Walks over all whole frames; answers with how many bytes of an unfinished one follow. */
async function walkToEnd(cursor: SegmentCursor): Promise<number> {
  for (;;) {
    const inMemory = cursor.stepInMemory()
    const step = inMemory.kind === 'entry' ? inMemory : await cursor.step()
    if (step.kind === 'end') return 0
    if (step.kind === 'entry') continue
    if (await cursor.isDamageInTheMiddle()) throw damaged(cursor.segment.file, cursor.offset)
    return step.bytes
  }
}

/**
 * Deletes the segments whose every entry is at or before `appliedUpTo`, oldest first so that a
 * crash leaves no hole; never the last, which is written to. Answers with how many entries went.
 */
export async function deleteApplied(folder: string, appliedUpTo: bigint): Promise<number> {
  const segments = await listSegments(folder)
  let entries = 0n
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    if (next === undefined || next.first - 1n > appliedUpTo) break
    await rm(join(folder, segment.file))
    entries += next.first - segment.first
  }
  if (entries > 0n) await syncFolder(folder)
  return Number(entries)
}
