/** Disjoint sets of the numbers below `length`; the smallest member is each set's root. */
export class UnionFind {
  readonly #parent: Int32Array

  constructor(length: number) {
    this.#parent = new Int32Array(length)
    for (let at = 0; at < length; at++) this.#parent[at] = at
  }

  /** The smallest member of a set; halves the path on the way. */
  root(member: number): number {
    const parent = this.#parent
    let at = member
    let above = parent[at] ?? at
    while (above !== at) {
      const next = parent[above] ?? above
      parent[at] = next
      at = next
      above = parent[at] ?? at
    }
    return at
  }

  /** A smaller member of the same set; of the smallest, itself. */
  above(member: number): number {
    return this.#parent[member] ?? member
  }

  /** Makes one set of two; gives its root. */
  unite(one: number, other: number): number {
    const a = this.root(one)
    const b = this.root(other)
    if (a < b) this.#parent[b] = a
    else if (b < a) this.#parent[a] = b
    return a < b ? a : b
  }

  /** Makes one set of `members` (smallest first), which must be whole sets until now. */
  regroup(members: readonly number[]): void {
    const root = members[0] ?? 0
    for (const member of members) this.#parent[member] = root
  }
}
