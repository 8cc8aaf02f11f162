import { type Criterion, MainstemError, type MatchRule } from '@mainstem/contracts'
import { GENERIC_NUMBER } from '../../model/index.ts'
import type { ModelRow } from './model-relations.ts'
import type { RecordSlot } from './record-relation.ts'
import { scoredFields } from './scored-fields.ts'

/** Fields from which a score tells people apart; with fewer, plain rules tell more. */
const SCORED_FIELDS_MIN = 3

/** Records that a score can be learned from. */
const SCORED_RECORDS_MIN = 50

/** A scored rule over what was recognised, or plain rules if that is little; an error if nothing tells people apart. */
export function proposedRules(
  slots: readonly RecordSlot[],
  rows: readonly ModelRow[],
  records: number,
): readonly MatchRule[] {
  const fields = scoredFields(slots)
  const isEnough = fields.length >= SCORED_FIELDS_MIN && records >= SCORED_RECORDS_MIN
  if (isEnough) return [{ label: 'Score', kind: 'Scored', fields }]
  return plainRules(rows)
}

/** Rules that fit what was recognised, the surest first. */
function plainRules(rows: readonly ModelRow[]): readonly MatchRule[] {
  const ofPeople = rows.some(row => row.object === 'Individual' && row.fields.size > 1)
  const rules = [
    ...numberRules(rows),
    ...rule(rows, 'Email', [normalized('ContactPointEmail', 'EmailAddress')]),
    ...rule(rows, 'Phone and last name', [PHONE, LAST_NAME]),
    ...(ofPeople ? [] : rule(rows, 'Phone and organisation', [PHONE, ACCOUNT_NAME])),
    ...rule(rows, 'Name and birth date', [FIRST_NAME, LAST_NAME, BIRTH_DATE]),
    ...rule(rows, 'Full name and birth date', [exact('Individual', 'PersonName'), BIRTH_DATE]),
    ...[exact('ContactPointAddress', 'PostalCodeText'), exact('ContactPointAddress', 'CityName')]
      .flatMap(place => rule(rows, 'Name and address', [FIRST_NAME, LAST_NAME, STREET, place]))
      .slice(0, 1),
    ...(ofPeople ? [] : rule(rows, 'Organisation and address', [ACCOUNT_NAME, STREET])),
  ]
  if (rules.length > 0) return rules
  const fix =
    'Say with --columns which columns hold an e-mail address, a phone, a name and a birth date or a street.'
  throw new MainstemError('USAGE', `No column that tells people apart was recognised. ${fix}`, {
    key: 'columns',
    fix,
  })
}

const PHONE = normalized('ContactPointPhone', 'FormattedE164PhoneNumber')
const LAST_NAME = exact('Individual', 'LastName')
const FIRST_NAME: Criterion = {
  entityName: 'Individual',
  fieldName: 'FirstName',
  matchMethodType: 'FUZZY',
}
const BIRTH_DATE = exact('Individual', 'BirthDate')
const ACCOUNT_NAME = exact('Account', 'Name')
const STREET = normalized('ContactPointAddress', 'AddressLine1')

/** A rule, if all that it compares is filled. */
function rule(
  rows: readonly ModelRow[],
  label: string,
  criteria: readonly Criterion[],
): readonly MatchRule[] {
  const isFilled = criteria.every(one =>
    rows.some(row => row.object === one.entityName && row.fields.has(filledBy(one.fieldName))),
  )
  return isFilled ? [{ label, criteria: [...criteria] }] : []
}

/** Numbers in E.164 are made of those that are there. */
function filledBy(field: string): string {
  return field === 'FormattedE164PhoneNumber' ? 'TelephoneNumber' : field
}

function numberRules(rows: readonly ModelRow[]): readonly MatchRule[] {
  const rules = new Map<string, MatchRule>()
  for (const { constants } of rows) {
    const partyName = constants.get('Name')
    const partyType = constants.get('PartyIdentificationTypeId')
    if (partyName === undefined || partyType === undefined || partyType === GENERIC_NUMBER) continue
    const criterion = exact('PartyIdentification', 'IdentificationNumber')
    rules.set(`${partyName} ${partyType}`, {
      label: `Number: ${partyName}`,
      criteria: [{ ...criterion, partyIdentificationInfo: { partyName, partyType } }],
    })
  }
  return [...rules.values()]
}

function exact(entityName: string, fieldName: string): Criterion {
  return { entityName, fieldName, matchMethodType: 'EXACT' }
}

function normalized(entityName: string, fieldName: string): Criterion {
  return { entityName, fieldName, matchMethodType: 'EXACT_NORMALIZED' }
}
