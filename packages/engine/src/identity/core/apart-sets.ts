import { UnionFind } from './union-find.ts'

/** Disjoint sets of the numbers below `length`, some of which must not become one. */
export class ApartSets {
  readonly #sets: UnionFind
  /** What each set, by its root, is called in `#foes`. */
  readonly #name: Int32Array
  /** The names of those that a set is kept apart from. */
  readonly #foes = new Map<number, Set<number>>()

  constructor(length: number) {
    this.#sets = new UnionFind(length)
    this.#name = Int32Array.from({ length }, (_none, at) => at)
  }

  root(member: number): number {
    return this.#sets.root(member)
  }

  /** Keeps the sets of two members apart from now on; two of one set stay together. */
  keepApart(one: number, other: number): void {
    const [a, b] = [this.#nameOf(one), this.#nameOf(other)]
    if (a === b) return
    this.#foesOf(a).add(b)
    this.#foesOf(b).add(a)
  }

  areApart(one: number, other: number): boolean {
    return this.#foes.get(this.#nameOf(one))?.has(this.#nameOf(other)) ?? false
  }

  /** Makes one set of two that are not kept apart; it is kept apart from all that either was. */
  unite(one: number, other: number): void {
    const [a, b] = [this.#nameOf(one), this.#nameOf(other)]
    if (a === b) return
    // The one with more foes keeps its name, so that each is renamed a few times at most.
    const [kept, gone] = this.#foeCount(a) >= this.#foeCount(b) ? [a, b] : [b, a]
    for (const foe of this.#foes.get(gone) ?? []) {
      this.#foesOf(foe).delete(gone)
      this.#foesOf(foe).add(kept)
      this.#foesOf(kept).add(foe)
    }
    this.#foes.delete(gone)
    this.#name[this.#sets.unite(one, other)] = kept
  }

  #nameOf(member: number): number {
    return this.#name[this.#sets.root(member)] ?? member
  }

  #foeCount(name: number): number {
    return this.#foes.get(name)?.size ?? 0
  }

  #foesOf(name: number): Set<number> {
    const held = this.#foes.get(name) ?? new Set<number>()
    this.#foes.set(name, held)
    return held
  }
}
