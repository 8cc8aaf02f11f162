import { type MatchIndex, NO_SURNAME } from '../../../identity/index.ts'

/** Pairs of source profiles, and how many of those with two known last names have the same. */
export interface Odds {
  readonly pairs: number
  /** Share of the pairs that agree; a half where no two last names are known. */
  readonly probability: number
}

/** Of the pairs between two sets. */
export function oddsBetween(
  index: MatchIndex,
  ones: readonly number[],
  others: readonly number[],
): Odds {
  const [left, right] = [surnamesOf(index, ones), surnamesOf(index, others)]
  let agreeing = 0
  for (const [surname, count] of left) agreeing += count * (right.get(surname) ?? 0)
  const share = shareOf(agreeing, total(left) * total(right))
  return { pairs: ones.length * others.length, probability: share }
}

/** Of the pairs within a set that are not in one profile already. */
export function oddsApart(index: MatchIndex, pids: readonly number[]): Odds {
  const profiles = [...groupsBy(pids, pid => index.label(pid)).values()]
  const all = pairsAcross(profiles.map(members => members.length))
  const surnames = profiles.map(members => surnamesOf(index, members))
  const known = pairsAcross(surnames.map(total))
  const bySurname = new Map<number, number[]>()
  for (const [surname, count] of surnames.flatMap(counts => [...counts])) {
    const held = bySurname.get(surname)
    if (held) held.push(count)
    else bySurname.set(surname, [count])
  }
  let agreeing = 0
  for (const counts of bySurname.values()) agreeing += pairsAcross(counts)
  return { pairs: all, probability: shareOf(agreeing, known) }
}

/** Two of different profiles, of one last name where there are such, that pass; the first in order. */
export function pairApart(
  index: MatchIndex,
  pids: readonly number[],
  passes: (from: number, to: number) => boolean,
): readonly [number, number] | undefined {
  const bySurname = groupsBy(pids, pid => index.surname(pid))
  bySurname.delete(NO_SURNAME)
  const groups = [...bySurname.values()].sort((a, b) => b.length - a.length)
  for (const group of [...groups, pids]) {
    const firsts = [...groupsBy(group, pid => index.label(pid)).values()].map(
      members => members[0] ?? -1,
    )
    const few = firsts.slice(0, TRIED_MAX)
    for (const [at, to] of few.entries()) {
      const from = few.slice(0, at).find(one => passes(one, to))
      if (from !== undefined) return [from, to]
    }
  }
  return undefined
}

/** Profiles of a key among which a pair is looked for. */
const TRIED_MAX = 30

function groupsBy(pids: readonly number[], keyOf: (pid: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const pid of pids) {
    const held = groups.get(keyOf(pid))
    if (held) held.push(pid)
    else groups.set(keyOf(pid), [pid])
  }
  return groups
}

function surnamesOf(index: MatchIndex, pids: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const pid of pids) {
    const surname = index.surname(pid)
    if (surname !== NO_SURNAME) counts.set(surname, (counts.get(surname) ?? 0) + 1)
  }
  return counts
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

/** Pairs of things of different groups. */
function pairsAcross(sizes: readonly number[]): number {
  const all = sizes.reduce((sum, size) => sum + size, 0)
  const within = sizes.reduce((sum, size) => sum + size * size, 0)
  return (all * all - within) / 2
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0.5 : part / whole
}
