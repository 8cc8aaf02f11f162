import { address } from './normalise-address.ts'
import { anyEmail, email } from './normalise-email.ts'
import { firstNameForm, nameKey, unlessBlank, unlessBlankSteps } from './normalise-name.ts'
import { inSteps, lower } from './text-fold.ts'
import type { Normaliser } from './text-fold.ts'

/**
 * A value compared exactly, but for case: nothing is trimmed or dropped. Blank if it is empty, or
 * only space, or a word for nothing (`n/a`, `unknown`).
 */
export const exact: Normaliser = inSteps(
  unlessBlankSteps(value => `lower(${value})`),
  text => unlessBlank(text, lower),
)

/** A value compared exactly, case and all. */
export const exactCase: Normaliser = inSteps(
  unlessBlankSteps(value => value),
  text => unlessBlank(text, value => value),
)

/** Every way to normalise a text for matching, by name. Used only to compare; never stored over. */
export const NORMALISERS = {
  exact,
  exactCase,
  email,
  anyEmail,
  name: nameKey,
  firstName: firstNameForm,
  address,
} as const satisfies Readonly<Record<string, Normaliser>>

/** The name of a way to normalise. */
export type NormaliserName = keyof typeof NORMALISERS
