import { ERRORS, MainstemError, type ErrorCode, type ErrorDetails } from '@mainstem/contracts'
import { notAFrame } from './rpc-errors.ts'
import { isRecord, type RawFrame, type RawHeader } from './rpc-frame.ts'

/** An error as it crosses between processes. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly details: ErrorDetails
}

/** What one process says to the other; `call` of an answer is the `id` of the call. */
export type RpcHeader =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: object }
  | { readonly kind: 'notify'; readonly method: string; readonly params: object }
  | { readonly kind: 'result'; readonly call: number; readonly header: object }
  | { readonly kind: 'error'; readonly call: number; readonly error: WireError }
  | { readonly kind: 'progress'; readonly call: number; readonly update: object }
  | { readonly kind: 'cancel'; readonly call: number }

/** Sends a message to the other side; dropped when the connection is closed. */
export type SendMessage = (header: RpcHeader, body?: Uint8Array) => void

/** What the other side asks for. */
export interface IncomingMessage {
  readonly method: string
  readonly params: RawHeader
  readonly body: Buffer
}

/** A message read from the wire. */
export type RpcMessage =
  | (IncomingMessage & { readonly kind: 'call'; readonly id: number })
  | (IncomingMessage & { readonly kind: 'notify' })
  | (Answer & { readonly kind: 'result'; readonly header: RawHeader; readonly body: Buffer })
  | (Answer & { readonly kind: 'error'; readonly error: MainstemError })
  | (Answer & { readonly kind: 'progress'; readonly update: RawHeader })
  | (Answer & { readonly kind: 'cancel' })

interface Answer {
  readonly call: number
}

/** Reads what a frame says. Throws on what this protocol does not know. */
export function readMessage({ header, body }: RawFrame): RpcMessage {
  const kind = header['kind']
  switch (kind) {
    case 'call':
      return { kind, id: numberIn(header, 'id'), ...incoming(header, body) }
    case 'notify':
      return { kind, ...incoming(header, body) }
    case 'result':
      return { kind, call: numberIn(header, 'call'), header: recordIn(header, 'header'), body }
    case 'error':
      return { kind, call: numberIn(header, 'call'), error: readError(recordIn(header, 'error')) }
    case 'progress':
      return { kind, call: numberIn(header, 'call'), update: recordIn(header, 'update') }
    case 'cancel':
      return { kind, call: numberIn(header, 'call') }
    default:
      throw notAFrame('its kind is not known')
  }
}

function incoming(header: RawHeader, body: Buffer): IncomingMessage {
  const method = header['method']
  if (typeof method !== 'string') throw notAFrame('it names no method')
  return { method, params: recordIn(header, 'params'), body }
}

function numberIn(header: RawHeader, key: string): number {
  const value = header[key]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw notAFrame(`no ${key}`)
  return value
}

function recordIn(header: RawHeader, key: string): RawHeader {
  const value = header[key]
  if (!isRecord(value)) throw notAFrame(`no ${key}`)
  return value
}

/** What a handler threw, for the wire. The text of our own faults stays in the process's log. */
export function writeError(thrown: unknown): WireError {
  if (thrown instanceof MainstemError) {
    return { code: thrown.code, message: thrown.message, details: thrown.details }
  }
  return { code: 'INTERNAL', message: ERRORS.INTERNAL.says, details: {} }
}

function readError(raw: RawHeader): MainstemError {
  const { code, message, details } = raw
  const text = typeof message === 'string' ? message : ERRORS.INTERNAL.says
  const known = typeof code === 'string' && isErrorCode(code) ? code : 'INTERNAL'
  return new MainstemError(known, text, readDetails(details))
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

function readDetails(raw: unknown): ErrorDetails {
  if (!isRecord(raw)) return {}
  const { file, line, key, fix, ...more } = raw
  const plain = Object.entries(more).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  )
  return {
    ...Object.fromEntries(plain),
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof fix === 'string' ? { fix } : {}),
  }
}
