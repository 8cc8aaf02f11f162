import { type ErrorCode, ERRORS, fixOverHttp, MainstemError } from '@mainstem/contracts'

/** A refusal, before it has the shape of one of the APIs. */
export interface Failure {
  readonly status: number
  readonly code: ErrorCode | 'NOT_FOUND' | 'TOO_MANY_REQUESTS' | 'TIMED_OUT'
  readonly message: string
  readonly fix?: string | undefined
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number | undefined
}

const RETRY_SECONDS: { readonly [code in ErrorCode]?: number } = { ENGINE_AWAY: 1, DISK_FULL: 30 }

const INTERNAL: Failure = {
  status: 500,
  code: 'INTERNAL',
  message: 'Mainstem failed on this request; its log has the reason under the trace id.',
}

/** Any error as a refusal. What is not ours becomes INTERNAL: its text may quote data. */
export function failureOf(error: unknown): Failure {
  if (error instanceof MainstemError) {
    return ofCode(error.code, error.message, fixOverHttp(error.details))
  }
  if (isNoRoom(error)) {
    return ofCode(
      'DISK_FULL',
      'There is no room left on the disk, so nothing was stored. Free some space and send again.',
    )
  }
  return httpFailure(error) ?? INTERNAL
}

/** A refusal by its code in the catalogue. */
export function ofCode(code: ErrorCode, message: string, fix?: string): Failure {
  return { status: ERRORS[code].status, code, message, fix, retryAfterSeconds: RETRY_SECONDS[code] }
}

/** What the engine said as bytes of an answer with a status from 400 on. */
export function engineFailure(status: number, body: Buffer): Failure {
  const told = parsed(body)
  if (told === null) return INTERNAL
  const { code, message, fix } = told
  if (!isErrorCode(code) || typeof message !== 'string') return INTERNAL
  const failure = ofCode(code, message, typeof fix === 'string' ? fix : undefined)
  return { ...failure, status: status >= 400 && status <= 599 ? status : failure.status }
}

function parsed(body: Buffer): { code?: unknown; message?: unknown; fix?: unknown } | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

function isNoRoom(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** A refusal by the HTTP layer itself, told by its status: our own sentence, never its text. */
function httpFailure(error: unknown): Failure | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  switch (status) {
    case 400:
      return ofCode(
        'USAGE',
        'The request is not well-formed HTTP: check its URL, headers and length.',
      )
    case 408:
      return { status: 408, code: 'TIMED_OUT', message: 'The request did not arrive in time.' }
    case 414:
      return ofCode('USAGE', 'A part of the URL is too long.')
    default:
      return undefined
  }
}
