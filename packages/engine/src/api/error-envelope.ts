import { withFix } from '@mainstem/contracts'
import type { Failure } from './failure.ts'

/** Whose shape of errors a path has: the Connect API's, or the Direct API's. */
export type Surface = 'connect' | 'direct'

/** The surface of a path; what no API owns speaks as the Direct API does. */
export function surfaceOf(path: string): Surface {
  return path.startsWith('/services/data/') ? 'connect' : 'direct'
}

/** Where and when a request failed. */
export interface FailurePlace {
  readonly path: string
  readonly atMs: number
  readonly space: string
}

/** A refusal in the shape of the API that was asked. */
export function errorEnvelope(failure: Failure, place: FailurePlace): unknown {
  const message = withFix(failure.message, failure.fix)
  if (surfaceOf(place.path) === 'connect') return [{ errorCode: connectCode(failure), message }]
  return {
    timestamp: new Date(place.atMs).toISOString(),
    error: DIRECT_ERRORS.get(failure.status) ?? 'Error',
    message,
    path: `uri=${place.path}`,
    tenantId: place.space,
    internalErrorCode: 'COMMON_ERROR_GENERIC',
    errorCode: failure.code,
    details: { statusCode: failure.status },
  }
}

/** The codes that Connect clients know; where they know none, ours. */
function connectCode(failure: Failure): string {
  switch (failure.code) {
    case 'UNAUTHORIZED':
      return 'INVALID_SESSION_ID'
    case 'ENVELOPE_INVALID':
      return 'JSON_PARSER_ERROR'
    case 'TOO_MANY_REQUESTS':
      return 'REQUEST_LIMIT_EXCEEDED'
    default:
      return failure.status === 404 ? 'NOT_FOUND' : failure.code
  }
}

const DIRECT_ERRORS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [413, 'Payload Too Large'],
  [422, 'Unprocessable Entity'],
  [429, 'Too many requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
])
