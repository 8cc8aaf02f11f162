import { MapMatchIndex } from '../../identity/core/adapters/map-match-index.ts'
import { TypedArrayMatchIndex } from '../../identity/core/adapters/typed-array-match-index.ts'
import {
  fullPartition,
  type IndexSize,
  type MatchIndex,
  NO_COMPONENT,
  type Partition,
  RESOLVE_LIMITS,
} from '../../identity/index.ts'
import { ALL_SOURCES, IdentityStage, sourceProfilesSql } from '../../identity/index.ts'
import { readIds } from '../engine/downstream.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, type Law, uniqueLaw } from './check-laws.ts'
import { compareRows } from './compare-rows.ts'
import { nameComponents } from './name-components.ts'
import { isSettled, pendingTable } from './pending-scope.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

/** Source profiles up to which a second, plain index must find the same. */
const ORACLE_MAX = 20_000

/**
 * The partition into unified profiles is derived: computed again from the match keys, which were
 * compared before, in a fresh index. Which id each part has is recorded: the parts get the ids that
 * fit the stored links best, so that a difference is a source profile in the wrong part.
 */
export async function compareLinks(
  verification: Verification,
  ruleset: RulesetRuntime,
): Promise<void> {
  const { session } = verification
  const { slot } = ruleset.stage.tables
  const table: TableName = { stage: 'identity', object: `link__${slot}`, kind: 'derived' }
  const present = await presentIds(verification, ruleset)
  const found = await partitionOf(verification, ruleset, {
    present,
    newIndex: expected => new TypedArrayMatchIndex(expected),
  })
  await loadComponents(verification, found)
  await nameComponents(verification, ruleset)
  const laws: Law[] = [
    uniqueLaw('LK1: a source profile belongs to one unified profile', table.object, ['pid']),
  ]
  await checkLaws(verification, table, laws)
  await compareRows(verification, {
    ...table,
    key: ['pid'],
    freshSql: 'select pid, uid from temp.component_of join temp.uid_of using (component)',
  })
  if (present.length <= ORACLE_MAX) {
    const plain = await partitionOf(verification, ruleset, {
      present,
      newIndex: () => new MapMatchIndex(),
    })
    const differing = found.pids.reduce(
      (count, pid, at) => count + (componentOf(plain, pid) === found.component[at] ? 0 : 1),
      0,
    )
    const law = 'LK2: two indexes of different making find the same unified profiles'
    verification.log.law(table, { law, violations: differing, sample: [] })
  }
  await session.run('drop table temp.component_of')
  await session.run('drop table temp.uid_of')
}

/** Components are numbered by their smallest node, so that equal partitions have equal numbers. */
function componentOf({ component }: Partition, pid: number): number {
  return component[pid] ?? NO_COMPONENT
}

/** Source profiles as the lake has them; those that wait for a run as they were at the last. */
async function presentIds({ session }: Verification, ruleset: RulesetRuntime): Promise<Int32Array> {
  const { link, slot } = ruleset.stage.tables
  const waiting = `select distinct pid from ${link} where pid in (select pid from ${pendingTable(slot)})`
  return await readIds(
    session,
    `select distinct pid from (${sourceProfilesSql(ruleset.definition, ALL_SOURCES)}) where ${isSettled(ruleset, 'pid')}
     union ${waiting}`,
  )
}

interface IndexToFill {
  readonly present: Int32Array
  readonly newIndex: (expected?: IndexSize) => MatchIndex
}

async function partitionOf(
  { session, storeId }: Verification,
  { definition }: RulesetRuntime,
  { present, newIndex }: IndexToFill,
): Promise<Partition> {
  const stage = new IdentityStage({
    ruleset: definition,
    storeId,
    newIndex,
    limits: RESOLVE_LIMITS,
  })
  await stage.load(session)
  const { index } = stage
  const linked = Int32Array.from({ length: index.pidEnd }, (_none, pid) => pid)
  index.setPresent(linked, false)
  index.setPresent(present, true)
  return fullPartition(index, stage.resolveOptions)
}

async function loadComponents(
  { session }: Verification,
  { pids, component }: Partition,
): Promise<void> {
  const isPresent = (_: number, at: number): boolean =>
    (component[at] ?? NO_COMPONENT) !== NO_COMPONENT
  await session.run('create or replace temp table component_of (pid integer, component integer)')
  await session.load('temp.component_of', [
    { name: 'pid', type: 'INTEGER', values: pids.filter(isPresent) },
    { name: 'component', type: 'INTEGER', values: component.filter(part => part !== NO_COMPONENT) },
  ])
}
