import { availableParallelism } from 'node:os'
import type { SqlEngine } from '../../lake/index.ts'

/**
 * How many processors a statement may have. While live batches come, one gets half of them: the two
 * processes, the batch and people's queries share the machine, and a statement of a few milliseconds
 * that waits for all processors waits longest. Bulk work has them all.
 */
export class Processors {
  readonly #engine: SqlEngine
  readonly #all: number
  #isShared = false
  #bulk = 0

  constructor(engine: SqlEngine, all: number = availableParallelism()) {
    this.#engine = engine
    this.#all = all
  }

  /** From now on live batches come. */
  async share(): Promise<void> {
    this.#isShared = true
    await this.#set()
  }

  /** Work on many rows. */
  async forBulk<T>(work: () => Promise<T>): Promise<T> {
    this.#bulk++
    await this.#set()
    try {
      return await work()
    } finally {
      this.#bulk--
      await this.#set()
    }
  }

  async #set(): Promise<void> {
    if (!this.#isShared) return
    const count = this.#bulk > 0 ? this.#all : Math.max(1, Math.floor(this.#all / 2))
    await this.#engine.setWorkers(count)
  }
}
