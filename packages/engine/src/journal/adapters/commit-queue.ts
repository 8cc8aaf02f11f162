import { queueFull } from './journal-errors.ts'
import type { PreparedFrame } from './segment-frame.ts'

/** An entry that waits to become durable, and who waits for it. */
export interface Waiting {
  readonly frame: PreparedFrame
  resolve(position: bigint): void
  reject(error: Error): void
}

/** How much may wait. */
export interface QueueLimits {
  readonly queueEntriesMax: number
  readonly queueBytesMax: number
}

/** Entries in the order they came, waiting for the next commit. Bounded. */
export class CommitQueue {
  readonly #limits: QueueLimits
  #waiting: Waiting[] = []
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get first(): Waiting | undefined {
    return this.#waiting[0]
  }

  /** Throws if the queue is full. A single entry is taken whatever its size. */
  add(waiting: Waiting): void {
    const { queueEntriesMax, queueBytesMax } = this.#limits
    if (this.#waiting.length >= queueEntriesMax) {
      throw queueFull('journal.queueEntriesMax', queueEntriesMax)
    }
    const isOver = this.#bytes + waiting.frame.size > queueBytesMax
    if (isOver && this.#waiting.length > 0) throw queueFull('journal.queueBytesMax', queueBytesMax)
    this.#waiting.push(waiting)
    this.#bytes += waiting.frame.size
  }

  /** Takes the first entries that fit into `bytesMax`, and at least one. */
  take(bytesMax: number): readonly Waiting[] {
    let bytes = 0
    let count = 0
    for (const { frame } of this.#waiting) {
      if (count > 0 && bytes + frame.size > bytesMax) break
      bytes += frame.size
      count += 1
    }
    const taken = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    this.#bytes -= bytes
    return taken
  }
}
