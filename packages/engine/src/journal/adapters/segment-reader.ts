import { assert } from '../../kernel/assert.ts'
import type { JournalEntry, JournalReader, ReadLimits } from '../journal.ts'
import { damaged, goneError, systemCodeOf } from './journal-errors.ts'
import { SegmentCursor, type CursorStep } from './segment-cursor.ts'
import { listSegments, segmentName, type SegmentName } from './segment-file.ts'

/**
 * Reads the segments of a folder that another process may write to. Told how far entries are
 * durable (`upTo`), a missing or broken entry before that is damage; not told, it reads up to the
 * last whole entry, which is right only while nobody writes. Needs no lock and changes nothing.
 */
export function openSegmentReader(folder: string): JournalReader {
  return new SegmentReader(folder)
}

class SegmentReader implements JournalReader {
  readonly #folder: string
  #cursor: SegmentCursor | undefined
  /** Reads take turns: they share the cursor. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#folder = folder
  }

  read(after: bigint, limits: ReadLimits): Promise<readonly JournalEntry[]> {
    assert(limits.entriesMax > 0 && limits.bytesMax > 0, 'a read may give something')
    return this.#inTurn(() => this.#read(after + 1n, limits))
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#moveTo(undefined)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #read(from: bigint, limits: ReadLimits): Promise<readonly JournalEntry[]> {
    if (limits.upTo !== undefined && from > limits.upTo) return []
    let cursor = await this.#cursorAt(from, limits.upTo)
    const entries: JournalEntry[] = []
    let bytes = 0
    while (cursor !== undefined && entries.length < limits.entriesMax) {
      if (limits.upTo !== undefined && cursor.position > limits.upTo) break
      const found = await this.#entryAt(cursor, limits.upTo)
      if (found.kind === 'end') {
        cursor = await this.#nextSegment(cursor, found, limits.upTo)
        continue
      }
      bytes += found.size
      if (entries.length > 0 && bytes > limits.bytesMax) {
        cursor.stepBack(found.size)
        break
      }
      entries.push(found.entry)
    }
    return entries
  }

  async #entryAt(cursor: SegmentCursor, upTo: bigint | undefined): Promise<Found> {
    const inMemory = cursor.stepInMemory()
    const step = inMemory.kind === 'entry' ? inMemory : await cursor.step()
    return step.kind === 'entry' ? step : this.#lookAgain(cursor, upTo)
  }

  /**
   * Judges a place where no whole frame was. The writer may have gone on meanwhile, so the place is
   * looked at again after the facts that a judgement needs were taken.
   */
  async #lookAgain(cursor: SegmentCursor, upTo: bigint | undefined): Promise<Found> {
    const segments = await listSegments(this.#folder)
    const isTold = upTo !== undefined && cursor.position <= upTo
    const hasSuccessor = segments.some(({ first }) => first > cursor.segment.first)
    cursor.forget()
    let step = await cursor.step()
    if (step.kind === 'broken' && !isTold && !hasSuccessor) {
      if (!(await cursor.isDamageInTheMiddle())) return { kind: 'end', segments }
      step = await cursor.step()
    }
    if (step.kind === 'broken') throw damaged(cursor.segment.file, cursor.offset)
    return step.kind === 'entry' ? step : { kind: 'end', segments }
  }

  /** A cursor before entry `from`: the one at hand if it stands there, else a new one. */
  async #cursorAt(from: bigint, upTo: bigint | undefined): Promise<SegmentCursor | undefined> {
    this.#cursor?.forget()
    if (this.#cursor?.position === from) return this.#cursor
    const segments = await listSegments(this.#folder)
    const segment = segments.findLast(({ first }) => first <= from)
    if (segment === undefined) {
      if (segments.length === 0 && upTo === undefined) return undefined
      throw goneError(from)
    }
    let cursor = await this.#moveTo(segment.first)
    while (cursor !== undefined && cursor.position < from) {
      const skipped = await this.#entryAt(cursor, upTo)
      if (skipped.kind === 'end') cursor = await this.#nextSegment(cursor, skipped, upTo)
    }
    return cursor
  }

  /** The segment that continues a finished one; undefined if there is none and none must be. */
  async #nextSegment(
    cursor: SegmentCursor,
    { segments }: SegmentEnd,
    upTo: bigint | undefined,
  ): Promise<SegmentCursor | undefined> {
    const next = cursor.position
    const isTold = upTo !== undefined && next <= upTo
    if (next > cursor.segment.first && segments.some(({ first }) => first === next)) {
      return this.#moveTo(next)
    }
    if (segments.some(({ first }) => first > next)) throw goneError(next)
    if (isTold) throw damaged(cursor.segment.file, cursor.offset)
    return undefined
  }

  async #moveTo(first: bigint | undefined): Promise<SegmentCursor | undefined> {
    const left = this.#cursor
    this.#cursor = undefined
    await left?.close()
    if (first === undefined) return undefined
    try {
      this.#cursor = await SegmentCursor.open(this.#folder, segmentName(first))
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') throw goneError(first)
      throw error
    }
    return this.#cursor
  }
}

interface SegmentEnd {
  readonly kind: 'end'
  /** The segments of the folder when the end was seen. */
  readonly segments: readonly SegmentName[]
}

type Found = Extract<CursorStep, { kind: 'entry' }> | SegmentEnd
