import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { World } from './world.ts'

const T = '2025-01-01T00:00:00Z'

test('TR1: two rulesets that compare first names share the dictionary of names, whoever met a name first', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  const person = (id: string, first: string): Record<string, string> => ({
    id,
    first,
    last: id,
    email: 'same@x.example',
    phone: '020 7946 0001',
    changed: T,
  })
  await world.post('people', [person('1', 'Robert')])
  await world.post('people', [person('2', 'Bob')])
  await world.post('people', [person('3', 'Zoe')])
  const parts = async (slot: string): Promise<number> => await world.count(`unified__${slot}`)
  expect([await parts('i_'), await parts('i_mail')]).toEqual([1, 2])
  expect(world.faults).toEqual([])
  expect(await world.count('problem')).toBe(0)
  await world.close()
  await world.open()
  await world.post('people', [person('4', 'Bobby')])
  expect([await parts('i_'), await parts('i_mail')]).toEqual([1, 2])
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('TR2: a name that a taken back batch numbered may get another number, and nothing is confused', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  const { writer } = world.engine.parts
  const run = writer.run.bind(writer)
  let failures = 1
  writer.run = async (sql, values) => {
    if (sql.startsWith('insert into "unified_ContactPointEmail__i_mail"') && failures-- > 0)
      throw new Error('no space left on device')
    await run(sql, values)
  }
  const person = (id: string, first: string): Record<string, string> => ({
    id,
    first,
    last: '',
    email: 'same@x.example',
    phone: '',
    changed: T,
  })
  await expect(world.post('people', [person('1', 'Zoe')])).rejects.toThrow('no space left')
  await world.engine.catchUp()
  await world.post('people', [person('2', 'Robert')])
  await world.post('people', [person('3', 'Bob')])
  expect(await world.count('unified__i_mail')).toBe(2)
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})
