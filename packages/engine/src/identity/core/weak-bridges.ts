import { linkGroups, type ResolveOptions } from './link-groups.ts'
import type { BlockName, MatchIndex } from './match-index.ts'

/** A key that alone ties together two parts of a cluster, each of which holds together without it. */
export interface WeakBridge extends BlockName {
  /** The nodes on either side, smallest first; the smaller side first, of equal ones that of the smallest node. */
  readonly sides: readonly [readonly number[], readonly number[]]
}

/** Of the pairs of a part's nodes, how many keys must tie them, on average a pair, for it to be dense. */
const DENSITY_MIN = 0.5

/** In place of a block: people decided the link, and nobody needs to look at it again. */
const DECIDED = -1

/**
 * The weak bridges of a cluster: link groups, or one node's link to a group, whose removal leaves two
 * parts of at least `partMin` nodes that are dense, as nodes of one person are and chains are not. One
 * for a key, the one that divides most evenly. Linear in the cluster's rows (Tarjan's bridges and
 * articulation points of the graph of nodes and link groups).
 */
export function weakBridges(
  index: MatchIndex,
  cluster: readonly number[],
  { options, partMin }: { readonly options: ResolveOptions; readonly partMin: number },
): readonly WeakBridge[] {
  if (cluster.length < 2 * partMin) return []
  const graph = graphOf(
    index,
    cluster.toSorted((a, b) => a - b),
    options,
  )
  const tour = new Tour(graph)
  const best = new Map<number, Cut>()
  for (const cut of tour.cuts()) {
    const block = graph.blocks[cut.group] ?? DECIDED
    const evenness = Math.min(cut.inside.nodes, cut.outside.nodes)
    if (block === DECIDED || evenness < partMin) continue
    if (!isDense(cut.inside) || !isDense(cut.outside)) continue
    const other = best.get(block)
    if (!other || evenness > Math.min(other.inside.nodes, other.outside.nodes)) best.set(block, cut)
  }
  return Array.from(best, ([block, cut]) => ({
    ...index.blockName(block),
    sides: sidesOf(tour.nodesWithin(cut), graph.pids),
  }))
}

/** A cluster as the links between its nodes (by place, from 0) and its groups (after them). */
interface Graph {
  readonly pids: readonly number[]
  /** For each group its block. */
  readonly blocks: readonly number[]
  /** For each node its groups, then for each group its nodes; groups are numbered on after the nodes. */
  readonly links: readonly (readonly number[])[]
}

function graphOf(index: MatchIndex, pids: readonly number[], options: ResolveOptions): Graph {
  const place = new Map(pids.map((pid, at) => [pid, at]))
  const blocks: number[] = []
  const groups: (readonly number[])[] = []
  const seen = new Set<number>()
  for (const [at, pid] of pids.entries()) {
    index.eachRowOf(pid, block => {
      if (seen.has(block)) return
      seen.add(block)
      for (const group of linkGroups(index, block, options)) {
        const members = group.flatMap(mate => place.get(mate) ?? [])
        // One that reaches beyond the cluster was cut, and ties nobody.
        if (members.length < group.length) continue
        groups.push(members)
        blocks.push(block)
      }
    })
    for (const mate of options.decisions?.of(pid, 'together') ?? []) {
      const other = place.get(mate)
      if (other === undefined || other < at) continue
      groups.push([at, other])
      blocks.push(DECIDED)
    }
  }
  const links: number[][] = [...pids.map(() => []), ...groups.map(members => [...members])]
  for (const [at, members] of groups.entries()) {
    for (const member of members) links[member]?.push(pids.length + at)
  }
  return { pids, blocks, links }
}

/** How much there is in a part: nodes, and pairs of them that keys of the part alone tie. */
interface Part {
  readonly nodes: number
  readonly pairs: number
}

function isDense({ nodes, pairs }: Part): boolean {
  return pairs >= DENSITY_MIN * ((nodes * (nodes - 1)) / 2)
}

/** A group that divides: parts below it in the tour, and all the rest. */
interface Cut {
  readonly group: number
  readonly inside: Part
  readonly outside: Part
  /** The vertices from which on down the inside lies. */
  readonly below: readonly number[]
}

/** A walk through a graph in depth, with what Tarjan's algorithm notes on the way. */
class Tour {
  readonly #graph: Graph
  /** When each vertex was entered, and the earliest that it or one below it is linked to. */
  readonly #entered: Int32Array
  readonly #low: Int32Array
  readonly #parent: Int32Array
  readonly #order: number[] = []
  /** Of each vertex and all below it: how many vertices, nodes, and pairs that groups tie. */
  readonly #size: Int32Array
  readonly #nodes: Int32Array
  readonly #pairs: Float64Array

  constructor(graph: Graph) {
    this.#graph = graph
    const count = graph.links.length
    this.#entered = new Int32Array(count).fill(-1)
    this.#low = new Int32Array(count)
    this.#parent = new Int32Array(count).fill(-1)
    this.#size = new Int32Array(count).fill(1)
    this.#nodes = new Int32Array(count)
    this.#pairs = new Float64Array(count)
    this.#walk()
    this.#sum()
  }

  /** Every way to divide the cluster at a group, or at one node's link to it. */
  *cuts(): Iterable<Cut> {
    const { pids } = this.#graph
    for (const vertex of this.#order) {
      const above = this.#parent[vertex] ?? -1
      if (above === -1) continue
      const isGroup = vertex >= pids.length
      if ((this.#low[vertex] ?? 0) === (this.#entered[vertex] ?? 0))
        yield this.#cutAbove(vertex, isGroup ? vertex : above)
      if (isGroup) yield* this.#cutsAt(vertex)
    }
  }

  /** The places of the nodes inside. */
  nodesWithin({ below }: Cut): ReadonlySet<number> {
    const vertices = below.flatMap(vertex => {
      const from = this.#entered[vertex] ?? 0
      return this.#order.slice(from, from + (this.#size[vertex] ?? 0))
    })
    return new Set(vertices.filter(vertex => vertex < this.#graph.pids.length))
  }

  #walk(): void {
    const next = new Int32Array(this.#graph.links.length)
    const path: number[] = []
    this.#enter(0, path)
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const to = this.#graph.links[at]?.[next[at] ?? 0]
      if (to === undefined) {
        path.pop()
        const above = this.#parent[at] ?? -1
        if (above !== -1) this.#lower(above, this.#low[at] ?? 0)
        continue
      }
      next[at] = (next[at] ?? 0) + 1
      const entered = this.#entered[to] ?? -1
      if (entered === -1) {
        this.#parent[to] = at
        this.#enter(to, path)
      } else if (to !== this.#parent[at]) {
        this.#lower(at, entered)
      }
    }
  }

  #enter(vertex: number, path: number[]): void {
    this.#entered[vertex] = this.#order.length
    this.#low[vertex] = this.#order.length
    this.#order.push(vertex)
    path.push(vertex)
  }

  #lower(vertex: number, to: number): void {
    this.#low[vertex] = Math.min(this.#low[vertex] ?? 0, to)
  }

  #sum(): void {
    const { pids, links } = this.#graph
    for (const vertex of this.#order.toReversed()) {
      if (vertex < pids.length) this.#nodes[vertex] = (this.#nodes[vertex] ?? 0) + 1
      else this.#pairs[vertex] = (this.#pairs[vertex] ?? 0) + pairsOf(links[vertex]?.length ?? 0)
      const above = this.#parent[vertex] ?? -1
      if (above === -1) continue
      for (const sums of [this.#size, this.#nodes, this.#pairs])
        sums[above] = (sums[above] ?? 0) + (sums[vertex] ?? 0)
    }
  }

  /** Divides at the link between a vertex and the one above it; one of the two is `group`. */
  #cutAbove(vertex: number, group: number): Cut {
    const { pids, links } = this.#graph
    const members = links[group]?.length ?? 0
    const inside = this.#part(vertex)
    const outside = this.#rest(inside)
    // The group loses the member on the other side.
    const lost = pairsOf(members) - pairsOf(members - 1)
    return {
      group: group - pids.length,
      below: [vertex],
      inside: group === vertex ? { ...inside, pairs: inside.pairs - lost } : inside,
      outside: group === vertex ? outside : { ...outside, pairs: outside.pairs - lost },
    }
  }

  /** Divides by taking a group away: each part below it against all the rest, and what is above it. */
  *#cutsAt(group: number): Iterable<Cut> {
    const { pids, links } = this.#graph
    const own = pairsOf(links[group]?.length ?? 0)
    const parts = (links[group] ?? []).filter(
      node => this.#parent[node] === group && (this.#low[node] ?? 0) >= (this.#entered[group] ?? 0),
    )
    const divisions = parts.length > 1 ? [...parts.map(part => [part]), parts] : [parts]
    for (const below of parts.length === 0 ? [] : divisions) {
      const inside = below.map(vertex => this.#part(vertex)).reduce(together)
      const { nodes, pairs } = this.#rest(inside)
      const outside = { nodes, pairs: pairs - own }
      yield { group: group - pids.length, below, inside, outside }
    }
  }

  #part(vertex: number): Part {
    return { nodes: this.#nodes[vertex] ?? 0, pairs: this.#pairs[vertex] ?? 0 }
  }

  #rest({ nodes, pairs }: Part): Part {
    return { nodes: (this.#nodes[0] ?? 0) - nodes, pairs: (this.#pairs[0] ?? 0) - pairs }
  }
}

function together(one: Part, other: Part): Part {
  return { nodes: one.nodes + other.nodes, pairs: one.pairs + other.pairs }
}

function pairsOf(members: number): number {
  return (members * (members - 1)) / 2
}

function sidesOf(inside: ReadonlySet<number>, pids: readonly number[]): WeakBridge['sides'] {
  const one = pids.filter((_pid, place) => inside.has(place))
  const other = pids.filter((_pid, place) => !inside.has(place))
  const isFirst = one.length - other.length || (one[0] ?? 0) - (other[0] ?? 0)
  return isFirst <= 0 ? [one, other] : [other, one]
}
