import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, PEOPLE_RULES } from './people-project.ts'
import { PROJECT, SCORE } from './scored-people.ts'
import { type Answer, type ProjectFiles, World } from './world.ts'

const STEWARD = { author: 'Ada Steward', reason: 'two people' }
const SHARED = '+44 20 7946 0001'

/** Two people of one name with two records each, of one e-mail address; all that ties the two is a phone. */
const person = (
  id: string,
  email: string,
  phone: string,
  changed = '01',
): Record<string, string> => ({
  id,
  first: 'Anna',
  last: 'Lindqvist',
  email,
  phone,
  changed: `2025-01-${changed}T00:00:00Z`,
})
const FIRST = ['1', '2'].map(id => person(id, 'anna@x.example', SHARED))
const SECOND = ['3', '4'].map(id => person(id, 'lindqvist@y.example', '+44 161 496 0873'))
const TIED = ['3', '4'].map(id => person(id, 'lindqvist@y.example', SHARED, '02'))

async function idsOf(world: World, ids: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const id of ids)
    found.push(String((await world.ask('profile', { key: `people/${id}` }))['unifiedId']))
  return found
}

/** Which of the records are one: each is told by the first that it is one with. */
async function clusters(world: World, ...ids: readonly string[]): Promise<string> {
  const found = await idsOf(world, ids)
  return found.map(id => ids[found.indexOf(id)]).join('')
}

async function sound(world: World): Promise<void> {
  const report = await world.ask('verify')
  expect([report['differences'], report['notCompared']]).toEqual([0, []])
}

const KINDS: readonly (readonly [string, ProjectFiles])[] = [
  ['exact rules', PEOPLE_PROJECT],
  [
    'a score',
    {
      ...PROJECT,
      'rulesets/people.yaml': { ...PEOPLE_RULES, matchRules: [{ ...SCORE, threshold: 0.5 }] },
    },
  ],
]

test.each(KINDS)(
  'UM1: a merge by %s that is undone splits into the two that were merged, and stays so',
  async (_kind, files) => {
    await using world = await World.of(files)
    await world.post('people', [...FIRST, ...SECOND])
    const before = await clusters(world, '1', '2', '3', '4')
    await world.post('people', TIED)
    expect([before, await clusters(world, '1', '2', '3', '4')]).toEqual(['1133', '1111'])
    const [whole] = await idsOf(world, ['1'])

    const undone = await world.ask('undo', { a: 'people/2', b: 'people/3', ...STEWARD })
    expect(undone).toMatchObject({
      decision: { number: 1, a: 'people/2', b: 'people/3', verdict: 'never' },
      recorded: 4,
    })
    expect(undone['unifiedIds'] as Answer[]).toHaveLength(2)
    expect(await clusters(world, '1', '2', '3', '4')).toBe('1133')
    expect(await idsOf(world, ['1', '3'])).toContain(whole)
    await sound(world)

    // Those that were named go; the others have the phone too, and stay apart.
    await world.remove('people', ['2', '3'])
    expect(await clusters(world, '1', '4')).toBe('14')
    await sound(world)
    await world.post('people', [...FIRST, ...TIED])
    await world.run({ stage: 'identity' })
    expect(await clusters(world, '1', '2', '3', '4')).toBe('1133')
    await world.close()
    await world.open()
    expect(await clusters(world, '1', '2', '3', '4')).toBe('1133')
    await sound(world)

    const back = await world.ask('decisions.revoke', { number: '1-4', ...STEWARD })
    expect(back).toMatchObject({ recorded: 4, unifiedIds: [whole] })
    expect((await world.ask('decisions.list'))['rows']).toEqual([])
    await sound(world)
  },
  60_000,
)

test('UM2: an undo of more pairs than the limit is refused, and says what else can be done', async () => {
  await using world = await World.of({
    ...PEOPLE_PROJECT,
    'mainstem.yaml': { name: 'journey', limits: { 'ir.maxPairsPerDecision': 3 } },
  })
  await world.post('people', [...FIRST, ...SECOND, ...TIED])
  await expect(
    world.ask('undo', { a: 'people/2', b: 'people/3', ...STEWARD }),
  ).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('4 pairs of records'),
  })
  for (const number of ['x', '1-', '1-2-3', '-1', '9'])
    await expect(world.ask('decisions.revoke', { number, ...STEWARD })).rejects.toMatchObject({
      code: 'USAGE',
    })
})
