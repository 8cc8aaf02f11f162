import { isUtf8 } from 'node:buffer'
import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'

/** A body as it came and as it reads. */
export interface JsonBody {
  readonly bytes: Buffer
  readonly text: string
  readonly value: unknown
}

/** The request's body as JSON, its bytes kept as they are; ENVELOPE_INVALID if it is none. */
export function jsonBody(request: FastifyRequest): JsonBody {
  const bytes = request.body
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) throw invalid('The request has no body.')
  checkHeaders(request)
  if (bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
    throw invalid('The body begins with a byte order mark, which JSON does not have.', NO_MARK)
  }
  if (!isUtf8(bytes)) throw invalid('The body is not valid UTF-8.')
  const text = bytes.toString('utf8')
  return { bytes, text, value: parsed(text) }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const NO_MARK = 'Send the JSON without the three bytes EF BB BF before it.'

/** Whether the request brought a body at all. */
export function hasBody(request: FastifyRequest): boolean {
  return Buffer.isBuffer(request.body) && request.body.length > 0
}

function checkHeaders({ headers }: FastifyRequest): void {
  const type = (headers['content-type'] ?? '').toLowerCase()
  if (!/^application\/json *(;|$)/.test(type)) {
    throw invalid(
      'The Content-Type is not application/json.',
      'Send "Content-Type: application/json".',
    )
  }
  const charset = /charset *= *"?([^";, ]+)/.exec(type)?.[1]
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw invalid('The body says that it is not UTF-8.', 'Send JSON in UTF-8.')
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw invalid('The body is compressed.', 'Send it without Content-Encoding.')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Only the place is told: the parser's own text quotes the body.
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    throw invalid(
      place === undefined
        ? 'The body is malformed JSON: it ends too early or holds a character that JSON does not allow.'
        : `The body is malformed JSON at character ${place}.`,
    )
  }
}

/** The refusal of a body. */
export function invalid(message: string, fix?: string): MainstemError {
  return new MainstemError('ENVELOPE_INVALID', message, { fix })
}
