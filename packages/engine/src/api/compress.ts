import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const squeeze = promisify(gzip)

/** Smaller answers gain nothing. */
const BYTES_MIN = 1024

/** Compresses an answer for a caller that takes gzip (RFC 9110, 12.5.3). */
export async function compressed(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  if (!Buffer.isBuffer(bytes) || bytes.length < BYTES_MIN) return payload
  if (reply.hasHeader('content-encoding')) return payload
  reply.header('vary', 'accept-encoding')
  if (!takesGzip(request.headers['accept-encoding'])) return payload
  reply.header('content-encoding', 'gzip').removeHeader('content-length')
  return await squeeze(bytes, { level: constants.Z_BEST_SPEED })
}

/** Whether gzip is named, or meant by `*`, and not with a weight of zero. */
export function takesGzip(header: string | string[] | undefined): boolean {
  const listed = String(header ?? '')
    .toLowerCase()
    .split(',')
  const weights = new Map(
    listed.map(item => {
      const [coding = '', ...parameters] = item.split(';').map(part => part.trim())
      const weight = parameters.find(parameter => parameter.startsWith('q='))
      return [coding, weight === undefined ? 1 : Number(weight.slice(2))]
    }),
  )
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}
