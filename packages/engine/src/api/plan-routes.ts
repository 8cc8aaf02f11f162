import type { FastifyRequest } from 'fastify'
import { engineAnswers } from './engine-answers.ts'
import type { EngineRelay } from './engine-relay.ts'
import { hasBody, invalid, jsonBody } from './json-body.ts'
import type { JsonSchema, RouteSpec } from './route-spec.ts'

/** What a change of the project's files or rulesets would do, and doing it. */
export function planRoutes(relay: EngineRelay): readonly RouteSpec[] {
  return [
    {
      ...SHARED,
      path: '/api/plan',
      operationId: 'plan',
      summary:
        'Runs the project beside the live one, with these rulesets in place of those of the same label; changes nothing.',
      answers: engineAnswers('What would change, as `mainstem plan --json` prints it.', REFUSALS),
      handle: (request, reply) => relay(reply, 'plan', rulesetsOf(request)),
    },
    {
      ...SHARED,
      path: '/api/apply',
      operationId: 'apply',
      summary:
        "Runs by the project's files from now on, with these rulesets, which are written to their files.",
      answers: engineAnswers('What changed, as `mainstem apply --json` prints it.', REFUSALS),
      handle: (request, reply) => relay(reply, 'apply', rulesetsOf(request)),
    },
  ]
}

/** The rulesets of a body, as JSON; the engine checks them as it checks files. */
function rulesetsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  if (!hasBody(request)) return {}
  const { value } = jsonBody(request)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAsked()
  const { rulesets, ...others } = Object.fromEntries(Object.entries(value))
  if (Object.keys(others).length > 0) throw notAsked()
  if (rulesets === undefined) return {}
  if (!Array.isArray(rulesets) || !rulesets.every(isLabelled)) throw notAsked()
  return { rulesets: JSON.stringify(rulesets) }
}

function isLabelled(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'label' in value &&
    typeof value.label === 'string' &&
    value.label !== ''
  )
}

function notAsked(): Error {
  return invalid(
    'The body is not an object with "rulesets", a list of rulesets with a label.',
    'Send {"rulesets": [{"label": "People", …}]}, or no body for the files as they are.',
  )
}

const RULESETS: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rulesets: {
      type: 'array',
      description: 'Rulesets as in rulesets/*.yaml.',
      items: {
        type: 'object',
        required: ['label'],
        properties: { label: { type: 'string', minLength: 1 } },
        additionalProperties: true,
      },
    },
  },
}

const SHARED = {
  method: 'POST',
  access: 'token',
  lane: 'query',
  tag: 'Plan',
  body: { schema: RULESETS, required: false, limit: 'query.maxRequestBytes' },
} as const

const REFUSALS = {
  400: 'A ruleset, or a file of the project, is wrong; the message says where.',
} as const
