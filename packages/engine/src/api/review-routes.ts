import { engineAnswers } from './engine-answers.ts'
import type { EngineRelay } from './engine-relay.ts'
import { queryParam, type QueryParameter, type RouteSpec } from './route-spec.ts'

/** What a person should look at: records that may be decided about, fields that say too little, and what rules weigh. */
export function reviewRoutes(relay: EngineRelay): readonly RouteSpec[] {
  return [
    {
      ...SHARED,
      path: '/api/review',
      operationId: 'getReview',
      summary: 'What a person should look at, most worth first.',
      query: [KIND, RULESET, LIMIT],
      answers: engineAnswers('The queue, as `mainstem review --json` prints it.', {
        400: 'A parameter is wrong.',
        404: 'No ruleset has this label.',
      }),
      handle: (request, reply) => {
        const asked = [KIND, RULESET, LIMIT].flatMap(({ name }) => {
          const value = queryParam(request, name) ?? ''
          return value === '' ? [] : [[name, value] as const]
        })
        return relay(reply, 'review', Object.fromEntries(asked))
      },
    },
    {
      ...SHARED,
      path: '/api/review/fields',
      operationId: 'getReviewFields',
      summary: 'How well the fields that say who somebody is are filled, by stream.',
      answers: engineAnswers('The fields, as `mainstem review fields --json` prints them.', {}),
      handle: (_request, reply) => relay(reply, 'review.fields', {}),
    },
    {
      ...SHARED,
      path: '/api/models',
      operationId: 'getModels',
      summary: 'What scored match rules weigh: bits of each field and level.',
      query: [RULESET],
      answers: engineAnswers('The models, as `mainstem model --json` prints them.', {
        404: 'No ruleset has this label.',
      }),
      handle: (request, reply) => {
        const ruleset = queryParam(request, 'ruleset') ?? ''
        return relay(reply, 'model', ruleset === '' ? {} : { ruleset })
      },
    },
  ]
}

const SHARED = { method: 'GET', access: 'token', lane: 'query', tag: 'Review' } as const

const KIND: QueryParameter = {
  name: 'kind',
  description: 'Only one kind: `pair`, `contested`, `bridge` or `conflict`.',
  schema: { type: 'string', enum: ['pair', 'contested', 'bridge', 'conflict'] },
}

const RULESET: QueryParameter = {
  name: 'ruleset',
  description: 'Only of the ruleset with this label.',
  schema: { type: 'string', minLength: 1 },
}

const LIMIT: QueryParameter = {
  name: 'limit',
  description: 'Rows at most; 20 where it is left out.',
  schema: { type: 'integer', minimum: 1, maximum: 1000 },
}
