import type { ProjectFiles } from './world.ts'

/** Profiles with names, an e-mail address and a phone number. */
export const PEOPLE_STREAM = {
  name: 'people',
  connector: { type: 'IngestApi', source: 'crm', object: 'people' },
  category: 'Profile',
  primaryKey: 'id',
  recordModified: 'changed',
  fields: {
    id: 'Text',
    first: 'Text',
    last: 'Text',
    email: 'Text',
    phone: 'Text',
    changed: 'DateTime',
  },
}

export const PEOPLE_MAPPING = {
  stream: 'people',
  objects: [
    {
      object: 'Individual',
      fields: { Id: 'id', FirstName: 'first', LastName: 'last', LastModifiedDate: 'changed' },
    },
    { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
    { object: 'ContactPointPhone', fields: { TelephoneNumber: 'phone' } },
  ],
}

/** Nothing but further e-mail addresses of people. */
export const EMAILS_STREAM = {
  name: 'emails',
  connector: { type: 'IngestApi', source: 'crm', object: 'emails' },
  category: 'Other',
  primaryKey: 'id',
  fields: { id: 'Text', person: 'Text', address: 'Text' },
}

export const EMAILS_MAPPING = {
  stream: 'emails',
  objects: [
    { object: 'ContactPointEmail', fields: { PartyId: 'person', EmailAddress: 'address' } },
  ],
}

export const ORDERS_STREAM = {
  name: 'orders',
  connector: { type: 'IngestApi', source: 'shop', object: 'orders' },
  category: 'Other',
  primaryKey: 'id',
  fields: { id: 'Text', person: 'Text', amount: 'Currency', at: 'DateTime' },
}

export const ORDERS_MAPPING = {
  stream: 'orders',
  objects: [
    {
      object: 'SalesOrder',
      fields: {
        Id: 'id',
        SoldToCustomerId: 'person',
        TotalAmount: 'amount',
        PurchaseOrderDate: 'at',
      },
    },
  ],
}

/** What people did, known by e-mail address. */
export const EVENTS_STREAM = {
  name: 'events',
  connector: { type: 'IngestApi', source: 'web', object: 'events' },
  category: 'Engagement',
  primaryKey: 'id',
  eventTime: 'at',
  identity: { email: 'email' },
  fields: { id: 'Text', email: 'Text', kind: 'Text', at: 'DateTime' },
}

export const EVENTS_MAPPING = {
  stream: 'events',
  objects: [
    {
      object: 'MessageEngagement',
      fields: { Id: 'id', EngagementDateTm: 'at', EngagementTypeId: 'kind' },
    },
  ],
}

/** What rules of these people compare. */
export const EMAIL = {
  entityName: 'ContactPointEmail',
  fieldName: 'EmailAddress',
  matchMethodType: 'EXACT_NORMALIZED',
}
export const PHONE = {
  entityName: 'ContactPointPhone',
  fieldName: 'FormattedE164PhoneNumber',
  matchMethodType: 'EXACT_NORMALIZED',
}
export const LAST = { entityName: 'Individual', fieldName: 'LastName', matchMethodType: 'EXACT' }
const FIRST = { entityName: 'Individual', fieldName: 'FirstName', matchMethodType: 'FUZZY' }

/** By e-mail address; by phone number and family name; by phone number and a like first name. */
export const PEOPLE_RULES = {
  label: 'People',
  configurationType: 'Individual',
  matchRules: [
    { label: 'Email', criteria: [EMAIL] },
    { label: 'Phone and last name', criteria: [PHONE, LAST] },
    { label: 'Phone and first name', criteria: [FIRST, PHONE] },
  ],
}

/** By e-mail address and a like first name, under outputs of its own; resolved after the other. */
export const SECOND_RULES = {
  label: 'Second',
  configurationType: 'Individual',
  rulesetId: 'mail',
  matchRules: [{ label: 'Email and first name', criteria: [FIRST, EMAIL] }],
}

export const LTV = {
  apiName: 'lifetime_value',
  expression: `SELECT UnifiedIndividual.Id, SUM(SalesOrder.TotalAmount) AS lifetime_value,
    COUNT(SalesOrder.Id) AS total_orders
    FROM UnifiedIndividual
    JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
    JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
    GROUP BY UnifiedIndividual.Id`,
}

/** Four streams and a ruleset: what most tests of the whole need. */
export const PEOPLE_PROJECT: ProjectFiles = {
  'mainstem.yaml': { name: 'journey', region: 'GB' },
  'streams/people.yaml': PEOPLE_STREAM,
  'streams/emails.yaml': EMAILS_STREAM,
  'streams/orders.yaml': ORDERS_STREAM,
  'streams/events.yaml': EVENTS_STREAM,
  'mappings/people.yaml': PEOPLE_MAPPING,
  'mappings/emails.yaml': EMAILS_MAPPING,
  'mappings/orders.yaml': ORDERS_MAPPING,
  'mappings/events.yaml': EVENTS_MAPPING,
  'rulesets/people.yaml': PEOPLE_RULES,
  'insights/lifetime_value.yaml': LTV,
}

/** Somebody, but for the id: who is there twice is one by the e-mail address. */
export const ANN = {
  first: 'Ann',
  last: 'Stone',
  email: 'a@x.example',
  phone: '',
  changed: '2025-01-01T00:00:00Z',
}
