import { expect, test } from 'vitest'
import { loadProject } from './index.ts'
import { edit, type Files, project, refused, SOUND, told } from './sound-project.fixture.ts'

test.each<[string, Files, string]>([
  [
    'a stream name of 41 characters',
    edit('streams/orders.yml', 'name: orders', `name: o${'r'.repeat(40)}`),
    'is longer than 40 characters',
  ],
  [
    'a double underscore',
    edit('streams/orders.yml', 'name: orders', 'name: shop__orders'),
    'streams/orders.yml:2 The name "shop__orders" has a double underscore.',
  ],
  [
    'an underscore at the end',
    edit('insights/ltv.yaml', 'ltv', 'ltv_'),
    'insights/ltv.yaml:1 The name "ltv_" ends in an underscore.',
  ],
  [
    'a digit first',
    edit('targets/files.yaml', 'name: files', 'name: 1files'),
    'The name "1files" does not start with a letter.',
  ],
  [
    'a path in a name',
    edit('activations/mail.yaml', 'name: mail', 'name: a/../b'),
    'The name "a/../b" has other characters',
  ],
  [
    'two streams whose names differ by letter case',
    {
      'streams/z.yaml': (SOUND['streams/orders.yml'] ?? '')
        .replace('orders', 'Orders')
        .replace('shop', 'web'),
    },
    'The name "orders" is taken by streams/z.yaml.',
  ],
  [
    'a field named __proto__',
    edit('streams/contacts.yaml', 'first_name: Text', 'first_name: Text, __proto__: Text'),
    'streams/contacts.yaml:6 The field name "__proto__" has a double underscore.',
  ],
  [
    'a field with a space',
    edit('streams/contacts.yaml', 'first_name: Text', 'first_name: Text, "Last Name": Text'),
    'give the name in the source as "path"',
  ],
])('PR4: names keep the rules (%s)', async (_name, changes, sentence) => {
  expect((await told(changes)).join('\n')).toContain(sentence)
})

test.each<[string, Files, string]>([
  [
    'Engagement without event time',
    edit('streams/orders.yml', 'eventTime: placed_at\n', ''),
    'streams/orders.yml:4 An Engagement stream needs "eventTime".',
  ],
  [
    'event time of a Profile stream',
    edit('streams/contacts.yaml', 'primaryKey', 'eventTime: email\nprimaryKey'),
    '"eventTime" is for Engagement streams, and this one is Profile.',
  ],
  [
    'identity of a Profile stream',
    edit('streams/contacts.yaml', 'primaryKey', 'identity: { email: email }\nprimaryKey'),
    '"identity" is for Engagement streams',
  ],
  [
    'PARTIAL_UPDATE of a file',
    edit('streams/contacts.yaml', 'primaryKey', 'refreshMode: PARTIAL_UPDATE\nprimaryKey'),
    'PARTIAL_UPDATE is for streams of the Ingestion API, not files.',
  ],
  [
    'FULL_REFRESH of the Ingestion API',
    edit('streams/orders.yml', 'primaryKey', 'refreshMode: FULL_REFRESH\nprimaryKey'),
    'FULL_REFRESH is for files',
  ],
  [
    'INCREMENTAL without a time',
    edit('streams/contacts.yaml', 'primaryKey', 'refreshMode: INCREMENTAL\nprimaryKey'),
    'INCREMENTAL needs a field that says when a record changed.',
  ],
  [
    'a key that is no field',
    edit('streams/contacts.yaml', 'primaryKey: contact_id', 'primaryKey: contactid'),
    'streams/contacts.yaml:5 The field "contactid" is not among the "fields" of this stream. Did you mean "contact_id"?',
  ],
  [
    'a record time that is no time',
    edit('streams/contacts.yaml', 'primaryKey', 'recordModified: email\nprimaryKey'),
    '"recordModified" needs a field of type DateTime or Date; "email" is Email.',
  ],
  [
    'two streams of one endpoint',
    {
      'streams/z.yaml': (SOUND['streams/orders.yml'] ?? '').replace('name: orders', 'name: others'),
    },
    'takes the object "orders" of "shop" already',
  ],
])('PR5: the keys of a stream fit each other (%s)', async (_name, changes, sentence) => {
  expect((await told(changes)).join('\n')).toContain(sentence)
})

test.each([
  ['../secrets.csv', 'leaves the project with ".."'],
  ['data/../../x.csv', 'leaves the project with ".."'],
  ['/etc/passwd', 'is not relative to the project'],
  ['~/x.csv', 'is not relative to the project'],
  ['C:\\x.csv', 'is not relative to the project'],
  ['https://example.com/x.csv', 'is a URL'],
  ['s3://bucket/x.csv', 'is a URL'],
])('PR6: a path stays inside the project (%s)', async (path, fault) => {
  const stream = edit('streams/contacts.yaml', 'data/contacts.csv', `'${path}'`)
  expect(await told(stream)).toEqual([expect.stringContaining(`:3 The path ${fault}.`)])
  const target = edit('targets/files.yaml', 'path: out', `path: '${path}'`)
  expect(await told(target)).toEqual([expect.stringContaining(`:3 The path ${fault}.`)])
})

test('PR6: globs, dots in names and links are fine', async () => {
  const changes = edit('streams/contacts.yaml', 'data/contacts.csv', "'./data/2024..*/[ab]*.csv'")
  expect((await loadProject(await project(changes))).streams).toHaveLength(2)
})

test.each<[string, Files, string]>([
  [
    'a mapping to a missing stream',
    edit('mappings/contacts.yaml', 'crm_contacts', 'crm_contact'),
    'mappings/contacts.yaml:2 No data stream is named "crm_contact". Did you mean "crm_contacts"?',
  ],
  [
    'a mapping from a missing field',
    edit('mappings/contacts.yaml', ': first_name', ': firstname'),
    'mappings/contacts.yaml:5 The stream declares no field "firstname". Did you mean "first_name"?',
  ],
  [
    'two mappings of a stream',
    { 'mappings/z.yaml': SOUND['mappings/contacts.yaml'] ?? '' },
    'mappings/z.yaml:2 The stream "crm_contacts" is mapped in mappings/contacts.yaml already.',
  ],
  [
    'an activation of a missing segment',
    edit('activations/mail.yaml', 'segment: big', 'segment: bug'),
    'No segment is named "bug". Did you mean "big"?',
  ],
  [
    'a contact point from a missing stream',
    edit(
      'activations/mail.yaml',
      'consent',
      'contactPoint: { type: Email, sources: [nope] }\nconsent',
    ),
    'No data stream is named "nope". There are crm_contacts, orders.',
  ],
  [
    'a segment on a ruleset that is not there',
    edit('segments/big.yaml', 'UnifiedIndividual', 'UnifiedAccount'),
    'segments/big.yaml:3 No ruleset makes the object "UnifiedAccount".',
  ],
  [
    'a segment on what is no profile',
    edit('segments/big.yaml', 'UnifiedIndividual', 'SalesOrder'),
    '"SalesOrder" is no profile object of this project',
  ],
  [
    'a segment by a mistyped insight',
    edit('segments/big.yaml', 'ltv.ltv', 'ltb.ltv'),
    'segments/big.yaml:6 No calculated insight is named "ltb". Did you mean "ltv"?',
  ],
  [
    'a sequence of missing sources',
    {
      'rulesets/people.yaml': `${SOUND['rulesets/people.yaml'] ?? ''}
reconciliationRules:
  - { entityName: Individual, ruleType: SOURCE_SEQUENCE, sources: [crm_contact] }
`,
    },
    'No data stream is named "crm_contact". Did you mean "crm_contacts"?',
  ],
])('PR7: a reference names something that is there (%s)', async (_name, changes, sentence) => {
  expect((await told(changes)).join('\n')).toContain(sentence)
})

test('PR7: a reference to a definition with mistakes of its own is not one more mistake', async () => {
  expect(
    await told(edit('streams/contacts.yaml', 'category: Profile', 'category: x')),
  ).toHaveLength(1)
  expect(
    await told({
      'streams/contacts.yaml': '{',
      'mappings/contacts.yaml': 'stream: contacts\nobjects: [{ object: Individual }]\n',
    }),
  ).toHaveLength(1)
})

test('PR8: insights that refer to each other in a circle are refused, and the circle is shown', async () => {
  const insight = (name: string, reads: string): string =>
    `apiName: ${name}\nexpression: SELECT * FROM ${reads}__cio\n`
  const circle = { 'insights/a.yaml': insight('a', 'b'), 'insights/b.yaml': insight('b', 'a') }
  expect(await told({ ...circle, 'insights/c.yaml': insight('c', 'a') })).toEqual([
    'insights/a.yaml:2 Insights refer to each other in a circle: a → b → a. Take one of the references out.',
  ])
  expect(await told({ 'insights/a.yaml': insight('a', 'a') })).toHaveLength(1)
  expect(await told({ 'insights/a.yaml': insight('a', 'ltw') })).toEqual([
    expect.stringContaining('reads the insight "ltw", which is not defined. Did you mean "ltv"?'),
  ])
})

test('PR9: rulesets over the limit are refused, and the limit can be set by name', async () => {
  const more: Files = Object.fromEntries(
    ['A1', 'B2'].map(id => [
      `rulesets/${id}.yaml`,
      `${(SOUND['rulesets/people.yaml'] ?? '').replace('People', id)}rulesetId: ${id}\n`,
    ]),
  )
  const error = await refused(more)
  expect(error.code).toBe('RULESET_LIMIT')
  expect(error.message).toContain('There are 3 rulesets; the limit ir.maxRulesetsPerOrg is 2.')
  const raised = { ...more, 'mainstem.yaml': 'name: a\nlimits: { ir.maxRulesetsPerOrg: 3 }\n' }
  expect((await loadProject(await project(raised))).rulesets).toHaveLength(3)
  const unlimited = {
    ...more,
    'mainstem.yaml': 'name: a\nlimits: { ir.maxRulesetsPerOrg: null }\n',
  }
  expect((await loadProject(await project(unlimited))).rulesets).toHaveLength(3)
})

test('PR9: two rulesets of one type and id would make the same objects', async () => {
  const same = (SOUND['rulesets/people.yaml'] ?? '').replace('People', 'Other')
  expect(await told({ 'rulesets/z.yaml': same })).toEqual([
    expect.stringContaining('The ruleset in rulesets/z.yaml has the same "rulesetId"'),
  ])
})

test.each([
  ['timeZone: Mars/Olympus', 'No time zone is named "Mars/Olympus".'],
  ['region: XX', 'No country has the code "XX".'],
  ['limits: { ir.maxRuleset: 2 }', 'There is no limit named "ir.maxRuleset".'],
  ['limits: { ir.maxRules: -1 }', 'The limit ir.maxRules must be a whole number, 0 or more.'],
  ['limits: { ci.maxDims: 1.5 }', 'The limit ci.maxDims must be a whole number, 0 or more.'],
  ['limits: { ir.fuzzyThreshold: 2 }', 'The limit ir.fuzzyThreshold must be a number from 0 to 1.'],
  [
    'limits: { query.timeoutMs: 0 }',
    'The limit query.timeoutMs must be a whole number from 1 to 86,400,000.',
  ],
  [
    'limits: { query.maxConcurrent: 1.5 }',
    'The limit query.maxConcurrent must be a whole number, 1 or more.',
  ],
  ['limits: { query.timeoutMs: null }', 'The limit query.timeoutMs protects the server'],
  ['limits: { ir.maxRules: many }', '"limits.ir.maxRules" must be'],
  [
    'server: { token: hunter2 }',
    '"server.token" must be a map of keys. It is: {env: NAME} or {file: PATH}.',
  ],
  ['sample: { truth: ../t.csv }', 'The path leaves the project with "..".'],
  ['dataSpace: My-Space', '"dataSpace" must be a small letter, then up to 19'],
  ['storage: { memory: 4 gigs }', '"storage.memory" must be a whole number and MB or GB'],
  ['region: France', '"region" must be two capital letters, such as FR.'],
  ['dataSpace:', '"dataSpace" has no value.'],
])('PR10: mainstem.yaml says what can be (%s)', async (line, sentence) => {
  const [mistake, ...more] = await told({ 'mainstem.yaml': `name: a\n${line}\n` })
  expect(mistake).toContain(`mainstem.yaml:2 ${sentence}`)
  expect(mistake).not.toContain('hunter2')
  expect(more).toEqual([])
})

test('PR11: a schedule that no calendar has is refused', async () => {
  for (const cron of ['61 * * * *', '* * *', '0 0 30 2 *', '* * * * * *']) {
    const changes = {
      'insights/ltv.yaml': `${SOUND['insights/ltv.yaml'] ?? ''}refresh: { cron: '${cron}' }\n`,
    }
    expect(await told(changes)).toEqual([expect.stringContaining('is not a schedule of cron')])
  }
  const insight = SOUND['insights/ltv.yaml'] ?? ''
  for (const every of ['99999999999999d', '3661d', '87841h']) {
    const changes = { 'insights/ltv.yaml': `${insight}refresh: { every: ${every} }\n` }
    expect(await told(changes)).toEqual([
      'insights/ltv.yaml:3 "refresh.every" is longer than ten years, so it would never run. ' +
        'Write a whole number and s, m, h or d, up to 3660d, such as 15m.',
    ])
  }
  const most = { 'insights/ltv.yaml': `${insight}refresh: { every: 3660d }\n` }
  expect((await loadProject(await project(most))).insights).toHaveLength(1)
  const every = {
    'insights/ltv.yaml': `${SOUND['insights/ltv.yaml'] ?? ''}refresh: { every: 5 minutes }\n`,
  }
  expect(await told(every)).toEqual([
    'insights/ltv.yaml:3 "refresh.every" must be a whole number and s, m, h or d, such as 15m. It is: The time from one start to the next.',
  ])
})

test('PR12: the store is not put into a folder of other files, and a store or its beginnings is found', async () => {
  const stored = (path: string): Files => ({
    'mainstem.yaml': `name: a\nstorage:\n  path: ${path}\n`,
    'data/contacts.csv': 'contact_id\n1\n',
    'own/store.json': '{}',
    'own/notes.txt': 'hers',
    'begun/secrets/token': 'x',
  })
  const fix = 'Name a new or empty folder under "storage", "path".'
  expect(await told(stored('data'))).toEqual([
    `mainstem.yaml:3 The folder of the store has other files in it, and no store.json. ${fix}`,
  ])
  expect(await told(stored('data/contacts.csv'))).toEqual([
    `mainstem.yaml:3 The path of the store is no folder that can be read. ${fix}`,
  ])
  for (const path of ['own', 'begun', 'new']) {
    expect((await loadProject(await project(stored(path)))).definition.storage.path).toBe(path)
  }
})
