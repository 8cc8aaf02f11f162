import {
  HEAD_BYTES,
  makeSegment,
  syncFolder,
  writeAll,
  type OpenSegment,
  type OpenWritable,
} from './segment-file.ts'
import type { PreparedFrame } from './segment-frame.ts'
import { sealFrame } from './segment-frame.ts'

/** Where a writer begins. */
export interface WriterStart {
  readonly segment: OpenSegment
  readonly offset: number
  readonly end: bigint
}

/** Writes batches of frames to the last segment of a folder; used by one caller at a time. */
export class SegmentWriter {
  readonly #folder: string
  readonly #openFile: OpenWritable
  #segment: OpenSegment
  #offset: number
  #end: bigint
  /** Bytes of a failed write may stand after `#offset`. */
  #mustCut = false
  /** The name of the segment may not be durable yet. */
  #mustSyncFolder = true

  constructor(folder: string, openFile: OpenWritable, start: WriterStart) {
    this.#folder = folder
    this.#openFile = openFile
    this.#segment = start.segment
    this.#offset = start.offset
    this.#end = start.end
  }

  /** The position of the last durable entry. */
  get end(): bigint {
    return this.#end
  }

  /** The bytes of the segment so far. */
  get offset(): number {
    return this.#offset
  }

  get isEmpty(): boolean {
    return this.#offset === HEAD_BYTES
  }

  /** Writes the frames and makes them durable, all or none; answers with the first's position. */
  async commit(frames: readonly PreparedFrame[]): Promise<bigint> {
    await this.#repair()
    const first = this.#end + 1n
    const buffers: Uint8Array[] = []
    let position = first
    let offset = this.#offset
    for (const frame of frames) {
      sealFrame(frame, position, this.#segment.salt)
      buffers.push(frame.head)
      if (frame.body.byteLength > 0) buffers.push(frame.body)
      position += 1n
      offset += frame.size
    }
    this.#mustCut = true
    try {
      await writeAll(this.#segment.handle, buffers, this.#offset)
      await this.#segment.handle.datasync()
    } catch (error) {
      // Tried at once so that no refused entry stays behind; if it fails, before the next commit.
      await this.#repair().catch(() => undefined)
      throw error
    }
    this.#mustCut = false
    this.#offset = offset
    this.#end = position - 1n
    return first
  }

  /** Continues in a new segment. If this fails, the old one is kept. */
  async roll(): Promise<void> {
    await this.#repair()
    const next = await makeSegment(this.#folder, this.#end + 1n, this.#openFile)
    const old = this.#segment
    this.#segment = next
    this.#offset = HEAD_BYTES
    this.#mustSyncFolder = true
    await old.handle.close()
    await this.#repair()
  }

  close(): Promise<void> {
    return this.#segment.handle.close()
  }

  async #repair(): Promise<void> {
    if (this.#mustCut) {
      await this.#segment.handle.truncate(this.#offset)
      this.#mustCut = false
    }
    if (this.#mustSyncFolder) {
      await syncFolder(this.#folder)
      this.#mustSyncFolder = false
    }
  }
}
