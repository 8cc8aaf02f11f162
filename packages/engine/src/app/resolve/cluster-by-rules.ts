import type { RulesetDefinition } from '@mainstem/contracts'
import { TypedArrayMatchIndex } from '../../identity/core/adapters/typed-array-match-index.ts'
import {
  type ClusteredRecords,
  directPairs,
  estimateBlockingRecall,
  identityDdl,
  IdentityStage,
  type Partition,
  RESOLVE_LIMITS,
  type ScoredMatcher,
  weakestLinks,
} from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { ModelRelations } from './model-relations.ts'

/** What is clustered by a ruleset. */
export interface RuleClustering {
  readonly ruleset: RulesetDefinition
  readonly relations: ModelRelations
  readonly rows: number
  /** Whether it will be compared with a truth. */
  readonly evaluated: boolean
  /** Whether it will be told of each record what holds it in its cluster. */
  readonly explained: boolean
}

/** What was clustered, and the scored rule that did it, if there is one. */
export interface RuleClusters extends ClusteredRecords {
  readonly scored: ScoredMatcher | undefined
  /** Pairs whose score was asked for while they were clustered. */
  readonly pairsCompared: number
  /** Which share of the pairs that score enough blocking proposes, estimated; undefined where nothing tells. */
  readonly estimatedRecall: number | undefined
  /** Counts the pairs of records that share a key which is not contested: those that were one already were not scored. */
  readonly countProposed: () => number
}

/** The clusters where there is no record. */
export const NOBODY: RuleClusters = {
  label: new Int32Array(0),
  matchedBy: new Int32Array(0),
  rules: [],
  probability: new Float64Array(0),
  contested: [],
  keys: '(select 0 as rule, 0 as key, 0 as pid where false)',
  scored: undefined,
  pairsCompared: 0,
  estimatedRecall: undefined,
  countProposed: () => 0,
  linkedPairs: () => ({ first: new Int32Array(0), second: new Int32Array(0) }),
}

/** The clusters of all records by the rules, as the platform makes them. */
export async function clusterByRules(
  session: SqlSession,
  { ruleset, relations, rows, evaluated, explained }: RuleClustering,
): Promise<RuleClusters> {
  const stage = new IdentityStage({
    ruleset,
    storeId: '',
    newIndex: expected => new TypedArrayMatchIndex(expected),
    limits: RESOLVE_LIMITS,
  })
  for (const ddl of identityDdl(stage.tables.slot)) await session.run(ddl)
  const { relationOf, isOneEach } = relations
  const partition = await stage.partitionAll(session, { relationOf, isOneEach })
  const label = firstsOf(partition, rows)
  const pairsCompared = stage.scored?.pairsCompared ?? 0
  const matchedBy = explained
    ? weakestLinks(stage.index, label, stage.resolveOptions)
    : new Int32Array(rows).fill(-1)
  const labels = ruleset.matchRules.map(rule => rule.label)
  const { scored } = stage
  if (scored) joinPasses(matchedBy, ruleset)
  if (relations.partyRelation !== undefined) {
    await spread(session, relations.partyRelation, { label, matchedBy, sameId: labels.length })
    labels.push(SAME_ID)
  }
  return {
    label,
    matchedBy,
    rules: labels,
    probability: probabilities(stage, label, matchedBy),
    contested: stage.contested.map(({ rule, why, size }) => ({
      rule: scored && rule >= scored.firstRule ? scored.passLabel(rule) : (labels[rule] ?? ''),
      why,
      records: size,
    })),
    keys: evaluated ? await stage.keysRelation(session) : stage.tables.matchKey,
    scored,
    pairsCompared,
    estimatedRecall: estimateBlockingRecall(stage.index, stage.resolveOptions),
    linkedPairs: () => directPairs(stage.index, stage.resolveOptions),
    countProposed: () =>
      directPairs(stage.index, { ...stage.resolveOptions, ...EVERYTHING_ALIKE }).first.length,
  }
}

/** In place of a likeness: whoever shares a key is a pair. */
const EVERYTHING_ALIKE = { similar: () => true, rulesOut: () => false }

/** All blocking passes of a scored rule are the one rule. */
function joinPasses(matchedBy: Int32Array, { matchRules }: RulesetDefinition): void {
  const place = matchRules.findIndex(rule => rule.kind === 'Scored')
  for (const [pid, rule] of matchedBy.entries()) {
    if (rule >= matchRules.length) matchedBy[pid] = place
  }
}

/** Of records that a score holds, the probability of their strongest link into their cluster; else 1. */
function probabilities(
  stage: IdentityStage,
  label: Int32Array,
  matchedBy: Int32Array,
): Float64Array {
  const probability = new Float64Array(label.length).fill(1)
  const place = stage.ruleset.matchRules.findIndex(rule => rule.kind === 'Scored')
  if (place < 0) return probability
  const clusters = new Map<number, number[]>()
  for (const [pid, rule] of matchedBy.entries()) {
    if (rule < 0) continue
    const own = label[pid] ?? pid
    const held = clusters.get(own)
    if (held) held.push(pid)
    else clusters.set(own, [pid])
  }
  for (const members of clusters.values()) {
    for (const pid of members) {
      if (matchedBy[pid] !== place) continue
      probability[pid] = members.reduce(
        (best, other) => (other === pid ? best : Math.max(best, stage.probability(pid, other))),
        0,
      )
    }
  }
  return probability
}

/** The first record of each one's cluster; a record that is no source profile stands alone. */
function firstsOf({ component, componentCount }: Partition, rows: number): Int32Array {
  const firsts = new Int32Array(componentCount).fill(-1)
  const label = new Int32Array(rows)
  for (let pid = 0; pid < rows; pid++) {
    const own = component[pid] ?? -1
    if (own >= 0 && firsts[own] === -1) firsts[own] = pid
    label[pid] = own < 0 ? pid : (firsts[own] ?? pid)
  }
  return label
}

/** What holds records of one id together that no rule joins to others. */
const SAME_ID = 'same id'

/** What was found of a party holds for each of its records. */
async function spread(
  session: SqlSession,
  partyRelation: string,
  found: { readonly label: Int32Array; readonly matchedBy: Int32Array; readonly sameId: number },
): Promise<void> {
  const { label, matchedBy, sameId } = found
  for await (const batch of session.batches(
    `select pid::integer, party::integer from ${partyRelation} where pid <> party`,
  )) {
    for (let at = 0; at < batch.rowCount; at++) {
      const pid = Number(batch.columns[0]?.[at])
      const party = Number(batch.columns[1]?.[at])
      if (matchedBy[party] === -1) matchedBy[party] = sameId
      matchedBy[pid] = matchedBy[party] ?? sameId
      label[pid] = label[party] ?? party
    }
  }
}
