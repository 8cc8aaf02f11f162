import { MainstemError } from '@mainstem/contracts'
import type { FastifyReply } from 'fastify'
import type { Edge } from './edge-deps.ts'
import type { EdgeLimits } from './edge-limits.ts'
import type { EngineAnswer, EngineMethod, EngineParams } from './engine-client.ts'
import { engineFailure } from './failure.ts'
import { onEnd } from './request-trace.ts'
import { sendFailure } from './send-failure.ts'

/** Asks the engine and hands its bytes on. */
export type EngineRelay = (
  reply: FastifyReply,
  method: EngineMethod,
  params: EngineParams,
) => Promise<FastifyReply>

/** Every question that is under way, so that a server that stops can end those that take too long. */
export class OpenCalls {
  readonly #calls = new Set<AbortController>()

  /** A signal that goes off when the caller has gone or the server stops. */
  open(reply: FastifyReply): AbortController {
    const call = new AbortController()
    this.#calls.add(call)
    onEnd(reply, answered => {
      this.#calls.delete(call)
      if (!answered) call.abort()
    })
    return call
  }

  abortAll(): void {
    for (const call of this.#calls) call.abort()
  }
}

/** A relay whose answers pass through unread; an engine's refusal gets the shape of the API asked. */
export function engineRelay(edge: Edge, calls: OpenCalls): EngineRelay {
  return async function relay(reply, method, params) {
    const { signal } = calls.open(reply)
    const timeoutMs = patienceMs(method, edge.limits)
    const answer = await orStopped(edge.engine.call(method, params, { signal, timeoutMs }), signal)
    if (answer.status >= 400) {
      return sendFailure(edge, reply, engineFailure(answer.status, answer.body))
    }
    return reply
      .code(answer.status)
      .header('content-type', answer.contentType)
      .header('cache-control', 'no-store')
      .send(answer.body)
  }
}

/** More than the engine may take beyond its limit: 30 s for `after`, 10 s for a statement to stop. */
const ENGINE_GRACE_MS = 50_000

/**
 * Methods that resolve people again, after all that was accepted before: what takes minutes is no
 * fault, and giving up would not take a decision back.
 */
const RESOLVING: ReadonlySet<EngineMethod> = new Set([
  'plan',
  'apply',
  'decide',
  'undo',
  'decisions.revoke',
])

/** A statement is ended by the engine, which says why; so the edge must not give up before it. */
function patienceMs(method: EngineMethod, limits: EdgeLimits): number {
  if (RESOLVING.has(method)) return limits['plan.timeoutMs']
  const limitMs = limits['query.timeoutMs']
  return method === 'queryv2' ? limitMs + ENGINE_GRACE_MS : limitMs
}

/** A call that we ended ourselves is no failure of the engine. */
async function orStopped(call: Promise<EngineAnswer>, signal: AbortSignal): Promise<EngineAnswer> {
  try {
    return await call
  } catch (error) {
    if (!signal.aborted) throw error
    throw new MainstemError(
      'ENGINE_AWAY',
      'The server stopped before the answer was there. Ask again.',
    )
  }
}
