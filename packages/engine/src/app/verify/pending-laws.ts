import { dloTable } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, type Law, violating } from './check-laws.ts'
import { pendingTable } from './pending-scope.ts'
import type { Verification } from './verification.ts'

/** Recorded: the source profiles that wait for the next run of a ruleset that is not continuous. */
export async function checkPending(
  verification: Verification,
  ruleset: RulesetRuntime,
): Promise<void> {
  const { slot } = ruleset.stage.tables
  const table = pendingTable(slot)
  const stranger = 'pid is null or pid not in (select pid from party where pid is not null)'
  const laws: readonly Law[] = ruleset.isContinuous
    ? [
        {
          law: 'PD1: nobody waits for a ruleset that runs with every batch',
          sql: violating({ from: table, key: 'pid', field: 'pid' }),
        },
      ]
    : [
        {
          law: 'PD2: who waits for a ruleset is a party',
          sql: violating({ from: table, where: stranger, key: 'pid', field: 'pid' }),
        },
        {
          law: 'PD3: who has newer rows than the ruleset looked at waits for it',
          sql: violating({
            from: `(${forgottenSql(verification, ruleset)})`,
            key: 'pid',
            field: 'pid',
            live: 'null',
            recomputed: 'pid',
          }),
        },
      ]
  const violations = await checkLaws(
    verification,
    { stage: 'identity', object: `pending__${slot}`, kind: 'recorded' },
    laws,
  )
  if (violations === 0) return
  const { session } = verification
  await session.run(`delete from ${table} where ${ruleset.isContinuous ? 'true' : stranger}`)
  if (!ruleset.isContinuous)
    await session.run(`insert into ${table} ${forgottenSql(verification, ruleset)}`)
}

/** Known source profiles with rows from after the last look at their unified profile. */
function forgottenSql({ applied }: Verification, { stage, profiles }: RulesetRuntime): string {
  const { link, slot } = stage.tables
  const reads = Array.from(applied.streams.values()).flatMap(({ schema, refs }) =>
    refs.map(({ column }) => `select ${column} as pid, _pos from ${ident(dloTable(schema.name))}`),
  )
  if (reads.length === 0) return 'select null::integer as pid where false'
  return `
    select distinct l.pid from ${link} l
    join (select pid, max(_pos) as pos from (${reads.join(' union all ')}) group by pid) r on r.pid = l.pid
    join (select uid, max(pos) as pos from ${ident(`touched_profile__${profiles.slot}`)} group by uid) t on t.uid = l.uid
    where r.pos > t.pos and l.pid not in (select pid from ${pendingTable(slot)} where pid is not null)`
}
