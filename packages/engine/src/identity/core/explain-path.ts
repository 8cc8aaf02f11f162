import type { NodePair } from './decision-book.ts'
import { holdOf } from './held-back.ts'
import type { DecisionCut } from './keep-apart.ts'
import { blockContest, type ContestedWhy, type ResolveOptions } from './link-groups.ts'
import { type BlockName, type MatchIndex, NO_UID, NO_VALUE } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'
import { isScored } from './scored-links.ts'

/** The rule of a step that somebody decided; it has no key. */
export const DECIDED = -1

/**
 * One step of evidence: two nodes that share a key, and the names that were alike, if any; or two
 * that somebody decided to be together.
 */
export interface EvidenceStep extends BlockName {
  readonly from: number
  readonly to: number
  /** The values that were compared; -1 where the rule has no fuzzy criterion. */
  readonly fromValue: number
  readonly toValue: number
  /**
   * What keeps this step from counting: a limit, a decision, or `fit`, that the two clusters' records
   * do not fit together on the whole; only in answers to "why not".
   */
  readonly contested?: ContestedWhy | 'decision' | 'fit'
  /** The decision that does. */
  readonly never?: NodePair
}

/** A shared key whose names were not alike. */
export type UnlikeNames = Omit<EvidenceStep, 'contested' | 'never'>

/** Why two nodes are not one. */
export interface WhyNot {
  /** How many nodes are joined to each of the two, itself included. */
  readonly fromReaches: number
  readonly toReaches: number
  /** The shortest path if no limit had stood in the way, its kept-out steps marked; else null. */
  readonly wouldJoin: readonly EvidenceStep[] | null
  /** Keys that the two clusters share, where the names were not alike. */
  readonly unlike: readonly UnlikeNames[]
}

/** Unlike names told at most. */
const UNLIKE_MAX = 20

/**
 * The shortest path of evidence between two nodes of one cluster, or null if there is none.
 * Inside a fuzzy block each step is between two names that are alike themselves. Nodes with a uid
 * are reached through nodes of the same uid only, so that a path never leaves a cut cluster.
 */
export function explainPath(
  index: MatchIndex,
  { from, to }: { readonly from: number; readonly to: number },
  options: ResolveOptions,
): readonly EvidenceStep[] | null {
  if (!index.isPresent(from) || !index.isPresent(to)) return null
  const uid = index.label(from)
  if (uid !== index.label(to)) return null
  const mayPass = (pid: number) => uid === NO_UID || index.label(pid) === uid
  const steps = anySteps(index, options)
  return search({ from, to }, { steps: soundOnes(steps), mayPass })
}

/** The shortest paths from a node to all others of its cluster, as one tree: each step once, nearest first. */
export function explainTree(
  index: MatchIndex,
  from: number,
  options: ResolveOptions,
): readonly EvidenceStep[] {
  const uid = index.label(from)
  const steps = soundOnes(anySteps(index, options))
  const reachedBy = reach(from, {
    steps,
    mayPass: pid => index.label(pid) === uid,
    until: () => false,
  })
  return [...reachedBy.values()].filter(step => step !== null)
}

/** Why two nodes are in different clusters: what is shared, and what stood in the way. */
export function explainWhyNot(
  index: MatchIndex,
  ends: { readonly from: number; readonly to: number },
  options: ResolveOptions,
): WhyNot {
  const [fromSide, toSide] = [sideOf(index, ends.from, options), sideOf(index, ends.to, options)]
  const present = index.isPresent(ends.from) && index.isPresent(ends.to)
  const steps = anySteps(index, options, cutsAround(index, ends, options))
  return {
    fromReaches: fromSide.size,
    toReaches: toSide.size,
    wouldJoin: present ? search(ends, { steps, mayPass: () => true }) : null,
    unlike: present ? unlikeNames(index, { fromSide, toSide }, options) : [],
  }
}

/** Gives the neighbours of a node, one step each. */
type Steps = (from: number, visit: (step: EvidenceStep) => void) => void

function search(
  { from, to }: { readonly from: number; readonly to: number },
  { steps, mayPass }: { readonly steps: Steps; readonly mayPass: (pid: number) => boolean },
): readonly EvidenceStep[] | null {
  const reachedBy = reach(from, { steps, mayPass, until: reached => reached.has(to) })
  if (!reachedBy.has(to)) return null
  const path: EvidenceStep[] = []
  for (let step = reachedBy.get(to); step; step = reachedBy.get(step.from)) path.push(step)
  return path.toReversed()
}

/** By which step each node is reached first, in the order in which they are. */
function reach(
  from: number,
  {
    steps,
    mayPass,
    until,
  }: {
    readonly steps: Steps
    readonly mayPass: (pid: number) => boolean
    readonly until: (reached: ReadonlyMap<number, unknown>) => boolean
  },
): ReadonlyMap<number, EvidenceStep | null> {
  const reachedBy = new Map<number, EvidenceStep | null>([[from, null]])
  for (const at of reachedBy.keys()) {
    if (until(reachedBy)) break
    steps(at, step => {
      if (!reachedBy.has(step.to) && mayPass(step.to)) reachedBy.set(step.to, step)
    })
  }
  return reachedBy
}

/** Only steps that count. */
function soundOnes(any: Steps): Steps {
  return (from, visit) =>
    any(from, step => {
      if (BETWEEN_CLUSTERS.has(step.contested)) visit(step)
    })
}

/** What a decision keeps apart: where a score would join, there is no link that was cut. */
type Apart = Pick<DecisionCut, 'never'>

/** What decisions cut in the components that two nodes are in, by the labels of the clusters between which each is. */
function cutsAround(
  index: MatchIndex,
  { from, to }: { readonly from: number; readonly to: number },
  options: ResolveOptions,
): ReadonlyMap<string, Apart> {
  const cuts = new Map<string, Apart>()
  for (const component of rawComponents(index, [from, to], options)) {
    for (const pid of component) {
      for (const mate of options.decisions?.of(pid, 'never') ?? []) {
        const never: NodePair = [Math.min(pid, mate), Math.max(pid, mate)]
        cuts.set(betweenLabels(index, { from: pid, to: mate }), { never })
      }
    }
    for (const cut of refineComponent(index, component, options).cuts) {
      cuts.set(betweenLabels(index, cut), cut)
    }
  }
  return cuts
}

function betweenLabels(
  index: MatchIndex,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const [one, other] = [index.label(from), index.label(to)]
  return `${Math.min(one, other)} ${Math.max(one, other)}`
}

/** A step, and what keeps two clusters apart where nobody decided so. */
interface ReachedBy {
  readonly from: number
  readonly to: number
  /** Whether the two have the same value. */
  readonly same: boolean
  readonly apart: 'cluster' | 'fit'
}

/** What is known only once clusters are made: it keeps no step out inside a cluster. */
const BETWEEN_CLUSTERS: ReadonlySet<string | undefined> = new Set([undefined, 'cluster', 'fit'])

/** Steps of decisions and of every shared key whose names are alike, also those that are kept out. */
function anySteps(
  index: MatchIndex,
  options: ResolveOptions,
  cuts?: ReadonlyMap<string, Apart>,
): Steps {
  return function eachStep(from, visit) {
    for (const to of options.decisions?.of(from, 'together') ?? []) {
      if (!index.isPresent(to)) continue
      visit({ from, to, rule: DECIDED, key: 0n, fromValue: NO_VALUE, toValue: NO_VALUE })
    }
    for (const { block, value: fromValue, rule, key } of rowsOf(index, from)) {
      const why = blockContest(index, block, options)?.why
      const apart = isScored(options, rule) ? 'fit' : 'cluster'
      index.eachMember(block, (to, toValue) => {
        if (to === from || !alike(fromValue, toValue, rule)) return
        const contest = contestOf(why, { from, to, same: fromValue === toValue, apart })
        visit({ from, to, rule, key, fromValue, toValue, ...contest })
      })
    }
  }

  function alike(one: number, other: number, rule: number): boolean {
    if (one === other) return true
    return one !== NO_VALUE && other !== NO_VALUE && options.similar(one, other, rule)
  }

  function contestOf(
    why: ContestedWhy | undefined,
    { from, to, same, apart }: ReachedBy,
  ): Pick<EvidenceStep, 'contested' | 'never'> {
    if (why !== undefined && (why !== 'values' || !same)) return { contested: why }
    if (index.label(from) === index.label(to)) return {}
    const cut = cuts?.get(betweenLabels(index, { from, to }))
    return cut ? { contested: 'decision', never: cut.never } : { contested: apart }
  }
}

/** The rows of a node, the strongest first: of two reasons for a step the stronger is told. */
function rowsOf(
  index: MatchIndex,
  pid: number,
): readonly (BlockName & { readonly block: number; readonly value: number })[] {
  const rows: (BlockName & { readonly block: number; readonly value: number })[] = []
  index.eachRowOf(pid, (block, value) => rows.push({ ...index.blockName(block), block, value }))
  return rows.sort(
    (one, other) =>
      one.rule - other.rule || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0),
  )
}

function sideOf(index: MatchIndex, pid: number, options: ResolveOptions): ReadonlySet<number> {
  const uid = index.label(pid)
  const component = rawComponents(index, [pid], options)[0] ?? []
  return new Set(component.filter(mate => uid === NO_UID || index.label(mate) === uid))
}

function unlikeNames(
  index: MatchIndex,
  sides: { readonly fromSide: ReadonlySet<number>; readonly toSide: ReadonlySet<number> },
  options: ResolveOptions,
): readonly UnlikeNames[] {
  const unlike: UnlikeNames[] = []
  for (const from of sides.fromSide) {
    index.eachRowOf(from, (block, fromValue) => {
      if (fromValue === NO_VALUE || unlike.length >= UNLIKE_MAX) return
      if (holdOf(index, block, options)) return
      const { rule, key } = index.blockName(block)
      index.eachMember(block, (to, toValue) => {
        if (unlike.length >= UNLIKE_MAX || !sides.toSide.has(to) || toValue === NO_VALUE) return
        if (fromValue === toValue || options.similar(fromValue, toValue, rule)) return
        unlike.push({ from, to, rule, key, fromValue, toValue })
      })
    })
  }
  return unlike
}
