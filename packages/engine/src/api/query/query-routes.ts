import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import type { Edge } from '../edge-deps.ts'
import type { EngineRelay } from '../engine-relay.ts'
import { invalid, jsonBody } from '../json-body.ts'
import {
  type JsonSchema,
  pathParam,
  queryParam,
  type QueryParameter,
  type RouteSpec,
} from '../route-spec.ts'
import { QUERY_ANSWERS } from './query-answers.ts'
import { soqlReason } from './soql.ts'

/** The Connect Query API, version 2: SQL in, pages of rows out. */
export function queryRoutes(edge: Edge, relay: EngineRelay): readonly RouteSpec[] {
  return [
    {
      ...SHARED,
      method: 'POST',
      path: '/services/data/:version/ssot/queryv2',
      operationId: 'queryV2',
      summary: 'Runs a SQL statement; answers with its first page of rows.',
      query: [DATA_SPACE, AFTER],
      body: { schema: SQL_ENVELOPE, required: true, limit: 'query.maxRequestBytes' },
      handle: (request, reply) => {
        checkPlace(edge, request)
        const after = afterOf(edge, request)
        const sql = sqlOf(jsonBody(request).value)
        return relay(reply, 'queryv2', after === undefined ? { sql } : { sql, after })
      },
    },
    {
      ...SHARED,
      method: 'GET',
      path: '/services/data/:version/ssot/queryv2/:nextBatchId',
      operationId: 'queryV2NextBatch',
      summary: "The next page of a statement's rows.",
      query: [DATA_SPACE],
      handle: (request, reply) => {
        checkPlace(edge, request)
        const nextBatchId = pathParam(request, 'nextBatchId')
        if (!/^[\w-]{1,100}$/.test(nextBatchId)) {
          throw new MainstemError(
            'OBJECT_NOT_FOUND',
            'No page of rows has this id, or it has expired.',
          )
        }
        return relay(reply, 'queryv2.next', { nextBatchId })
      },
    },
  ]
}

/** Any version of the API is served; a data space must be the one that is here. */
function checkPlace(edge: Edge, request: FastifyRequest): void {
  if (!/^v\d{1,3}\.\d{1,2}$/.test(pathParam(request, 'version'))) {
    throw new MainstemError(
      'OBJECT_NOT_FOUND',
      'The API version in the URL is not of the form v61.0.',
    )
  }
  const space = queryParam(request, 'dataspace')
  if (space !== undefined && space !== edge.settings.space) {
    throw new MainstemError('OBJECT_NOT_FOUND', 'No data space of this name is served here.', {
      fix: `This server has the data space "${edge.settings.space}".`,
    })
  }
}

/** The position to wait for: one that was given out, so that the wait can end. */
function afterOf(edge: Edge, request: FastifyRequest): string | undefined {
  const after = queryParam(request, 'after')
  if (after === undefined) return undefined
  if (!/^\d{1,19}$/.test(after)) {
    throw new MainstemError(
      'USAGE',
      'The parameter after is not a journal position, a whole number.',
    )
  }
  if (BigInt(after) > edge.journal.end) {
    throw new MainstemError(
      'USAGE',
      `The parameter after is past the journal's end, ${edge.journal.end}.`,
    )
  }
  return after
}

function sqlOf(value: unknown): string {
  const sql: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'sql')
      ? Reflect.get(value, 'sql')
      : undefined
  if (typeof sql !== 'string' || sql.trim() === '') {
    throw invalid('The body has no "sql" text.', 'Send {"sql": "SELECT …"}.')
  }
  const soql = soqlReason(sql)
  if (soql !== undefined) {
    throw new MainstemError('SQL_INVALID', `The Query API takes SQL, not SOQL. ${soql}`)
  }
  return sql
}

const SQL_ENVELOPE: JsonSchema = {
  type: 'object',
  required: ['sql'],
  properties: { sql: { type: 'string', minLength: 1, description: 'One SELECT statement.' } },
}

const DATA_SPACE: QueryParameter = {
  name: 'dataspace',
  description: "The data space; the server's own if left out.",
  schema: { type: 'string' },
}

const AFTER: QueryParameter = {
  name: 'after',
  description:
    'Waits until everything up to this journal position is visible (x-mainstem-position of an ingest answer).',
  schema: { type: 'string', pattern: '^[0-9]{1,19}$' },
}

const SHARED = { tag: 'Query', access: 'token', lane: 'query', answers: QUERY_ANSWERS } as const
