import { expect, test } from 'vitest'
import { loadProject } from './load-project.ts'
import { openApiObjects } from './openapi-schema.ts'
import { parseYaml } from './read-yaml.ts'
import { edit, project, told } from './sound-project.fixture.ts'

const file = (schemas: string, version = '3.0.3'): string =>
  `openapi: ${version}\ncomponents:\n  schemas:\n${schemas}`

const sentences = (text: string): string => {
  const outcome = read(text)
  return Array.isArray(outcome) ? outcome.join('\n') : 'read'
}

function read(text: string): Map<string, unknown> | string[] {
  const source = parseYaml('schema.yaml', text)
  if (Array.isArray(source)) return source.map(({ says }) => says)
  const objects = openApiObjects(source)
  return Array.isArray(objects)
    ? objects.map(({ line, says }) => `${line ?? '-'} ${says}`)
    : new Map(objects)
}

const contacts = `    contacts:
      type: object
      properties:
        id:      {type: string}
        email:   {type: string, format: email}
        mobile:  {type: string, format: phone}
        site:    {type: string, format: uri}
        total:   {type: number, format: double}
        visits:  {type: integer}
        share:   {type: number, format: percent}
        vip:     {type: boolean}
        born:    {type: string, format: date}
        created: {type: string, format: date-time}
        ref:     {type: string, format: uuid}
`

test('OA1: types and formats become the types of fields', () => {
  expect(read(file(contacts))).toEqual(
    new Map([
      [
        'contacts',
        {
          id: 'Text',
          email: 'Email',
          mobile: 'Phone',
          site: 'URL',
          total: 'Number',
          visits: 'Number',
          share: 'Percent',
          vip: 'Boolean',
          born: 'Date',
          created: 'DateTime',
          ref: 'Text',
        },
      ],
    ]),
  )
})

const one = (property: string): string => file(`    a:\n      properties:\n        ${property}\n`)

test.each([
  ['another version', file(contacts, '3.1.0'), '1 The file is not OpenAPI 3.0.'],
  ['no object', 'openapi: 3.0.0\n', 'The file declares no object.'],
  ['no field', file('    a: {type: object}\n'), '4 The object "a" declares no field.'],
  ['a nested object', one('b: {type: object}'), '6 The field has a type that is not read.'],
  ['a list', one('b: {type: array}'), '6 The field has a type that is not read.'],
  ['a reference', one("b: {$ref: '#/components/schemas/x'}"), 'has a type that is not read.'],
  [
    'a double underscore',
    one('b__c: {type: string}'),
    '6 The name "b__c" has a double underscore.',
  ],
  ['__proto__', one('__proto__: {type: string}'), 'The name "__proto__" has a double underscore.'],
  ['a reserved name', one('row_count: {type: number}'), 'The field name "row_count" is reserved.'],
  ['a long name', one(`${'b'.repeat(81)}: {type: string}`), 'is longer than 80 characters.'],
  ['a space in a name', one('"b c": {type: string}'), 'has a character that names may not have.'],
  [
    'a mistyped format',
    one('b: {type: string, format: datetime}'),
    'The format "datetime" is not known.',
  ],
  [
    'names that differ by letter case',
    one('B: {type: string}\n        b: {type: string}'),
    '7 The name "b" is there twice, letter case not counted.',
  ],
])('OA2: %s is refused with its line', (_name, text, sentence) => {
  expect(sentences(text)).toContain(sentence)
})

test('OA2: an object with more than 1,000 fields is refused', () => {
  const fields = Array.from({ length: 1001 }, (_, place) => `f${place}: {type: string}`)
  expect(sentences(one(fields.join('\n        ')))).toContain('more than 1000 fields')
})

const withSchema = (changes: Readonly<Record<string, string>>): Record<string, string> => ({
  'schemas/shop.yaml': file(contacts.replace('contacts', 'orders').replace('id:', 'order_id:')),
  ...(edit(
    'streams/orders.yml',
    'object: orders',
    'object: orders, schema: schemas/shop.yaml',
  ) as Record<string, string>),
  ...changes,
})

test('OA3: a stream takes its fields from the file, and its keys must be among them', async () => {
  const stream = `
name: orders
connector: { type: IngestApi, source: shop, object: orders, schema: schemas/shop.yaml }
category: Engagement
primaryKey: order_id
eventTime: created
`
  const loaded = await loadProject(await project(withSchema({ 'streams/orders.yml': stream })))
  const orders = loaded.streams.find(({ definition }) => definition.name === 'orders')
  expect(orders?.definition.fields).toMatchObject({ order_id: 'Text', created: 'DateTime' })
  expect(
    await told(withSchema({ 'streams/orders.yml': stream.replace('created', 'creatd') })),
  ).toEqual([expect.stringContaining('Did you mean "created"?')])
})

test('OA3: a schema file that is missing, lacks the object, or doubles the fields is told', async () => {
  expect(await told(withSchema({ 'schemas/shop.yaml': file(contacts) }))).toEqual([
    expect.stringContaining('schemas/shop.yaml declares no object "orders".'),
  ])
  expect(
    await told(edit('streams/orders.yml', 'object: orders', 'object: orders, schema: nope.yaml')),
  ).toEqual([expect.stringContaining('nope.yaml:- The schema file cannot be read.')])
  const twice = edit(
    'streams/orders.yml',
    'object: orders }',
    'object: orders, schema: schemas/shop.yaml }\nfields: { order_id: Text, placed_at: DateTime, customer_email: Email }',
  )
  expect(await told(withSchema(twice as Record<string, string>))).toEqual([
    expect.stringContaining('The fields are declared twice'),
  ])
})
