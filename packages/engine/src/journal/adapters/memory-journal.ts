import { assert } from '../../kernel/assert.ts'
import type { Journal, JournalEntry, NewEntry, ReadLimits, RetainHow } from '../journal.ts'
import { AdvanceListeners } from './advance-listeners.ts'
import { closedError, goneError, tooLarge } from './journal-errors.ts'

/** How a journal in memory behaves. */
export interface MemoryJournalOptions {
  /** Entries that are let go together, as those of one file would be. Default 1. */
  readonly segmentEntries?: number | undefined
  /** The largest body taken. Default 256 MiB. */
  readonly bodyBytesMax?: number | undefined
  /** The position before the first. Default 0. */
  readonly startAfter?: bigint | undefined
}

/** A journal that ends with the process: for tests, and for a first look. */
export class MemoryJournal implements Journal {
  readonly #listeners = new AdvanceListeners()
  readonly #segmentEntries: bigint
  readonly #bodyBytesMax: number
  readonly #startAfter: bigint
  #entries: JournalEntry[] = []
  #end: bigint
  #isClosed = false

  constructor(options: MemoryJournalOptions = {}) {
    this.#segmentEntries = BigInt(options.segmentEntries ?? 1)
    this.#bodyBytesMax = options.bodyBytesMax ?? 256 * 1024 * 1024
    this.#startAfter = options.startAfter ?? 0n
    this.#end = this.#startAfter
  }

  get end(): bigint {
    return this.#end
  }

  append(entry: NewEntry): Promise<bigint> {
    if (this.#isClosed) return Promise.reject(closedError())
    if (entry.body.byteLength > this.#bodyBytesMax) {
      return Promise.reject(tooLarge(this.#bodyBytesMax))
    }
    const { kind, atMs, space, stream } = entry
    const body = Uint8Array.from(entry.body)
    this.#end += 1n
    const position = this.#end
    this.#entries.push({ position, kind, atMs, space, stream, meta: { ...entry.meta }, body })
    this.#listeners.tell(position)
    return Promise.resolve(position)
  }

  read(after: bigint, limits: ReadLimits): Promise<readonly JournalEntry[]> {
    assert(limits.entriesMax > 0 && limits.bytesMax > 0, 'a read may give something')
    const { upTo = this.#end } = limits
    if (after >= upTo) return Promise.resolve([])
    if (after + 1n < this.#oldest) return Promise.reject(goneError(after + 1n))
    const from = Number(after + 1n - this.#oldest)
    const entries = this.#entries
      .slice(from, from + limits.entriesMax)
      .filter(entry => entry.position <= upTo)
    return Promise.resolve(entries.slice(0, countWithin(entries, limits.bytesMax)))
  }

  onAdvance(listener: (end: bigint) => void): () => void {
    return this.#listeners.add(listener)
  }

  retain(appliedUpTo: bigint, how: RetainHow = 'segments'): Promise<number> {
    const last = appliedUpTo < this.#end ? appliedUpTo : this.#end
    const applied = last - this.#startAfter
    const whole = how === 'all' ? applied : applied - (applied % this.#segmentEntries)
    const count = Math.max(0, Number(this.#startAfter + whole - this.#oldest + 1n))
    this.#entries = this.#entries.slice(count)
    return Promise.resolve(count)
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }

  get #oldest(): bigint {
    return this.#end - BigInt(this.#entries.length) + 1n
  }
}

/** How many of the first entries fit; at least one. */
function countWithin(entries: readonly JournalEntry[], bytesMax: number): number {
  let bytes = 0
  const over = entries.findIndex((entry, index) => {
    bytes += entry.body.byteLength
    return index > 0 && bytes > bytesMax
  })
  return over === -1 ? entries.length : over
}
