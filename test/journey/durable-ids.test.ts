import { expect, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { type Answer, World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const person = (id: string, email: string): Record<string, string> => ({
  id,
  first: `F${id}`,
  last: '',
  email,
  phone: '',
  changed: T,
})
const idOf = async (world: World, key: string): Promise<Answer> =>
  await world.ask('profile', { key })
const kinds = async (world: World): Promise<string> =>
  (await world.rows('select kind from identity_event__i_ order by seq')).map(String).join(' ')

test('DI1: the oldest id survives a merge; the other resolves as an alias for ever; keys do not move', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example')])
  await world.post('people', [person('2', 'b@x.example')])
  const [first, second] = [await idOf(world, 'people/1'), await idOf(world, 'people/2')]
  await world.post('emails', [{ id: 'e', person: '2', address: 'a@x.example' }])
  for (const key of [
    first['unifiedId'],
    second['unifiedId'],
    'people/1',
    'people/2',
    'b@x.example',
  ]) {
    expect(await idOf(world, String(key))).toMatchObject({
      unifiedId: first['unifiedId'],
      customerKey: first['customerKey'],
      aliases: [second['unifiedId']],
    })
  }
  await world.close()
  await world.open()
  expect(await idOf(world, String(second['unifiedId']))).toMatchObject({
    unifiedId: first['unifiedId'],
  })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('DI2: on a split the largest part keeps the id, the rest gets a new one', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post(
    'people',
    ['1', '2', '3'].map(id => person(id, 'all@x.example')),
  )
  const whole = await idOf(world, 'people/1')
  await world.post('people', [
    { ...person('1', 'alone@x.example'), changed: '2025-02-01T00:00:00Z' },
  ])
  expect(await idOf(world, 'people/2')).toMatchObject({ unifiedId: whole['unifiedId'] })
  expect((await idOf(world, 'people/1'))['unifiedId']).not.toBe(whole['unifiedId'])
  await world.post('people', [{ ...person('1', 'all@x.example'), changed: '2025-03-01T00:00:00Z' }])
  expect(await idOf(world, 'people/1')).toMatchObject({ unifiedId: whole['unifiedId'] })
})

test('DI3: identity events are in order, and say what happened to whom', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example')])
  await world.post('people', [person('2', 'b@x.example')])
  await world.post('emails', [{ id: 'e', person: '2', address: 'a@x.example' }])
  await world.remove('emails', ['e'])
  await world.remove('people', ['2'])
  const events = await world.rows(
    'select seq, kind, pos, epoch_ms(happened_at) from identity_event__i_ order by seq',
  )
  expect(events.map(([seq]) => Number(seq))).toEqual(events.map((_, place) => place + 1))
  const positions = events.map(([, , pos]) => Number(pos))
  expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  expect(new Set(events.map(([, , , when]) => Number(when)))).toEqual(new Set([world.clock.atMs]))
  expect(await kinds(world)).toBe('created created merged alias created split retired')
})

test('DI4: evidence is told for merges by different rules, and why two are not one', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [
    {
      id: '1',
      first: 'Robert',
      last: 'Stone',
      email: 'a@x.example',
      phone: '020 7946 0001',
      changed: T,
    },
    {
      id: '2',
      first: 'Zoe',
      last: 'STONE',
      email: 'b@x.example',
      phone: '+44 20 7946 0001',
      changed: T,
    },
    { id: '3', first: 'Bob', last: 'Wood', email: 'c@x.example', phone: '02079460001', changed: T },
    { id: '4', first: 'Xavier', last: 'Hill', email: 'd@x.example', phone: '', changed: T },
  ])
  const rule = async (a: string, b: string): Promise<unknown> =>
    ((await world.ask('explain', { a: `people/${a}`, b: `people/${b}` }))['path'] as Answer[]).map(
      one => one['rule'],
    )
  expect(await rule('1', '2')).toEqual(['Phone and last name'])
  expect(await rule('1', '3')).toEqual(['Phone and first name'])
  expect(await rule('2', '3')).toHaveLength(2)
  const apart = await world.ask('explain', { a: 'people/1', b: 'people/4' })
  expect(apart).toMatchObject({ together: false, path: [] })
  expect(String(apart['reason'])).not.toBe('')
})
