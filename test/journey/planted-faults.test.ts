import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SqlValue } from '../../packages/engine/src/lake/index.ts'
import { happen, histories, leftBy } from './history.ts'
import { PEOPLE_PROJECT } from './people-project.ts'
import { storedProfiles } from './profiles-of-run.ts'
import { tell } from './rules-aloud.ts'
import { World } from './world.ts'

/** A statement as the broken engine runs it; undefined leaves it out. */
type Fault = (sql: string) => string | undefined

const drop =
  (pattern: RegExp): Fault =>
  sql =>
    pattern.test(sql) ? undefined : sql
const change =
  (from: string, to: string): Fault =>
  sql =>
    sql.replaceAll(from, to)

/**
 * Each leaves out or bends one statement of the pipeline, and is found by the history of that number
 * from SEED. After a change of the histories: run without `path`, and note `counterexamplePath`.
 */
const FAULTS: readonly (readonly [string, number, Fault])[] = [
  ['match keys of changed people stay', 4, drop(/^delete from "match_key__i_" where/)],
  [
    'rows that go touch nobody',
    5,
    change(`'updated') returning _p0`, `'updated') returning null::integer`),
  ],
  [
    'rows that come touch nobody',
    0,
    change('_ref0 returning _p0', '_ref0 returning null::integer'),
  ],
  ['links of people who moved stay', 4, drop(/^(delete from|update) "link__i_"/)],
  ['unified profiles that were are left', 4, drop(/^delete from "unified__i_"/)],
  ['unified addresses that were are left', 4, drop(/^delete from "unified_ContactPointEmail__i_"/)],
  ['a replaced row stays beside the new one', 4, drop(/^delete from "dlo_\w+" where.*'updated'/s)],
  [
    'an older version overwrites a newer one',
    0,
    change('when e._mod > s._mod then', 'when false then'),
  ],
  [
    'of one batch the first row of a key wins',
    0,
    change('_pos desc, _row desc', '_pos asc, _row asc'),
  ],
  ['the oldest value wins', 7, change('- epoch_us(', '+ epoch_us(')],
  [
    'a blank value wins',
    9,
    change('filter (where nullif(trim(', 'filter (where true or nullif(trim('),
  ],
  [
    'an updated row is not written',
    4,
    change(`where class in ('added', 'updated')`, `where class = 'added'`),
  ],
]

const SEED = 20_250_701

test.each(FAULTS)('PF1: the history property finds: %s', async (_what, path, fault) => {
  await using world = await World.of(PEOPLE_PROJECT)
  const bent = bend(world, fault)
  let run = 0
  const outcome = await fc.check(
    fc.asyncProperty(
      histories(() => run),
      async history => {
        run++
        await happen(world, history)
        expect(await storedProfiles(world, run)).toEqual(tell(leftBy(history)))
        expect(await world.ask('verify', { stage: 'identity' })).toMatchObject({ differences: 0 })
      },
    ),
    { seed: SEED, path: String(path), numRuns: 1, endOnFailure: true },
  )
  expect(bent.count).toBeGreaterThan(0)
  expect(outcome.failed).toBe(true)
})

test('PF2: the engine as it is passes the histories that find the faults', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  for (const path of new Set(FAULTS.map(([, at]) => at))) {
    let run = path
    await fc.assert(
      fc.asyncProperty(
        histories(() => run),
        async history => {
          run = path + 1
          await happen(world, history)
          expect(await storedProfiles(world, run)).toEqual(tell(leftBy(history)))
        },
      ),
      { seed: SEED, path: String(path), numRuns: 1, endOnFailure: true },
    )
  }
  expect(await world.ask('verify', { stage: 'identity' })).toMatchObject({ differences: 0 })
})

/** Makes the engine run another statement, or none, in place of some; counts how often. */
function bend(world: World, fault: Fault): { count: number } {
  const { writer } = world.engine.parts
  const whole = writer.run.bind(writer)
  const bent = { count: 0 }
  writer.run = async (sql: string, values?: readonly SqlValue[]) => {
    const instead = fault(sql)
    if (instead !== sql) bent.count++
    if (instead !== undefined) await whole(instead, values)
  }
  const all = writer.runAll.bind(writer)
  writer.runAll = async (statements: readonly string[]) => {
    const instead = statements.map(fault)
    bent.count += instead.filter((sql, at) => sql !== statements[at]).length
    await all(instead.flatMap(sql => sql ?? []))
  }
  const read = writer.batches.bind(writer)
  writer.batches = async function* (sql: string) {
    const instead = fault(sql)
    if (instead !== sql) bent.count++
    if (instead !== undefined) yield* read(instead)
  }
  return bent
}
