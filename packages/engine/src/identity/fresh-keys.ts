import type { ColumnBatch } from '../lake/index.ts'
import { type KeyBatch, NO_VALUE } from './core/index.ts'
import { copied, joinBatches, keyRows } from './key-batches.ts'

/** In place of a rule: the row says that its source profile is there, and is no match key. */
export const PRESENCE = 255

/** Match keys as they are read again, of some source profiles: `rule, key, pid, value, name`. */
export class FreshKeys {
  readonly #batches: KeyBatch[] = []
  readonly #present = new Set<number>()
  readonly #known = new Map<number, string>()
  /** The names that have no number yet, each with the rows that wait for one. */
  readonly #nameless = new Map<string, (readonly [batch: KeyBatch, at: number])[]>()

  /** Source profiles that are there. */
  get present(): ReadonlySet<number> {
    return this.#present
  }

  /** Names that have a number, as `value, name`. */
  get known(): ColumnBatch {
    return {
      rowCount: this.#known.size,
      columns: [Int32Array.from(this.#known.keys()), [...this.#known.values()]],
    }
  }

  take(batch: ColumnBatch): void {
    const all = copied(keyRows(batch))
    const names = batch.columns[4] ?? []
    let count = 0
    for (let at = 0; at < all.count; at++) {
      if (all.rule[at] === PRESENCE) {
        this.#present.add(all.pid[at] ?? 0)
        continue
      }
      moveRow(all, at, count)
      this.#takeName(names[at], all, count)
      count++
    }
    this.#batches.push({ ...all, count })
  }

  /** Names without a number, in the order of the alphabet. */
  newNames(): readonly string[] {
    return [...this.#nameless.keys()].sort()
  }

  /** Gives those their numbers that have one. */
  number(values: ReadonlyMap<string, number>): void {
    for (const [name, rows] of this.#nameless) {
      const value = values.get(name)
      if (value === undefined) continue
      for (const [batch, at] of rows) batch.value[at] = value
      this.#nameless.delete(name)
    }
  }

  /** The match keys; their names have numbers. */
  rows(): KeyBatch {
    return joinBatches(this.#batches)
  }

  #takeName(name: unknown, batch: KeyBatch, at: number): void {
    if (typeof name !== 'string') return
    const value = batch.value[at] ?? NO_VALUE
    if (value !== NO_VALUE) {
      this.#known.set(value, name)
      return
    }
    const waiting = this.#nameless.get(name) ?? []
    waiting.push([batch, at])
    this.#nameless.set(name, waiting)
  }
}

function moveRow(batch: KeyBatch, from: number, to: number): void {
  batch.rule[to] = batch.rule[from] ?? 0
  batch.key[to] = batch.key[from] ?? 0n
  batch.pid[to] = batch.pid[from] ?? 0
  batch.value[to] = batch.value[from] ?? NO_VALUE
}
