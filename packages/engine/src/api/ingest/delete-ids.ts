import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import type { IngestStream } from '../edge-deps.ts'
import { hasBody, invalid, jsonBody } from '../json-body.ts'
import { type JsonSchema, queryParam } from '../route-spec.ts'
import type { PostedRecord } from './envelope.ts'

/** The body of a delete. */
export const IDS_ENVELOPE: JsonSchema = {
  type: 'object',
  required: ['ids'],
  additionalProperties: false,
  properties: {
    ids: {
      type: 'array',
      minItems: 1,
      items: { oneOf: [{ type: 'string', minLength: 1 }, { type: 'integer' }] },
      description: "Values of the stream's primary key.",
    },
  },
}

/** Refuses a delete unless the stream's connector allows it and its key is one field. */
export function checkDeletable(stream: IngestStream): void {
  if (!stream.deletes) {
    throw new MainstemError(
      'DELETE_NOT_ENABLED',
      `Deletes are not enabled on the stream "${stream.name}".`,
      {
        fix:
          `Run the bulk delete job: mainstem delete ${stream.name} --keys … ` +
          'Or set "deletes: true" in the stream\'s connector.',
      },
    )
  }
  if (stream.primaryKey.length !== 1) {
    throw new MainstemError(
      'DELETE_NOT_ENABLED',
      `The key of the stream "${stream.name}" has ${stream.primaryKey.length} fields, so an id does not tell a row.`,
      { fix: `Run the bulk delete job: mainstem delete ${stream.name} --where …` },
    )
  }
}

/** The ids of a DELETE: in `?ids=` with commas between, or in the body. */
export function idsOfRequest(request: FastifyRequest): readonly string[] {
  const listed = queryParam(request, 'ids')
  if (listed === undefined) return idsOfBody(jsonBody(request).value)
  if (hasBody(request))
    throw invalid('The ids are both in the query string and in a body.', 'Send one of them.')
  const ids = listed.split(',').map(id => id.trim())
  if (ids.includes('')) throw invalid('The parameter ids has an empty id.', 'Send ?ids=1,2,3.')
  return ids
}

/** The ids of records to delete: what each has in the primary key's field. */
export function idsOfRecords(
  stream: IngestStream,
  records: readonly PostedRecord[],
): readonly string[] {
  const key = stream.primaryKey[0] ?? ''
  const path = stream.fields.find(field => field.name === key)?.path ?? key
  return records.map((record, at) => {
    const id = idOf(valueAt(record, path))
    if (id === undefined) throw invalid(`Record ${at + 1} to delete has no usable "${path}".`)
    return id
  })
}

/** The ids, each once, or a refusal that names the limit. */
export function withinLimit(ids: readonly string[], idsMax: number): readonly string[] {
  if (ids.length > idsMax) {
    throw invalid(
      `The request names ${ids.length} ids; the limit ingest.stream.maxDeleteIds is ${idsMax}.`,
      'Send fewer, or run the bulk delete job: mainstem delete.',
    )
  }
  return [...new Set(ids)]
}

function idsOfBody(value: unknown): readonly string[] {
  const ids: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'ids')
      ? Reflect.get(value, 'ids')
      : undefined
  if (!Array.isArray(ids)) throw invalid('The body has no "ids" array.', 'Send {"ids": ["…"]}.')
  if (ids.length === 0) throw invalid('"ids" is empty.')
  return ids.map((id, at) => {
    const text = idOf(id)
    if (text === undefined) {
      throw invalid(
        `Id ${at + 1} is neither text nor a whole number of at most 15 digits.`,
        'Send ids as text.',
      )
    }
    return text
  })
}

/** An id as text. A long number has lost digits in JSON.parse already, so it is no id. */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '') return value
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : undefined
}

/** What stands at a path such as `requester.email`, by the record's own keys only. */
function valueAt(record: PostedRecord, path: string): unknown {
  let at: unknown = record
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = Reflect.get(at, part)
  }
  return at
}
