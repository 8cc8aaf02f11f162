import type { RulesetDefinition } from '@mainstem/contracts'
import { TypedArrayMatchIndex } from '../../identity/core/adapters/typed-array-match-index.ts'
import {
  type ClusteredRecords,
  directPairs,
  identityDdl,
  IdentityStage,
  type Partition,
  RESOLVE_LIMITS,
  weakestLinks,
} from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { ModelRelations } from './model-relations.ts'

/** What is clustered by a ruleset. */
export interface RuleClustering {
  readonly ruleset: RulesetDefinition
  readonly relations: ModelRelations
  readonly rows: number
}

/** The clusters of all records by the rules, as the platform makes them. */
export async function clusterByRules(
  session: SqlSession,
  { ruleset, relations, rows }: RuleClustering,
): Promise<ClusteredRecords> {
  const stage = new IdentityStage({
    ruleset,
    storeId: '',
    newIndex: expected => new TypedArrayMatchIndex(expected),
    limits: RESOLVE_LIMITS,
  })
  for (const ddl of identityDdl(stage.tables.slot)) await session.run(ddl)
  const partition = await stage.partitionAll(session, { relationOf: relations.relationOf })
  const label = firstsOf(partition, rows)
  const matchedBy = weakestLinks(stage.index, label, stage.resolveOptions)
  const labels = ruleset.matchRules.map(rule => rule.label)
  if (relations.parties !== undefined) {
    await spread(session, relations.parties, { label, matchedBy, sameId: labels.length })
    labels.push(SAME_ID)
  }
  return {
    label,
    matchedBy,
    rules: labels,
    probability: new Float64Array(rows).fill(1),
    contested: stage.contested.map(({ rule, why, size }) => ({
      rule: labels[rule] ?? '',
      why,
      records: size,
    })),
    keys: stage.tables.matchKey,
    linkedPairs: () => directPairs(stage.index, stage.resolveOptions),
  }
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
  parties: string,
  found: { readonly label: Int32Array; readonly matchedBy: Int32Array; readonly sameId: number },
): Promise<void> {
  const { label, matchedBy, sameId } = found
  for await (const batch of session.batches(
    `select pid::integer, party::integer from ${parties} where pid <> party`,
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
