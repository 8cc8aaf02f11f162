import type { ContestedBlock, ResolveOptions } from './link-groups.ts'
import { type KeyRow, SURNAME_RULE } from './match-index.ts'

/** What is known of all nodes, as plain data. */
export interface PlainState {
  readonly present: ReadonlySet<number>
  readonly rows: readonly KeyRow[]
}

interface PlainGroup {
  readonly rule: number
  readonly key: bigint
  readonly pids: readonly number[]
}

/**
 * The rules read aloud: slow, and too simple to be wrong. Nodes that share a key are joined, if
 * their names are alike where the rule asks for it; joined is transitive; limits take away.
 */
export function plainly(
  state: PlainState,
  options: ResolveOptions,
): { readonly clusters: readonly string[]; readonly contested: readonly string[] } {
  const contested: ContestedBlock[] = []
  const groups = blocksOf(state).flatMap(rows => groupsOf(rows, { state, options, contested }))
  const clusters = cut([...state.present], groups, options.clusterMax)
  for (const { rule, key, pids } of groups) {
    const touched = clusters.filter(cluster => pids.some(pid => cluster.includes(pid)))
    if (touched.length < 2) continue
    contested.push({ rule, key, why: 'cluster', size: pids.length, pid: Math.min(...pids) })
  }
  return { clusters: clusterTexts(clusters), contested: contestedTexts(contested) }
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
    .map(set => holders(rows, set))
    .filter(pids => pids.length > 1)
    .map(pids => ({ rule, key, pids }))
}

/** Too many people in a block for its key to be somebody's, whichever way they are counted first. */
function heldBack(
  members: readonly KeyRow[],
  { rows }: PlainState,
  { blockMax, surnamesMax, idsMax, idRules = [] }: ResolveOptions,
): Pick<ContestedBlock, 'why' | 'size'> | undefined {
  const pids = new Set(members.map(row => row.pid))
  const keysBy = (rule: number) =>
    new Set(rows.filter(row => row.rule === rule && pids.has(row.pid)).map(row => row.key)).size
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
  groups: readonly PlainGroup[],
  clusterMax: number,
): readonly (readonly number[])[] {
  const edges = groups.flatMap(group => group.pids.map(pid => [group.pids[0] ?? pid, pid]))
  return joined(pids, edges).flatMap(cluster => {
    if (cluster.length <= clusterMax) return [cluster]
    const inside = groups.filter(group => group.pids.every(pid => cluster.includes(pid)))
    const largest = inside.reduce((one, other) => (isLarger(other, one) ? other : one))
    return cut(
      cluster,
      inside.filter(group => group !== largest),
      clusterMax,
    )
  })
}

function isLarger(one: PlainGroup, other: PlainGroup): boolean {
  if (one.pids.length !== other.pids.length) return one.pids.length > other.pids.length
  if (one.rule !== other.rule) return one.rule > other.rule
  if (one.key !== other.key) return one.key > other.key
  return Math.min(...one.pids) > Math.min(...other.pids)
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
