import { type HoldLimits, holdOf } from './held-back.ts'
import { type BlockName, type MatchIndex, NO_VALUE } from './match-index.ts'
import { UnionFind } from './union-find.ts'
import type { RulesOut, Similar } from './value-similarity.ts'

/** What limits the joining of nodes, and which values are alike. */
export interface ResolveOptions extends HoldLimits {
  /** Distinct values of a block that are compared; over it, only equal ones join. */
  readonly valuesMax: number
  /** Nodes a cluster may have; over it, it is cut at its largest groups. */
  readonly clusterMax: number
  readonly similar: Similar
  /** Asked before `similar`, where there is one. */
  readonly rulesOut?: RulesOut
}

/** Limits where a ruleset gives none. */
export const RESOLVE_LIMITS = {
  blockMax: 1000,
  surnamesMax: 5,
  idsMax: 5,
  valuesMax: 300,
  clusterMax: 50_000,
} as const

/** Which limit keeps a block from joining all it could. */
export type ContestedWhy = 'block' | 'surnames' | 'ids' | 'values' | 'cluster'

/** A block that a limit keeps from joining all it could; `findBlock` and `eachMember` name whom. */
export interface ContestedBlock extends BlockName {
  readonly why: ContestedWhy
  /** Distinct nodes, surnames, ids or values over the limit; for `cluster` nodes of the cut group. */
  readonly size: number
  /** For `cluster` the smallest node of the cut group, else -1. */
  readonly pid: number
}

/** Whether a block of several is over a limit of its own: a function of its present members only. */
export function blockContest(
  index: MatchIndex,
  block: number,
  options: ResolveOptions,
): ContestedBlock | undefined {
  if (index.blockSize(block) < 2) return undefined
  const hold = holdOf(index, block, options)
  if (hold) return { ...index.blockName(block), ...hold, pid: -1 }
  const values = new Set<number>()
  index.eachMember(block, (_pid, value) => {
    if (value !== NO_VALUE) values.add(value)
  })
  if (values.size <= options.valuesMax) return undefined
  return { ...index.blockName(block), why: 'values', size: values.size, pid: -1 }
}

/**
 * The *link groups* of a block: the sets of nodes that it joins. One of all members where the
 * rule has no fuzzy criterion, else one for each set of values connected by being alike, so that
 * cost grows with the square of the distinct values only, and those are limited. A node with two
 * values may be in two groups. Groups of one node are left out.
 */
export function linkGroups(
  index: MatchIndex,
  block: number,
  options: ResolveOptions,
): readonly (readonly number[])[] {
  if (index.blockSize(block) < 2 || holdOf(index, block, options)) return []
  const byValue = membersByValue(index, block)
  const plain = byValue.get(NO_VALUE) ?? []
  byValue.delete(NO_VALUE)
  const groups = [plain, ...alikeGroups(byValue, index.blockName(block).rule, options)]
  return groups.filter(group => group.length > 1)
}

/** The present nodes of a block by the value that each has there. */
export function membersByValue(index: MatchIndex, block: number): Map<number, number[]> {
  const byValue = new Map<number, number[]>()
  index.eachMember(block, (pid, value) => {
    const held = byValue.get(value)
    if (held) held.push(pid)
    else byValue.set(value, [pid])
  })
  return byValue
}

/** Whether two values are alike, asking first what is told faster. */
export function areAlike(
  { rulesOut, similar }: ResolveOptions,
  pair: readonly [one: number, other: number, rule: number],
): boolean {
  return rulesOut?.(...pair) !== true && similar(...pair)
}

function alikeGroups(
  byValue: ReadonlyMap<number, readonly number[]>,
  rule: number,
  options: ResolveOptions,
): readonly (readonly number[])[] {
  const values = [...byValue.keys()]
  const members = [...byValue.values()]
  if (values.length === 1 || values.length > options.valuesMax) return members
  const sets = new UnionFind(values.length)
  for (const [at, value] of values.entries()) {
    for (let before = 0; before < at; before++) {
      if (sets.root(before) === sets.root(at)) continue
      if (areAlike(options, [values[before] ?? 0, value, rule])) sets.unite(before, at)
    }
  }
  const groups = new Map<number, Set<number>>()
  for (const [at, pids] of members.entries()) {
    const root = sets.root(at)
    const group = groups.get(root) ?? new Set<number>()
    for (const pid of pids) group.add(pid)
    groups.set(root, group)
  }
  return Array.from(groups.values(), group => [...group])
}
