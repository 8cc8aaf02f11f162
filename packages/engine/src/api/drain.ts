import type { FastifyInstance } from 'fastify'
import type { Edge } from './edge-deps.ts'
import type { OpenCalls } from './engine-relay.ts'
import type { Failure } from './failure.ts'
import { sendFailure } from './send-failure.ts'

/**
 * A server that stops finishes what is under way, refuses what comes after, and ends questions that
 * take longer than `server.drainMs`. What it answered 202 to is in the journal already.
 */
export function drainOnClose(app: FastifyInstance, edge: Edge, calls: OpenCalls): void {
  let closing = false
  let patience: NodeJS.Timeout | undefined

  app.addHook('onRequest', (_request, reply, done) => {
    if (!closing) return done()
    sendFailure(edge, reply, STOPPING)
  })
  // A connection that is kept alive would hold up the close until its idle time is over.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  app.addHook('preClose', done => {
    closing = true
    patience = setTimeout(() => calls.abortAll(), edge.limits['server.drainMs'])
    patience.unref()
    done()
  })
  app.addHook('onClose', (_app, done) => {
    clearTimeout(patience)
    done()
  })
}

const STOPPING: Failure = {
  status: 503,
  code: 'ENGINE_AWAY',
  message: 'The server is stopping; nothing was stored. Send again when it is back.',
  retryAfterSeconds: 5,
}
