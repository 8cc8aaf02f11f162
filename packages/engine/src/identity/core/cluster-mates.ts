import type { ResolveOptions } from './link-groups.ts'
import { type MatchIndex, NO_UID } from './match-index.ts'

/** Blocks up to which all their members are taken for possible mates. */
const SMALL_BLOCK = 16

/**
 * Nodes that a change of some may reach, those included: who shares a small block with them, and
 * who had the label of one of all these when it was last resolved, as far as blocks still join them.
 * A forecast only: whoever it misses, or names for nothing, costs time and no more.
 */
export function clusterMates(
  index: MatchIndex,
  pids: Int32Array,
  { blockMax, decisions }: Pick<ResolveOptions, 'blockMax' | 'decisions'>,
): ReadonlySet<number> {
  const mates = new Set<number>(pids)
  for (const pid of pids) {
    for (const mate of decisions?.of(pid, 'together') ?? []) mates.add(mate)
    index.eachRowOf(pid, block => {
      if (index.blockSize(block) <= SMALL_BLOCK) index.eachMember(block, mate => mates.add(mate))
    })
  }
  // A set gives what is added to it while it is walked, too.
  const blocks = new Set<number>()
  for (const pid of mates) {
    const uid = index.label(pid)
    if (uid === NO_UID) continue
    index.eachRowOf(pid, block => {
      if (blocks.has(block) || index.blockSize(block) > blockMax) return
      blocks.add(block)
      index.eachMember(block, mate => {
        if (index.label(mate) === uid) mates.add(mate)
      })
    })
  }
  return mates
}
