import { type ContestedBlock, linkGroups, type ResolveOptions } from './link-groups.ts'
import type { BlockName, MatchIndex } from './match-index.ts'
import { UnionFind } from './union-find.ts'

/** A component's parts after cutting (each smallest node first), and the groups that were cut. */
export interface ClusterCut {
  readonly parts: readonly (readonly number[])[]
  readonly contested: readonly ContestedBlock[]
}

interface Group extends BlockName {
  /** Positions in the component, smallest first. */
  readonly members: readonly number[]
}

/**
 * Cuts a component that is over `clusterMax`: take away its largest link group (ties by rule, key
 * and smallest nodes, the largest first), and again in every part that is still too large. A
 * function of the component alone. Nodes that a decision made one stay so, whatever their number.
 *
 * Done backwards in one pass: groups join from the smallest; one that would make a part too large
 * is refused, and so is all that would join its parts later, for those were taken away before it.
 */
export function cutCluster(
  index: MatchIndex,
  component: readonly number[],
  options: ResolveOptions,
): ClusterCut {
  const pids = component.toSorted((a, b) => a - b)
  const groups = groupsOf(index, pids, options).toSorted(bySize)
  const sets = decidedSets(pids, options)
  const sizes = new Int32Array(pids.length)
  for (const at of pids.keys()) sizes[sets.root(at)] = (sizes[sets.root(at)] ?? 0) + 1
  const closed = new Uint8Array(pids.length)
  for (const { members } of groups) {
    const roots = [...new Set(members.map(member => sets.root(member)))]
    if (roots.length < 2) continue
    const size = roots.reduce((sum, root) => sum + (sizes[root] ?? 0), 0)
    if (size > options.clusterMax || roots.some(root => closed[root] === 1)) {
      for (const root of roots) closed[root] = 1
      continue
    }
    for (const root of roots) sets.unite(root, roots[0] ?? root)
    sizes[sets.root(roots[0] ?? 0)] = size
  }
  return { parts: partsOf(pids, sets), contested: cutGroups(groups, pids, sets) }
}

/** The positions in the component, joined by decisions alone. */
function decidedSets(pids: readonly number[], { decisions }: ResolveOptions): UnionFind {
  const sets = new UnionFind(pids.length)
  if (!decisions || decisions.isEmpty) return sets
  const position = new Map(pids.map((pid, at) => [pid, at]))
  for (const [at, pid] of pids.entries()) {
    for (const mate of decisions.of(pid, 'together')) sets.unite(at, position.get(mate) ?? at)
  }
  return sets
}

/** The link groups of a component; each is wholly in it. */
function groupsOf(
  index: MatchIndex,
  pids: readonly number[],
  options: ResolveOptions,
): readonly Group[] {
  const position = new Map(pids.map((pid, at) => [pid, at]))
  const blocks = new Set<number>()
  for (const pid of pids) index.eachRowOf(pid, block => blocks.add(block))
  const groups: Group[] = []
  for (const block of blocks) {
    for (const group of linkGroups(index, block, options)) {
      const members = group.flatMap(pid => position.get(pid) ?? [])
      if (members.length === 0) continue
      groups.push({ ...index.blockName(block), members: members.sort((a, b) => a - b) })
    }
  }
  return groups
}

function bySize(one: Group, other: Group): number {
  return (
    one.members.length - other.members.length ||
    one.rule - other.rule ||
    (one.key < other.key ? -1 : one.key > other.key ? 1 : 0) ||
    byMembers(one.members, other.members)
  )
}

/** By the first node that only one of them has: a node with two names may be in two groups of a block. */
function byMembers(one: readonly number[], other: readonly number[]): number {
  for (const [at, member] of one.entries()) {
    const difference = member - (other[at] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

function partsOf(pids: readonly number[], sets: UnionFind): readonly (readonly number[])[] {
  const parts = new Map<number, number[]>()
  for (const [at, pid] of pids.entries()) {
    const part = parts.get(sets.root(at))
    if (part) part.push(pid)
    else parts.set(sets.root(at), [pid])
  }
  return [...parts.values()]
}

function cutGroups(
  groups: readonly Group[],
  pids: readonly number[],
  sets: UnionFind,
): readonly ContestedBlock[] {
  return groups.flatMap(({ rule, key, members }) => {
    const roots = new Set(members.map(member => sets.root(member)))
    if (roots.size < 2) return []
    return {
      rule,
      key,
      why: 'cluster' as const,
      size: members.length,
      pid: pids[members[0] ?? 0] ?? 0,
    }
  })
}
