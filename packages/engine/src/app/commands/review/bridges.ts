import { NO_UID, type WeakBridge, weakBridges } from '../../../identity/index.ts'
import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { type Candidate, isDecided } from './candidate.ts'
import { oddsBetween } from './surname-odds.ts'

/** Source profiles that each side of a weak bridge has at least, where a ruleset gives no number. */
const PART_MIN = 3

/**
 * Keys that alone tie two dense parts of a profile together. Together now: the chance that this is
 * wrong is the share of the pairs across that do not agree on the last name.
 */
export function bridgeCandidates(ruleset: RulesetRuntime): readonly Candidate[] {
  const { index, resolveOptions: options } = ruleset.stage
  const partMin = ruleset.definition.bridgePartMin ?? PART_MIN
  const clusters = largeClusters(ruleset, 2 * partMin)
  return clusters.flatMap(cluster =>
    weakBridges(index, cluster, { options, partMin }).flatMap(bridge => {
      const ends = endsOf(ruleset, bridge)
      if (!ends) return []
      const [ones, others] = bridge.sides
      const { pairs, probability } = oddsBetween(index, ones, others)
      return {
        kind: 'bridge' as const,
        ruleset,
        ...ends,
        probability,
        clusterSize: cluster.length,
        value: (1 - probability) * pairs,
        why: `one key alone ties ${ones.length} records to ${others.length} others`,
        rule: bridge.rule,
      }
    }),
  )
}

/** A record on either side that has the key, about which nobody has decided. */
function endsOf(
  ruleset: RulesetRuntime,
  { sides, ...name }: WeakBridge,
): Pick<Candidate, 'from' | 'to'> | undefined {
  const { index } = ruleset.stage
  const holders = new Set<number>()
  index.eachMember(index.findBlock(name), pid => holders.add(pid))
  const [ones, others] = sides.map(side => side.filter(pid => holders.has(pid)))
  const [from, to] = [ones?.[0], others?.[0]]
  if (from === undefined || to === undefined || isDecided(ruleset, from, to)) return undefined
  return { from, to }
}

/** The source profiles of each profile of at least so many; by two passes over columns. */
function largeClusters({ stage }: RulesetRuntime, sizeMin: number): readonly (readonly number[])[] {
  const { index } = stage
  let uidEnd = 0
  for (let pid = 0; pid < index.pidEnd; pid++) uidEnd = Math.max(uidEnd, index.label(pid) + 1)
  const sizes = new Int32Array(uidEnd)
  for (let pid = 0; pid < index.pidEnd; pid++) {
    const uid = index.label(pid)
    if (uid !== NO_UID) sizes[uid] = (sizes[uid] ?? 0) + 1
  }
  const clusters = new Map<number, number[]>()
  for (let pid = 0; pid < index.pidEnd; pid++) {
    const uid = index.label(pid)
    if (uid === NO_UID || (sizes[uid] ?? 0) < sizeMin) continue
    const held = clusters.get(uid)
    if (held) held.push(pid)
    else clusters.set(uid, [pid])
  }
  return [...clusters.values()]
}
