import {
  criteriaOf,
  type Criterion,
  MainstemError,
  type MatchRule,
  type Placeholders,
  type RulesetDefinition,
} from '@mainstem/contracts'
import { ident } from '../query/index.ts'
import {
  NOBODYS_EMAIL,
  type Normaliser,
  NORMALISERS,
  PLACEHOLDER_DIGITS,
  type TextStep,
  toE164,
} from './core/index.ts'
import type { ColumnOf } from './rule-sources.ts'
import { after, anyOf, isOneOf, matches, quoted, type ValueTest } from './value-test.ts'

/** A kind of field that has a list of values that are nobody's. */
export type PlaceholderKind = keyof Placeholders

/** The kind of what a criterion compares; undefined for kinds without a list, such as addresses. */
export function placeholderKind({
  entityName,
  fieldName,
}: Pick<Criterion, 'entityName' | 'fieldName'>): PlaceholderKind | undefined {
  if (entityName === 'ContactPointEmail' && fieldName === 'EmailAddress') return 'email'
  if (entityName === 'ContactPointPhone' && fieldName.endsWith('Number')) return 'phone'
  if (entityName === 'PartyIdentification' && fieldName === 'IdentificationNumber') return 'number'
  if (entityName !== 'Individual') return undefined
  if (fieldName.endsWith('Date')) return 'date'
  return fieldName.endsWith('Name') ? 'name' : undefined
}

/** One criterion, where it stands. */
export interface ListedCriterion {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly criterion: Criterion
  /** How its values are made comparable. */
  readonly normaliser: Normaliser
}

/**
 * Whether a comparable value is on a list and makes no key by this rule; undefined if nothing is
 * listed. What is nobody's makes none by any rule. What several people share, such as info@, makes
 * none where it would stand alone: by rules that compare nothing of the person beside it.
 */
export function placeholderTest(listed: ListedCriterion): ValueTest | undefined {
  const kind = placeholderKind(listed.criterion)
  if (kind === undefined) return undefined
  const tests = testsOf(kind, listed)
  if (kind === 'email' && standsAlone(listed)) tests.push(...sharedTests(listed.ruleset))
  return anyOf(tests)
}

function testsOf(kind: PlaceholderKind, listed: ListedCriterion): ValueTest[] {
  const { builtIn = true, values = [] } = listed.ruleset.placeholders?.[kind] ?? {}
  const tests = builtIn ? builtInTests(kind, listed) : []
  if (kind === 'email') return [...tests, ...emailTests(values)]
  if (kind === 'date' && values.length > 0) return [...tests, after(dayOf, isOneOf(values))]
  const own = values.map(value => comparable(kind, value, listed))
  return own.length === 0 ? tests : [...tests, isOneOf(own)]
}

function builtInTests(
  kind: PlaceholderKind,
  { criterion, normaliser }: ListedCriterion,
): ValueTest[] {
  switch (kind) {
    case 'email':
      return [matches(NOBODYS_EMAIL)]
    case 'phone':
      // What is made comparable has no number for them.
      return criterion.matchMethodType === 'EXACT' ? [after(digitsOf, isCounted)] : []
    case 'name':
      return [isOneOf(NOBODYS_NAMES.flatMap(name => normaliser.js(name) ?? []))]
    case 'date':
      return [after(dayOf, isOneOf(DEFAULT_DATES))]
    case 'number':
      return [matches(NOBODYS_NUMBER, { ignoresCase: true })]
    default:
      return []
  }
}

/** Names that are put in where there is none, beside the words for nothing that are blank anyway. */
const NOBODYS_NAMES: readonly string[] = (
  'anonymous,anonym,anonyme,anonimo,visitor,customer,test test,first name,firstname,last name,' +
  'lastname,vorname,nachname,prénom'
).split(',')

/** Days that systems put in where there is none. 1970-01-01 is also the birthday of some people. */
const DEFAULT_DATES: readonly string[] = (
  '0001-01-01 1111-11-11 1753-01-01 1800-01-01 1899-12-30 1899-12-31 1900-01-01 1901-01-01 ' +
  '2099-12-31 2999-12-31 9999-12-31'
).split(' ')

/** Numbers of zeros, of one digit over and over, or counted up. */
const NOBODYS_NUMBER = `^(0+|${Array.from('123456789', digit => `${digit}{7,}`).join('|')}|x+|0?1234567(8|89|890)?)$`

/** Boxes that several people of an organisation read. */
const SHARED_MAILBOXES: readonly string[] = (
  'info information contact contacts office admin administration administrator sales support service hello help ' +
  'helpdesk mail email team reception enquiries enquiry inquiries billing accounts accounting orders order shop ' +
  'marketing press media jobs careers hr webmaster hostmaster abuse kontakt buero bureau verkauf bestellung ' +
  'rechnung vertrieb accueil commercial ventas contacto informacion soporte'
).split(' ')

function sharedTests({ placeholders }: RulesetDefinition): readonly ValueTest[] {
  const { builtIn = true, values = [] } = placeholders?.sharedMailbox ?? {}
  const boxes = [...(builtIn ? SHARED_MAILBOXES : []), ...values.map(box => box.toLowerCase())]
  if (boxes.length === 0) return []
  return [matches(`^(${boxes.map(quoted).join('|')})@`, { ignoresCase: true })]
}

/** Whether a rule compares nothing of the person beside contact points. An account's info@ is its own. */
function standsAlone({ ruleset, rule }: ListedCriterion): boolean {
  return (
    ruleset.configurationType === 'Individual' &&
    criteriaOf(rule).every(
      ({ entityName }) => entityName !== 'Individual' && entityName !== 'PartyIdentification',
    )
  )
}

function emailTests(values: readonly string[]): readonly ValueTest[] {
  const lower = values.map(value => value.trim().toLowerCase())
  const boxes = lower.filter(value => value.endsWith('@')).map(value => value.slice(0, -1))
  const domains = lower.filter(value => value.startsWith('@')).map(value => value.slice(1))
  const whole = values.filter(value => /[^@\s]@[^@\s]/.test(value))
  const tests: ValueTest[] = []
  const add = (pattern: string): void => void tests.push(matches(pattern, { ignoresCase: true }))
  if (boxes.length > 0) add(`^(${boxes.map(quoted).join('|')})(\\+[^@]*)?@`)
  if (domains.length > 0) add(`@(${domains.map(quoted).join('|')})$`)
  if (whole.length > 0)
    tests.push(isOneOf(whole.map(value => NORMALISERS.anyEmail.js(value) ?? '')))
  return tests
}

/** A listed value as values of its criterion are compared. */
function comparable(
  kind: PlaceholderKind,
  value: string,
  { criterion, normaliser }: ListedCriterion,
): string {
  const isNumber = kind === 'phone' && criterion.matchMethodType === 'EXACT_NORMALIZED'
  return (isNumber ? toE164(value, '') : normaliser.js(value)) ?? ''
}

/** Refuses listed values that no value can be equal to, all at once. */
export function checkPlaceholders({ label, placeholders = {} }: RulesetDefinition): void {
  const wrong = [
    ...(placeholders.email?.values ?? []).filter(value => !EMAIL_VALUE.test(value)),
    ...(placeholders.sharedMailbox?.values ?? []).filter(value => value.includes('@')),
    ...(placeholders.phone?.values ?? []).filter(value => toE164(value, '') === null),
    ...(placeholders.date?.values ?? []).filter(value => !/^\d{4}-\d{2}-\d{2}$/.test(value)),
  ]
  if (wrong.length === 0) return
  throw new MainstemError(
    'RULESET_INVALID',
    `Ruleset "${label}" cannot run: its placeholders have values that nothing can equal: ${wrong.map(value => JSON.stringify(value)).join(', ')}. ` +
      'Write e-mails as box@domain, box@ or @domain, shared mailboxes without @, phones with +, dates as 1900-01-01.',
  )
}

const EMAIL_VALUE = /^([^@\s]+@[^@\s]*|@[^@\s]+)$/

/**
 * SQL of a phone number made comparable, from the columns of its rows: without those that are nobody's,
 * or with the digits of those, where the list is switched off.
 */
export function phoneSql({ placeholders }: RulesetDefinition, column: ColumnOf): string {
  const number = `nullif(${column('FormattedE164PhoneNumber')}, '')`
  if (placeholders?.phone?.builtIn !== false) return number
  const digits = digitsOf.sql(column('TelephoneNumber'))
  return `coalesce(${number}, case when ${isCounted.sql(digits)} then ${digits} end)`
}

const isCounted = matches(PLACEHOLDER_DIGITS)

/** A date or a time as text begins with its day. */
const dayOf: TextStep = {
  sql: value => `left(${value}, ${DAY_LENGTH})`,
  js: value => Array.from(value).slice(0, DAY_LENGTH).join(''),
}

const DAY_LENGTH = 10

const digitsOf: TextStep = {
  sql: value => `regexp_replace(${value}, '\\D', '', 'g')`,
  js: value => value.replaceAll(/\D/g, ''),
}

/** A field that has a list, where a rule compares it. */
export interface ListedField {
  /** The first rule that does. */
  readonly rule: number
  readonly field: string
  readonly object: string
  /** The column of the object's rows that says whose they are. */
  readonly party: string
  /** SQL of the value that is looked at, from the alias of the rows. */
  readonly value: (alias: string) => string
  readonly isListed: (value: string) => string
}

/** Every field that a ruleset compares and that has a list, once for each way to compare it. */
export function listedValues(ruleset: RulesetDefinition): readonly ListedField[] {
  const found = new Map<string, ListedField>()
  for (const [at, rule] of ruleset.matchRules.entries()) {
    for (const criterion of criteriaOf(rule)) {
      const { entityName, fieldName } = criterion
      const field = `${entityName}.${fieldName}`
      const { value, isListed } = listedValue({ ruleset, rule, criterion })
      if (!isListed || found.has(isListed.sql('v'))) continue
      const party = entityName === ruleset.configurationType ? '_p_Id' : '_p_PartyId'
      const listed = { rule: at, field, object: entityName, party, value, isListed: isListed.sql }
      found.set(isListed.sql('v'), listed)
    }
  }
  return [...found.values()]
}

/**
 * SQL that tells from the alias of an object's rows whether a field's value is nobody's, whatever the
 * rule; undefined where the field has no list.
 */
export function nobodysSql(
  ruleset: RulesetDefinition,
  field: Pick<Criterion, 'entityName' | 'fieldName'>,
): ((alias: string) => string) | undefined {
  const criterion: Criterion = { ...field, matchMethodType: 'EXACT' }
  // A rule that compares the person beside it: a shared mailbox is somebody's there.
  const rule: MatchRule = { label: '', criteria: [{ ...criterion, entityName: 'Individual' }] }
  const { value, isListed } = listedValue({ ruleset, rule, criterion })
  return isListed && (alias => isListed.sql(value(alias)))
}

/** A phone number that is none was never made comparable: its digits are looked at. */
function listedValue(
  place: Omit<ListedCriterion, 'normaliser'>,
): Pick<ListedField, 'value'> & { readonly isListed: ValueTest | undefined } {
  const { criterion, ruleset } = place
  const column = (alias: string): string => `${alias}.${ident(criterion.fieldName)}::varchar`
  const kind = placeholderKind(criterion)
  if (kind === 'phone') {
    const isOn = ruleset.placeholders?.phone?.builtIn !== false
    const own = placeholderTest({ ...place, normaliser: NORMALISERS.exact })
    const isListed = anyOf([...(isOn ? [isCounted] : []), ...(own ? [own] : [])])
    const value = (alias: string): string =>
      `coalesce(nullif(${alias}."FormattedE164PhoneNumber", ''), ${digitsOf.sql(`${alias}."TelephoneNumber"`)})`
    return { value, isListed }
  }
  const normaliser = kind === 'email' ? NORMALISERS.anyEmail : NORMALISERS.exact
  return {
    value: alias => normaliser.sql(column(alias)),
    isListed: placeholderTest({ ...place, normaliser }),
  }
}
