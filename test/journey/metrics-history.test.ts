import { expect, test } from 'vitest'
import { noteMetrics } from '../../packages/engine/src/app/engine/note-metrics.ts'
import { retain } from '../../packages/engine/src/app/engine/retention.ts'
import { PEOPLE_MAPPING, PEOPLE_PROJECT, PEOPLE_RULES, PEOPLE_STREAM } from './people-project.ts'
import { World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const phone = '020 7946 0001'
const person = (id: string, more: object = {}) => ({
  id,
  first: 'Bob',
  last: 'Stone',
  email: `${id}@x.example`,
  phone: '',
  changed: T,
  ...more,
})
const BY_MAIL = { ...PEOPLE_RULES, matchRules: PEOPLE_RULES.matchRules.slice(0, 1) }

/** The history as people's SQL sees it. */
async function history(world: World, columns: string): Promise<readonly unknown[]> {
  const sql = `select ${columns} from RulesetMetrics order by Id`
  const { rows } = await world.ask('query', { sql })
  return rows as readonly unknown[]
}

test('MH1: a run, a change of rules and the live batches of an hour each leave one row', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', { phone }), person('2', { phone }), person('3')])
  await world.run()
  world.change({ 'rulesets/people.yaml': BY_MAIL })
  await world.ask('apply')
  for (let at = 4; at < 9; at++) await world.post('people', [person(String(at))])
  await world.post('people', [person('9', { email: '8@x.example' })])
  expect(await noteMetrics(world.engine)).toBe(1)
  expect(await noteMetrics(world.engine)).toBe(0)
  expect(await history(world, 'Cause, Status, Position, SourceProfiles, UnifiedProfiles')).toEqual([
    ['apply', 'SUCCESS', 0, 0, 0],
    ['manual', 'SUCCESS', 1, 3, 2],
    ['apply', 'SUCCESS', 1, 3, 3],
    ['live', 'SUCCESS', 7, 9, 8],
  ])
  const { rulesets } = await world.ask('status')
  expect(rulesets[0].history).toHaveLength(4)
  expect(rulesets[0].history[0]).toMatchObject({
    cause: 'live',
    status: 'SUCCESS',
    position: '7',
    asOf: '2025-07-01T12:00:00.000Z',
    knownProfiles: 8,
    anonymousProfiles: 0,
    consolidationRate: 11.11,
    unmatchedRate: 77.78,
    falsePositiveRate: 0,
    largestCluster: 2,
  })
  expect(rulesets[0]).toMatchObject({ consolidationRate: 11.11, unmatchedRate: 77.78 })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('MH2: what is past its days goes, but the last row of a ruleset stays', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1')])
  await world.run()
  world.clock.atMs += 2 * 86_400_000
  await world.run({ stage: 'identity' })
  world.clock.atMs += 91 * 86_400_000
  await retain(world.engine)
  expect(await history(world, 'Cause, SourceProfiles')).toEqual([['manual', 1]])
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('MH3: a profile is anonymous where all its sources are', async () => {
  const [individual, ...points] = PEOPLE_MAPPING.objects
  const fields = { ...individual?.fields, IsAnonymous: 'anonymous' }
  await using world = await World.of({
    ...PEOPLE_PROJECT,
    'streams/people.yaml': {
      ...PEOPLE_STREAM,
      fields: { ...PEOPLE_STREAM.fields, anonymous: 'Text' },
    },
    'mappings/people.yaml': { stream: 'people', objects: [{ ...individual, fields }, ...points] },
  })
  await world.post('people', [
    person('1', { anonymous: '1', email: 'a@x.example' }),
    person('2', { anonymous: 'No', email: 'a@x.example' }),
    person('3', { anonymous: 'true' }),
  ])
  const { rulesets } = await world.ask('status')
  expect(rulesets[0]).toMatchObject({
    unifiedProfiles: 2,
    knownProfiles: 1,
    anonymousProfiles: 1,
  })
})
