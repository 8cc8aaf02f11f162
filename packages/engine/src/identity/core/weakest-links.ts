import { holdOf } from './held-back.ts'
import { linkGroups, type ResolveOptions } from './link-groups.ts'
import { type MatchIndex, NO_VALUE } from './match-index.ts'
import { UnionFind } from './union-find.ts'

/** Of a node that is alone: no rule holds it. */
export const NO_RULE = -1

/**
 * The rule of the weakest link that holds each node in its cluster, where the first rule is the
 * strongest: the weakest one on the strongest path from the node to the first node of its cluster;
 * of the first node, the strongest link that it has. `label` is the first node of each one's cluster.
 *
 * Rules join nodes one after the other, the strongest first: a node's rule is the one by which it
 * and the first of its cluster became one. Links that were cut out of a cluster join nobody.
 */
export function weakestLinks(
  index: MatchIndex,
  label: Int32Array,
  options: ResolveOptions,
): Int32Array {
  const sets = new UnionFind(label.length)
  const rule = new Int32Array(label.length).fill(NO_RULE)
  for (const [at, blocks] of blocksByRule(index).entries()) {
    for (const block of blocks) uniteBlock(index, block, { sets, label, options })
    settle(sets, label, { rule, at })
  }
  return rule
}

function blocksByRule(index: MatchIndex): readonly Int32Array[] {
  const counts: number[] = []
  for (let block = 0; block < index.blockEnd; block++) {
    if (index.blockSize(block) < 2) continue
    const rule = index.blockRule(block)
    while (counts.length <= rule) counts.push(0)
    counts[rule] = (counts[rule] ?? 0) + 1
  }
  const blocks = counts.map(count => new Int32Array(count))
  const ends = counts.map(() => 0)
  for (let block = 0; block < index.blockEnd; block++) {
    if (index.blockSize(block) < 2) continue
    const rule = index.blockRule(block)
    const end = ends[rule] ?? 0
    blocks[rule]?.set([block], end)
    ends[rule] = end + 1
  }
  return blocks
}

interface Uniting {
  readonly sets: UnionFind
  readonly label: Int32Array
  readonly options: ResolveOptions
}

/** Joins what a block joins, as far as it stayed one cluster. */
function uniteBlock(index: MatchIndex, block: number, { sets, label, options }: Uniting): void {
  if (holdOf(index, block, options)) return
  let first = -1
  let isWhole = true
  index.eachMember(block, (pid, value) => {
    if (first < 0) first = pid
    if (value !== NO_VALUE || label[pid] !== label[first]) isWhole = false
  })
  if (isWhole) index.eachMember(block, pid => sets.unite(first, pid))
  else for (const group of linkGroups(index, block, options)) uniteGroup(group, sets, label)
}

function uniteGroup(group: readonly number[], sets: UnionFind, label: Int32Array): void {
  const firsts = new Map<number, number>()
  for (const pid of group) {
    const cluster = label[pid] ?? pid
    const first = firsts.get(cluster)
    if (first === undefined) firsts.set(cluster, pid)
    else sets.unite(first, pid)
  }
}

/** Notes the rule for nodes that are one with the first of their cluster since it joined. */
function settle(
  sets: UnionFind,
  label: Int32Array,
  { rule, at }: { readonly rule: Int32Array; readonly at: number },
): void {
  for (let pid = 0; pid < label.length; pid++) {
    const first = label[pid] ?? pid
    if (rule[pid] !== NO_RULE || first === pid || sets.root(pid) !== sets.root(first)) continue
    rule[pid] = at
    if (rule[first] === NO_RULE) rule[first] = at
  }
}
