import {
  criteriaOf,
  type Criterion,
  MainstemError,
  type MatchRule,
  type RulesetDefinition,
} from '@mainstem/contracts'
import { ErrorList } from '../kernel/error-list.ts'
import { isFuzzy } from './criterion-value.ts'
import { checkPlaceholders } from './placeholders.ts'
import {
  blockingPasses,
  checkFieldNames,
  modelOf,
  scoredFieldName,
} from './score/model-definition.ts'

/** What a ruleset needs to know of the model that is mapped. */
export interface MappedModel {
  /** The streams that are mapped, with the objects and fields that each fills. */
  readonly streams: readonly {
    readonly name: string
    readonly objects: readonly { readonly object: string; readonly fields: readonly string[] }[]
  }[]
}

/** Objects whose rows belong to a person or an account and can tie records together. */
export const CONTACT_OBJECTS = [
  'ContactPointEmail',
  'ContactPointPhone',
  'ContactPointAddress',
  'ContactPointApp',
  'ContactPointSocial',
  'PartyIdentification',
] as const

/**
 * Refuses a ruleset that cannot run or would join strangers, naming what is missing and where;
 * answers advice on one that can.
 */
export function checkRuleset(ruleset: RulesetDefinition, model: MappedModel): readonly string[] {
  const profile = ruleset.configurationType
  const streams = model.streams.filter(stream => fieldsOf(stream, profile) !== undefined)
  if (streams.length === 0) {
    throw invalid(
      ruleset,
      `no stream is mapped to ${profile}. Map a stream's key to ${profile}.Id first.`,
    )
  }
  const errors = new ErrorList()
  errors.try(() => requireMinimum(ruleset, streams), 'matchRules')
  errors.try(() => checkMatchRules(ruleset, model))
  errors.try(() => requireModel(ruleset), 'matchRules')
  errors.end()
  const entities = new Set(
    ruleset.matchRules.flatMap(rule => criteriaOf(rule).map(one => one.entityName)),
  )
  return entities.has('ContactPointPhone') &&
    !entities.has('ContactPointEmail') &&
    !entities.has('PartyIdentification')
    ? [
        `Ruleset "${ruleset.label}" relies on phone numbers only; e-mail addresses are written ` +
          `more consistently. Add a rule on ContactPointEmail.EmailAddress.`,
      ]
    : []
}

/** A score is the same tomorrow only if its model is: in a project it is never estimated on the way. */
function requireModel(ruleset: RulesetDefinition): void {
  const rule = ruleset.matchRules.find(one => one.kind === 'Scored')
  if (!rule || typeof rule.model === 'object') return
  throw invalid(
    ruleset,
    `rule "${rule.label}" is scored and has no model. Make one from the records with "mainstem resolve FILE --into DIR", and name its file with "model".`,
  )
}

/** Refuses match rules that cannot run on what is mapped, or that would join strangers. */
export function checkMatchRules(ruleset: RulesetDefinition, model: MappedModel): void {
  const errors = new ErrorList()
  errors.try(() => checkPlaceholders(ruleset), 'placeholders')
  for (const [at, rule] of ruleset.matchRules.entries())
    errors.try(() => checkRule(ruleset, rule, model), `matchRules[${at}]`)
  errors.end()
  const profile = ruleset.configurationType
  const isName = ({ entityName, fieldName }: Criterion): boolean =>
    entityName === profile && NAME_FIELD.test(fieldName)
  if (ruleset.matchRules.every(rule => rule.kind !== 'Scored' && criteriaOf(rule).every(isName))) {
    throw invalid(
      ruleset,
      'it matches on names only, which joins strangers. Add a criterion on an e-mail, a phone, an address or a party identification.',
    )
  }
}

const NAME_FIELD = /Name$|^NameSuffix$|^Salutation$/

type Stream = MappedModel['streams'][number]

function fieldsOf(stream: Stream, object: string): readonly string[] | undefined {
  const found = stream.objects.filter(one => one.object === object)
  return found.length === 0 ? undefined : found.flatMap(one => one.fields)
}

/** Semantics 2.3 (7) and 3.1: each stream of profiles has its minimum, and one at least a way to be matched. */
function requireMinimum(ruleset: RulesetDefinition, streams: readonly Stream[]): void {
  const profile = ruleset.configurationType
  const needed = profile === 'Individual' ? ['Id', 'FirstName', 'LastName'] : ['Id']
  const gaps = streams.flatMap(stream => {
    const missing = needed.filter(field => !fieldsOf(stream, profile)?.includes(field))
    return missing.length > 0
      ? [
          `stream "${stream.name}" does not map ${missing.map(field => `${profile}.${field}`).join(', ')}`,
        ]
      : []
  })
  if (gaps.length === streams.length) throw invalid(ruleset, `${gaps.join('; ')}.`)
  const reachable = streams.some(stream => CONTACT_OBJECTS.some(object => fieldsOf(stream, object)))
  if (!reachable) {
    const names = streams.map(stream => `"${stream.name}"`).join(', ')
    throw invalid(
      ruleset,
      `no contact point and no party identification is mapped by ${streams.length === 1 ? 'stream' : 'streams'} ${names}. ` +
        'Map an e-mail to ContactPointEmail.EmailAddress, a phone to ContactPointPhone.TelephoneNumber, ' +
        'or a number to PartyIdentification.IdentificationNumber.',
    )
  }
}

function checkRule(ruleset: RulesetDefinition, rule: MatchRule, model: MappedModel): void {
  const where = `rule "${rule.label}"`
  if (rule.kind === 'Scored') return checkScoredRule(ruleset, rule, model)
  if (criteriaOf(rule).length === 0) {
    throw invalid(
      ruleset,
      `${where} has no criteria. Say what must hold, or make it a scored rule.`,
    )
  }
  const fuzzy = criteriaOf(rule).filter(isFuzzy)
  if (fuzzy.length > 1)
    throw invalid(ruleset, `${where} has two fuzzy criteria; one at most is compared.`)
  if (fuzzy.length === criteriaOf(rule).length) {
    throw invalid(
      ruleset,
      `${where} has only a fuzzy criterion. Add an exact one, such as Individual.LastName.`,
    )
  }
  const errors = new ErrorList()
  const at = ruleset.matchRules.indexOf(rule)
  for (const [place, one] of criteriaOf(rule).entries()) {
    const key = `matchRules[${at}].criteria[${place}]`
    errors.try(() => checkCriterion(ruleset, { one, where }, model), key)
  }
  errors.end()
}

/** Refuses a scored rule that names what nobody fills, or a second one. */
function checkScoredRule(ruleset: RulesetDefinition, rule: MatchRule, model: MappedModel): void {
  const where = `rule "${rule.label}"`
  if (criteriaOf(rule).length > 0) {
    throw invalid(ruleset, `${where} is scored and has criteria too. Make two rules of it.`)
  }
  if (ruleset.matchRules.find(one => one.kind === 'Scored') !== rule) {
    throw invalid(ruleset, `${where} is a second scored rule; one at most weighs records.`)
  }
  const fields = (typeof rule.model === 'object' ? rule.model.fields : rule.fields) ?? []
  for (const { field: path } of fields) {
    const [object = '', field = ''] = path.split('.')
    if (isMapped(model, object, field)) continue
    throw invalid(
      ruleset,
      `${where} compares ${path}, which no stream fills. Map a field to it, or make the model again.`,
    )
  }
  checkFieldNames(fields)
  if (typeof rule.model === 'object') modelOf(rule.model)
  const compared = fields.map(one => ({ name: scoredFieldName(one), kind: one.kind }))
  if (rule.blocking && compared.length > 0) blockingPasses(rule.blocking, compared)
}

function checkCriterion(
  ruleset: RulesetDefinition,
  { one, where }: { one: Criterion; where: string },
  model: MappedModel,
): void {
  const profile = ruleset.configurationType
  const named = `${one.entityName}.${one.fieldName}`
  if (isFuzzy(one) && named !== 'Individual.FirstName') {
    throw invalid(
      ruleset,
      `${where} compares ${named} by likeness; only Individual.FirstName can be.`,
    )
  }
  if (one.entityName !== profile && !CONTACT_OBJECTS.some(object => object === one.entityName)) {
    const known = [profile, ...CONTACT_OBJECTS].join(', ')
    throw invalid(
      ruleset,
      `${where} names ${named}, which does not belong to ${profile}. Use one of ${known}.`,
    )
  }
  if (one.entityName === 'PartyIdentification' && !one.partyIdentificationInfo) {
    throw invalid(ruleset, `${where} needs partyIdentificationInfo with partyName and partyType.`)
  }
  if (one.entityName === 'PartyIdentification' && one.shouldMatchOnBlank) {
    throw invalid(
      ruleset,
      `${where} cannot match on blank: a party identification always has a number.`,
    )
  }
  if (!isMapped(model, one.entityName, one.fieldName)) {
    throw invalid(
      ruleset,
      `${where} matches on ${named}, which no stream fills. Map a field to it, or take the criterion out.`,
    )
  }
}

/** Phones are matched by their E.164 form, which is made from the number that is mapped. */
function isMapped(model: MappedModel, object: string, field: string): boolean {
  const fields = model.streams.flatMap(stream => fieldsOf(stream, object) ?? [])
  if (object === 'ContactPointPhone' && field === 'FormattedE164PhoneNumber')
    return fields.length > 0
  return fields.includes(field)
}

function invalid(ruleset: RulesetDefinition, why: string): MainstemError {
  return new MainstemError('RULESET_INVALID', `Ruleset "${ruleset.label}" cannot run: ${why}`)
}
