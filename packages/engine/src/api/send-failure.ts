import type { FastifyReply } from 'fastify'
import type { Edge } from './edge-deps.ts'
import { errorEnvelope } from './error-envelope.ts'
import type { Failure } from './failure.ts'

/** Answers with a refusal, in the shape of the API that was asked. */
export function sendFailure(edge: Edge, reply: FastifyReply, failure: Failure): FastifyReply {
  const path = pathOf(reply.request.url)
  const place = { path, atMs: edge.clock.nowMs(), space: edge.settings.space }
  if (failure.retryAfterSeconds !== undefined)
    reply.header('retry-after', failure.retryAfterSeconds)
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer realm="mainstem"')
  return reply
    .code(failure.status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(Buffer.from(JSON.stringify(errorEnvelope(failure, place))))
}

/** A URL without its query string, which may name a customer. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}
