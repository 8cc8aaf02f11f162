import { ApartSets } from './apart-sets.ts'
import { byNodes, type NodePair } from './decision-book.ts'
import { areAlike, type ResolveOptions, type ValueGroup, valueGroups } from './link-groups.ts'
import type { BlockName, MatchIndex } from './match-index.ts'

/**
 * The strongest link between two clusters that a decision keeps apart, and that decision (the one
 * of the smallest nodes, if there are several).
 */
export interface DecisionCut extends BlockName {
  readonly from: number
  readonly to: number
  readonly never: NodePair
}

/** The parts of a cluster between which a decision stands, each smallest node first. */
interface KeptApart {
  readonly parts: readonly (readonly number[])[]
  readonly cuts: readonly DecisionCut[]
}

/**
 * Divides a cluster until no two that were decided to be never together are in one part, however
 * long the path between them: links are taken strongest first, and one that would bring such two
 * together is left out. So of every path between them the weakest link is cut.
 *
 * Links in the order of their strength: decisions, which are never cut; then by rule, key, equal
 * values before alike ones, and nodes. A link group that reaches beyond the cluster was cut before,
 * and counts no more. Linear in the cluster's rows, but for distinct values inside fuzzy blocks and
 * decisions that clash.
 */
export function keepApart(
  index: MatchIndex,
  cluster: readonly number[],
  options: ResolveOptions,
): KeptApart {
  const nevers = neversWithin(cluster, options)
  if (nevers.length === 0) return { parts: [cluster], cuts: [] }
  const linkage = new Linkage(index, cluster, options)
  linkage.join(nevers)
  return { parts: linkage.parts(), cuts: linkage.cuts(nevers) }
}

function neversWithin(
  cluster: readonly number[],
  { decisions }: ResolveOptions,
): readonly NodePair[] {
  if (!decisions || decisions.isEmpty) return []
  const nevers: NodePair[] = []
  let within: ReadonlySet<number> | undefined
  for (const pid of cluster) {
    for (const other of decisions.of(pid, 'never')) {
      if (other < pid) continue
      within ??= new Set(cluster)
      if (within.has(other)) nevers.push([pid, other])
    }
  }
  return nevers.sort(byNodes)
}

/** A node, by its place in the cluster, in the light of one of its values in a block. */
interface Cell {
  readonly place: number
  readonly value: number
  /** Which of the block's groups the value is in: only there values can be alike. */
  readonly group: number
}

/** A link that was left out, by the places of its ends. */
interface Refusal extends BlockName {
  readonly one: number
  readonly other: number
}

/** Links of one cluster, taken strongest first. */
class Linkage {
  readonly #index: MatchIndex
  readonly #options: ResolveOptions
  readonly #pids: readonly number[]
  readonly #places: ReadonlyMap<number, number>
  readonly #sets: ApartSets
  readonly #refused: Refusal[] = []

  constructor(index: MatchIndex, cluster: readonly number[], options: ResolveOptions) {
    this.#index = index
    this.#options = options
    this.#pids = cluster.toSorted((a, b) => a - b)
    this.#places = new Map(this.#pids.map((pid, place) => [pid, place]))
    this.#sets = new ApartSets(cluster.length)
  }

  join(nevers: readonly NodePair[]): void {
    for (const [place, pid] of this.#pids.entries()) {
      for (const mate of this.#options.decisions?.of(pid, 'together') ?? []) {
        const other = this.#places.get(mate)
        if (other !== undefined) this.#sets.unite(place, other)
      }
    }
    for (const [one, other] of nevers) {
      this.#sets.keepApart(this.#places.get(one) ?? 0, this.#places.get(other) ?? 0)
    }
    for (const block of this.#blocks()) this.#joinBlock(block)
  }

  parts(): readonly (readonly number[])[] {
    const parts = new Map<number, number[]>()
    for (const [place, pid] of this.#pids.entries()) {
      const part = parts.get(this.#sets.root(place))
      if (part) part.push(pid)
      else parts.set(this.#sets.root(place), [pid])
    }
    return [...parts.values()]
  }

  cuts(nevers: readonly NodePair[]): readonly DecisionCut[] {
    const decided = new Map<string, NodePair>()
    for (const never of nevers.toReversed()) {
      const [one, other] = never
      decided.set(this.#between(this.#places.get(one) ?? 0, this.#places.get(other) ?? 0), never)
    }
    const cuts = new Map<string, DecisionCut>()
    for (const { rule, key, one, other } of this.#refused) {
      const between = this.#between(one, other)
      const never = decided.get(between)
      if (cuts.has(between) || never === undefined) continue
      cuts.set(between, {
        rule,
        key,
        from: this.#pids[one] ?? 0,
        to: this.#pids[other] ?? 0,
        never,
      })
    }
    return [...cuts.values()]
  }

  /** The two parts that two places are in, as one text. */
  #between(one: number, other: number): string {
    const [a, b] = [this.#sets.root(one), this.#sets.root(other)]
    return `${Math.min(a, b)} ${Math.max(a, b)}`
  }

  /** The blocks of the cluster's nodes, strongest first. */
  #blocks(): readonly number[] {
    const blocks = new Map<number, BlockName>()
    for (const pid of this.#pids) {
      this.#index.eachRowOf(pid, block => {
        if (!blocks.has(block)) blocks.set(block, this.#index.blockName(block))
      })
    }
    return [...blocks]
      .sort(
        ([, one], [, other]) =>
          one.rule - other.rule || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0),
      )
      .map(([block]) => block)
  }

  #joinBlock(block: number): void {
    const name = this.#index.blockName(block)
    const groups = valueGroups(this.#index, block, this.#options).filter(group =>
      this.#isWithin(group),
    )
    if (groups.length === 0) return
    const cells = groups.flatMap((group, number) => this.#cellsOf(group, number))
    cells.sort((one, other) => one.place - other.place || one.value - other.value)
    this.#joinEqual(name, cells)
    this.#joinAlike(name, cells)
  }

  #isWithin({ byValue }: ValueGroup): boolean {
    return [...byValue.values()].every(pids => pids.every(pid => this.#places.has(pid)))
  }

  #cellsOf({ byValue }: ValueGroup, group: number): readonly Cell[] {
    const cells: Cell[] = []
    for (const [value, pids] of byValue) {
      for (const pid of pids) cells.push({ place: this.#places.get(pid) ?? 0, value, group })
    }
    return cells
  }

  /**
   * Joins nodes of equal values. What a node can be joined to, or not, its whole set can, and what
   * is refused stays so: a node whose set has had its turn with a value needs none of its own.
   */
  #joinEqual(name: BlockName, cells: readonly Cell[]): void {
    const placesOf = new Map<number, number[]>()
    for (const { place, value } of cells) {
      const places = placesOf.get(value)
      if (places) places.push(place)
      else placesOf.set(value, [place])
    }
    const leaders = new Map<number, number[]>()
    for (const { place, cellsHere } of byPlace(cells)) {
      const mates: number[] = []
      for (const { value } of cellsHere) {
        const before = leaders.get(value) ?? []
        if (before.some(leader => this.#sets.root(leader) === this.#sets.root(place))) continue
        leaders.set(value, [...before, place])
        for (const mate of placesOf.get(value) ?? []) if (mate > place) mates.push(mate)
      }
      mates.sort((a, b) => a - b)
      for (const mate of mates) this.#link(name, place, mate)
    }
  }

  /** Joins nodes whose values are alike: for each value, the first node of each set. */
  #joinAlike(name: BlockName, cells: readonly Cell[]): void {
    const firstOf = new Map<string, Cell>()
    for (const cell of cells) {
      const text = `${cell.value} ${this.#sets.root(cell.place)}`
      if (!firstOf.has(text)) firstOf.set(text, cell)
    }
    const firsts = [...firstOf.values()]
    for (const { place, cellsHere } of byPlace(firsts)) {
      for (const other of firsts) {
        if (other.place <= place || this.#sets.root(other.place) === this.#sets.root(place))
          continue
        if (cellsHere.some(cell => this.#areAlike(cell, other, name.rule))) {
          this.#link(name, place, other.place)
        }
      }
    }
  }

  #areAlike(one: Cell, other: Cell, rule: number): boolean {
    if (one.group !== other.group || one.value === other.value) return false
    return areAlike(this.#options, [one.value, other.value, rule])
  }

  #link({ rule, key }: BlockName, one: number, other: number): void {
    if (this.#sets.areApart(one, other)) this.#refused.push({ rule, key, one, other })
    else this.#sets.unite(one, other)
  }
}

/** Cells in the order of their places, those of one place together. */
function byPlace(
  cells: readonly Cell[],
): readonly { readonly place: number; readonly cellsHere: readonly Cell[] }[] {
  const places: { place: number; cellsHere: Cell[] }[] = []
  for (const cell of cells) {
    const last = places.at(-1)
    if (last?.place === cell.place) last.cellsHere.push(cell)
    else places.push({ place: cell.place, cellsHere: [cell] })
  }
  return places
}
