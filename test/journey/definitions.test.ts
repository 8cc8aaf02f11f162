import { expect, test } from 'vitest'
import { EMAILS_MAPPING, PEOPLE_MAPPING, PEOPLE_PROJECT, PEOPLE_RULES } from './people-project.ts'
import { World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const people = [
  {
    id: '1',
    first: 'Robert',
    last: 'Stone',
    email: 'a@x.example',
    phone: '020 7946 0001',
    changed: T,
  },
  { id: '2', first: 'Bob', last: 'Wood', email: 'b@x.example', phone: '020 7946 0001', changed: T },
  { id: '3', first: 'Zoe', last: 'Hill', email: 'c@x.example', phone: '', changed: T },
]
const BY_MAIL = { ...PEOPLE_RULES, matchRules: PEOPLE_RULES.matchRules.slice(0, 1) }

/** Everything that a change of definitions may change. */
async function state(world: World): Promise<string> {
  const parts: unknown[] = []
  for (const table of [
    'definition',
    'link__i_',
    'unified__i_',
    'unified_id__i_',
    'identity_event__i_',
    'match_key__i_',
    'stream_state',
    'meta',
    'run',
  ]) {
    parts.push(
      table,
      (await world.rows(`select to_json(t)::varchar from ${table} t order by 1`)).flat(),
    )
  }
  const views = `select view_name, sql from duckdb_views() where schema_name like 'space%' order by 1, 2`
  return JSON.stringify([parts, await world.rows(views)], undefined, 1)
}

test('DE1: plan shows a changed ruleset and what it costs, and changes nothing; apply does it', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', people)
  await world.run()
  expect(await world.count('unified__i_')).toBe(2)
  expect(await world.ask('plan')).toMatchObject({ changes: [] })
  world.change({ 'rulesets/people.yaml': BY_MAIL })
  const before = await state(world)
  const plan = await world.ask('plan')
  expect(plan).toMatchObject({
    changes: [
      {
        kind: 'ruleset',
        name: 'People',
        action: 'update',
        fields: expect.arrayContaining(['matchRules']),
      },
    ],
    effects: { rows: 3, seconds: expect.any(Number), split: 1, merged: 0 },
  })
  expect(await state(world)).toBe(before)
  expect(await world.ask('apply')).toMatchObject({ applied: true, changes: plan['changes'] })
  expect(await world.count('unified__i_')).toBe(3)
  expect(await world.ask('plan')).toMatchObject({ changes: [] })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('DE2: adding a mapping, and removing one, resolves everybody again', async () => {
  const { 'mappings/emails.yaml': _left, ...without } = PEOPLE_PROJECT
  await using world = await World.of(without)
  await world.post('people', people)
  await world.post('emails', [{ id: 'e', person: '3', address: 'a@x.example' }])
  expect(await world.count('unified__i_')).toBe(2)
  const [kept] = await world.rows('select "Id" from unified__i_ order by uid limit 1')
  world.change({ 'mappings/emails.yaml': EMAILS_MAPPING })
  expect(await world.ask('plan')).toMatchObject({
    changes: [{ kind: 'mapping', action: 'create' }],
    effects: { rows: 3 },
  })
  await world.ask('apply')
  expect(await world.rows('select "Id" from unified__i_')).toEqual([kept])
  world.change({ 'mappings/emails.yaml': undefined })
  await world.ask('apply')
  expect(await world.count('unified__i_')).toBe(2)
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('DE3: a mapping with another field follows in the profiles, and an added ruleset has its own', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', people)
  const [individual, ...points] = PEOPLE_MAPPING.objects
  const swapped = { Id: 'id', FirstName: 'last', LastName: 'first', LastModifiedDate: 'changed' }
  world.change({
    'mappings/people.yaml': {
      stream: 'people',
      objects: [{ ...individual, fields: swapped }, ...points],
    },
  })
  await world.ask('apply')
  expect(await world.ask('profile', { key: 'c@x.example' })).toMatchObject({
    fields: { FirstName: { value: 'Hill' } },
  })
  world.change({ 'rulesets/mail.yaml': { ...BY_MAIL, label: 'Mail', rulesetId: 'mail' } })
  await world.ask('apply')
  expect([await world.count('unified__i_'), await world.count('unified__i_mail')]).toEqual([3, 3])
  await world.post('people', [{ ...people[2], id: '4', email: 'd@x.example' }])
  expect([await world.count('unified__i_'), await world.count('unified__i_mail')]).toEqual([4, 4])
  world.change({ 'rulesets/mail.yaml': undefined })
  await world.ask('apply')
  await world.post('people', [{ ...people[2], id: '5', email: 'e@x.example' }])
  expect(await world.count('unified__i_')).toBe(5)
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test.each([
  [
    'a ruleset on names only',
    {
      'rulesets/people.yaml': {
        ...PEOPLE_RULES,
        matchRules: [
          {
            label: 'Name',
            criteria: [
              { entityName: 'Individual', fieldName: 'FirstName', matchMethodType: 'EXACT' },
              { entityName: 'Individual', fieldName: 'LastName', matchMethodType: 'EXACT' },
            ],
          },
        ],
      },
    },
  ],
  [
    'a mapping to a field that the stream has not',
    {
      'mappings/emails.yaml': {
        ...EMAILS_MAPPING,
        objects: [
          { object: 'ContactPointEmail', fields: { PartyId: 'person', EmailAddress: 'nope' } },
        ],
      },
    },
  ],
  [
    'a mapping to an object that nobody knows',
    {
      'mappings/emails.yaml': {
        stream: 'emails',
        objects: [{ object: 'Nonsense', fields: { Id: 'id' } }],
      },
    },
  ],
  ['two rulesets of one id', { 'rulesets/second.yaml': { ...BY_MAIL, label: 'Second' } }],
])('DE4: %s is refused and leaves the store as it was', async (_what, files) => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', people)
  const before = await state(world)
  world.change(files)
  const refused = expect.objectContaining({
    name: 'MainstemError',
    message: expect.stringMatching(/\.$/),
  })
  await expect(world.ask('plan')).rejects.toEqual(refused)
  await expect(world.ask('apply')).rejects.toEqual(refused)
  expect(await state(world)).toBe(before)
  await world.post('people', [{ ...people[2], id: '4', email: 'a@x.example' }])
  expect(await world.count('unified__i_')).toBe(2)
  expect(world.faults).toEqual([])
})

test('DE5: a run of what is not there is refused, with what there is; so is a name that is not there', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  const refused = async (method: string, params: object): Promise<unknown> =>
    await world.ask(method, { ...params }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
  expect(await refused('run', { stage: 'insight' })).toMatch(
    /no stage "insight"\. The stages are streams/,
  )
  expect(await refused('run', { stage: 'insights', name: 'nope' })).toMatch(
    /nothing named "nope"\. There is lifetime_value/,
  )
  expect(await refused('run', { name: 'nope' })).toMatch(/Add --stage/)
  expect(await refused('run', { now: 'yesterday' })).toMatch(/--now cannot be read/)
  expect(await refused('segments.publish', { name: 'nope' })).toMatch(/No segment is named "nope"/)
  expect(await refused('profile', { key: 'nobody@x.example' })).toMatch(
    /No profile answers to this key/,
  )
  expect(await refused('frobnicate', {})).toMatch(/no command "frobnicate"/)
})
