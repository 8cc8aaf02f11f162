import type { ContestedBlock, ResolveOptions } from './link-groups.ts'
import type { KeyRow } from './match-index.ts'

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
  const groups = blocksOf(state).flatMap(rows => groupsOf(rows, options, contested))
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
  const names = [...new Set(rows.map(row => `${row.rule} ${row.key}`))]
  return names.map(name =>
    rows.filter(row => present.has(row.pid) && `${row.rule} ${row.key}` === name),
  )
}

function groupsOf(
  rows: readonly KeyRow[],
  options: ResolveOptions,
  contested: ContestedBlock[],
): readonly PlainGroup[] {
  const first = rows[0]
  if (first === undefined) return []
  const { rule, key } = first
  const size = new Set(rows.map(row => row.pid)).size
  if (size > options.blockMax) {
    contested.push({ rule, key, why: 'block', size, pid: -1 })
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
