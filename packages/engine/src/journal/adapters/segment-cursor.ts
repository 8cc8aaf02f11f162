import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalEntry } from '../journal.ts'
import { HEAD_BYTES, readSalt, type SegmentName } from './segment-file.ts'
import { holdsLaterFrame, readFrame } from './segment-frame.ts'

const CHUNK_BYTES = 1024 * 1024

/** A step through a segment. */
export type CursorStep =
  | { readonly kind: 'entry'; readonly entry: JournalEntry; readonly size: number }
  /** All frames there are were read. */
  | { readonly kind: 'end' }
  /** What stands at `offset` is not a whole frame; the file has `bytes` from there. */
  | { readonly kind: 'broken'; readonly bytes: number }

/** Walks through the frames of one segment, reading the file in pieces. */
export class SegmentCursor {
  readonly segment: SegmentName
  readonly #handle: FileHandle
  readonly #salt: number
  #offset = HEAD_BYTES
  #position: bigint
  #chunk = Buffer.alloc(0)
  #chunkAt = 0

  private constructor(segment: SegmentName, handle: FileHandle, salt: number) {
    this.segment = segment
    this.#handle = handle
    this.#salt = salt
    this.#position = segment.first
  }

  static async open(folder: string, segment: SegmentName): Promise<SegmentCursor> {
    const handle = await open(join(folder, segment.file), 'r')
    try {
      return new SegmentCursor(segment, handle, await readSalt(handle, segment))
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Where in the file the next frame begins. */
  get offset(): number {
    return this.#offset
  }

  /** The position that the next frame must have. */
  get position(): bigint {
    return this.#position
  }

  /** The salt of the segment's checksums. */
  get salt(): number {
    return this.#salt
  }

  /**
   * Forgets what was read ahead. Bytes after the durable end may be cut and written anew, so they
   * are never kept from one read to the next.
   */
  forget(): void {
    this.#chunk = Buffer.alloc(0)
    this.#chunkAt = 0
  }

  /** Stands before the entry just read again: it was one too many. */
  stepBack(size: number): void {
    this.#offset -= size
    this.#position -= 1n
    this.forget()
  }

  /** The next step if it needs no reading: keeps a long read from waiting once an entry. */
  stepInMemory(): CursorStep | { readonly kind: 'short'; readonly size: number } {
    const expected = { position: this.#position, salt: this.#salt }
    const found = readFrame(this.#chunk, this.#chunkAt, expected)
    if (found.kind === 'short') return found
    if (found.kind === 'broken') return { kind: 'broken', bytes: 0 }
    this.#offset += found.size
    this.#chunkAt += found.size
    this.#position += 1n
    return { kind: 'entry', entry: found.entry, size: found.size }
  }

  async step(): Promise<CursorStep> {
    for (;;) {
      const step = this.stepInMemory()
      if (step.kind === 'broken') return { kind: 'broken', bytes: await this.#bytesLeft() }
      if (step.kind !== 'short') return step
      const bytesLeft = await this.#bytesLeft()
      if (bytesLeft === 0) return { kind: 'end' }
      if (bytesLeft < step.size) return { kind: 'broken', bytes: bytesLeft }
      await this.#fill(Math.min(bytesLeft, Math.max(step.size, CHUNK_BYTES)))
    }
  }

  /** Whether whole frames stand after the broken one, so that it cannot be an unfinished write. */
  async isDamageInTheMiddle(): Promise<boolean> {
    const rest = Buffer.alloc(await this.#bytesLeft())
    await this.#readInto(rest)
    this.forget()
    return holdsLaterFrame(rest, { position: this.#position, salt: this.#salt })
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #bytesLeft(): Promise<number> {
    const { size } = await this.#handle.stat()
    return Math.max(0, size - this.#offset)
  }

  /** A new chunk each time, because bodies that were handed out are views of the old one. */
  async #fill(bytes: number): Promise<void> {
    const chunk = Buffer.allocUnsafeSlow(bytes)
    this.#chunk = chunk.subarray(0, await this.#readInto(chunk))
    this.#chunkAt = 0
  }

  async #readInto(chunk: Buffer): Promise<number> {
    let filled = 0
    while (filled < chunk.byteLength) {
      const left = chunk.byteLength - filled
      const { bytesRead } = await this.#handle.read(chunk, filled, left, this.#offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }
}
