import type { AssignInput } from './assign-input.ts'
import { NO_UID } from './match-index.ts'
import { NO_COMPONENT } from './resolve.ts'

/** Where the nodes of earlier uids went. */
export interface UidHeirs {
  /** The uids that nodes had before, smallest first. */
  readonly uids: Int32Array
  /** For each of them the part that most of its nodes went to; -1 where none is left. */
  readonly part: Int32Array
  /** For parts that nodes of a spread-out uid went to: the uid that most of those came from. */
  readonly originOf: ReadonlyMap<number, number>
}

/** A uid that is in several parts. */
const SPREAD = -2

interface Overlap {
  readonly at: number
  readonly part: number
  count: number
  pidMin: number
}

/** Finds each uid's heir; only uids whose nodes went to several parts cost more than a look. */
export function uidHeirs(input: AssignInput): UidHeirs {
  const uids = previousUids(input)
  const locate = locator(uids, input.nextUid)
  const part = new Int32Array(uids.length).fill(NO_COMPONENT)
  let spread = false
  eachMove(input, (uid, to) => {
    const at = locate(uid)
    if (part[at] === NO_COMPONENT) part[at] = to
    else if (part[at] !== to) {
      part[at] = SPREAD
      spread = true
    }
  })
  if (!spread) return { uids, part, originOf: new Map() }
  const overlaps = overlapsOf(input, part, locate)
  for (const best of bestOf(overlaps, overlap => overlap.at, largerThenEarlier).values()) {
    part[best.at] = best.part
  }
  const origins = bestOf(overlaps, overlap => overlap.part, largerThenOlder)
  const originOf = new Map(
    Array.from(origins.values(), origin => [origin.part, uids[origin.at] ?? NO_UID]),
  )
  return { uids, part, originOf }
}

/** Each present node that had a uid. */
function eachMove(
  { pids, previous, component }: AssignInput,
  visit: (uid: number, part: number, pid: number) => void,
): void {
  for (let at = 0; at < pids.length; at++) {
    const uid = previous[at] ?? NO_UID
    const part = component[at] ?? NO_COMPONENT
    if (uid !== NO_UID && part !== NO_COMPONENT) visit(uid, part, pids[at] ?? 0)
  }
}

function previousUids({ previous }: AssignInput): Int32Array {
  const sorted = previous.filter(uid => uid !== NO_UID).sort()
  let count = 0
  for (let at = 0; at < sorted.length; at++) {
    if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[count++] = sorted[at] ?? 0
  }
  return sorted.subarray(0, count)
}

/** A table when most uids are here (a full run), else a map, so that a small change stays small. */
function locator(uids: Int32Array, nextUid: number): (uid: number) => number {
  if (uids.length * 8 < nextUid) {
    const places = new Map<number, number>()
    for (const [at, uid] of uids.entries()) places.set(uid, at)
    return uid => places.get(uid) ?? 0
  }
  const table = new Int32Array(nextUid)
  for (let at = 0; at < uids.length; at++) table[uids[at] ?? 0] = at
  return uid => table[uid] ?? 0
}

function overlapsOf(
  input: AssignInput,
  part: Int32Array,
  locate: (uid: number) => number,
): readonly Overlap[] {
  const overlaps = new Map<number, Overlap>()
  eachMove(input, (uid, to, pid) => {
    const at = locate(uid)
    if (part[at] !== SPREAD) return
    const name = at * input.componentCount + to
    const held = overlaps.get(name)
    if (held === undefined) overlaps.set(name, { at, part: to, count: 1, pidMin: pid })
    else {
      held.count += 1
      held.pidMin = Math.min(held.pidMin, pid)
    }
  })
  return [...overlaps.values()]
}

function bestOf(
  overlaps: readonly Overlap[],
  by: (overlap: Overlap) => number,
  compare: (one: Overlap, other: Overlap) => number,
): ReadonlyMap<number, Overlap> {
  const best = new Map<number, Overlap>()
  for (const overlap of overlaps) {
    const held = best.get(by(overlap))
    if (held === undefined || compare(overlap, held) < 0) best.set(by(overlap), overlap)
  }
  return best
}

function largerThenEarlier(one: Overlap, other: Overlap): number {
  return other.count - one.count || one.pidMin - other.pidMin
}

function largerThenOlder(one: Overlap, other: Overlap): number {
  return other.count - one.count || one.at - other.at
}
