import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import type { EdgeLimit } from './edge-limits.ts'

/** A JSON Schema, in the part that OpenAPI 3.0 shares. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** A parameter in the query string. */
export interface QueryParameter {
  readonly name: string
  readonly description: string
  readonly required?: boolean | undefined
  readonly schema: JsonSchema
}

/** What comes back with one status. */
export interface AnswerSpec {
  readonly description: string
  readonly contentType?: string | undefined
  readonly schema?: JsonSchema | undefined
}

/** What waits in line together, so that one kind of work can not starve the other. */
export type Lane = 'ingest' | 'query'

/** One route: what it is called, who may call it, what goes in and out. The API's documents are made of these. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `:name` for a parameter. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly tag: string
  readonly access: Access
  readonly lane?: Lane | undefined
  readonly query?: readonly QueryParameter[] | undefined
  readonly body?: RequestBodySpec | undefined
  readonly answers: Readonly<Record<string, AnswerSpec>>
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown
}

/** A JSON body and the limit on its bytes. */
export interface RequestBodySpec {
  readonly schema: JsonSchema
  readonly required: boolean
  readonly limit: EdgeLimit
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    lane?: Lane | undefined
    bodyLimitName?: EdgeLimit | undefined
  }
}

/** A parameter of the path; the router gives every one that the path names. */
export function pathParam(request: FastifyRequest, name: string): string {
  return textOf(request.params, name) ?? ''
}

/** A parameter of the query string; of one that is there twice, nothing. */
export function queryParam(request: FastifyRequest, name: string): string | undefined {
  return textOf(request.query, name)
}

function textOf(from: unknown, name: string): string | undefined {
  if (typeof from !== 'object' || from === null) return undefined
  const value: unknown = Reflect.get(from, name)
  return typeof value === 'string' ? value : undefined
}
