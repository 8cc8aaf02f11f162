import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Edge } from './edge-deps.ts'

/** The caller's trace id (B3 or W3C Trace Context), or a new one. */
export function traceIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const b3 = String(request.headers['x-b3-traceid'] ?? '').toLowerCase()
  if (/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(b3)) return b3
  const parent = String(request.headers['traceparent'] ?? '').toLowerCase()
  const traced = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(parent)?.[1]
  return traced ?? randomUUID().replaceAll('-', '')
}

/** Status of a request whose caller went before the answer (as nginx counts it). */
const CALLER_GONE = 499

/**
 * Gives every request its trace id, one log line and its metrics. They tell the route's pattern,
 * never the URL: paths and query strings hold keys and e-mail addresses.
 */
export function traceRequests(app: FastifyInstance, edge: Edge): void {
  const requests = edge.meter.counter({
    name: 'mainstem_http_requests_total',
    help: 'Requests answered.',
    labels: ['method', 'route', 'status'],
  })
  const seconds = edge.meter.histogram({
    name: 'mainstem_http_request_seconds',
    help: "Time from a request's headers to the end of its answer.",
    labels: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  })

  app.addHook('onRequest', (request, reply, done) => {
    const startedNs = process.hrtime.bigint()
    reply.header('x-trace-id', request.id)
    onEnd(reply, answered => {
      const ms = Number(process.hrtime.bigint() - startedNs) / 1e6
      told(request, { ms, status: answered ? reply.statusCode : CALLER_GONE })
    })
    done()
  })

  function told(request: FastifyRequest, { ms, status }: { ms: number; status: number }): void {
    const route = request.routeOptions.url ?? 'unmatched'
    const { method } = request
    requests.add(1, { method, route, status: String(status) })
    seconds.observe(ms / 1000, { method, route })
    const level = status >= 500 ? 'warn' : 'info'
    edge.log.write(level, 'Request answered.', {
      method,
      route,
      status,
      ms: Math.round(ms * 1000) / 1000,
      traceId: request.id,
    })
  }
}

/** Calls once: with true when the answer has gone out, with false when its caller has gone before. */
export function onEnd(reply: FastifyReply, then: (answered: boolean) => void): void {
  let ended = false
  const end = (answered: boolean): void => {
    if (ended) return
    ended = true
    then(answered)
  }
  reply.raw.once('finish', () => end(true)).once('close', () => end(false))
}
