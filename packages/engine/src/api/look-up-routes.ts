import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import { engineAnswers } from './engine-answers.ts'
import type { EngineMethod } from './engine-client.ts'
import type { EngineRelay } from './engine-relay.ts'
import { queryParam, type QueryParameter, type RouteSpec } from './route-spec.ts'

/** Our own questions about people and the project: `/api/…`, and the same for the page. */
export function lookUpRoutes(relay: EngineRelay): readonly RouteSpec[] {
  return [...questions('/api', 'token', relay), ...questions('/page', 'page-data', relay)]
}

function questions(base: string, access: Access, relay: EngineRelay): readonly RouteSpec[] {
  const ofPage = base === '/page'
  const shared = { method: 'GET', access, lane: 'query', tag: ofPage ? 'Page' : 'Look-up' } as const
  const id = (name: string): string => (ofPage ? `page${name}` : `get${name}`)
  const asked: RouteSpec[] = [
    {
      ...shared,
      path: `${base}/profile`,
      operationId: id('Profile'),
      summary: 'One unified profile, with the source of each value.',
      query: [KEY],
      answers: engineAnswers('The profile, as `mainstem profile --json` prints it.', REFUSALS),
      handle: (request, reply) => relay(reply, 'profile', { key: required(request, 'key') }),
    },
    {
      ...shared,
      path: `${base}/explain`,
      operationId: id('Explain'),
      summary: 'The evidence that joins two records, or all of a cluster.',
      query: [RECORD_A, RECORD_B],
      answers: engineAnswers('The evidence, as `mainstem explain --json` prints it.', REFUSALS),
      handle: (request, reply) => {
        const a = required(request, 'a')
        const b = queryParam(request, 'b')
        return relay(reply, 'explain', b === undefined || b === '' ? { a } : { a, b })
      },
    },
  ]
  return [...asked, ...(ofPage ? [summary()] : [status(), lastVerify()])]

  function status(): RouteSpec {
    return bare('status', {
      path: '/api/status',
      operationId: 'getStatus',
      summary: 'Counters of every stream, ruleset, insight, segment and activation.',
      answers: engineAnswers('The status, as `mainstem status --json` prints it.', REFUSALS),
    })
  }

  function lastVerify(): RouteSpec {
    return bare('verify.last', {
      path: '/api/verify/last',
      operationId: 'getLastVerify',
      summary: 'The report of the last verify.',
      answers: engineAnswers('The report, as `mainstem verify --json` prints it.', REFUSALS),
    })
  }

  function summary(): RouteSpec {
    return bare('page.summary', {
      path: '/page/summary',
      operationId: 'pageSummary',
      summary: 'What the page shows first.',
      answers: engineAnswers('The status and the last verify, for the page.', REFUSALS),
    })
  }

  /** A question that has no parameters. */
  function bare(method: EngineMethod, told: BareSpec): RouteSpec {
    return { ...shared, ...told, handle: (_request, reply) => relay(reply, method, {}) }
  }
}

type BareSpec = Pick<RouteSpec, 'path' | 'operationId' | 'summary' | 'answers'>

const KEY_CHARS_MAX = 1_000

function required(request: FastifyRequest, name: string): string {
  const value = queryParam(request, name)?.trim() ?? ''
  if (value === '')
    throw new MainstemError('USAGE', `The parameter ${name} is missing or there twice.`)
  if (value.length > KEY_CHARS_MAX) {
    throw new MainstemError(
      'USAGE',
      `The parameter ${name} is longer than ${KEY_CHARS_MAX} characters.`,
    )
  }
  return value
}

const REFUSALS = { 400: 'A parameter is missing.', 404: 'Nothing answers to this key.' } as const

const TEXT = { type: 'string', minLength: 1, maxLength: KEY_CHARS_MAX }

const KEY: QueryParameter = {
  name: 'key',
  required: true,
  description: 'A unified id, a source record as `stream/id`, an e-mail address or a phone number.',
  schema: TEXT,
}

const RECORD_A: QueryParameter = {
  name: 'a',
  required: true,
  description: 'A source record as `stream/id`, or a unified id. Alone: its whole cluster.',
  schema: TEXT,
}

const RECORD_B: QueryParameter = {
  name: 'b',
  description: 'The other record or unified id.',
  schema: TEXT,
}
