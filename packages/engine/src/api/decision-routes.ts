import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import { engineAnswers } from './engine-answers.ts'
import type { EngineRelay } from './engine-relay.ts'
import { invalid, jsonBody } from './json-body.ts'
import {
  type JsonSchema,
  pathParam,
  queryParam,
  type QueryParameter,
  type RouteSpec,
} from './route-spec.ts'

/** What people decide about records: together or never, taken back, and what is decided. */
export function decisionRoutes(relay: EngineRelay): readonly RouteSpec[] {
  return [
    {
      ...SHARED,
      method: 'GET',
      path: '/api/decisions',
      operationId: 'getDecisions',
      summary: 'What is decided about records.',
      query: [ALL],
      answers: engineAnswers('The decisions, as `mainstem decisions list --json` prints them.', {
        400: 'A parameter is wrong.',
      }),
      handle: (request, reply) => relay(reply, 'decisions.list', { all: wantsAll(request) }),
    },
    {
      ...DECIDING,
      path: '/api/decisions',
      operationId: 'decide',
      summary: 'Decides that two records are one person, or are not, whatever the rules say.',
      body: bodyOf({ ...PAIR, verdict: VERDICT, ...DECIDER }),
      answers: decided('decide', NOT_THERE),
      handle: (request, reply) => {
        const { verdict, ...told } = textsOf(request, ['a', 'b', 'verdict', 'author', 'reason'])
        if (verdict !== 'together' && verdict !== 'never') throw notAVerdict()
        return relay(reply, 'decide', { ...told, [verdict]: true })
      },
    },
    {
      ...DECIDING,
      path: '/api/decisions/:number/revoke',
      operationId: 'revokeDecision',
      summary: 'Takes a decision back, or several as 4-9: the rules hold again.',
      body: bodyOf(DECIDER),
      answers: decided('decisions revoke', {}),
      handle: (request, reply) => {
        const number = pathParam(request, 'number')
        return relay(reply, 'decisions.revoke', {
          ...textsOf(request, ['author', 'reason']),
          number,
        })
      },
    },
    {
      ...DECIDING,
      path: '/api/undo',
      operationId: 'undo',
      summary:
        'Takes a merge back: the two, and who is with either, are never together from now on.',
      body: bodyOf({ ...PAIR, ...DECIDER }),
      answers: decided('undo', NOT_THERE),
      handle: (request, reply) =>
        relay(reply, 'undo', textsOf(request, ['a', 'b', 'author', 'reason'])),
    },
  ]
}

function wantsAll(request: FastifyRequest): boolean {
  const all = queryParam(request, 'all') ?? ''
  if (all === '' || all === 'false' || all === 'true') return all === 'true'
  throw new MainstemError('USAGE', 'The parameter all is neither "true" nor "false".')
}

/** The texts of a body that has these keys, all of them and no other. */
function textsOf(
  request: FastifyRequest,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const { value } = jsonBody(request)
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : []
  const texts = entries.flatMap(([name, text]) =>
    names.includes(name) && typeof text === 'string' && text.trim() !== '' ? [[name, text]] : [],
  )
  if (entries.length === names.length && texts.length === names.length)
    return Object.fromEntries(texts)
  const keys = names.map(name => `"${name}"`).join(', ')
  throw invalid(`The body is not an object with ${keys}, each a text that says something.`)
}

function notAVerdict(): Error {
  return invalid(
    'The "verdict" of the body is no decision.',
    'Send "together" if the two are one, or "never" if they are not.',
  )
}

const SHARED = { access: 'token', lane: 'query', tag: 'Decisions' } as const
const DECIDING = { ...SHARED, method: 'POST' } as const

function decided(
  command: string,
  refusals: Readonly<Record<number, string>>,
): RouteSpec['answers'] {
  return engineAnswers(`What was decided, as \`mainstem ${command} --json\` prints it.`, {
    400: 'The body is wrong, or there is nothing to decide; the message says why.',
    ...refusals,
    409: 'It contradicts decisions that hold; the message names them.',
  })
}

const NOT_THERE: Readonly<Record<number, string>> = { 404: 'Nothing answers to a key.' }

function bodyOf(properties: Readonly<Record<string, JsonSchema>>): RouteSpec['body'] {
  const schema = {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  }
  return { schema, required: true, limit: 'query.maxRequestBytes' }
}

function said(description: string): JsonSchema {
  return { type: 'string', minLength: 1, description }
}

const PAIR = {
  a: said('A source record as `stream/id`, or a unified id.'),
  b: said('The other record or unified id.'),
}
const DECIDER = { author: said('Who decides.'), reason: said('Why, for whoever asks later.') }
const VERDICT: JsonSchema = { type: 'string', enum: ['together', 'never'] }

const ALL: QueryParameter = {
  name: 'all',
  description: 'With what no longer holds.',
  schema: { type: 'boolean' },
}
