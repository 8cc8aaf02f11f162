import { ALL_SOURCES, matchKeysSql } from '../../identity/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, uniqueLaw, violating } from './check-laws.ts'
import { compareRows } from './compare-rows.ts'
import { isSettled } from './pending-scope.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

const FUZZY: TableName = { stage: 'identity', object: 'fuzzy_value', kind: 'recorded' }

/**
 * Recorded: the dictionary of the names that fuzzy rules compare. Leaves the match keys of every
 * ruleset, recomputed from the lake, in the temporary tables that `freshKeys` names.
 */
export async function checkFuzzyValues(
  verification: Verification,
  rulesets: readonly RulesetRuntime[],
): Promise<void> {
  const { session } = verification
  for (const ruleset of rulesets) {
    await session.run(
      `create or replace temp table ${freshKeys(ruleset)} as ${matchKeysSql(ruleset.definition, ALL_SOURCES)}`,
    )
  }
  const missing = rulesets.map(
    ruleset => `select name from temp.${freshKeys(ruleset)} where ${isSettled(ruleset, 'pid')}`,
  )
  const unknown = `(select distinct name from (${[...missing, 'select null where false'].join(' union all ')})
                    where name is not null and name not in (select name from fuzzy_value where name is not null))`
  const violations = await checkLaws(verification, FUZZY, [
    uniqueLaw('FZ1: a number stands for one name', 'fuzzy_value', ['value']),
    uniqueLaw('FZ2: a name has one number', 'fuzzy_value', ['name']),
    {
      law: 'FZ3: the numbers of names are dense from 0',
      sql: violating({
        from: '(select count(distinct value) as n, max(value) + 1 as value from fuzzy_value)',
        where: 'n <> coalesce(value, 0)',
        key: `'count'`,
        field: 'value',
        recomputed: 'n',
      }),
    },
    {
      law: 'FZ4: every name that a match key is made from has a number',
      sql: violating({
        from: unknown,
        key: 'name',
        field: 'name',
        live: 'null',
        recomputed: 'name',
      }),
    },
  ])
  if (violations > 0) await repairNames(verification, rulesets)
}

/** Derived: which keys each source profile has by each rule. */
export async function compareMatchKeys(
  verification: Verification,
  ruleset: RulesetRuntime,
): Promise<void> {
  await compareRows(verification, {
    stage: 'identity',
    object: `match_key__${ruleset.stage.tables.slot}`,
    kind: 'derived',
    key: ['rule', 'key', 'pid'],
    scope: isSettled(ruleset, 'pid'),
    freshSql: `select rule, key, pid, coalesce(v.value, -1) as value from temp.${freshKeys(ruleset)} k
               left join (select name, min(value) as value from fuzzy_value group by name) v on v.name = k.name`,
  })
  await verification.session.run(`drop table temp.${freshKeys(ruleset)}`)
}

function freshKeys({ stage }: RulesetRuntime): string {
  return `"fresh_key__${stage.tables.slot}"`
}

/** The stored match keys still say which number a lost name had. */
async function repairNames(
  { session }: Verification,
  rulesets: readonly RulesetRuntime[],
): Promise<void> {
  const votes = rulesets.map(ruleset => {
    const fresh = `temp.${freshKeys(ruleset)}`
    return `select f.name, m.value from ${fresh} f join ${ruleset.stage.tables.matchKey} m using (rule, key, pid)
            where f.name is not null and m.value >= 0`
  })
  await session.run(
    `create or replace temp table named as
     select value, mode(name) as name from (${[...votes, 'select null, null where false'].join(' union all ')}) group by value`,
  )
  await session.run(
    `insert into temp.named select value, min(name) from fuzzy_value
     where value not in (select value from temp.named) and name not in (select name from temp.named) group by value`,
  )
  await session.run('delete from fuzzy_value')
  await session.run('insert into fuzzy_value select value, name from temp.named')
  await session.run('drop table temp.named')
}
