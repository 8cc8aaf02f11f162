import { MainstemError } from '@mainstem/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Edge } from './edge-deps.ts'
import { type Failure, failureOf } from './failure.ts'
import { sendFailure } from './send-failure.ts'

/** The one place where errors become answers. */
export function answerFailures(app: FastifyInstance, edge: Edge): void {
  app.setErrorHandler((error, request, reply) => {
    const failure = isTooLarge(error) ? tooLarge(edge, request) : failureOf(error)
    if (failure.status >= 500 && failure.code !== 'ENGINE_AWAY') {
      const { code, status } = failure
      edge.log.write('error', 'A request failed.', {
        code,
        status,
        traceId: request.id,
        cause: error,
      })
    }
    return sendFailure(edge, reply, failure)
  })
  app.setNotFoundHandler((_request, reply) => sendFailure(edge, reply, NOT_FOUND))
}

/** Errors from before routing, such as a URL that can not be decoded. */
export function answerFrameworkError(
  edge: Edge,
  { error, request, reply }: { error: unknown; request: FastifyRequest; reply: FastifyReply },
): void {
  reply.header('x-trace-id', request.id)
  sendFailure(edge, reply, failureOf(error))
}

const NOT_FOUND: Failure = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'Nothing is served under this method and path. GET /openapi.json lists what is.',
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
}

/** The sentence names the limit, so that whoever may change it knows what to change. */
function tooLarge(edge: Edge, request: FastifyRequest): Failure {
  const limit = request.routeOptions.config.bodyLimitName ?? 'ingest.stream.maxRequestBytes'
  const error = new MainstemError(
    'BODY_TOO_LARGE',
    `The body is over ${edge.limits[limit]} bytes, the limit ${limit}; nothing was stored.`,
    { fix: 'Send the records in smaller requests.' },
  )
  return failureOf(error)
}
