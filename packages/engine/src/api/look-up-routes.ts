import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import type { EngineRelay } from './engine-relay.ts'
import { type AnswerSpec, queryParam, type QueryParameter, type RouteSpec } from './route-spec.ts'

/** Our own questions about people and the project: `/api/…`, and the same for the page. */
export function lookUpRoutes(relay: EngineRelay): readonly RouteSpec[] {
  return [
    ...questions('/api', 'token', relay),
    reviewRoute(relay),
    ...questions('/page', 'page-data', relay),
  ]
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
      answers: answers('The profile, as `mainstem profile --json` prints it.'),
      handle: (request, reply) => relay(reply, 'profile', { key: required(request, 'key') }),
    },
    {
      ...shared,
      path: `${base}/explain`,
      operationId: id('Explain'),
      summary: 'The evidence that joins two records, or all of a cluster.',
      query: [RECORD_A, RECORD_B],
      answers: answers('The evidence, as `mainstem explain --json` prints it.'),
      handle: (request, reply) => {
        const a = required(request, 'a')
        const b = queryParam(request, 'b')
        return relay(reply, 'explain', b === undefined || b === '' ? { a } : { a, b })
      },
    },
  ]
  return [...asked, ...(ofPage ? [summary()] : [status(), lastVerify()])]

  function status(): RouteSpec {
    return {
      ...shared,
      path: '/api/status',
      operationId: 'getStatus',
      summary: 'Counters of every stream, ruleset, insight, segment and activation.',
      answers: answers('The status, as `mainstem status --json` prints it.'),
      handle: (_request, reply) => relay(reply, 'status', {}),
    }
  }

  function lastVerify(): RouteSpec {
    return {
      ...shared,
      path: '/api/verify/last',
      operationId: 'getLastVerify',
      summary: 'The report of the last verify.',
      answers: answers('The report, as `mainstem verify --json` prints it.'),
      handle: (_request, reply) => relay(reply, 'verify.last', {}),
    }
  }

  function summary(): RouteSpec {
    return {
      ...shared,
      path: '/page/summary',
      operationId: 'pageSummary',
      summary: 'What the page shows first.',
      answers: answers('The status and the last verify, for the page.'),
      handle: (_request, reply) => relay(reply, 'page.summary', {}),
    }
  }
}

/** The queue of what a person should look at. */
function reviewRoute(relay: EngineRelay): RouteSpec {
  return {
    method: 'GET',
    access: 'token',
    lane: 'query',
    tag: 'Look-up',
    path: '/api/review',
    operationId: 'getReview',
    summary: 'What a person should look at, most worth first.',
    query: [REVIEW_KIND, REVIEW_RULESET, REVIEW_LIMIT],
    answers: answers('The queue, as `mainstem review --json` prints it.'),
    handle: (request, reply) => {
      const asked = ['kind', 'ruleset', 'limit'].flatMap(name => {
        const value = queryParam(request, name) ?? ''
        return value === '' ? [] : [[name, value] as const]
      })
      return relay(reply, 'review', Object.fromEntries(asked))
    },
  }
}

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

function answers(description: string): Readonly<Record<string, AnswerSpec>> {
  return {
    200: { description, schema: { type: 'object', additionalProperties: true } },
    400: { description: 'A parameter is missing.' },
    404: { description: 'Nothing answers to this key.' },
    429: { description: 'Too many requests at once.' },
    503: { description: 'The engine is starting again; try after Retry-After seconds.' },
  }
}

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

const REVIEW_KIND: QueryParameter = {
  name: 'kind',
  description: 'Only one kind: `pair`, `contested`, `bridge` or `conflict`.',
  schema: { type: 'string', enum: ['pair', 'contested', 'bridge', 'conflict'] },
}

const REVIEW_RULESET: QueryParameter = {
  name: 'ruleset',
  description: 'Only of the ruleset with this label.',
  schema: TEXT,
}

const REVIEW_LIMIT: QueryParameter = {
  name: 'limit',
  description: 'Rows at most; 20 where it is left out.',
  schema: { type: 'integer', minimum: 1, maximum: 1000 },
}
