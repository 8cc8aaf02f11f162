import { type Happening, leftBy } from './history.ts'
import { tell } from './rules-aloud.ts'

/** What a history puts an engine through that keeps up with it, batch by batch. */
export interface HistoryShapes {
  /** Two that were there and apart, and are one after a batch. */
  readonly joined: number
  /** Two that were one, and are there and apart after a batch. */
  readonly parted: number
  /** Records that are removed. */
  readonly removed: number
  /** Records that come as an older version of what is there. */
  readonly stale: number
  /** Profiles that it leaves of three records or more. */
  readonly several: number
  /** Profiles that it leaves with more than one address and a sum of orders. */
  readonly whole: number
}

/** The shapes of a history, told by the rules alone. */
export function shapesOf(history: readonly Happening[]): HistoryShapes {
  const ends = [...history.keys()].filter(at => endsBatch(history, at)).map(at => at + 1)
  const changes = { joined: 0, parted: 0 }
  let before = groupsAfter([])
  for (const end of ends) {
    const after = groupsAfter(history.slice(0, end))
    changes.joined += pairsOf(after).filter(([a, b]) => isApart(before, a, b)).length
    changes.parted += pairsOf(before).filter(([a, b]) => isApart(after, a, b)).length
    before = after
  }
  const told = tell(leftBy(history))
  return {
    ...changes,
    removed: history.filter(({ step }, at) => 'remove' in step && isThere(history, at)).length,
    stale: history.filter(({ step }, at) => !('remove' in step) && isStale(history, at)).length,
    several: told.filter(({ members }) => members.length > 2).length,
    whole: told.filter(({ emails, value }) => emails.length > 1 && value !== undefined).length,
  }
}

/** Whether all up to here is applied before what comes next. */
function endsBatch(history: readonly Happening[], at: number): boolean {
  const next = history[at + 1]
  const step = history[at]?.step
  return !next || next.appliesBefore || 'remove' in next.step || (step && 'remove' in step) === true
}

type Groups = ReadonlyMap<string, number>

function groupsAfter(history: readonly Happening[]): Groups {
  const profiles = tell(leftBy(history))
  return new Map(profiles.flatMap(({ members }, at) => members.map(name => [name, at] as const)))
}

function pairsOf(groups: Groups): readonly (readonly [a: string, b: string])[] {
  const names = [...groups.keys()]
  return names.flatMap((a, at) =>
    names
      .slice(at + 1)
      .filter(b => groups.get(a) === groups.get(b))
      .map(b => [a, b] as const),
  )
}

function isApart(groups: Groups, a: string, b: string): boolean {
  return groups.has(a) && groups.has(b) && groups.get(a) !== groups.get(b)
}

function isThere(history: readonly Happening[], at: number): boolean {
  const step = history[at]?.step
  if (!step || !('remove' in step)) return false
  return leftBy(history.slice(0, at))[step.stream].some(({ id }) => id === step.remove)
}

function isStale(history: readonly Happening[], at: number): boolean {
  const step = history[at]?.step
  if (!step || 'remove' in step) return false
  const held = leftBy(history.slice(0, at + 1))[step.stream]
  const { id, changed } = step.record
  return held.some(one => one['id'] === id && one['changed'] !== changed)
}
