import { probabilityOf } from './pair-score.ts'

/** The strongest link that each record has in its cluster; found when it is asked for. */
export class StrongestLinks {
  readonly #label: Int32Array
  readonly #weight: (one: number, other: number) => number
  #probability: Float64Array | undefined

  constructor(label: Int32Array, weight: (one: number, other: number) => number) {
    this.#label = label
    this.#weight = weight
  }

  get probability(): Float64Array {
    this.#probability ??= this.#found()
    return this.#probability
  }

  get matchedBy(): Int32Array {
    const sizes = new Int32Array(this.#label.length)
    for (const label of this.#label) sizes[label] = (sizes[label] ?? 0) + 1
    return this.#label.map(label => ((sizes[label] ?? 0) > 1 ? 0 : -1))
  }

  #found(): Float64Array {
    const clusters = new Map<number, number[]>()
    for (const [pid, label] of this.#label.entries()) {
      if (pid === label) continue
      const held = clusters.get(label)
      if (held) held.push(pid)
      else clusters.set(label, [label, pid])
    }
    const best = new Float64Array(this.#label.length).fill(Number.POSITIVE_INFINITY)
    for (const members of clusters.values()) {
      for (const one of members) {
        let bits = Number.NEGATIVE_INFINITY
        for (const other of members) {
          if (one !== other) bits = Math.max(bits, this.#weight(one, other))
        }
        best[one] = bits
      }
    }
    return best.map(probabilityOf)
  }
}
