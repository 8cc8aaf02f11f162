import { Ajv } from 'ajv'
import { nearestName } from '../../kernel/nearest-name.ts'
import { invalid, type JsonBody } from '../json-body.ts'
import type { JsonSchema } from '../route-spec.ts'
import { isDeeperThan } from './record-depth.ts'
import { isTopLevelKeyTwice } from './twice-named.ts'

/** A record as it came: any JSON object. */
export type PostedRecord = Readonly<Record<string, unknown>>

/** The body of a post to a stream. */
export interface RowsEnvelope {
  readonly data: readonly PostedRecord[]
  readonly operation?: 'upsert' | 'delete' | undefined
}

/** The envelope's schema. Records are judged by the engine: a bad one is a problem record, not a 400. */
export const ROWS_ENVELOPE: JsonSchema = {
  type: 'object',
  required: ['data'],
  additionalProperties: false,
  properties: {
    data: {
      type: 'array',
      minItems: 1,
      items: { type: 'object' },
      description: 'The records, each with the fields of the stream under their source names.',
    },
    operation: {
      type: 'string',
      enum: ['upsert', 'delete'],
      description: 'Left out, it is upsert. Deletes are refused unless the connector allows them.',
    },
  },
}

const isRowsEnvelope = new Ajv({ strict: true }).compile<RowsEnvelope>(ROWS_ENVELOPE)

/** The records of a body, or ENVELOPE_INVALID with the reason. */
export function rowsEnvelope(body: JsonBody, depthMax: number): RowsEnvelope {
  const { value } = body
  if (!isRowsEnvelope(value)) throw invalid(whyNoEnvelope(value), 'Send {"data": [{…}, …]}.')
  if (isTopLevelKeyTwice(body.text, 'data')) {
    throw invalid('The body names "data" twice, so it is not clear which records are meant.')
  }
  const deep = value.data.findIndex(record => isDeeperThan(record, depthMax))
  if (deep >= 0) {
    throw invalid(
      `Record ${deep + 1} is nested deeper than ${depthMax} levels, the limit ingest.stream.maxDepth.`,
    )
  }
  return value
}

function whyNoEnvelope(value: unknown): string {
  if (Array.isArray(value)) return 'The body is an array, not an object with "data".'
  if (typeof value !== 'object' || value === null) return 'The body is not a JSON object.'
  if (!Object.hasOwn(value, 'data')) return `The body has no "data" array.${nearData(value)}`
  const data: unknown = Reflect.get(value, 'data')
  if (!Array.isArray(data)) return '"data" is not an array.'
  if (data.length === 0) return '"data" holds no record.'
  const odd = data.findIndex(
    item => typeof item !== 'object' || item === null || Array.isArray(item),
  )
  if (odd >= 0) return `Item ${odd + 1} of "data" is not an object.`
  const operation: unknown = Reflect.get(value, 'operation')
  if (operation !== undefined) return '"operation" is neither "upsert" nor "delete".'
  return 'The body has a key beside "data" and "operation".'
}

/** A client that forgot the wrapper is told so; a mistyped wrapper is named. */
function nearData(value: object): string {
  const near = nearestName('data', Object.keys(value))
  return near === undefined ? '' : ` It has "${near}".`
}
