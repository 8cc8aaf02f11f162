import type { RulesetDefinition } from '@mainstem/contracts'
import { type IdentityTables, identityTables, slotOf } from '../identity/index.ts'
import { narrowViewName } from '../model/index.ts'
import { ident } from '../query/index.ts'
import { type FieldRule, fieldRules, type ProfileField } from './reconcile-sql.ts'

/** A kind of contact point, and what makes two of them the same one. */
export interface ContactPlan {
  readonly object: string
  readonly table: string
  readonly fields: readonly ProfileField[]
  /** SQL of the value that two equal contact points share, from a row's columns; null is no contact point. */
  readonly valueSql: string
}

/** Everything that makes the unified profiles of one ruleset, and where they stand. */
export interface ProfilePlan {
  readonly ruleset: RulesetDefinition
  readonly slot: string
  readonly tables: IdentityTables
  readonly unified: string
  readonly sourceView: string
  readonly rules: readonly FieldRule[]
  readonly contacts: readonly ContactPlan[]
  readonly hasModified: boolean
}

/** The fields that the model fills, by object. */
export interface FilledObjects {
  fieldsOf(object: string): readonly ProfileField[]
}

/** Lineage and system fields stay with the source records; the key is the unified id. */
const NOT_RECONCILED = new Set([
  'Id',
  'DataSourceId',
  'DataSourceObjectId',
  'ExternalRecordId',
  'ExternalSourceId',
  'InternalOrganizationId',
])

/** The values of contact points, by object: what is compared is what a person would call the same. */
const CONTACT_VALUES: Readonly<Record<string, string>> = {
  ContactPointEmail: `nullif(lower(trim("EmailAddress")), '')`,
  ContactPointPhone: `coalesce(nullif("FormattedE164PhoneNumber", ''), nullif(regexp_replace("TelephoneNumber", '[^0-9+]', '', 'g'), ''))`,
  ContactPointAddress:
    `nullif(lower(trim(concat_ws('|', "AddressLine1", "AddressLine2", "CityName", "PostalCodeText", ` +
    `"StateProvinceName", "CountryName"))), '')`,
  ContactPointApp: `nullif(concat_ws('|', "DeviceId", "SoftwareApplicationId", "ApplicationLoginId", "CookieIdText"), '')`,
  PartyIdentification: `concat_ws('|', "PartyIdentificationTypeId", "Name", nullif(trim("IdentificationNumber"), ''))`,
}

/** Plans the unified profiles of a ruleset over what is mapped. */
export function planProfiles(ruleset: RulesetDefinition, filled: FilledObjects): ProfilePlan {
  const slot = slotOf(ruleset)
  const fields = filled.fieldsOf(ruleset.configurationType)
  const kept = fields.filter(
    field => !NOT_RECONCILED.has(field.name) && !field.name.startsWith('KQ_'),
  )
  return {
    ruleset,
    slot,
    tables: identityTables(slot),
    unified: ident(`unified__${slot}`),
    sourceView: ident(narrowViewName(ruleset.configurationType)),
    rules: fieldRules(ruleset, kept),
    contacts: Object.entries(CONTACT_VALUES).flatMap(([object, valueSql]) => {
      const own = filled.fieldsOf(object)
      if (own.length === 0) return []
      const names = own.filter(field => !KEYS.has(field.name) && !field.name.startsWith('KQ_'))
      return [{ object, table: ident(`unified_${object}__${slot}`), fields: names, valueSql }]
    }),
    hasModified: fields.some(field => field.name === 'LastModifiedDate'),
  }
}

const KEYS = new Set([...NOT_RECONCILED, 'PartyId'])

/** The statements that make the tables of unified profiles. */
export function profileDdl(plan: ProfilePlan): readonly string[] {
  const columns = plan.rules.map(({ field }) => `${ident(field.name)} ${field.type}`)
  return [
    `create table if not exists ${plan.unified} (uid integer, _hash ubigint, "Id" varchar,
       "CustomerKey" varchar, "Email" varchar, "Phone" varchar ${columns.map(column => `, ${column}`).join('')})`,
    ...plan.contacts.map(
      contact =>
        `create table if not exists ${contact.table} (uid integer, _hash ubigint, "Id" varchar, "PartyId" varchar,
         _value varchar, _rank hugeint, _streams varchar[] ${contact.fields.map(field => `, ${ident(field.name)} ${field.type}`).join('')})`,
    ),
  ]
}
