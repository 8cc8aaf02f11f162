import { blockText, sortContested } from './contested.ts'
import { applyChange, type IndexChange, type Undo } from './index-change.ts'
import {
  blockContest,
  type ContestedBlock,
  linkGroups,
  type ResolveOptions,
} from './link-groups.ts'
import type { BlockName, MatchIndex } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'
import { NO_COMPONENT, type Partition } from './resolve.ts'

/** The clusters that a change touched, as they are after it. */
export interface Incremental extends Partition {
  /** Blocks that were looked at, by `blockText`. */
  readonly blocks: readonly string[]
  /** Takes the change back, for a transaction that failed. */
  readonly undo: Undo
}

/** The steps that find all a change can reach; tests put broken ones in their place. */
export interface IncrementalSteps {
  /** Nodes joined to touched ones before the change, or joined by decision. */
  readonly mates: typeof matesOf
  /** Blocks that touched nodes have or will have, each with its contest now. */
  readonly contests: typeof contestsOf
  /** Members of blocks that have crossed a limit, in either direction. */
  readonly crossed: typeof crossedMembers
  readonly apply: typeof applyChange
  readonly components: typeof rawComponents
  readonly refine: typeof refineComponent
}

/** The steps as they are right. */
export const INCREMENTAL_STEPS: IncrementalSteps = {
  mates: matesOf,
  contests: contestsOf,
  crossed: crossedMembers,
  apply: applyChange,
  components: rawComponents,
  refine: refineComponent,
}

/**
 * Applies a change to the index and gives every cluster that can differ because of it, whole: all
 * nodes of the affected clusters before and after are in `pids`.
 *
 * Of a decision made or taken back, both nodes are among the touched ones; `options` has the
 * decisions as they are after it.
 *
 * Law: the clusters after any sequence of changes are those of `fullPartition`. Why it holds: an
 * edge that came or went has an end at a touched node, at a mate of one, or at a member of a
 * block that crossed a limit; what is refined differently has a touched node in it. Whatever was connected to such a node before is now connected to
 * one of those ends, so the components after the change that hold them contain all of both.
 */
export function resolveIncremental(
  index: MatchIndex,
  change: IndexChange,
  options: ResolveOptions,
): Incremental {
  return incrementalResolver(INCREMENTAL_STEPS)(index, change, options)
}

/** `resolveIncremental` out of given steps. */
export function incrementalResolver(steps: IncrementalSteps): typeof resolveIncremental {
  return function resolveChange(index, change, options) {
    const before = steps.contests(index, change, options)
    const seeds = new Set([...change.pids, ...steps.mates(index, change.pids, options)])
    const undo = steps.apply(index, change)
    const after = contestsAgain(index, before, options)
    for (const pid of steps.crossed(index, before, after)) seeds.add(pid)
    const parts: (readonly number[])[] = []
    const contested = [...after.values()].flatMap(({ contest }) => contest ?? [])
    for (const component of steps.components(index, seeds, options)) {
      const refined = steps.refine(index, component, options)
      for (const part of refined.parts) parts.push(part)
      contested.push(...refined.contested)
    }
    const partition = partitionOf(parts, change.pids)
    return { ...partition, contested: sortContested(contested), blocks: [...before.keys()], undo }
  }
}

/** A block by name, with the limit it is over, if any. */
interface Contest {
  readonly name: BlockName
  readonly contest: ContestedBlock | undefined
}

function matesOf(
  index: MatchIndex,
  pids: Int32Array,
  options: ResolveOptions,
): ReadonlySet<number> {
  const touched = new Set(pids)
  const blocks = new Set<number>()
  for (const pid of pids) {
    if (index.isPresent(pid)) index.eachRowOf(pid, block => blocks.add(block))
  }
  const mates = new Set<number>()
  for (const block of blocks) {
    for (const group of linkGroups(index, block, options)) {
      if (group.some(pid => touched.has(pid))) for (const pid of group) mates.add(pid)
    }
  }
  for (const pid of pids) {
    for (const mate of options.decisions?.of(pid, 'together') ?? []) mates.add(mate)
  }
  return mates
}

function contestsOf(
  index: MatchIndex,
  { pids, rows }: IndexChange,
  options: ResolveOptions,
): ReadonlyMap<string, Contest> {
  const names = new Map<string, Contest>()
  const note = (name: BlockName) => {
    if (!names.has(blockText(name))) {
      names.set(blockText(name), { name, contest: contestOf(index, name, options) })
    }
  }
  for (const pid of pids) index.eachRowOf(pid, block => note(index.blockName(block)))
  for (let at = 0; at < rows.count; at++)
    note({ rule: rows.rule[at] ?? 0, key: rows.key[at] ?? 0n })
  return names
}

function contestsAgain(
  index: MatchIndex,
  before: ReadonlyMap<string, Contest>,
  options: ResolveOptions,
): ReadonlyMap<string, Contest> {
  const after = new Map<string, Contest>()
  for (const [text, { name }] of before) {
    after.set(text, { name, contest: contestOf(index, name, options) })
  }
  return after
}

function contestOf(
  index: MatchIndex,
  name: BlockName,
  options: ResolveOptions,
): ContestedBlock | undefined {
  const block = index.findBlock(name)
  return block < 0 ? undefined : blockContest(index, block, options)
}

function crossedMembers(
  index: MatchIndex,
  before: ReadonlyMap<string, Contest>,
  after: ReadonlyMap<string, Contest>,
): ReadonlySet<number> {
  const members = new Set<number>()
  for (const [text, { name, contest }] of after) {
    const block = index.findBlock(name)
    if (block < 0 || contest?.why === before.get(text)?.contest?.why) continue
    index.eachMember(block, pid => members.add(pid))
  }
  return members
}

/** The parts as columns; touched nodes that are in none are absent. */
function partitionOf(
  parts: readonly (readonly number[])[],
  touched: Int32Array,
): Omit<Partition, 'contested'> {
  const partOf = new Map<number, number>()
  for (const pid of touched) partOf.set(pid, NO_COMPONENT)
  for (const [part, members] of parts.entries()) for (const pid of members) partOf.set(pid, part)
  const pids = Int32Array.from(partOf.keys()).sort()
  const numbers = new Map<number, number>([[NO_COMPONENT, NO_COMPONENT]])
  const component = pids.map(pid => {
    const part = partOf.get(pid) ?? NO_COMPONENT
    const known = numbers.get(part)
    if (known !== undefined) return known
    numbers.set(part, numbers.size - 1)
    return numbers.size - 2
  })
  return { pids, component, componentCount: parts.length }
}
