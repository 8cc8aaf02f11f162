import { DecisionBook, type NodePair } from './decision-book.ts'
import type { ResolveOptions } from './link-groups.ts'
import type { MatchIndex } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'

/** The nodes on either side of a split. */
export type SplitSides = readonly [one: readonly number[], other: readonly number[]]

/**
 * The sides that the cluster of two nodes falls into once the two are never together: of those that
 * are in it now, who then is with the one, and who with the other. Who would be with neither is on
 * no side. The index and the decisions stay as they are.
 */
export function splitApart(
  index: MatchIndex,
  [one, other]: NodePair,
  options: ResolveOptions,
): SplitSides {
  const decisions = options.decisions?.copy() ?? new DecisionBook()
  decisions.decide([one, other], 'never')
  const apart = { ...options, decisions }
  const parts = rawComponents(index, [one, other], apart).flatMap(
    component => refineComponent(index, component, apart).parts,
  )
  const uid = index.label(one)
  const side = (pid: number): readonly number[] =>
    (parts.find(part => part.includes(pid)) ?? [pid]).filter(mate => index.label(mate) === uid)
  return [side(one), side(other)]
}
