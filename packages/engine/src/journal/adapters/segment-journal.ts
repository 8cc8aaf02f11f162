import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { assert, must } from '../../kernel/assert.ts'
import type {
  Journal,
  JournalEntry,
  JournalReader,
  NewEntry,
  ReadLimits,
  RetainHow,
} from '../journal.ts'
import { AdvanceListeners } from './advance-listeners.ts'
import { CommitQueue } from './commit-queue.ts'
import { closedError, endsTooEarly, openFailure, tooLarge, writeFailure } from './journal-errors.ts'
import {
  HEAD_BYTES,
  makeSegment,
  openOnDisk,
  syncFolder,
  type OpenWritable,
} from './segment-file.ts'
import { prepareFrame } from './segment-frame.ts'
import { openSegmentReader } from './segment-reader.ts'
import { deleteApplied, recoverTail, type CutTail } from './segment-recovery.ts'
import { SegmentWriter, type WriterStart } from './segment-writer.ts'
import { lockForWriting, type WriterLock } from './writer-lock.ts'

const MEBIBYTE = 1024 * 1024

/** The most that one write hands to the disk, so that the first of a long queue need not wait. */
const COMMIT_BYTES_MAX = 16 * MEBIBYTE

/** Settings of a journal on disk, all with a default. */
export interface SegmentJournalOptions {
  /** A segment is closed before it gets larger, unless one entry alone is. Default 64 MiB. */
  readonly segmentBytesMax?: number | undefined
  /** The largest body taken. Default 256 MiB. */
  readonly bodyBytesMax?: number | undefined
  /** How many entries may wait for the disk. Default 65,536. */
  readonly queueEntriesMax?: number | undefined
  /** How many bytes may wait for the disk. Default 256 MiB. */
  readonly queueBytesMax?: number | undefined
  /** The last position known to be applied: new entries come after it. Default 0. */
  readonly startAfter?: bigint | undefined
  /** The way to the disk. */
  readonly openFile?: OpenWritable | undefined
}

/** The journal as append-only files in a folder, written to by one process. */
export class SegmentJournal implements Journal {
  /** What an earlier crash left unfinished and opening removed; worth a line in the log. */
  readonly cut: CutTail | undefined
  readonly #folder: string
  readonly #lock: WriterLock
  readonly #writer: SegmentWriter
  readonly #reader: JournalReader
  readonly #queue: CommitQueue
  readonly #segmentBytesMax: number
  readonly #bodyBytesMax: number
  readonly #listeners = new AdvanceListeners()
  /** The last work that has the writer; each next one waits for it. */
  #turn: Promise<void> = Promise.resolve()
  #isDraining = false
  #draining: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(opened: Opened, options: SegmentJournalOptions) {
    this.#folder = opened.folder
    this.#lock = opened.lock
    this.cut = opened.cut
    this.#writer = new SegmentWriter(opened.folder, options.openFile ?? openOnDisk, opened)
    this.#reader = openSegmentReader(opened.folder)
    this.#segmentBytesMax = options.segmentBytesMax ?? 64 * MEBIBYTE
    this.#bodyBytesMax = options.bodyBytesMax ?? 256 * MEBIBYTE
    assert(this.#segmentBytesMax > HEAD_BYTES, 'a segment has room for more than its head')
    this.#queue = new CommitQueue({
      queueEntriesMax: options.queueEntriesMax ?? 65_536,
      queueBytesMax: options.queueBytesMax ?? 256 * MEBIBYTE,
    })
  }

  /** Opens the journal of a folder, made if it is not there, and cuts an unfinished last write. */
  static async open(folder: string, options: SegmentJournalOptions = {}): Promise<SegmentJournal> {
    const path = resolve(folder)
    await mkdir(path, { recursive: true, mode: 0o700 })
    const lock = await lockForWriting(path)
    try {
      const openFile = options.openFile ?? openOnDisk
      const start = await findStart(path, openFile, options.startAfter ?? 0n)
      return new SegmentJournal({ folder: path, lock, ...start }, options)
    } catch (error) {
      await lock.release()
      throw openFailure(error)
    }
  }

  get end(): bigint {
    return this.#writer.end
  }

  append(entry: NewEntry): Promise<bigint> {
    if (this.#closing !== undefined) return Promise.reject(closedError())
    if (entry.body.byteLength > this.#bodyBytesMax) {
      return Promise.reject(tooLarge(this.#bodyBytesMax))
    }
    return new Promise((fulfil, reject) => {
      this.#queue.add({ frame: prepareFrame(entry), resolve: fulfil, reject })
      this.#startDraining()
    })
  }

  read(after: bigint, limits: ReadLimits): Promise<readonly JournalEntry[]> {
    const { end } = this
    const upTo = limits.upTo === undefined || limits.upTo > end ? end : limits.upTo
    return this.#reader.read(after, { ...limits, upTo })
  }

  onAdvance(listener: (end: bigint) => void): () => void {
    return this.#listeners.add(listener)
  }

  async retain(appliedUpTo: bigint, how: RetainHow = 'segments'): Promise<number> {
    let entries = 0
    await this.#inTurn(async () => {
      if (how === 'all' && !this.#writer.isEmpty) await this.#writer.roll()
      entries = await deleteApplied(this.#folder, appliedUpTo)
    })
    return entries
  }

  close(): Promise<void> {
    this.#closing ??= this.#draining.then(() =>
      this.#inTurn(async () => {
        await this.#reader.close()
        await this.#writer.close()
        await this.#lock.release()
      }),
    )
    return this.#closing
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  #startDraining(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#draining = this.#drain()
  }

  /**
   * Group commit: what came while one commit was under way goes into the next, together. Each
   * commit takes its turn, so that `retain` does not wait for a quiet moment.
   */
  async #drain(): Promise<void> {
    while (this.#queue.first !== undefined) await this.#inTurn(() => this.#commitNext())
    this.#isDraining = false
  }

  async #commitNext(): Promise<void> {
    const firstSize = must(this.#queue.first, 'a commit has an entry').frame.size
    const needsRoll =
      !this.#writer.isEmpty && this.#writer.offset + firstSize > this.#segmentBytesMax
    const room = this.#segmentBytesMax - (needsRoll ? HEAD_BYTES : this.#writer.offset)
    const batch = this.#queue.take(Math.min(room, COMMIT_BYTES_MAX))
    try {
      if (needsRoll) await this.#writer.roll()
      let position = await this.#writer.commit(batch.map(({ frame }) => frame))
      for (const waiting of batch) {
        waiting.resolve(position)
        position += 1n
      }
    } catch (error) {
      const failure = writeFailure(error)
      for (const waiting of batch) waiting.reject(failure)
      return
    }
    this.#listeners.tell(this.end)
  }
}

interface Opened extends WriterStart {
  readonly folder: string
  readonly lock: WriterLock
  readonly cut: CutTail | undefined
}

type Start = Omit<Opened, 'folder' | 'lock'>

async function findStart(
  folder: string,
  openFile: OpenWritable,
  startAfter: bigint,
): Promise<Start> {
  const tail = await recoverTail(folder, openFile)
  if (tail === undefined) {
    const segment = await makeSegment(folder, startAfter + 1n, openFile)
    await syncFolder(folder)
    return { segment, offset: HEAD_BYTES, end: startAfter, cut: undefined }
  }
  if (tail.end < startAfter) {
    await tail.segment.handle.close()
    throw endsTooEarly(tail.end, startAfter)
  }
  return tail
}
