import { expect, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { type Answer, World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const lead = {
  id: '1',
  first: 'Lea',
  last: 'Dole',
  email: 'lead@example.com',
  phone: '',
  changed: T,
}
const event = (id: string, email: string): Record<string, string> => ({
  id,
  email,
  kind: 'Open',
  at: T,
})
const profiles = async (world: World): Promise<number> => await world.count('unified__i_')

test('EI1: an event lands on the profile that owns its address', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [lead])
  const before = await world.ask('profile', { key: 'lead@example.com' })
  await world.post('events', [event('evt_12345', 'Lead@Example.com')])
  const after = await world.ask('profile', { key: 'lead@example.com' })
  expect(after['unifiedId']).toBe(before['unifiedId'])
  const related = (after['related'] as Answer[]).find(one => one['object'] === 'MessageEngagement')
  expect(related).toMatchObject({ count: 1 })
  expect((after['links'] as Answer[]).filter(link => link['system'] === true)).toHaveLength(1)
  const { rows } = await world.ask('query', {
    sql: 'SELECT COUNT(*) FROM UnifiedIndividual JOIN EngagementEvent ON UnifiedIndividual.Id = EngagementEvent.UnifiedIndividualId',
  })
  expect(Number(rows[0][0])).toBe(1)
})

test('EI2: an event of nobody known makes a profile; the person who comes later joins it', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('events', [event('e1', 'lead@example.com'), event('e2', ' LEAD@example.com ')])
  expect(await profiles(world)).toBe(1)
  const made = await world.ask('profile', { key: 'lead@example.com' })
  await world.post('people', [lead])
  expect(await profiles(world)).toBe(1)
  expect(await world.ask('profile', { key: 'people/1' })).toMatchObject({
    unifiedId: made['unifiedId'],
    fields: { FirstName: { value: 'Lea', stream: 'people' } },
  })
})

test('EI3: the last event that goes takes the system record with it; the person stays', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [lead])
  await world.post('events', [
    event('e1', 'lead@example.com'),
    event('e2', 'lead@example.com'),
    event('e3', 'gone@example.com'),
  ])
  expect([await world.count('link__i_'), await profiles(world)]).toEqual([3, 2])
  await world.remove('events', ['e1', 'e3'])
  expect([await world.count('link__i_'), await profiles(world)]).toEqual([2, 1])
  await world.remove('events', ['e2'])
  expect([await world.count('link__i_'), await profiles(world)]).toEqual([1, 1])
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('EI4: an event that changes its address moves to the other profile', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('events', [event('e1', 'one@example.com')])
  await world.post('events', [event('e1', 'two@example.com')])
  expect(await profiles(world)).toBe(1)
  await expect(world.ask('profile', { key: 'one@example.com' })).rejects.toMatchObject({
    code: 'PROFILE_NOT_FOUND',
  })
  expect(await world.ask('profile', { key: 'two@example.com' })).toMatchObject({
    links: [{ system: true }],
  })
})

test('EI5: an event without an address is kept and belongs to nobody', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('events', [event('e1', '  '), { id: 'e2', kind: 'Open', at: T }])
  expect([await world.count('dlo_events'), await profiles(world)]).toEqual([2, 0])
})

test('EI6: a further event of a known party, its address written another way, changes no profile', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('events', [event('e5', 'lead@example.com')])
  const before = await world.rows('select * from "unified_ContactPointEmail__i_"')
  for (const [id, email] of [
    ['e1', ' LEAD@example.com'],
    ['e9', 'Lead@Example.com'],
  ] as const) {
    await world.post('events', [event(id, email)])
    expect(await world.rows('select * from "unified_ContactPointEmail__i_"')).toEqual(before)
    expect(await world.ask('verify')).toMatchObject({ differences: 0 })
  }
})
