import type { ModelObject, Relationship } from './catalogue/index.ts'

const PREFERRED = ['PartyId', 'IndividualId', 'SoldToCustomerId']

/** The field that says whose row this is: of several that refer to a person, the main one. */
export function personField(object: ModelObject): string | undefined {
  if (object.name === 'Individual' || object.name === 'Account') return undefined
  const fields = partyFields(object, 'Individual')
  return PREFERRED.find(name => fields.includes(name)) ?? fields[0]
}

/** Fields of an object that hold the `Id` of an Individual, or of an Account. */
export function partyFields(object: ModelObject, party: 'Individual' | 'Account'): string[] {
  return object.relationships
    .filter(link => link.object === party && isToKey(link))
    .map(link => link.field)
}

/** Relationships to another field than the key cannot go through the party dictionary. */
export function isToKey(link: Relationship): boolean {
  return link.toField === 'Id'
}

/** Contact points and party identifications are nothing without a party. */
export function needsParty(object: ModelObject): boolean {
  return object.isContactPoint || object.name === 'PartyIdentification'
}
