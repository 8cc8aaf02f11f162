import { sortContested } from './contested.ts'
import type { DecisionBook } from './decision-book.ts'
import { holdOf } from './held-back.ts'
import {
  areAlike,
  blockContest,
  type ContestedBlock,
  linkGroups,
  type ResolveOptions,
} from './link-groups.ts'
import { type MatchIndex, NO_VALUE } from './match-index.ts'
import { refineComponent } from './refine.ts'
import { UnionFind } from './union-find.ts'
import { rememberSimilar } from './value-similarity.ts'

/** The component of an absent node. */
export const NO_COMPONENT = -1

/** Which present nodes are one, for some nodes or for all. */
export interface Partition {
  /** The nodes, smallest first. */
  readonly pids: Int32Array
  /** The component of each, numbered by smallest node from 0; -1 for an absent node. */
  readonly component: Int32Array
  /** How many components there are. */
  readonly componentCount: number
  readonly contested: readonly ContestedBlock[]
}

/**
 * The clusters of all nodes: connected components over the star edges of all blocks (first member
 * to every other) and over what was decided to be together, each then refined. Linear in rows; only distinct values inside a
 * fuzzy block are compared with each other.
 */
export function fullPartition(index: MatchIndex, given: ResolveOptions): Partition {
  const options = { ...given, similar: rememberSimilar(given.similar) }
  const sets = new UnionFind(index.pidEnd)
  const contested: ContestedBlock[] = []
  const few = new FewValues(index, sets, options)
  for (let block = 0; block < index.blockEnd; block++) {
    const size = index.blockSize(block)
    if (size < 2 || (!holdOf(index, block, options) && few.unite(block))) continue
    const contest = blockContest(index, block, options)
    if (contest) contested.push(contest)
    uniteGroups(sets, linkGroups(index, block, options))
  }
  uniteDecided(index, sets, options)
  const partition = numbered(index, sets)
  const open = openComponents(partition, options)
  if (open.length === 0) return { ...partition, contested: sortContested(contested) }
  for (const members of open) {
    const refined = refineComponent(index, members, options)
    for (const part of refined.parts) sets.regroup(part)
    contested.push(...refined.contested)
  }
  return { ...numbered(index, sets), contested: sortContested(contested) }
}

/** Distinct values that are joined without making lists: nearly all blocks have fewer. */
const FEW_MAX = 64

/** Joins what blocks of few values join, in arrays that serve for every block. */
class FewValues {
  readonly #index: MatchIndex
  readonly #sets: UnionFind
  readonly #options: ResolveOptions
  readonly #valuesMax: number
  /** The distinct values of a block, and for each a node that is joined to those that have it. */
  readonly #values = new Int32Array(FEW_MAX + 1)
  readonly #pids = new Int32Array(FEW_MAX + 1)
  #count = 0

  constructor(index: MatchIndex, sets: UnionFind, options: ResolveOptions) {
    this.#index = index
    this.#sets = sets
    this.#options = options
    this.#valuesMax = Math.min(FEW_MAX, options.valuesMax)
  }

  /** Joins the same as the block's `linkGroups`; false where its values are more than few. */
  unite(block: number): boolean {
    this.#count = 0
    this.#index.eachMember(block, this.#take)
    if (this.#count === 1) return true
    if (this.#count > this.#valuesMax) return false
    if (this.#values.subarray(0, this.#count).includes(NO_VALUE)) return false
    this.#uniteAlike(this.#index.blockRule(block))
    return true
  }

  /** Joins a node to the one that has its value already, or notes that this one does. */
  readonly #take = (pid: number, value: number): void => {
    const values = this.#values
    const count = this.#count
    for (let at = 0; at < count; at++) {
      if (values[at] !== value) continue
      this.#pids[at] = this.#sets.unite(this.#pids[at] ?? pid, pid)
      return
    }
    if (count > this.#valuesMax) return
    values[count] = value
    this.#pids[count] = pid
    this.#count = count + 1
  }

  /** Unites nodes whose values are alike; who is one already need not be compared. */
  #uniteAlike(rule: number): void {
    const values = this.#values
    const pids = this.#pids
    const sets = this.#sets
    const options = this.#options
    for (let at = 1; at < this.#count; at++) {
      const value = values[at] ?? NO_VALUE
      const pid = pids[at] ?? 0
      for (let before = 0; before < at; before++) {
        const other = pids[before] ?? 0
        if (sets.root(pid) === sets.root(other)) continue
        if (areAlike(options, [values[before] ?? NO_VALUE, value, rule])) sets.unite(pid, other)
      }
    }
  }
}

function uniteGroups(sets: UnionFind, groups: readonly (readonly number[])[]): void {
  for (const group of groups) {
    for (const pid of group) sets.unite(group[0] ?? pid, pid)
  }
}

function uniteDecided(index: MatchIndex, sets: UnionFind, { decisions }: ResolveOptions): void {
  for (const [one, other] of decisions?.pairs('together') ?? []) {
    if (index.isPresent(one) && index.isPresent(other)) sets.unite(one, other)
  }
}

/** The members of each component that a refinement may change: it is too large, or in dispute. */
function openComponents(
  partition: Omit<Partition, 'contested'>,
  { clusterMax, decisions, scored }: ResolveOptions,
): readonly (readonly number[])[] {
  const { pids, component, componentCount } = partition
  const open = new Map<number, number[]>()
  // Two that a score links are one; of more, some may not fit.
  const sizeMax = scored ? Math.min(2, clusterMax) : clusterMax
  // The first node of each component has the next number, and most components end there: only the
  // others are counted.
  const others = new Int32Array(componentCount)
  let met = 0
  for (const part of component) {
    if (part === NO_COMPONENT) continue
    if (part === met) {
      met += 1
      continue
    }
    const size = (others[part] ?? 0) + 1
    others[part] = size
    if (size >= sizeMax) open.set(part, [])
  }
  for (const part of disputed(partition, decisions)) open.set(part, [])
  if (open.size > 0) for (const pid of pids) open.get(component[pid] ?? NO_COMPONENT)?.push(pid)
  return [...open.values()]
}

/** Components in which are two that somebody decided to be never together. */
function disputed(
  { component }: Omit<Partition, 'contested'>,
  decisions: DecisionBook | undefined,
): readonly number[] {
  return (decisions?.pairs('never') ?? []).flatMap(([one, other]) => {
    const part = component[one] ?? NO_COMPONENT
    return part !== NO_COMPONENT && part === component[other] ? part : []
  })
}

function numbered(index: MatchIndex, sets: UnionFind): Omit<Partition, 'contested'> {
  const pids = new Int32Array(index.pidEnd)
  const component = new Int32Array(index.pidEnd).fill(NO_COMPONENT)
  let componentCount = 0
  for (let pid = 0; pid < index.pidEnd; pid++) {
    pids[pid] = pid
    if (!index.isPresent(pid)) continue
    const above = sets.above(pid)
    component[pid] = above === pid ? componentCount++ : (component[above] ?? NO_COMPONENT)
  }
  return { pids, component, componentCount }
}
