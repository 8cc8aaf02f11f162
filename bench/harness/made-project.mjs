// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The token of every benchmark server: it listens on loopback, for minutes. */
export const TOKEN = 'benchmark-token'

const FIELDS = {
  record_id: 'Text',
  source: 'Text',
  first_name: 'Text',
  last_name: 'Text',
  email: 'Email',
  phone: 'Phone',
  street: 'Text',
  city: 'Text',
  postcode: 'Text',
  birth_date: 'Text',
  updated_at: 'DateTime',
  device_id: 'Text',
}

const MAPPED = [
  {
    object: 'Individual',
    fields: {
      Id: 'record_id',
      FirstName: 'first_name',
      LastName: 'last_name',
      LastModifiedDate: 'updated_at',
    },
  },
  { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
  { object: 'ContactPointPhone', fields: { TelephoneNumber: 'phone' } },
  {
    object: 'ContactPointAddress',
    fields: { AddressLine1: 'street', CityName: 'city', PostalCodeText: 'postcode' },
  },
]

/** E-mail; phone and last name; fuzzy first name with last name and city. */
export const RULESET = {
  label: 'People',
  configurationType: 'Individual',
  refresh: 'continuous',
  // The generator plants company mailboxes and placeholders: a key of so many is nobody's.
  blockMax: 50,
  matchRules: [
    { label: 'Email', criteria: [exact('ContactPointEmail', 'EmailAddress', 'EXACT_NORMALIZED')] },
    {
      label: 'Phone and last name',
      criteria: [
        exact('ContactPointPhone', 'FormattedE164PhoneNumber', 'EXACT_NORMALIZED'),
        exact('Individual', 'LastName', 'EXACT'),
      ],
    },
    {
      label: 'Name and city',
      criteria: [
        exact('Individual', 'FirstName', 'FUZZY'),
        exact('Individual', 'LastName', 'EXACT'),
        exact('ContactPointAddress', 'CityName', 'EXACT'),
      ],
    },
  ],
}

/** @param {string} entityName @param {string} fieldName @param {string} matchMethodType */
function exact(entityName, fieldName, matchMethodType) {
  return { entityName, fieldName, matchMethodType }
}

/**
 * Writes a project with one stream `people`: of a file of the generator, or of the Ingestion API.
 * @param {string} directory @param {{ csv?: string, exactOnly?: boolean }} how
 */
export function makeProject(directory, { csv, exactOnly = false }) {
  write(directory, 'mainstem.yaml', {
    name: 'bench',
    region: 'US',
    timeZone: 'UTC',
    server: { host: '127.0.0.1', port: 8080, token: { env: 'MAINSTEM_TOKEN' } },
  })
  const api = { type: 'IngestApi', source: 'bench', object: 'people' }
  addStream(directory, csv === undefined ? api : { type: 'File', path: csv, format: 'CSV' })
  const matchRules = RULESET.matchRules.filter(
    ({ criteria }) =>
      !exactOnly || criteria.every(({ matchMethodType }) => matchMethodType !== 'FUZZY'),
  )
  write(directory, 'rulesets/people.yaml', { ...RULESET, matchRules })
}

/**
 * Writes the ruleset of a project again, with other match rules.
 * @param {string} directory @param {(rules: readonly object[]) => readonly object[]} change
 */
export function changeRules(directory, change) {
  const matchRules = change(RULESET.matchRules)
  write(directory, 'rulesets/people.yaml', { ...RULESET, matchRules })
}

const EVENT_FIELDS = {
  event_id: 'Text',
  person_id: 'Text',
  kind: 'Text',
  happened_at: 'DateTime',
  page: 'Text',
  note: 'Text',
}

const EVENT_MAPPED = [
  {
    object: 'WebsiteEngagement',
    fields: {
      Id: 'event_id',
      IndividualId: 'person_id',
      EngagementDateTm: 'happened_at',
      EngagementTypeId: 'kind',
      PageURL: 'page',
    },
  },
]

/**
 * Writes a project as `makeProject` does for the Ingestion API, with a stream `events` of what
 * people do on a web site.
 * @param {string} directory
 */
export function makeEventProject(directory) {
  makeProject(directory, {})
  write(directory, 'streams/events.yaml', {
    name: 'events',
    connector: { type: 'IngestApi', source: 'bench', object: 'events' },
    category: 'Engagement',
    primaryKey: 'event_id',
    eventTime: 'happened_at',
    refreshMode: 'UPSERT',
    fields: EVENT_FIELDS,
  })
  write(directory, 'mappings/events.yaml', { stream: 'events', objects: EVENT_MAPPED })
}

/** @param {string} directory @param {object} connector */
function addStream(directory, connector) {
  write(directory, 'streams/people.yaml', {
    name: 'people',
    connector,
    category: 'Profile',
    primaryKey: 'record_id',
    recordModified: 'updated_at',
    refreshMode: 'UPSERT',
    fields: FIELDS,
  })
  write(directory, 'mappings/people.yaml', { stream: 'people', objects: MAPPED })
}

/** JSON is YAML. @param {string} directory @param {string} path @param {object} value */
function write(directory, path, value) {
  const file = join(directory, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`)
}
