import type { FastifyReply } from 'fastify'
import type { Edge } from './edge-deps.ts'
import type { RouteSpec } from './route-spec.ts'

const SHARED = { method: 'GET', tag: 'Operation', access: 'open' } as const

/** What a machine asks: does it live, can it answer, how is it doing. */
export function probeRoutes(edge: Edge): readonly RouteSpec[] {
  return [
    {
      ...SHARED,
      path: '/health',
      operationId: 'health',
      summary: 'Whether the server lives. It takes records even while the engine is away.',
      answers: { 200: { description: 'It does.', schema: STATUS } },
      handle: (_request, reply) => json(reply, 200, { status: 'ok' }),
    },
    {
      ...SHARED,
      path: '/ready',
      operationId: 'ready',
      summary: 'Whether the engine answers questions: its index is there.',
      answers: {
        200: { description: 'It does.', schema: READY },
        503: { description: 'Not yet; the reason is told.', schema: READY },
      },
      handle: (_request, reply) => {
        const { ready, reason } = edge.engine.ready()
        if (ready) return json(reply, 200, { ready })
        reply.header('retry-after', 1)
        return json(reply, 503, { ready, reason: reason ?? 'The engine is starting.' })
      },
    },
    {
      ...SHARED,
      path: '/metrics',
      operationId: 'metrics',
      summary: 'Metrics for Prometheus.',
      answers: {
        200: { description: 'The metrics.', contentType: 'text/plain', schema: { type: 'string' } },
      },
      handle: async (_request, reply) => {
        const { contentType, text } = await edge.meter.expose()
        return reply
          .header('content-type', contentType)
          .header('cache-control', 'no-store')
          .send(text)
      },
    },
  ]
}

function json(reply: FastifyReply, status: number, value: unknown): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(Buffer.from(JSON.stringify(value)))
}

const STATUS = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ok'] } },
}

const READY = {
  type: 'object',
  required: ['ready'],
  properties: { ready: { type: 'boolean' }, reason: { type: 'string' } },
}
