import type { ModelField } from './score-model.ts'

/** Of matches at most this share differs so in what nobody has two of: else it says little. */
const DIFFERENT_MAX = { identifier: 0.05, birthDate: 0.01 }

/** So many pairs may have been mistaken for matches: of few matches they are a large share. */
const MISTAKEN = 4

/**
 * Whether the last level of a field contradicts: two values of a number that a person has one of, and
 * birth dates many years apart. If matches often differ in it, it is a number of something else.
 * `matches` is how many the model was learned from.
 */
export function isStrongDifference({ kind, levels }: ModelField, matches: number): boolean {
  if (kind !== 'identifier' && kind !== 'birthDate') return false
  return (levels.at(-1)?.match ?? 1) <= DIFFERENT_MAX[kind] + MISTAKEN / Math.max(1, matches)
}
