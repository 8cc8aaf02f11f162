/** What a field holds: it decides how two values are compared and what of a value candidates share. */
export const FIELD_KINDS = [
  'firstName',
  'lastName',
  'organization',
  'birthDate',
  'email',
  'phone',
  'identifier',
  'street',
  'postalCode',
  'text',
  'code',
] as const

export type FieldKind = (typeof FIELD_KINDS)[number]

/** A field that records are compared by, such as `Individual.FirstName`. */
export interface ScoreField {
  readonly name: string
  readonly kind: FieldKind
}

/**
 * Kinds that are a person's own (or an organisation's): relatives and neighbours do not share them
 * more than strangers do. All others may be shared by who lives or works together.
 */
export function isOwn(kind: FieldKind): boolean {
  return (
    kind === 'firstName' || kind === 'organization' || kind === 'birthDate' || kind === 'identifier'
  )
}

/** Kinds whose values are nearly unique: who has the same one is nearly always the same. */
export function isNearlyUnique(kind: FieldKind): boolean {
  return kind === 'email' || kind === 'phone' || kind === 'identifier'
}

/** Kinds that name somebody. */
export function isName(kind: FieldKind): boolean {
  return kind === 'firstName' || kind === 'lastName' || kind === 'organization'
}
