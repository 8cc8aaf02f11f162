import { EMAIL, LAST, PHONE } from './people-project.ts'
import type { ProjectFiles } from './world.ts'

/** People with a value of every kind that has a list of placeholders. */
const STREAM = {
  name: 'people',
  connector: { type: 'IngestApi', source: 'crm', object: 'people' },
  category: 'Profile',
  primaryKey: 'id',
  fields: {
    id: 'Text',
    first: 'Text',
    last: 'Text',
    email: 'Text',
    phone: 'Text',
    born: 'Date',
    member: 'Text',
  },
}
const MAPPING = {
  stream: 'people',
  objects: [
    {
      object: 'Individual',
      fields: { Id: 'id', FirstName: 'first', LastName: 'last', BirthDate: 'born' },
    },
    { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
    { object: 'ContactPointPhone', fields: { TelephoneNumber: 'phone' } },
    {
      object: 'PartyIdentification',
      fields: { IdentificationNumber: 'member' },
      constants: { Name: 'Loyalty', PartyIdentificationTypeId: 'Member' },
    },
  ],
}
const BORN = { entityName: 'Individual', fieldName: 'BirthDate', matchMethodType: 'EXACT' }
const MEMBER = {
  entityName: 'PartyIdentification',
  fieldName: 'IdentificationNumber',
  matchMethodType: 'EXACT',
  partyIdentificationInfo: { partyName: 'Loyalty', partyType: 'Member' },
}
/** By each of them alone, and by two with the last name. */
export const LISTED_RULES = {
  label: 'People',
  configurationType: 'Individual',
  matchRules: [
    { label: 'Email', criteria: [EMAIL] },
    { label: 'Email and last name', criteria: [EMAIL, LAST] },
    { label: 'Phone', criteria: [PHONE] },
    { label: 'Number', criteria: [MEMBER] },
    { label: 'Birth date and last name', criteria: [BORN, LAST] },
  ],
}

export const LISTED_PROJECT: ProjectFiles = {
  'streams/people.yaml': STREAM,
  'mappings/people.yaml': MAPPING,
  'rulesets/people.yaml': LISTED_RULES,
}
