import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import { quoteLongNumbers } from '../../streams/index.ts'
import type { Edge, IngestStream } from '../edge-deps.ts'
import { jsonBody } from '../json-body.ts'
import { pathParam, queryParam, type QueryParameter, type RouteSpec } from '../route-spec.ts'
import {
  checkDeletable,
  IDS_ENVELOPE,
  idsOfRecords,
  idsOfRequest,
  withinLimit,
} from './delete-ids.ts'
import { ROWS_ENVELOPE, rowsEnvelope } from './envelope.ts'
import { streamNamed, streamOf } from './find-stream.ts'
import type { Acceptance } from './journal-writer.ts'
import type { PostedEntry } from './posted-entry.ts'

/** The Ingestion API: records and deletes of a stream, by its own name or its connector's. */
export function ingestRoutes(edge: Edge, accept: Acceptance): readonly RouteSpec[] {
  const byName = {
    path: '/api/v1/ingest/:stream',
    suffix: '',
    find: (request: FastifyRequest) => streamByName(edge, pathParam(request, 'stream')),
  }
  const bySource = {
    path: '/api/v1/ingest/sources/:source/:object',
    suffix: 'OfSource',
    find: (request: FastifyRequest) =>
      streamOf(edge.streams(), pathParam(request, 'source'), pathParam(request, 'object')),
  }
  return [bySource, byName].flatMap(way => [rowsRoute(way), deleteRoute(way)])

  function rowsRoute({ path, suffix, find }: Way): RouteSpec {
    return {
      ...SHARED,
      method: 'POST',
      path,
      operationId: `ingest${suffix}`,
      summary: 'Takes records; the answer comes when they are stored durably.',
      query: [OPERATION],
      body: { schema: ROWS_ENVELOPE, required: true, limit: 'ingest.stream.maxRequestBytes' },
      handle: (request, reply) => {
        checkParameters(request, ['operation'])
        return accept(reply, postedEntry(edge, find(request), request))
      },
    }
  }

  function deleteRoute({ path, suffix, find }: Way): RouteSpec {
    return {
      ...SHARED,
      method: 'DELETE',
      path,
      operationId: `delete${suffix}`,
      summary: "Deletes rows by id, where the stream's connector allows it.",
      query: [IDS],
      body: { schema: IDS_ENVELOPE, required: false, limit: 'ingest.stream.maxRequestBytes' },
      handle: (request, reply) => {
        checkParameters(request, ['ids'])
        const stream = find(request)
        checkDeletable(stream)
        return accept(reply, {
          kind: 'delete',
          stream,
          ids: idsWithin(edge, idsOfRequest(request)),
        })
      },
    }
  }
}

interface Way {
  readonly path: string
  readonly suffix: string
  readonly find: (request: FastifyRequest) => IngestStream
}

function postedEntry(edge: Edge, stream: IngestStream, request: FastifyRequest): PostedEntry {
  const body = jsonBody(request)
  const envelope = rowsEnvelope(body, edge.limits['ingest.stream.maxDepth'])
  if (operationOf(request, envelope.operation) === 'delete') {
    checkDeletable(stream)
    const ids = idsWithin(edge, idsOfRecords(stream, envelope.data))
    return { kind: 'delete', stream, ids }
  }
  checkStreaming(stream)
  const longNumbers = quoteLongNumbers(body.text) !== body.text
  return { kind: 'rows', stream, longNumbers, body: body.bytes }
}

/** In the query string or in the envelope; two that differ are no clear order. */
function operationOf(request: FastifyRequest, inBody: string | undefined): string {
  const inQuery = queryParam(request, 'operation')
  if (inQuery !== undefined && inQuery !== 'upsert' && inQuery !== 'delete') {
    throw new MainstemError('USAGE', 'The parameter operation is neither "upsert" nor "delete".')
  }
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw new MainstemError('USAGE', 'The query string and the body name different operations.')
  }
  return inQuery ?? inBody ?? 'upsert'
}

/** A stream that is replaced or read as a whole can not take single records between. */
function checkStreaming(stream: IngestStream): void {
  if (stream.refreshMode !== 'FULL_REFRESH' && stream.refreshMode !== 'INCREMENTAL') return
  throw new MainstemError(
    'MODE_NOT_ALLOWED',
    `The stream "${stream.name}" has the refresh mode ${stream.refreshMode}, which takes files only.`,
    {
      fix: `Load it with: mainstem ingest ${stream.name} FILE. Or make it UPSERT, PARTIAL_UPDATE or APPEND.`,
    },
  )
}

function streamByName(edge: Edge, name: string): IngestStream {
  const streams = edge.streams()
  if (name === 'jobs' && !streams.some(stream => stream.name === name)) {
    throw new MainstemError('NOT_SUPPORTED', 'Bulk jobs over HTTP are not served yet.', {
      fix: 'Load a file with: mainstem ingest STREAM FILE.',
    })
  }
  return streamNamed(streams, name)
}

/** An unknown parameter is refused: a mode that was silently ignored would change data otherwise than meant. */
function checkParameters(request: FastifyRequest, known: readonly string[]): void {
  const { query } = request
  if (typeof query !== 'object' || query === null) return
  for (const [name, value] of Object.entries(query)) {
    if (name === '') continue
    if (name === 'mode') {
      throw new MainstemError(
        'MODE_NOT_ALLOWED',
        'The mode belongs to the stream, not to a request.',
        {
          fix: "Set refreshMode in the stream's file.",
        },
      )
    }
    if (!known.includes(name) || typeof value !== 'string') {
      throw new MainstemError(
        'USAGE',
        `A parameter of the query string is unknown or there twice. Known: ${known.join(', ')}.`,
      )
    }
  }
}

function idsWithin(edge: Edge, ids: readonly string[]): readonly string[] {
  return withinLimit(ids, edge.limits['ingest.stream.maxDeleteIds'])
}

const OPERATION: QueryParameter = {
  name: 'operation',
  description: 'What to do with the records; the same as the key in the body.',
  schema: { type: 'string', enum: ['upsert', 'delete'] },
}

const IDS: QueryParameter = {
  name: 'ids',
  description:
    'Values of the primary key, with commas between. Ids that hold commas go in the body.',
  schema: { type: 'string', minLength: 1 },
}

const SHARED = {
  tag: 'Ingestion',
  access: 'token',
  lane: 'ingest',
  answers: {
    202: {
      description:
        "Stored. What becomes of each record shows in the stream's counters and problem records.",
      schema: {
        type: 'object',
        required: ['accepted'],
        properties: { accepted: { type: 'boolean', enum: [true] } },
      },
    },
    400: { description: 'The envelope is wrong, or deletes are not enabled; nothing was stored.' },
    404: { description: 'No such stream, connector or object.' },
    413: { description: 'The body is over ingest.stream.maxRequestBytes; nothing was stored.' },
    429: { description: 'Too many requests at once.' },
    503: { description: 'The disk is full or the server stops; nothing was stored.' },
  },
} as const
