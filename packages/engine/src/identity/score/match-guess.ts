import type { FieldKind } from './field-kind.ts'

/**
 * What matches are taken to share before anything was learned, by level. People keep their name and
 * their birth date, and move and change their e-mail address: so values that differ speak against
 * the former more than against the latter. Few records teach little, and by this they are judged.
 */
const MATCH_GUESSES: Readonly<Record<FieldKind, readonly number[]>> = {
  firstName: [0.72, 0.11, 0.1, 0.02, 0.05],
  lastName: [0.81, 0.1, 0.03, 0.06],
  organization: [0.55, 0.17, 0.08, 0.15, 0.05],
  birthDate: [0.84, 0.08, 0.04, 0.02, 0.015, 0.005],
  email: [0.62, 0.05, 0.05, 0.05, 0.23],
  phone: [0.65, 0.03, 0.32],
  identifier: [0.93, 0.04, 0.03],
  street: [0.55, 0.13, 0.06, 0.08, 0.18],
  postalCode: [0.7, 0.05, 0.08, 0.17],
  text: [0.75, 0.06, 0.06, 0.13],
  code: [0.88, 0.12],
}

export function matchGuess(kind: FieldKind): Float64Array {
  return Float64Array.from(MATCH_GUESSES[kind])
}
