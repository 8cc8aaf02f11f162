import { cutCluster } from './cluster-cut.ts'
import { sortContested } from './contested.ts'
import {
  areAlike,
  blockContest,
  type ContestedBlock,
  linkGroups,
  type ResolveOptions,
} from './link-groups.ts'
import { type MatchIndex, NO_VALUE } from './match-index.ts'
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

/** What is known of a block while all rows go by. */
const [UNSEEN, PLAIN, FUZZY, SHUT] = [0, 1, 2, 3]

/**
 * The clusters of all nodes: connected components over the star edges of all blocks (first member
 * to every other), those over `clusterMax` cut. Linear in rows; only distinct values inside a
 * fuzzy block are compared with each other.
 */
export function fullPartition(index: MatchIndex, given: ResolveOptions): Partition {
  const options = { ...given, similar: rememberSimilar(given.similar) }
  const sets = new UnionFind(index.pidEnd)
  const contested: ContestedBlock[] = []
  const states = uniteRows(index, sets, options)
  const members = new Members()
  for (let block = 0; block < states.length; block++) {
    if (states[block] === UNSEEN || states[block] === PLAIN) continue
    if (states[block] === FUZZY && uniteFew(index, block, { sets, options, members })) continue
    const contest = blockContest(index, block, options)
    if (contest) contested.push(contest)
    if (states[block] === FUZZY) uniteGroups(sets, linkGroups(index, block, options))
  }
  contested.push(...cutLarge(index, sets, options))
  return { ...numbered(index, sets), contested: sortContested(contested) }
}

/** Joins what blocks without values join; tells which blocks must be looked at one by one. */
function uniteRows(index: MatchIndex, sets: UnionFind, options: ResolveOptions): Uint8Array {
  const states = new Uint8Array(index.blockEnd)
  const firsts = new Int32Array(index.blockEnd)
  index.eachRow((block, pid, value) => {
    if (!index.isPresent(pid)) return
    const state = states[block]
    if (state === PLAIN && value === NO_VALUE) {
      sets.unite(firsts[block] ?? pid, pid)
    } else if (state === UNSEEN) {
      firsts[block] = pid
      if (index.blockSize(block) > options.blockMax) states[block] = SHUT
      else states[block] = value === NO_VALUE ? PLAIN : FUZZY
    } else if (state === PLAIN) {
      states[block] = FUZZY
    }
  })
  return states
}

/** The distinct values of a small block and one node of each, in arrays that serve for every block. */
class Members {
  readonly pids = new Int32Array(FEW_MAX)
  readonly values = new Int32Array(FEW_MAX)
  count = 0

  /** A node that has this value already, or -1 after noting that this one does. */
  holder(value: number, pid: number): number {
    for (let at = 0; at < this.count; at++) {
      if (this.values[at] === value) return this.pids[at] ?? NO_COMPONENT
    }
    this.pids[this.count] = pid
    this.values[this.count] = value
    this.count += 1
    return NO_COMPONENT
  }
}

/** Members of a block that are joined without making lists of them: nearly all blocks have fewer. */
const FEW_MAX = 64

interface Uniting {
  readonly sets: UnionFind
  readonly options: ResolveOptions
  readonly members: Members
}

/** What a small block joins, the same as its `linkGroups`; false where it is none. */
function uniteFew(index: MatchIndex, block: number, uniting: Uniting): boolean {
  const { sets, options, members } = uniting
  if (index.blockSize(block) < 2) return true
  if (index.blockSize(block) > FEW_MAX || options.valuesMax < FEW_MAX) return false
  let isFew = true
  members.count = 0
  index.eachMember(block, (pid, value) => {
    if (members.count === FEW_MAX || value === NO_VALUE) {
      isFew = false
      return
    }
    const holder = members.holder(value, pid)
    if (holder !== NO_COMPONENT) sets.unite(holder, pid)
  })
  if (!isFew) return false
  if (members.count > 1) uniteAlike(index.blockRule(block), uniting)
  return true
}

/** Unites nodes whose values are alike; who is one already need not be compared. */
function uniteAlike(rule: number, { sets, options, members }: Uniting): void {
  const { pids, values } = members
  for (let at = 1; at < members.count; at++) {
    for (let before = 0; before < at; before++) {
      const [one = 0, other = 0] = [pids[before], pids[at]]
      if (sets.root(one) === sets.root(other)) continue
      if (areAlike(options, [values[before] ?? 0, values[at] ?? 0, rule])) sets.unite(one, other)
    }
  }
}

function uniteGroups(sets: UnionFind, groups: readonly (readonly number[])[]): void {
  for (const group of groups) {
    for (const pid of group) sets.unite(group[0] ?? pid, pid)
  }
}

function cutLarge(
  index: MatchIndex,
  sets: UnionFind,
  options: ResolveOptions,
): readonly ContestedBlock[] {
  const sizes = new Int32Array(index.pidEnd)
  const large = new Map<number, number[]>()
  for (let pid = 0; pid < index.pidEnd; pid++) {
    const root = sets.root(pid)
    const size = (sizes[root] ?? 0) + 1
    sizes[root] = size
    if (size > options.clusterMax) large.set(root, [])
  }
  if (large.size === 0) return []
  for (let pid = 0; pid < index.pidEnd; pid++) large.get(sets.root(pid))?.push(pid)
  const contested: ContestedBlock[] = []
  for (const members of large.values()) {
    const cut = cutCluster(index, members, options)
    for (const part of cut.parts) sets.regroup(part)
    contested.push(...cut.contested)
  }
  return contested
}

function numbered(index: MatchIndex, sets: UnionFind): Omit<Partition, 'contested'> {
  const pids = new Int32Array(index.pidEnd)
  const component = new Int32Array(index.pidEnd).fill(NO_COMPONENT)
  let componentCount = 0
  for (let pid = 0; pid < index.pidEnd; pid++) {
    pids[pid] = pid
    if (!index.isPresent(pid)) continue
    const root = sets.root(pid)
    if (root === pid) component[pid] = componentCount++
    else component[pid] = component[root] ?? NO_COMPONENT
  }
  return { pids, component, componentCount }
}
