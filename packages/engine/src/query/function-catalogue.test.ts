import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CALLS, statementOf } from './function-calls.fixture.ts'
import { FUNCTIONS } from './function-catalogue.ts'
import { openWorld } from './sql-world.fixture.ts'

let world: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

describe('every function of the catalogue gives its result, through both gates', () => {
  test.each(Array.from(FUNCTIONS.keys()))('%s', async name => {
    const statement = statementOf(name) ?? 'a call in function-calls.fixture.ts'
    expect(await world.query(statement)).toEqual([[CALLS[name]?.[1]]])
  })
})

test('every function that makes texts or lists has its bound in the catalogue', () => {
  const growing = [
    'repeat',
    'space',
    'lpad',
    'rpad',
    'replace',
    'regexp_replace',
    'concat',
    'concat_ws',
    'string_agg',
    'listagg',
    'array_agg',
    'collect_list',
    'collect_set',
  ]
  for (const name of growing)
    expect([name, FUNCTIONS.get(name)?.bound]).toEqual([name, expect.any(String)])
})

test('texts that double through subqueries are cut', async () => {
  const steps = Array.from(
    { length: 25 },
    (_, at) => `s${at + 1} as (select x || x as x from s${at})`,
  )
  const [row] = await world.query(
    `with s0 as (select 'abc' as x), ${steps.join(', ')} select length(x) from s25`,
  )
  expect(row).toEqual([65_536])
  expect(await world.query(`select length(repeat(repeat(repeat('x', 1000), 1000), 1000))`)).toEqual(
    [[65_000]],
  )
  expect(
    await world.query(`select length(replace(repeat('a', 1000), 'a', '${'b'.repeat(1000)}'))`),
  ).toEqual([[65_000]])
})
