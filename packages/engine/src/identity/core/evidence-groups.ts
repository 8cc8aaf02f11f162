import { DECIDED } from './explain-path.ts'
import { linkGroups, type ResolveOptions } from './link-groups.ts'
import type { BlockName, MatchIndex } from './match-index.ts'

/** Nodes of one cluster that one reason joins: a key that they share, or a decision about two. */
export interface EvidenceGroup extends BlockName {
  /** Smallest first; two at least. */
  readonly pids: readonly number[]
}

/** All that joins the nodes of a cluster, by rule and key; decisions first. */
export function evidenceGroups(
  index: MatchIndex,
  cluster: readonly number[],
  options: ResolveOptions,
): readonly EvidenceGroup[] {
  const members = new Set(cluster)
  const decided: EvidenceGroup[] = []
  const blocks = new Set<number>()
  for (const pid of [...cluster].sort((a, b) => a - b)) {
    for (const mate of options.decisions?.of(pid, 'together') ?? []) {
      if (pid < mate && members.has(mate))
        decided.push({ rule: DECIDED, key: 0n, pids: [pid, mate] })
    }
    index.eachRowOf(pid, block => blocks.add(block))
  }
  const shared: EvidenceGroup[] = []
  for (const block of blocks) {
    for (const group of linkGroups(index, block, options)) {
      const pids = group.filter(pid => members.has(pid)).sort((a, b) => a - b)
      if (pids.length > 1) shared.push({ ...index.blockName(block), pids })
    }
  }
  shared.sort(
    (one, other) =>
      one.rule - other.rule ||
      (one.key < other.key ? -1 : one.key > other.key ? 1 : 0) ||
      (one.pids[0] ?? 0) - (other.pids[0] ?? 0),
  )
  return [...decided, ...shared]
}
