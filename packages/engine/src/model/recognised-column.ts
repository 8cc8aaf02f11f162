import type { BirthDatePart } from './birth-date-parts.ts'

/** What a column says about a record, as far as matching goes. */
export type ColumnKind =
  | 'firstName'
  | 'middleName'
  | 'lastName'
  | 'fullName'
  | 'organizationName'
  | 'nameSuffix'
  | 'gender'
  | 'birthDate'
  | BirthDatePart
  | 'email'
  | 'phone'
  | 'streetNumber'
  | 'addressLine'
  | 'fullAddress'
  | 'city'
  | 'postalCode'
  | 'state'
  | 'country'
  | 'identifier'
  | 'attribute'
  | 'rowId'
  | 'ignored'

/** What an identifier is: `SSN`, given by whoever gives those. */
export interface IdentifierName {
  readonly name: string
  readonly type: string
}

/**
 * What one column of one source was taken for. An `attribute` has no meaning of its own and still
 * tells records apart a little; a `rowId` is different in every row and never compared; an `ignored`
 * one is constant, free text, or was named by the user.
 */
export interface RecognisedColumn {
  readonly column: string
  /** The file that has it. */
  readonly file: string
  /** The field of the model that it fills, as `Individual.FirstName`; null where there is none. */
  readonly field: string | null
  readonly kind: ColumnKind
  readonly identifier?: IdentifierName | undefined
  /** What speaks for it, as a sentence's end. */
  readonly why: string
}
