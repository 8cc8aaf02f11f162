import type { DecisionBook } from './decision-book.ts'
import { type HoldLimits, holdOf } from './held-back.ts'
import { type BlockName, type MatchIndex, NO_VALUE } from './match-index.ts'
import type { ScoredLinks } from './scored-links.ts'
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
  /** What people decided about pairs; it outranks every rule and every limit. */
  readonly decisions?: DecisionBook | undefined
  /** How well records fit each other, where the ruleset has a scored rule. */
  readonly scored?: ScoredLinks | undefined
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
  return valueGroups(index, block, options).map(({ pids }) => pids)
}

/** A link group, and its nodes by the value that each has. */
export interface ValueGroup {
  readonly pids: readonly number[]
  readonly byValue: ReadonlyMap<number, readonly number[]>
}

/** The link groups of a block, with their values. */
export function valueGroups(
  index: MatchIndex,
  block: number,
  options: ResolveOptions,
): readonly ValueGroup[] {
  if (index.blockSize(block) < 2 || holdOf(index, block, options)) return []
  const byValue = membersByValue(index, block)
  const plain = groupOf(NO_VALUE, byValue.get(NO_VALUE) ?? [])
  byValue.delete(NO_VALUE)
  const groups = [plain, ...alikeGroups(byValue, index.blockName(block).rule, options)]
  return groups.filter(({ pids }) => pids.length > 1)
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

/** Whether two values are alike by a rule, asking first what is told faster. */
export function areAlike(
  { rulesOut, similar, scored }: ResolveOptions,
  [one, other, rule]: readonly [one: number, other: number, rule: number],
): boolean {
  // A score is the same by every pass that proposes the pair.
  if (scored && rule >= scored.firstRule) return similar(one, other, scored.firstRule)
  return rulesOut?.(one, other, rule) !== true && similar(one, other, rule)
}

function alikeGroups(
  byValue: ReadonlyMap<number, readonly number[]>,
  rule: number,
  options: ResolveOptions,
): readonly ValueGroup[] {
  const values = [...byValue.keys()]
  const members = [...byValue.values()]
  if (values.length === 1 || values.length > options.valuesMax) {
    return members.map((pids, at) => groupOf(values[at] ?? NO_VALUE, pids))
  }
  const sets = new UnionFind(values.length)
  for (const [at, value] of values.entries()) {
    for (let before = 0; before < at; before++) {
      if (sets.root(before) === sets.root(at)) continue
      if (areAlike(options, [values[before] ?? 0, value, rule])) sets.unite(before, at)
    }
  }
  const groups = new Map<number, Map<number, readonly number[]>>()
  for (const [at, pids] of members.entries()) {
    const root = sets.root(at)
    const group = groups.get(root) ?? new Map<number, readonly number[]>()
    groups.set(root, group.set(values[at] ?? NO_VALUE, pids))
  }
  return Array.from(groups.values(), group => ({
    pids: [...new Set([...group.values()].flat())],
    byValue: group,
  }))
}

function groupOf(value: number, pids: readonly number[]): ValueGroup {
  return { pids, byValue: new Map([[value, pids]]) }
}
