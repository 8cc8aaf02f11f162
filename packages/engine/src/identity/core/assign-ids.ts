import type { AssignInput } from './assign-input.ts'
import { type IdentityEvents, EventLog } from './identity-events.ts'
import { NO_UID } from './match-index.ts'
import { NO_COMPONENT } from './resolve.ts'
import { type UidHeirs, uidHeirs } from './uid-heirs.ts'

/** Who is who from now on. */
export interface Assignment {
  /** The uid of each node, in step with the input; -1 where it is absent. */
  readonly uids: Int32Array
  /** The uid of each component. */
  readonly uidOf: Int32Array
  /** The first uid that is still unused. */
  readonly nextUid: number
  /** New uids. */
  readonly created: Int32Array
  /** How many components kept a uid they had. */
  readonly survivedCount: number
  readonly aliases: readonly { readonly loser: number; readonly survivor: number }[]
  /** New uids whose nodes came mostly from another one, which lives on. */
  readonly splits: readonly { readonly from: number; readonly to: number }[]
  readonly retired: readonly number[]
  readonly events: IdentityEvents
}

/**
 * Gives each component its uid: a pure function of who was who and who is one now.
 *
 * - ID1 each present node has one live uid, and two nodes have the same if and only if they are
 *   in the same component.
 * - ID2 a uid goes where most of its nodes went, ties to the part with the smallest of them.
 * - ID3 of several uids that come to one component the smallest, which is the oldest, survives;
 *   the others become its aliases.
 * - ID4 a component that no uid comes to gets a new one; new ones go by component number, and no
 *   uid is ever used twice.
 * - ID5 a uid none of whose nodes is left is retired.
 * - ID6 a cluster whose nodes did not change keeps its uid and makes no event.
 *
 * The input must hold all nodes of each uid it names, as `fullPartition` and
 * `resolveIncremental` give them.
 */
export function assignIds(input: AssignInput): Assignment {
  const heirs = uidHeirs(input)
  const uidOf = new Int32Array(input.componentCount).fill(NO_UID)
  keepOldest(heirs, uidOf)
  const created = fillNew(uidOf, input.nextUid)
  const { aliases, retired } = losersOf(heirs, uidOf)
  const splits = splitsOf(heirs, uidOf, input.nextUid)
  const log = new EventLog()
  log.many('created', created)
  for (const { from, to } of splits) log.add('split', from, to)
  for (const { loser, survivor } of aliases) {
    log.add('merged', survivor, loser)
    log.add('alias', loser, survivor)
  }
  for (const uid of retired) log.add('retired', uid, NO_UID)
  return {
    uids: input.component.map(part => (part === NO_COMPONENT ? NO_UID : (uidOf[part] ?? NO_UID))),
    uidOf,
    nextUid: input.nextUid + created.length,
    created,
    survivedCount: input.componentCount - created.length,
    aliases,
    splits,
    retired,
    events: log.events(),
  }
}

/** Uids come oldest first, so the first to claim a part keeps it. */
function keepOldest({ uids, part }: UidHeirs, uidOf: Int32Array): void {
  for (let at = 0; at < uids.length; at++) {
    const to = part[at] ?? NO_COMPONENT
    if (to !== NO_COMPONENT && uidOf[to] === NO_UID) uidOf[to] = uids[at] ?? NO_UID
  }
}

function fillNew(uidOf: Int32Array, nextUid: number): Int32Array {
  const created = new Int32Array(uidOf.length)
  let count = 0
  for (let part = 0; part < uidOf.length; part++) {
    if (uidOf[part] !== NO_UID) continue
    uidOf[part] = nextUid + count
    created[count] = nextUid + count
    count += 1
  }
  return created.subarray(0, count)
}

function losersOf(
  { uids, part }: UidHeirs,
  uidOf: Int32Array,
): Pick<Assignment, 'aliases' | 'retired'> {
  const aliases: { loser: number; survivor: number }[] = []
  const retired: number[] = []
  for (let at = 0; at < uids.length; at++) {
    const uid = uids[at] ?? NO_UID
    const to = part[at] ?? NO_COMPONENT
    if (to === NO_COMPONENT) retired.push(uid)
    else if (uidOf[to] !== uid) aliases.push({ loser: uid, survivor: uidOf[to] ?? NO_UID })
  }
  return { aliases, retired }
}

function splitsOf(
  { originOf }: UidHeirs,
  uidOf: Int32Array,
  nextUid: number,
): Assignment['splits'] {
  const splits: { from: number; to: number }[] = []
  for (const [part, from] of originOf) {
    const to = uidOf[part] ?? NO_UID
    if (to >= nextUid) splits.push({ from, to })
  }
  return splits.sort((one, other) => one.to - other.to)
}
