import { linkGroups, type ResolveOptions } from './link-groups.ts'
import type { MatchIndex } from './match-index.ts'

/**
 * The components that hold the seeds, by walking from node to block to node and along
 * decisions, before any cut. Absent seeds are in none. Costs what it finds, not what the index holds.
 */
export function rawComponents(
  index: MatchIndex,
  seeds: Iterable<number>,
  options: ResolveOptions,
): readonly (readonly number[])[] {
  const walk = new Walk(index, options)
  const components: (readonly number[])[] = []
  for (const seed of seeds) {
    if (!walk.seen.has(seed) && index.isPresent(seed)) components.push(walk.from(seed))
  }
  return components
}

/** All nodes in the components of the seeds, smallest first. */
export function affected(
  index: MatchIndex,
  seeds: Iterable<number>,
  options: ResolveOptions,
): Int32Array {
  return Int32Array.from(rawComponents(index, seeds, options).flat()).sort()
}

class Walk {
  readonly seen = new Set<number>()
  readonly #index: MatchIndex
  readonly #options: ResolveOptions
  /** For each block reached, the groups of it that were not walked yet, by node. */
  readonly #open = new Map<number, ReadonlyMap<number, readonly (readonly number[])[]>>()
  readonly #walked = new Set<readonly number[]>()

  constructor(index: MatchIndex, options: ResolveOptions) {
    this.#index = index
    this.#options = options
  }

  from(seed: number): readonly number[] {
    const found = [seed]
    this.seen.add(seed)
    for (let at = 0; at < found.length; at++) {
      const pid = found[at] ?? seed
      this.#index.eachRowOf(pid, block => this.#enter(block, pid, found))
      for (const mate of this.#options.decisions?.of(pid, 'together') ?? []) {
        if (this.#index.isPresent(mate)) this.#find(mate, found)
      }
    }
    return found
  }

  #enter(block: number, pid: number, found: number[]): void {
    for (const group of this.#groupsOf(block).get(pid) ?? []) {
      if (this.#walked.has(group)) continue
      this.#walked.add(group)
      for (const mate of group) this.#find(mate, found)
    }
  }

  #find(pid: number, found: number[]): void {
    if (this.seen.has(pid)) return
    this.seen.add(pid)
    found.push(pid)
  }

  #groupsOf(block: number): ReadonlyMap<number, readonly (readonly number[])[]> {
    const known = this.#open.get(block)
    if (known) return known
    const groups = new Map<number, (readonly number[])[]>()
    for (const group of linkGroups(this.#index, block, this.#options)) {
      for (const pid of group) groups.set(pid, [...(groups.get(pid) ?? []), group])
    }
    this.#open.set(block, groups)
    return groups
  }
}
