import { cutCluster } from './cluster-cut.ts'
import { type DecisionCut, keepApart } from './keep-apart.ts'
import type { ContestedBlock, ResolveOptions } from './link-groups.ts'
import type { MatchIndex } from './match-index.ts'

/** The clusters that a component becomes, and what was cut for it. */
export interface Refinement {
  readonly parts: readonly (readonly number[])[]
  /** Link groups that were cut because the cluster would have been too large. */
  readonly contested: readonly ContestedBlock[]
  /** Links that were cut because somebody decided that two are not one. */
  readonly cuts: readonly DecisionCut[]
}

/**
 * What becomes of a component of nodes that are connected by link groups and by decisions: it is
 * cut at `clusterMax`, then at what was decided. A function of the component alone, so that it does
 * not matter in what order, or in how many batches, its nodes came.
 */
export function refineComponent(
  index: MatchIndex,
  component: readonly number[],
  options: ResolveOptions,
): Refinement {
  const sized =
    component.length > options.clusterMax
      ? cutCluster(index, component, options)
      : { parts: [component], contested: [] }
  const kept = sized.parts.map(part => keepApart(index, part, options))
  return {
    parts: kept.flatMap(({ parts }) => parts),
    contested: sized.contested,
    cuts: kept.flatMap(({ cuts }) => cuts),
  }
}
