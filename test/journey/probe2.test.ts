import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { World } from './world.ts'
const T = '2025-01-01T00:00:00Z'
test('two rulesets fuzzy', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  await world.post('people', [{ id: '1', first: 'Robert', last: 'A', email: 'ana@x.example', phone: '020 7946 0001', changed: T }])
  await world.post('people', [{ id: '2', first: 'Bob', last: 'B', email: 'ana@x.example', phone: '020 7946 0001', changed: T }]).catch(e => console.log('died', e))
  console.log(world.faults, await world.rows('select * from link__i_'), await world.rows('select * from link__i_mail'), await world.rows('select * from problem'))
})
test('names', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  console.log(world.engine.applied.rulesets.map(r => r.definition.label))
  await world.post('people', [{ id: '1', first: 'Robert', last: 'A', email: 'ana@x.example', phone: '020 7946 0001', changed: T }])
  console.log(await world.rows('select * from fuzzy_value'), await world.rows('select * from match_key__i_'), await world.rows('select * from match_key__i_mail'))
})
