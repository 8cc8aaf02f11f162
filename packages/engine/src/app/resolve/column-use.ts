import type { ColumnKind, RecognisedColumn } from '../../model/index.ts'

/** A column of a loaded source, and what it is used for. */
export interface ColumnUse extends RecognisedColumn {
  /** The number of its source. */
  readonly source: number
  /** Its number in the source's table. */
  readonly at: number
  /** Tells several addresses of one record apart. */
  readonly as?: string | undefined
}

/** Fields of the model that say one thing each, with the kind of a column that fills them. */
export const KIND_OF_FIELD: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ['Individual.Id', 'rowId'],
  ['Account.Id', 'rowId'],
  ['Individual.FirstName', 'firstName'],
  ['Individual.MiddleName', 'middleName'],
  ['Individual.LastName', 'lastName'],
  ['Individual.PersonName', 'fullName'],
  ['Individual.NameSuffix', 'nameSuffix'],
  ['Individual.GenderId', 'gender'],
  ['Individual.BirthDate', 'birthDate'],
  ['Account.Name', 'organizationName'],
  ['ContactPointEmail.EmailAddress', 'email'],
  ['ContactPointPhone.TelephoneNumber', 'phone'],
  ['ContactPointAddress.AddressLine1', 'addressLine'],
  ['ContactPointAddress.CityName', 'city'],
  ['ContactPointAddress.PostalCodeText', 'postalCode'],
  ['ContactPointAddress.StateProvinceName', 'state'],
  ['ContactPointAddress.CountryName', 'country'],
  ['PartyIdentification.IdentificationNumber', 'identifier'],
])

/** The field that a kind of column fills; null where the model has none for it. */
export function fieldOfKind(kind: ColumnKind): string | null {
  for (const [field, known] of KIND_OF_FIELD) if (known === kind) return field
  return null
}
