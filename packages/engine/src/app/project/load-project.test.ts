import { mkdtemp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadProject, type Project } from './index.ts'
import { edit, type Files, project, refused, room, SOUND, told } from './sound-project.fixture.ts'

test('PR1: a sound project loads, frozen, with defaults, each kind in the order of names', async () => {
  const loaded: Project = await loadProject(await project())
  expect(loaded.definition).toMatchObject({
    name: 'acme',
    dataSpace: 'default',
    timeZone: 'UTC',
    region: 'US',
    server: { host: '127.0.0.1', port: 8080 },
    storage: { path: '.mainstem', memory: '4GB' },
    limits: { 'ir.maxRulesetsPerOrg': 2, 'ir.maxRules': null },
  })
  expect(loaded.storePath).toBe(join(loaded.root, '.mainstem'))
  expect(loaded.streams.map(({ definition, file }) => [definition.name, file])).toEqual([
    ['crm_contacts', 'streams/contacts.yaml'],
    ['orders', 'streams/orders.yml'],
  ])
  expect(loaded.streams[0]?.lineOf(['connector', 'path'])).toBe(3)
  expect(loaded.segments).toHaveLength(1)
  expect(Object.isFrozen(loaded.streams)).toBe(true)
  expect(Object.isFrozen(loaded.streams[0]?.definition.connector)).toBe(true)
})

test('PR2: every mistake of every file is told at once, in reading order', async () => {
  const error = await refused({
    ...edit('streams/contacts.yaml', 'category: Profile', 'categry: Profile'),
    ...edit('activations/mail.yaml', 'target: files', 'target: filez'),
    'mainstem.yaml': 'name: acme\nserver: { port: 70000 }\n',
  })
  expect(error.message.split('\n')).toEqual([
    'The project has 4 mistakes:',
    '  activations/mail.yaml:4: No target is named "filez". Did you mean "files"?',
    '  mainstem.yaml:2: "server.port" must be 65535 or less. Change the value.',
    '  streams/contacts.yaml:2: A stream lacks the key "category". Add "category".',
    '  streams/contacts.yaml:4: "categry" is not a key of a stream. Did you mean "category"?',
  ])
  expect(error.code).toBe('CONFIG_INVALID')
  expect(error.details).toMatchObject({ file: 'activations/mail.yaml', line: 4, key: 'target' })
})

test.each([
  ['rulesets/people.yaml', /matchRules:[^]*/, 'matchRules: []', '"matchRules" must be not empty'],
  ['rulesets/people.yaml', /criteria:[^]*/, 'criteria: []', '"matchRules[0].criteria" must be not'],
  ['mappings/contacts.yaml', /objects:[^]*/, 'objects: []', '"objects" must be not empty.'],
  [
    'streams/orders.yml',
    'primaryKey: order_id',
    'primaryKey: []',
    '"primaryKey" must be not empty',
  ],
])(
  'PR16: an empty list in %s is told with file, line, key and fix',
  async (file, old, text, says) => {
    const error = await refused({ [file]: (SOUND[file] ?? '').replace(old, text) })
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.message).toContain(says)
    expect(error.details).toMatchObject({
      file,
      line: expect.any(Number),
      key: expect.any(String),
      fix: expect.stringMatching(/./),
    })
  },
)

const later = (name: string, file: string): [string, Files, string] => [
  name,
  { [file]: 'x: 1' },
  name,
]

test.each([
  later('Data transforms', 'transforms/a.yaml'),
  later('Data graphs', 'graphs/a.yaml'),
  later('Data actions', 'actions/a.yaml'),
  later('Access policies', 'access/a.json'),
  later('Connections', 'connections/a.yaml'),
  [
    'Formula',
    edit('streams/contacts.yaml', 'fields:', 'formulas: { a: b }\nfields:'),
    'Formula fields',
  ],
])('PR3: what comes later is refused by name (%s)', async (_name, changes, word) => {
  const error = await refused(changes)
  expect(error.code).toBe('NOT_SUPPORTED')
  expect(error.message).toContain(`${word} are not served yet`)
})

test('PR12: definitions where nobody reads them are told', async () => {
  expect(await told({ 'segment/a.yaml': 'x: 1' })).toEqual([
    'segment/:- The folder segment/ is not read. Did you mean segments/?',
  ])
  expect(await told({ 'streams/old/a.yaml': 'x: 1' })).toEqual([
    'streams/old/:- Folders inside streams/ are not read. Move the definitions up into streams/.',
  ])
})

test('PR13: a folder without mainstem.yaml is not a project', async () => {
  await expect(loadProject(await mkdtemp(join(room, 'empty-')))).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  })
})

test('PR14: a definition that is a broken link, or a folder, is told and stops nothing else', async () => {
  const root = await project()
  await symlink(join(root, 'nowhere'), join(root, 'streams/lost.yaml'))
  await expect(loadProject(root)).rejects.toThrow('streams/lost.yaml: The file cannot be read.')
})

test('PR15: conditions of a segment are told apart, however deep', async () => {
  const changes = edit('segments/big.yaml', 'count: { atLeast: 1 }', 'cuont: { atLeast: 1 }')
  expect(await told(changes)).toEqual([
    'segments/big.yaml:7 "cuont" is not a key of "include.all[1].any[0]". Did you mean "count"?',
  ])
  expect(await told(edit('segments/big.yaml', 'isGreaterThan', 'isGreatherThan'))).toEqual([
    expect.stringContaining('Did you mean "isGreaterThan"?'),
  ])
})
