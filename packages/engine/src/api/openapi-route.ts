import type { Edge } from './edge-deps.ts'
import { openApiDocument } from './openapi.ts'
import type { RouteSpec } from './route-spec.ts'

/** `GET /openapi.json`: the document of every route, itself included. */
export function openApiRoute(edge: Edge, others: readonly RouteSpec[]): RouteSpec {
  const route: RouteSpec = {
    method: 'GET',
    path: '/openapi.json',
    operationId: 'openApi',
    summary: 'This document.',
    tag: 'Operation',
    access: 'token',
    answers: { 200: { description: 'An OpenAPI 3.0 document.', schema: { type: 'object' } } },
    handle: (_request, reply) =>
      reply.header('content-type', 'application/json; charset=utf-8').send(document),
  }
  const document = Buffer.from(JSON.stringify(openApiDocument(edge, [...others, route]), null, 2))
  return route
}
