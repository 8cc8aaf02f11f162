import type { NodePair, Verdict } from './decision-book.ts'
import type { DecisionCut } from './keep-apart.ts'
import type { ContestedBlock, ResolveOptions } from './link-groups.ts'
import { type KeyRow, SURNAME_RULE } from './match-index.ts'

/** What is known of all nodes, as plain data. */
export interface PlainState {
  readonly present: ReadonlySet<number>
  readonly rows: readonly KeyRow[]
  /** The latest decision on each pair. */
  readonly rulings?: readonly Ruling[]
}

/** A decision on two nodes; without a verdict, one that is taken back. */
export interface Ruling {
  readonly pair: NodePair
  readonly verdict: Verdict | undefined
}

interface PlainGroup {
  readonly rule: number
  readonly key: bigint
  readonly values: readonly number[]
  readonly pids: readonly number[]
}

/**
 * The rules read aloud: slow, and too simple to be wrong. Nodes that share a key are joined, if
 * their names are alike where the rule asks for it; so are nodes that somebody decided to be
 * together; joined is transitive; limits take away, and last what was decided to be never together.
 */
export function plainly(
  state: PlainState,
  options: ResolveOptions,
): {
  readonly clusters: readonly string[]
  readonly contested: readonly string[]
  readonly cuts: readonly string[]
} {
  const contested: ContestedBlock[] = []
  const blocks = blocksOf(state)
  const groups = blocks.flatMap(rows => groupsOf(rows, { state, options, contested }))
  const together = decided(state, 'together')
  const clusters = cut([...state.present], { groups, together }, options.clusterMax)
  for (const { rule, key, pids } of groups) {
    const touched = clusters.filter(cluster => pids.some(pid => cluster.includes(pid)))
    if (touched.length < 2) continue
    contested.push({ rule, key, why: 'cluster', size: pids.length, pid: Math.min(...pids) })
  }
  const never = decided(state, 'never')
  const links = linksOf(blocks, { state, options }).filter(({ group, from, to }) =>
    clusters.some(cluster => [...group.pids, from, to].every(pid => cluster.includes(pid))),
  )
  const parts = new Map([...state.present].map(pid => [pid, [pid]]))
  for (const [one, other] of together) unite(parts, one, other)
  for (const { from, to } of links) {
    const whole = [...partOf(parts, from), ...partOf(parts, to)]
    const clash = never.some(([one, other]) => {
      return (
        partOf(parts, one) !== partOf(parts, other) && [one, other].every(p => whole.includes(p))
      )
    })
    if (!clash) unite(parts, from, to)
  }
  return {
    clusters: clusterTexts(new Set(parts.values())),
    contested: contestedTexts(contested),
    cuts: cutTexts(cutsBetween(parts, links, never)),
  }
}

/** Cuts as texts, in one order. */
export function cutTexts(cuts: readonly DecisionCut[]): readonly string[] {
  return cuts
    .map(cut => `${cut.rule} ${cut.key} ${cut.from}-${cut.to} for ${cut.never.join('-')}`)
    .sort()
}

function decided({ present, rulings = [] }: PlainState, verdict: Verdict): readonly NodePair[] {
  return rulings
    .filter(ruling => ruling.verdict === verdict && ruling.pair.every(pid => present.has(pid)))
    .map(({ pair: [one, other] }): NodePair => (one < other ? [one, other] : [other, one]))
    .sort(([a, b], [c, d]) => a - c || b - d)
}

interface PlainLink {
  readonly rule: number
  readonly key: bigint
  readonly group: PlainGroup
  readonly isEqual: boolean
  readonly from: number
  readonly to: number
}

/** Every pair that a rule links by itself, strongest first. */
function linksOf(
  blocks: readonly (readonly KeyRow[])[],
  { state, options }: Pick<Reading, 'state' | 'options'>,
): readonly PlainLink[] {
  const links: PlainLink[] = []
  for (const rows of blocks) {
    const tooMany =
      new Set(rows.map(row => row.value).filter(value => value !== -1)).size > options.valuesMax
    for (const group of groupsOf(rows, { state, options, contested: [] })) {
      for (const one of rows.filter(row => group.values.includes(row.value))) {
        for (const other of rows.filter(row => group.values.includes(row.value))) {
          if (one.pid >= other.pid) continue
          const isEqual = one.value === other.value
          if (!isEqual && (tooMany || !options.similar(one.value, other.value, one.rule))) continue
          links.push({ rule: one.rule, key: one.key, group, isEqual, from: one.pid, to: other.pid })
        }
      }
    }
  }
  return links.sort(
    (one, other) =>
      one.rule - other.rule ||
      (one.key < other.key ? -1 : one.key > other.key ? 1 : 0) ||
      Number(other.isEqual) - Number(one.isEqual) ||
      one.from - other.from ||
      one.to - other.to,
  )
}

type Parts = Map<number, readonly number[]>

function partOf(parts: Parts, pid: number): readonly number[] {
  return parts.get(pid) ?? []
}

function unite(parts: Parts, one: number, other: number): void {
  const whole = [...new Set([...partOf(parts, one), ...partOf(parts, other)])]
  for (const pid of whole) parts.set(pid, whole)
}

/** Of every two parts that a link would join, the strongest such link and the first decision. */
function cutsBetween(
  parts: Parts,
  links: readonly PlainLink[],
  nevers: readonly NodePair[],
): readonly DecisionCut[] {
  const cuts: DecisionCut[] = []
  const areBetween = ([a, b]: NodePair, [c, d]: NodePair) =>
    (partOf(parts, a) === partOf(parts, c) && partOf(parts, b) === partOf(parts, d)) ||
    (partOf(parts, a) === partOf(parts, d) && partOf(parts, b) === partOf(parts, c))
  for (const { rule, key, from, to } of links) {
    if (partOf(parts, from) === partOf(parts, to)) continue
    if (cuts.some(cut => areBetween([cut.from, cut.to], [from, to]))) continue
    const never = nevers.find(pair => areBetween(pair, [from, to]))
    if (never === undefined) throw new Error('a link was left out without a decision')
    cuts.push({ rule, key, from, to, never })
  }
  return cuts
}

/** Clusters as texts, in one order. */
export function clusterTexts(clusters: Iterable<readonly number[]>): readonly string[] {
  return Array.from(clusters, pids => pids.toSorted((a, b) => a - b).join(' ')).sort()
}

/** A report as texts, in one order. */
export function contestedTexts(contested: readonly ContestedBlock[]): readonly string[] {
  return contested.map(one => `${one.why} ${one.rule} ${one.key} ${one.size} ${one.pid}`).sort()
}

function blocksOf({ present, rows }: PlainState): readonly (readonly KeyRow[])[] {
  const keys = rows.filter(row => row.rule !== SURNAME_RULE)
  const names = [...new Set(keys.map(row => `${row.rule} ${row.key}`))]
  return names.map(name =>
    rows.filter(row => present.has(row.pid) && `${row.rule} ${row.key}` === name),
  )
}

interface Reading {
  readonly state: PlainState
  readonly options: ResolveOptions
  readonly contested: ContestedBlock[]
}

function groupsOf(
  rows: readonly KeyRow[],
  { state, options, contested }: Reading,
): readonly PlainGroup[] {
  const first = rows[0]
  if (first === undefined || rows.every(row => row.pid === first.pid)) return []
  const { rule, key } = first
  const held = heldBack(rows, state, options)
  if (held) {
    contested.push({ rule, key, ...held, pid: -1 })
    return []
  }
  const values = [...new Set(rows.map(row => row.value))]
  const names = values.filter(value => value !== -1)
  const tooMany = names.length > options.valuesMax
  if (tooMany) contested.push({ rule, key, why: 'values', size: names.length, pid: -1 })
  const alike = (a: number, b: number) =>
    a === b || (a !== -1 && b !== -1 && !tooMany && options.similar(a, b, rule))
  return joined(
    values,
    values.flatMap(a => values.filter(b => alike(a, b)).map(b => [a, b])),
  )
    .map(set => ({ rule, key, values: set, pids: holders(rows, set) }))
    .filter(({ pids }) => pids.length > 1)
}

/** Too many people in a block for its key to be somebody's, whichever way they are counted first. */
function heldBack(
  members: readonly KeyRow[],
  { rows }: PlainState,
  { blockMax, surnamesMax, idsMax, idRules = [] }: ResolveOptions,
): Pick<ContestedBlock, 'why' | 'size'> | undefined {
  const pids = new Set(members.map(row => row.pid))
  const joinedByKey = new Set(members.filter(row => row.value === -1).map(row => row.pid))
  const keysBy = (rule: number) =>
    new Set(rows.filter(row => row.rule === rule && joinedByKey.has(row.pid)).map(row => row.key))
      .size
  if (pids.size > blockMax) return { why: 'block', size: pids.size }
  for (const rule of idRules) {
    if (keysBy(rule) > idsMax) return { why: 'ids', size: keysBy(rule) }
  }
  const surnames = keysBy(SURNAME_RULE)
  return surnames > surnamesMax ? { why: 'surnames', size: surnames } : undefined
}

function holders(rows: readonly KeyRow[], values: readonly number[]): readonly number[] {
  return [...new Set(rows.filter(row => values.includes(row.value)).map(row => row.pid))]
}

/** Takes away the largest group of every cluster that is too large, until none is. */
function cut(
  pids: readonly number[],
  { groups, together }: { groups: readonly PlainGroup[]; together: readonly NodePair[] },
  clusterMax: number,
): readonly (readonly number[])[] {
  const edges = groups.flatMap(group => group.pids.map(pid => [group.pids[0] ?? pid, pid]))
  const decisions = together.filter(pair => pair.every(pid => pids.includes(pid)))
  return joined(pids, [...edges, ...decisions]).flatMap(cluster => {
    const inside = groups.filter(group => group.pids.every(pid => cluster.includes(pid)))
    if (cluster.length <= clusterMax || inside.length === 0) return [cluster]
    const largest = inside.reduce((one, other) => (isLarger(other, one) ? other : one))
    const rest = inside.filter(group => group !== largest)
    return cut(cluster, { groups: rest, together }, clusterMax)
  })
}

function isLarger(one: PlainGroup, other: PlainGroup): boolean {
  if (one.pids.length !== other.pids.length) return one.pids.length > other.pids.length
  if (one.rule !== other.rule) return one.rule > other.rule
  if (one.key !== other.key) return one.key > other.key
  const [ones, others] = [one, other].map(({ pids }) => pids.toSorted((a, b) => a - b))
  const at = ones?.findIndex((pid, place) => pid !== others?.[place]) ?? -1
  return (ones?.[at] ?? 0) > (others?.[at] ?? 0)
}

/** Sets of things by relabelling along the edges until nothing changes. */
function joined(
  things: readonly number[],
  edges: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const labels = new Map(things.map(thing => [thing, thing]))
  for (let changed = true; changed;) {
    changed = false
    for (const [a = 0, b = 0] of edges) {
      const least = Math.min(labels.get(a) ?? a, labels.get(b) ?? b)
      changed ||= labels.get(a) !== least || labels.get(b) !== least
      labels.set(a, least)
      labels.set(b, least)
    }
  }
  return [...new Set(labels.values())].map(label =>
    things.filter(thing => labels.get(thing) === label),
  )
}
