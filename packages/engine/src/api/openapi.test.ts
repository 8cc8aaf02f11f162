import { Ajv, type AnySchema } from 'ajv'
import { expect, test } from 'vitest'
import { ASKING, edgeUnderTest } from './edge-setup.contract.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly schema: AnySchema
  }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: AnySchema }> }
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly schema: AnySchema }> }
  >
}

interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, AnySchema> }
}

async function document(): Promise<OpenApi> {
  const { app } = edgeUnderTest()
  return (await app.inject({ url: '/openapi.json', headers: ASKING })).json()
}

/** The part of the OpenAPI 3.0 specification's own schema that this document uses, closed. */
const closed = (properties: Record<string, unknown>, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
})
const text = { type: 'string', minLength: 1 }
const mapOf = (of: unknown) => ({ type: 'object', additionalProperties: of })
const content = mapOf(closed({ schema: { type: 'object' } }, ['schema']))
const parameter = closed(
  {
    name: text,
    in: { enum: ['path', 'query'] },
    required: { type: 'boolean' },
    description: text,
    schema: { type: 'object' },
  },
  ['name', 'in', 'required', 'schema'],
)
const response = closed({ description: text, headers: mapOf({ type: 'object' }), content }, [
  'description',
])
const operation = closed(
  {
    operationId: text,
    summary: text,
    tags: { type: 'array', items: text, minItems: 1 },
    security: { type: 'array', items: mapOf({ type: 'array', items: text }) },
    parameters: { type: 'array', items: parameter },
    requestBody: closed({ required: { type: 'boolean' }, description: text, content }, ['content']),
    responses: {
      type: 'object',
      minProperties: 1,
      patternProperties: { '^[1-5][0-9]{2}$': response },
      additionalProperties: false,
    },
  },
  ['operationId', 'responses'],
)
const OPENAPI_30 = closed(
  {
    openapi: { type: 'string', pattern: '^3\\.0\\.\\d$' },
    info: closed(
      {
        title: text,
        version: text,
        description: text,
        license: closed({ name: text, url: text }, ['name']),
      },
      ['title', 'version'],
    ),
    servers: { type: 'array', items: closed({ url: text }, ['url']) },
    security: { type: 'array' },
    tags: { type: 'array', items: closed({ name: text }, ['name']) },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: closed({ get: operation, post: operation, delete: operation }),
    },
    components: closed({
      schemas: mapOf({ type: 'object' }),
      securitySchemes: mapOf({ type: 'object' }),
      headers: mapOf({ type: 'object' }),
    }),
  },
  ['openapi', 'info', 'paths'],
)

test('the document is OpenAPI 3.0', async () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(OPENAPI_30)
  validate(await document())
  expect(validate.errors ?? []).toEqual([])
})

test('every schema in it compiles, and every reference leads somewhere', async () => {
  const api = await document()
  const ajv = new Ajv({ strict: true, keywords: ['example'], formats: { 'date-time': true } })
  for (const operations of Object.values(api.paths).flatMap(path => Object.values(path))) {
    const schemas = [
      ...operations.parameters.map(({ schema }) => schema),
      ...Object.values(operations.requestBody?.content ?? {}).map(({ schema }) => schema),
      ...Object.values(operations.responses).flatMap(answer =>
        Object.values(answer.content ?? {}).map(({ schema }) => schema),
      ),
    ]
    const whole = schemas.filter(schema => !JSON.stringify(schema).includes('$ref'))
    for (const schema of whole) expect(() => ajv.compile(schema)).not.toThrow()
  }
  for (const schema of Object.values(api.components.schemas))
    expect(() => ajv.compile(schema)).not.toThrow()
  for (const [, path = ''] of JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = path.split('/').reduce((at: unknown, part) => Reflect.get(Object(at), part), api)
    expect(target).toBeDefined()
  }
})

test('operations have their own ids, and paths name exactly their parameters', async () => {
  const { paths } = await document()
  const ids = Object.values(paths).flatMap(path =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
  for (const [path, operations] of Object.entries(paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { parameters } of Object.values(operations)) {
      expect(parameters.filter(one => one.in === 'path').map(one => one.name)).toEqual(named)
    }
  }
})

test('what is served is in the document, and what is in the document is served', async () => {
  const { app } = edgeUnderTest()
  const { paths } = await document()
  const told = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(
      method => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  await app.ready()
  for (const one of told) {
    const [method = '', url = ''] = one.split(' ')
    expect(app.hasRoute({ method: method as 'GET', url })).toBe(true)
  }
  const served = app.printRoutes({ commonPrefix: false }).match(/\((?:[A-Z, ]+)\)/g) ?? []
  const count = served
    .join(',')
    .replaceAll(/[() ]/g, '')
    .split(',')
    .filter(method => method !== 'HEAD' && method !== '')
  expect(count).toHaveLength(told.length)
})

test('an answer of the server fits the schema that the document gives it', async () => {
  const { components } = await document()
  const { app } = edgeUnderTest()
  const ajv = new Ajv({ strict: false, formats: { 'date-time': true } })
  const direct = (await app.inject('/api/status')).json()
  expect(ajv.validate(components.schemas['DirectError'] ?? false, direct)).toBe(true)
  const connect = (await app.inject('/services/data/v61.0/ssot/queryv2/x')).json()
  expect(ajv.validate(components.schemas['ConnectError'] ?? false, connect)).toBe(true)
})
