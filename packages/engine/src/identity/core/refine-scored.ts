import { averageLinkage } from './average-linkage.ts'
import { holdOf } from './held-back.ts'
import { type DecisionCut, strongParts } from './keep-apart.ts'
import { membersByValue, type ResolveOptions } from './link-groups.ts'
import type { MatchIndex } from './match-index.ts'
import { isScored, type ScoredLinks } from './scored-links.ts'
import { UnionFind } from './union-find.ts'

/** The parts of a component that scores made, each smallest node first, and what decisions cut. */
interface ScoredParts {
  readonly parts: readonly (readonly number[])[]
  readonly cuts: readonly DecisionCut[]
}

/** The comparison row of a node that a scored rule does not know. */
const NO_ROW = -1

/**
 * Divides a component by how well its nodes fit together. What exact rules and decisions join stays
 * one; such groups become one by average linkage over the scores of their pairs. What is too large
 * to be looked at pair by pair is divided at its weakest links first. Groups are taken in an order that their
 * content gives, so that it does not matter in which order they came.
 */
export function refineScored(
  index: MatchIndex,
  component: readonly number[],
  options: ResolveOptions & { readonly scored: ScoredLinks },
): ScoredParts {
  const { scored } = options
  const rows = new Map(component.map(pid => [pid, rowOf(index, pid, options)]))
  const isSmall = component.length <= scored.membersMax
  if (isSmall && !hasNevers(component, options) && areAllLinked([...rows.values()], options)) {
    return { parts: [component.toSorted((a, b) => a - b)], cuts: [] }
  }
  const strong = strongParts(index, component, options)
  const orders = new Map(component.map(pid => [pid, scored.order(rows.get(pid) ?? NO_ROW)]))
  const order = (group: readonly number[]): number =>
    group.reduce((least, pid) => Math.min(least, orders.get(pid) ?? 0), Infinity)
  const groups = strong.parts.toSorted(
    (one, other) => order(one) - order(other) || (one[0] ?? 0) - (other[0] ?? 0),
  )
  const parts: (readonly number[])[] = []
  for (const near of nearGroups(index, groups, options)) {
    const linked = averageLinkage(near, {
      weight: (one, other) => weightOf(scored, rows.get(one), rows.get(other)),
      prior: scored.prior,
      link: scored.link,
      isApart: apartIn(near, options),
    })
    for (const part of linked) parts.push(part.toSorted((a, b) => a - b))
  }
  return { parts: parts.sort((one, other) => (one[0] ?? 0) - (other[0] ?? 0)), cuts: strong.cuts }
}

/** Whether every pair is a link: then nodes are one whichever are joined first. */
function areAllLinked(
  rows: readonly number[],
  { similar, scored }: ResolveOptions & { readonly scored: ScoredLinks },
): boolean {
  for (const [at, row] of rows.entries()) {
    if (row === NO_ROW) return false
    for (let before = 0; before < at; before++) {
      const other = rows[before] ?? NO_ROW
      if (other !== row && !similar(other, row, scored.firstRule)) return false
    }
  }
  return true
}

function hasNevers(component: readonly number[], { decisions }: ResolveOptions): boolean {
  if (!decisions || decisions.isEmpty) return false
  return component.some(pid => decisions.of(pid, 'never').size > 0)
}

function weightOf({ weight, prior }: ScoredLinks, one = NO_ROW, other = NO_ROW): number {
  return one === NO_ROW || other === NO_ROW ? prior : weight(one, other)
}

function rowOf(index: MatchIndex, pid: number, options: ResolveOptions): number {
  let row = NO_ROW
  index.eachRowOf(pid, (block, value) => {
    if (isScored(options, index.blockRule(block))) row = value
  })
  return row
}

/** Whether two groups have members that were decided to be never together. */
function apartIn(
  groups: readonly (readonly number[])[],
  { decisions }: ResolveOptions,
): (one: number, other: number) => boolean {
  const apart = new Set<number>()
  if (!decisions || decisions.isEmpty) return () => false
  const groupOf = new Map(groups.flatMap((group, at) => group.map(pid => [pid, at] as const)))
  for (const [pid, one] of groupOf) {
    for (const mate of decisions.of(pid, 'never')) {
      const other = groupOf.get(mate)
      if (other !== undefined) apart.add(one * groups.length + other)
    }
  }
  return (one, other) =>
    apart.has(one * groups.length + other) || apart.has(other * groups.length + one)
}

/**
 * The groups as they are if they are few; else divided at their weakest links: links are taken
 * strongest first, and one that would make too large a set is left out.
 */
function nearGroups(
  index: MatchIndex,
  groups: readonly (readonly number[])[],
  options: ResolveOptions & { readonly scored: ScoredLinks },
): readonly (readonly (readonly number[])[])[] {
  const { membersMax } = options.scored
  const sizes = Int32Array.from(groups, ({ length }) => length)
  if (sizes.reduce((sum, size) => sum + size, 0) <= membersMax) return [groups]
  const sets = new UnionFind(groups.length)
  for (const { one, other } of linksOf(index, groups, options)) {
    const [a, b] = [sets.root(one), sets.root(other)]
    const size = (sizes[a] ?? 0) + (sizes[b] ?? 0)
    if (a !== b && size <= membersMax) sizes[sets.unite(a, b)] = size
  }
  const near = new Map<number, (readonly number[])[]>()
  for (const [at, group] of groups.entries()) {
    const held = near.get(sets.root(at))
    if (held) held.push(group)
    else near.set(sets.root(at), [group])
  }
  return [...near.values()]
}

interface Link {
  readonly one: number
  readonly other: number
  readonly bits: number
}

/** The links between groups that blocking passes propose, strongest first. */
function linksOf(
  index: MatchIndex,
  groups: readonly (readonly number[])[],
  options: ResolveOptions & { readonly scored: ScoredLinks },
): readonly Link[] {
  const groupOf = new Map(groups.flatMap((group, at) => group.map(pid => [pid, at] as const)))
  const blocks = new Set<number>()
  for (const pid of groupOf.keys()) {
    index.eachRowOf(pid, block => {
      if (isScored(options, index.blockRule(block))) blocks.add(block)
    })
  }
  const links = new Map<number, Link>()
  const note = (from = -1, to = -1, bits = 0): void => {
    const [one, other] = [groupOf.get(from), groupOf.get(to)]
    if (one === undefined || other === undefined || one === other) return
    if (bits < options.scored.link) return
    const [low, high] = [Math.min(one, other), Math.max(one, other)]
    const held = links.get(low * groups.length + high)
    if (held && held.bits >= bits) return
    links.set(low * groups.length + high, { one: low, other: high, bits })
  }
  for (const block of blocks) eachScoredPair(index, block, { options, groupOf, note })
  return [...links.values()].sort((a, b) => b.bits - a.bits || a.one - b.one || a.other - b.other)
}

/** Nodes of equal rows in turn, and of different rows the first of each; smallest nodes first. */
function eachScoredPair(
  index: MatchIndex,
  block: number,
  {
    options,
    groupOf,
    note,
  }: {
    readonly options: ResolveOptions & { readonly scored: ScoredLinks }
    readonly groupOf: ReadonlyMap<number, number>
    readonly note: (from: number | undefined, to: number | undefined, bits: number) => void
  },
): void {
  if (holdOf(index, block, options)) return
  const byRow = Array.from(membersByValue(index, block), ([row, pids]) => ({
    row,
    pids: pids.filter(pid => groupOf.has(pid)).sort((a, b) => a - b),
  }))
  const isCompared = byRow.length <= options.valuesMax
  for (const [at, { row, pids }] of byRow.entries()) {
    const bits = options.scored.weight(row, row)
    for (const [place, pid] of pids.entries()) note(pids[place - 1], pid, bits)
    for (const other of isCompared ? byRow.slice(0, at) : []) {
      note(other.pids[0], pids[0], options.scored.weight(other.row, row))
    }
  }
}
