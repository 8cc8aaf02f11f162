/** What a person can decide about two nodes: they are one, or they are not. */
export type Verdict = 'together' | 'never'

/** Two nodes, the smaller first. */
export type NodePair = readonly [one: number, other: number]

/**
 * What people decided about pairs of nodes. A pair has one verdict at most, the latest. Nodes may
 * be absent: a decision about a record that left waits until it returns.
 */
export class DecisionBook {
  readonly #together = new Map<number, Set<number>>()
  readonly #never = new Map<number, Set<number>>()

  /** Whether nothing is decided. */
  get isEmpty(): boolean {
    return this.#together.size === 0 && this.#never.size === 0
  }

  /** A book of its own with the same decisions. */
  copy(): DecisionBook {
    const book = new DecisionBook()
    for (const verdict of ['together', 'never'] as const)
      for (const pair of this.pairs(verdict)) book.decide(pair, verdict)
    return book
  }

  /** Sets the verdict on a pair, or takes it away. */
  decide([one, other]: NodePair, verdict: Verdict | undefined): void {
    for (const [kind, mates] of [
      ['together', this.#together],
      ['never', this.#never],
    ] as const) {
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        if (verdict === kind) note(mates, from, to)
        else forget(mates, from, to)
      }
    }
  }

  verdict([one, other]: NodePair): Verdict | undefined {
    if (this.#together.get(one)?.has(other)) return 'together'
    return this.#never.get(one)?.has(other) ? 'never' : undefined
  }

  /** The nodes that have this verdict with one. */
  of(pid: number, verdict: Verdict): ReadonlySet<number> {
    return (verdict === 'together' ? this.#together : this.#never).get(pid) ?? NOBODY
  }

  /** All pairs of a verdict, in order. */
  pairs(verdict: Verdict): readonly NodePair[] {
    const pairs: NodePair[] = []
    for (const [one, others] of verdict === 'together' ? this.#together : this.#never) {
      for (const other of others) if (one < other) pairs.push([one, other])
    }
    return pairs.sort(byNodes)
  }
}

const NOBODY: ReadonlySet<number> = new Set()

/** The order of pairs: by their smaller node, then by the other. */
export function byNodes(one: NodePair, other: NodePair): number {
  return one[0] - other[0] || one[1] - other[1]
}

function note(mates: Map<number, Set<number>>, from: number, to: number): void {
  const held = mates.get(from)
  if (held) held.add(to)
  else mates.set(from, new Set([to]))
}

function forget(mates: Map<number, Set<number>>, from: number, to: number): void {
  const held = mates.get(from)
  if (held?.delete(to) && held.size === 0) mates.delete(from)
}
