import { afterAll, beforeAll, expect, test } from 'vitest'
import { PEOPLE_PROJECT, PEOPLE_RULES, PEOPLE_STREAM } from './people-project.ts'
import { type Answer, World } from './world.ts'

const at = (day: number): string => `2025-01-0${day}T00:00:00Z`
const MAIL = 'one@x.example'

/** A second stream of profiles, so that a source has a rank. */
const SHOP_STREAM = {
  ...PEOPLE_STREAM,
  name: 'shop',
  connector: { type: 'IngestApi' },
  keyQualifier: 'shop',
  fields: { ...PEOPLE_STREAM.fields, anonymous: 'Text' },
}
const SHOP_MAPPING = {
  stream: 'shop',
  objects: [
    {
      object: 'Individual',
      fields: {
        Id: 'id',
        FirstName: 'first',
        LastName: 'last',
        LastModifiedDate: 'changed',
        IsAnonymous: 'anonymous',
      },
    },
    { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
    { object: 'ContactPointPhone', fields: { TelephoneNumber: 'phone' } },
  ],
}
const rules = (reconciliation: object): object => ({
  ...PEOPLE_RULES,
  matchRules: PEOPLE_RULES.matchRules.slice(0, 1),
  reconciliationRules: [{ entityName: 'Individual', ...reconciliation }],
})
const project = (reconciliation: object): Record<string, object | string> => ({
  ...PEOPLE_PROJECT,
  'streams/shop.yaml': SHOP_STREAM,
  'mappings/shop.yaml': SHOP_MAPPING,
  'rulesets/people.yaml': rules(reconciliation),
})

/** Records of one person: stream, first name, last name, day of the change. */
type Row = readonly ['people' | 'shop', string, string, number]

let world: World
beforeAll(async () => {
  world = await World.of(project({ ruleType: 'LAST_UPDATED' }))
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** Runs by other reconciliation rules from now on: all profiles are made again. */
async function reconcileBy(reconciliation: object): Promise<void> {
  world.change({ 'rulesets/people.yaml': rules(reconciliation) })
  await world.apply()
}

const RULES: readonly (readonly [
  string,
  object,
  readonly Row[],
  readonly [string | null, string | null],
])[] = [
  [
    'last updated: the newest value that is not blank',
    { ruleType: 'LAST_UPDATED' },
    [
      ['people', 'Ana', 'Old', 1],
      ['shop', 'Anna', '', 3],
      ['people', '', 'New', 2],
    ],
    ['Anna', 'New'],
  ],
  [
    'last updated without ignore empty: the newest record, blank or not',
    { ruleType: 'LAST_UPDATED', shouldIgnoreEmptyValue: false },
    [
      ['people', 'Ana', 'Old', 1],
      ['shop', 'Anna', '', 3],
      ['people', '', 'New', 2],
    ],
    ['Anna', null],
  ],
  [
    'of equally new ones the first of the alphabet',
    { ruleType: 'LAST_UPDATED' },
    [
      ['people', 'Zoe', 'b', 1],
      ['shop', 'Ana', 'B', 1],
    ],
    ['Ana', 'B'],
  ],
  [
    'most frequent: the commonest value, blanks not counted',
    { ruleType: 'MOST_FREQUENT' },
    [
      ['people', 'Ana', '', 1],
      ['people', 'Ana', '', 1],
      ['shop', 'Zoe', '', 9],
      ['shop', '', 'X', 1],
    ],
    ['Ana', 'X'],
  ],
  [
    'most frequent without ignore empty: blanks are counted',
    { ruleType: 'MOST_FREQUENT', shouldIgnoreEmptyValue: false },
    [
      ['people', 'Ana', '', 1],
      ['people', 'Ana', '', 1],
      ['shop', 'Zoe', 'X', 9],
    ],
    ['Ana', null],
  ],
  [
    'most frequent, equally often: the newest',
    { ruleType: 'MOST_FREQUENT' },
    [
      ['people', 'Ana', 'A', 1],
      ['people', 'Ana', 'Z', 4],
      ['shop', 'Bea', 'A', 2],
      ['shop', 'Bea', 'Z', 2],
    ],
    ['Ana', 'Z'],
  ],
  [
    'source priority: the first source that has one',
    { ruleType: 'SOURCE_SEQUENCE', sources: ['shop', 'people'] },
    [
      ['people', 'Ana', 'New', 9],
      ['shop', 'Anna', '', 1],
      ['shop', 'Annie', '', 2],
    ],
    ['Annie', 'New'],
  ],
  [
    'source priority without ignore empty: the first source, blank or not',
    { ruleType: 'SOURCE_SEQUENCE', sources: ['shop', 'people'], shouldIgnoreEmptyValue: false },
    [
      ['people', 'Ana', 'New', 9],
      ['shop', 'Anna', '', 1],
    ],
    ['Anna', null],
  ],
  [
    'a source that is not ranked comes last',
    { ruleType: 'SOURCE_SEQUENCE', sources: ['people'] },
    [
      ['shop', 'Anna', 'S', 9],
      ['people', '', 'P', 1],
    ],
    ['Anna', 'P'],
  ],
  [
    'a field has a rule of its own',
    {
      ruleType: 'LAST_UPDATED',
      fields: [{ fieldName: 'LastName', ruleType: 'SOURCE_SEQUENCE', sources: ['people'] }],
    },
    [
      ['people', 'Ana', 'Kept', 1],
      ['shop', 'Anna', 'New', 9],
    ],
    ['Anna', 'Kept'],
  ],
]

test.each(RULES.map((rule, at) => [...rule, at] as const))(
  'SU1: %s',
  async (_what, reconciliation, rows, expected, number) => {
    const email = `su${number}@x.example`
    for (const [place, [stream, first, last, day]] of rows.entries()) {
      const id = `su${number}-${place}`
      await world.accept(stream, [{ id, first, last, email, phone: '', changed: at(day) }])
    }
    await world.engine.catchUp()
    await reconcileBy(reconciliation)
    expect(
      await world.rows(
        `select "FirstName", "LastName" from unified__i_ where "Email" = '${email}'`,
      ),
    ).toEqual([expected])
    const { fields } = await world.ask('profile', { key: email })
    for (const [field, value] of [
      ['FirstName', expected[0]],
      ['LastName', expected[1]],
    ] as const) {
      expect([field, (fields as Answer)[field]?.value ?? null]).toEqual([field, value])
    }
  },
)

test('SU2: lineage names the record whose value was taken', async () => {
  await reconcileBy({ ruleType: 'LAST_UPDATED' })
  await world.post('people', [{ id: 'p1', first: 'Ana', last: 'Old', email: MAIL, changed: at(1) }])
  await world.post('shop', [{ id: 's1', first: 'Anna', last: '', email: MAIL, changed: at(3) }])
  expect(await world.ask('profile', { key: MAIL })).toMatchObject({
    fields: {
      FirstName: { value: 'Anna', stream: 'shop', sourceRecordId: 's1' },
      LastName: { value: 'Old', stream: 'people', sourceRecordId: 'p1' },
    },
  })
})

test('SU3: a profile is known as soon as one of its sources is; anonymous only if all are', async () => {
  await reconcileBy({ ruleType: 'LAST_UPDATED' })
  const anonymous = async (): Promise<unknown> =>
    (
      await world.rows(`select "IsAnonymous" from unified__i_ where "Email" = 'who@x.example'`)
    )[0]?.[0]
  await world.post('shop', [{ id: 'a', email: 'who@x.example', anonymous: '1', changed: at(2) }])
  expect(await anonymous()).toBe('1')
  await world.post('shop', [{ id: 'b', email: 'who@x.example', anonymous: 'No', changed: at(1) }])
  expect(await anonymous()).toBe('0')
  expect(await world.ask('profile', { key: 'who@x.example' })).toMatchObject({
    fields: { IsAnonymous: { value: '0', stream: 'shop', sourceRecordId: 'b' } },
  })
  await world.remove('shop', ['b'])
  expect(await anonymous()).toBe('1')
  await world.post('people', [{ id: 'c', email: 'who@x.example', changed: at(1) }])
  expect(await anonymous()).toBe('0')
})

test('SU4: contact points are all kept, each value once, with the streams that have it', async () => {
  await reconcileBy({ ruleType: 'LAST_UPDATED' })
  await world.post('people', [
    { id: 'k1', email: ' Four@X.example', phone: '020 7946 0001', changed: at(1) },
    { id: 'k2', email: 'four@x.example', phone: '+44 20 7946 0001', changed: at(2) },
  ])
  await world.post('emails', [{ id: 'e', person: 'k1', address: 'two@x.example' }])
  await world.post('shop', [
    { id: 'k1', email: 'FOUR@x.example', phone: '020 7946 0002', changed: at(3) },
  ])
  const { contactPoints } = await world.ask('profile', { key: 'two@x.example' })
  const told = (contactPoints as Answer[]).map(one => [
    one['type'],
    one['value'].toLowerCase().trim(),
    one['sources'],
  ])
  expect(told).toHaveLength(4)
  expect(told).toEqual(
    expect.arrayContaining([
      ['Email', 'four@x.example', ['people', 'shop']],
      ['Email', 'two@x.example', ['emails']],
      ['Phone', '+442079460001', ['people']],
      ['Phone', '+442079460002', ['shop']],
    ]),
  )
})
