import type { Edge } from './edge-deps.ts'
import { surfaceOf } from './error-envelope.ts'
import type { AnswerSpec, QueryParameter, RouteSpec } from './route-spec.ts'

/** The OpenAPI 3.0 document of the routes that are served: made from the very table that serves them. */
export function openApiDocument(edge: Edge, routes: readonly RouteSpec[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(edge, route) }
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Mainstem',
      version: edge.settings.version,
      description: `The HTTP API of the project "${edge.settings.project}".`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(route => route.tag))].map(name => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'server.token of mainstem.yaml.' },
      },
      schemas: { DirectError: DIRECT_ERROR, ConnectError: CONNECT_ERROR },
      headers: {
        TraceId: { description: 'Finds the request in the log.', schema: { type: 'string' } },
      },
    },
  }
}

function operation(edge: Edge, route: RouteSpec): unknown {
  const { body, access } = route
  const answers: Record<string, AnswerSpec> = { ...route.answers }
  if (access !== 'open') answers['401'] = { description: 'The token is missing or wrong.' }
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...(access === 'open' ? { security: [] } : {}),
    ...(access === 'page' || access === 'page-data' ? { security: [{}, { bearer: [] }] } : {}),
    parameters: [...pathParameters(route.path), ...(route.query ?? []).map(queryParameter)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.required,
            description: `At most ${edge.limits[body.limit]} bytes (the limit ${body.limit}).`,
            content: { 'application/json': { schema: body.schema } },
          },
        }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, response(route, status, answer)]),
    ),
  }
}

function pathParameters(path: string): readonly unknown[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameter({ name, description, required, schema }: QueryParameter): unknown {
  return { name, in: 'query', required: required === true, description, schema }
}

function response(route: RouteSpec, status: string, answer: AnswerSpec): unknown {
  const schema = answer.schema ?? (Number(status) >= 400 ? errorSchema(route.path) : undefined)
  const type = answer.contentType ?? 'application/json'
  return {
    description: answer.description,
    headers: { 'x-trace-id': { $ref: '#/components/headers/TraceId' } },
    ...(schema === undefined ? {} : { content: { [type]: { schema } } }),
  }
}

function errorSchema(path: string): unknown {
  const name = surfaceOf(path) === 'connect' ? 'ConnectError' : 'DirectError'
  return { $ref: `#/components/schemas/${name}` }
}

const DIRECT_ERROR = {
  type: 'object',
  required: ['timestamp', 'error', 'message', 'path', 'internalErrorCode', 'errorCode', 'details'],
  properties: {
    timestamp: { type: 'string', format: 'date-time' },
    error: { type: 'string', example: 'Bad Request' },
    message: { type: 'string', description: 'What is wrong and what to do.' },
    path: { type: 'string', example: 'uri=/api/v1/ingest/contacts' },
    tenantId: { type: 'string' },
    internalErrorCode: { type: 'string' },
    errorCode: { type: 'string', description: "The code in Mainstem's catalogue of errors." },
    details: { type: 'object', properties: { statusCode: { type: 'integer' } } },
  },
}

const CONNECT_ERROR = {
  type: 'array',
  items: {
    type: 'object',
    required: ['errorCode', 'message'],
    properties: { errorCode: { type: 'string' }, message: { type: 'string' } },
  },
}
