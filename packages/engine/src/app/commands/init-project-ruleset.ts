import type { Criterion, MatchRule, ObjectMapping, RulesetDefinition } from '@mainstem/contracts'
import type { SourcePlan } from './init-project-plan.ts'

/** A ruleset, and for each rule why it is there; or why there can be none. */
export type RulesetPlan =
  | { readonly definition: RulesetDefinition; readonly why: readonly string[] }
  | { readonly definition: undefined; readonly why: readonly string[] }

/** The rules that fit what was recognised, the surest first. */
export function planRuleset(plans: readonly SourcePlan[]): RulesetPlan {
  const objects = plans.flatMap(plan => plan.objects)
  const names = ['Id', 'FirstName', 'LastName']
  const isNamed = objects.some(
    one => one.object === 'Individual' && names.every(name => fills(one, name)),
  )
  if (!isNamed) {
    const why =
      'No file has people with an id, a first name and a last name, which a ruleset needs.'
    return { definition: undefined, why: [why] }
  }
  const rules = RULES.flatMap(rule => rule(objects))
  if (rules.length === 0) {
    const why =
      'No file has an e-mail address, a phone, a street or a member number to match people by.'
    return { definition: undefined, why: [why] }
  }
  const isDated = plans.some(plan => plan.recordModified !== undefined)
  return {
    why: rules.map(rule => rule.why),
    definition: {
      label: 'People',
      configurationType: 'Individual',
      matchRules: rules.map(({ why: _why, ...rule }) => rule),
      reconciliationRules: [
        {
          entityName: 'Individual',
          ruleType: isDated ? 'LAST_UPDATED' : 'MOST_FREQUENT',
          shouldIgnoreEmptyValue: true,
        },
      ],
    },
  }
}

type Rule = MatchRule & { readonly why: string }

const RULES: readonly ((objects: readonly ObjectMapping[]) => readonly Rule[])[] = [
  emailRule,
  phoneRule,
  numberRules,
  addressRule,
]

const LAST_NAME: Criterion = exact('Individual', 'LastName')

function emailRule(objects: readonly ObjectMapping[]): readonly Rule[] {
  if (!isFilled(objects, 'ContactPointEmail', 'EmailAddress')) return []
  return [
    {
      label: 'Email',
      why: 'An e-mail address is seldom shared, so it is enough by itself.',
      criteria: [normalized('ContactPointEmail', 'EmailAddress')],
    },
  ]
}

function phoneRule(objects: readonly ObjectMapping[]): readonly Rule[] {
  if (!isFilled(objects, 'ContactPointPhone', 'TelephoneNumber')) return []
  return [
    {
      label: 'Phone and last name',
      why: 'Families and offices share phones, so the last name has to agree too.',
      criteria: [normalized('ContactPointPhone', 'FormattedE164PhoneNumber'), LAST_NAME],
    },
  ]
}

function numberRules(objects: readonly ObjectMapping[]): readonly Rule[] {
  const kinds = new Map<string, Rule>()
  for (const { object, constants } of objects) {
    const name = constants?.['Name']
    const type = constants?.['PartyIdentificationTypeId']
    if (object !== 'PartyIdentification' || name === undefined || type === undefined) continue
    const partyIdentificationInfo = { partyName: String(name), partyType: String(type) }
    kinds.set(JSON.stringify(partyIdentificationInfo), {
      label: `${partyIdentificationInfo.partyName} number`,
      why: 'A number that was given to one person.',
      criteria: [
        { ...exact('PartyIdentification', 'IdentificationNumber'), partyIdentificationInfo },
      ],
    })
  }
  return [...kinds.values()]
}

function addressRule(objects: readonly ObjectMapping[]): readonly Rule[] {
  const place = ['PostalCodeText', 'CityName'].find(field =>
    isFilled(objects, 'ContactPointAddress', field),
  )
  if (place === undefined || !isFilled(objects, 'ContactPointAddress', 'AddressLine1')) return []
  return [
    {
      label: 'Name and address',
      why: 'First names may be short forms (Bill, William) where all else agrees.',
      criteria: [
        { entityName: 'Individual', fieldName: 'FirstName', matchMethodType: 'FUZZY' },
        LAST_NAME,
        normalized('ContactPointAddress', 'AddressLine1'),
        exact('ContactPointAddress', place),
      ],
    },
  ]
}

function isFilled(objects: readonly ObjectMapping[], object: string, field: string): boolean {
  return objects.some(one => one.object === object && fills(one, field))
}

function fills({ fields }: ObjectMapping, field: string): boolean {
  return fields !== undefined && Object.hasOwn(fields, field)
}

function exact(entityName: string, fieldName: string): Criterion {
  return { entityName, fieldName, matchMethodType: 'EXACT' }
}

function normalized(entityName: string, fieldName: string): Criterion {
  return { entityName, fieldName, matchMethodType: 'EXACT_NORMALIZED' }
}
