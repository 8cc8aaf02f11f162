import type { FastifyInstance } from 'fastify'
import type { Edge } from './edge-deps.ts'
import type { EdgeLimit } from './edge-limits.ts'
import type { Failure } from './failure.ts'
import { onEnd } from './request-trace.ts'
import type { Lane } from './route-spec.ts'
import { sendFailure } from './send-failure.ts'

const LIMIT_OF: Readonly<Record<Lane, EdgeLimit>> = {
  ingest: 'ingest.stream.maxConcurrent',
  query: 'query.maxConcurrent',
}

/** Bounds how many requests of a lane are under way; the next is told to come back, not queued. */
export function boundLanes(app: FastifyInstance, edge: Edge): void {
  const underWay: Record<Lane, number> = { ingest: 0, query: 0 }
  edge.meter.gauge(
    { name: 'mainstem_http_requests_under_way', help: 'Requests under way.', labels: ['lane'] },
    () => Object.entries(underWay).map(([lane, value]) => ({ value, labels: { lane } })),
  )

  app.addHook('onRequest', (request, reply, done) => {
    const { lane } = request.routeOptions.config
    if (lane === undefined) return done()
    const limit = LIMIT_OF[lane]
    if (underWay[lane] >= edge.limits[limit]) {
      sendFailure(edge, reply, tooMany(limit, edge.limits[limit]))
      return
    }
    underWay[lane]++
    onEnd(reply, () => underWay[lane]--)
    done()
  })
}

function tooMany(limit: EdgeLimit, max: number): Failure {
  return {
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    message: `Too many requests at once; the limit ${limit} is ${max}.`,
    retryAfterSeconds: 1,
  }
}
