import type { AnswerSpec } from './route-spec.ts'

/** What a route may answer that hands the engine's document on: its own refusals, and those of all. */
export function engineAnswers(
  description: string,
  refusals: Readonly<Record<number, string>>,
): Readonly<Record<string, AnswerSpec>> {
  const told = Object.entries({ ...refusals, ...BUSY })
  return {
    200: { description, schema: { type: 'object', additionalProperties: true } },
    ...Object.fromEntries(told.map(([status, says]) => [status, { description: says }])),
  }
}

const BUSY: Readonly<Record<number, string>> = {
  429: 'Too many requests at once.',
  503: 'The engine is starting again; try after Retry-After seconds.',
}
