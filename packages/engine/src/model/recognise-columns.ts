import { birthDateParts } from './birth-date-parts.ts'
import { columnMeaning, type Meaning, nameWords } from './column-meaning.ts'
import type { ColumnStatistics } from './column-statistics.ts'
import type { ColumnKind, IdentifierName } from './recognised-column.ts'

/** What is known of a column before it is said what it holds. */
export interface ColumnProfile extends ColumnStatistics {
  /** Whether every row of every source has a value of its own. */
  readonly isUnique: boolean
  /** Whether several sources have the same values in it, though none of them counts its rows. */
  readonly isShared?: boolean | undefined
  /** Words that a value has on average. */
  readonly words: number
}

/** What a column was taken for. */
export interface Recognition {
  readonly kind: ColumnKind
  readonly identifier?: IdentifierName | undefined
  readonly why: string
}

/**
 * What columns hold, as far as it helps to tell who a record is about: by their names, in many
 * languages and styles, then by their values. What says nothing of its own is an attribute, unless
 * it cannot tell records apart (constant), or tells each from all others (an id, free text).
 */
export function recogniseColumns(columns: readonly ColumnProfile[]): readonly Recognition[] {
  const birthDate = birthDateParts(columns)
  const parts = [...birthDate.keys()].map(({ name }) => name)
  return columns.map(column => {
    if (filled(column) === 0) return ignored('it is empty')
    const part = birthDate.get(column)
    if (part) return { kind: part, why: `${listed(parts)} are a birth date together` }
    const found = byOwnName(column) ?? byMeaning(column) ?? byGender(column)
    return found ? asFeature(column, found) : attributeOr(column)
  })
}

/** The type of a number of which is not known what it numbers. */
export const GENERIC_NUMBER = 'Number'

/** An identifier by the name of its column. */
export function identifierOf(column: string, type = 'Document'): IdentifierName {
  return { name: nameWords(column).join(' '), type }
}

interface NameRule {
  readonly kind: ColumnKind
  /** Matched against the words of the name, joined by `_` with one at either end. */
  readonly pattern: RegExp
  readonly fits?: (column: ColumnProfile) => boolean
}

const hasDigits = ({ shapes }: ColumnProfile): boolean => shapes.word < 0.5

/** What `inspect` has no word for, or would take for a part of something else; the first that fits wins. */
const NAME_RULES: readonly NameRule[] = [
  // What kind of record, phone or address it is, or how it stands, says nothing of who it is about.
  {
    kind: 'ignored',
    pattern: /_(type|kind|category|class|role|usage|status|option|mode)_$/,
  },
  {
    kind: 'identifier',
    pattern:
      /_((passport|licen[cs]e|ssn|nino|national_id|social_security|soc_sec|tax_id|vat|ein|tin|lei|uen|duns|nhs|npi|iban|curp|cpf|dni|steuer_?id)_?(id|no|nr|num|number|nummer)?|national_insurance_\w+)_$/,
    fits: hasDigits,
  },
  {
    kind: 'birthDate',
    pattern:
      /_(dob|birth_?da(te|y)|birthdate|date_of_birth|born(_on)?|geburts\w+|naissance|nacimiento|nascita)_/,
    fits: hasDigits,
  },
  { kind: 'ignored', pattern: /_(date|datum|fecha|timestamp|valid_(from|until|to)|expir\w+)_$/ },
  { kind: 'attribute', pattern: /_(birth_?place|place_of_birth|born_in|geburtsort)_/ },
  { kind: 'email', pattern: /_e_?mail/, fits: ({ shapes }) => shapes.email > 0.2 },
  { kind: 'attribute', pattern: /_e_?mail/ },
  { kind: 'phone', pattern: /_(tele)?fax_?(no|nr|num|number|nummer)?_$/, fits: hasDigits },
  {
    kind: 'streetNumber',
    pattern: /_((street|house|building)_?(no|nr|num|number)|hausnummer|hausnr|numero_civico)_$/,
  },
  {
    kind: 'fullAddress',
    pattern: /_((full|complete|whole)_?(postal_)?addr(ess)?|addr(ess)?_(full|text|string))_/,
  },
  {
    kind: 'organizationName',
    pattern:
      /_(name_org|org(anisation|anization)?(_name)?|(company|business|firm|legal|trade|trading|site|store|shop|school|agency|practice|facility|institution|vendor|supplier|account)_name|company|firma|empresa|societe|azienda)_$/,
    fits: ({ shapes }) => shapes.number < 0.5,
  },
  {
    kind: 'fullName',
    pattern:
      /_((first|given)_?(name)?_and_(sur|last|family)_?name|name_full|full_?name|vor_und_nachname)_/,
  },
  { kind: 'nameSuffix', pattern: /_(name_)?(suffix|generation)_$/ },
]

function byOwnName(column: ColumnProfile): Recognition | undefined {
  const text = `_${nameWords(column.name).join('_')}_`
  for (const { kind, pattern, fits } of NAME_RULES) {
    const found = pattern.exec(text)
    if (!found || fits?.(column) === false) continue
    const why = `the name says "${found[0].replaceAll(/^_|_$/g, '').replaceAll('_', ' ')}"`
    if (kind === 'attribute') return attributeOr(column)
    if (kind === 'ignored') return ignored(`${why}, which says nothing of who it is about`)
    return { kind, why, identifier: kind === 'identifier' ? identifierOf(column.name) : undefined }
  }
  return undefined
}

const KINDS: Readonly<Partial<Record<Meaning, ColumnKind>>> = {
  email: 'email',
  phone: 'phone',
  mobile: 'phone',
  firstName: 'firstName',
  middleName: 'middleName',
  lastName: 'lastName',
  fullName: 'fullName',
  suffix: 'nameSuffix',
  birthDate: 'birthDate',
  gender: 'gender',
  street: 'addressLine',
  street2: 'addressLine',
  city: 'city',
  state: 'state',
  postalCode: 'postalCode',
  country: 'country',
  documentNumber: 'identifier',
  loyaltyNumber: 'identifier',
  customerId: 'identifier',
  accountId: 'identifier',
  id: 'identifier',
}

const IDENTIFIER_TYPES: Readonly<Partial<Record<Meaning, string>>> = {
  documentNumber: 'Document',
  loyaltyNumber: 'Member',
  customerId: 'Customer',
  accountId: 'Account',
  id: GENERIC_NUMBER,
}

/** What is about an event, a purchase or the record itself, and not about who it is of. */
const NOT_ABOUT_WHO: Readonly<Partial<Record<Meaning, string>>> = {
  createdAt: 'when a record was made says nothing of who it is about',
  modifiedAt: 'when a record was changed says nothing of who it is about',
  orderedAt: 'it is about a purchase',
  eventAt: 'it is about an event',
  orderId: 'it is about a purchase',
  productId: 'it is about a product',
  productName: 'it is about a product',
  amount: 'it is an amount',
  unitPrice: 'it is an amount',
  quantity: 'it is an amount',
  currency: 'it is about an amount',
  ticketId: 'it is about a request',
  eventId: 'it is about an event',
  sessionId: 'it is about a visit',
  eventType: 'it is about an event',
  optOut: 'a consent says nothing of who gave it',
  channel: 'where a record came from says nothing of who it is about',
}

function byMeaning(column: ColumnProfile): Recognition | undefined {
  const guess = columnMeaning(column)
  if (!guess) return undefined
  const against = NOT_ABOUT_WHO[guess.meaning]
  if (against !== undefined) return ignored(against)
  const kind = KINDS[guess.meaning]
  if (kind === undefined) return undefined
  const type = IDENTIFIER_TYPES[guess.meaning]
  return { kind, identifier: type ? identifierOf(column.name, type) : undefined, why: guess.why }
}

const GENDERS = /^(m|f|male|female|man|woman|w|d|x|other|unknown|u|h|mann|frau|homme|femme)$/i

function byGender({ distinct, samples }: ColumnProfile): Recognition | undefined {
  const fits = distinct >= 2 && distinct <= GENDERS_MAX && samples.every(one => GENDERS.test(one))
  return fits ? { kind: 'gender', why: 'all values are words for a gender' } : undefined
}

const GENDERS_MAX = 5

/** Values that distinguish records of an identifier: fewer are a code of something else. */
const IDENTIFIER_DISTINCT_MIN = 0.1

/** What a name promises and the values do not keep: a number that is each row's own, or nearly nobody's. */
function asFeature(column: ColumnProfile, found: Recognition): Recognition {
  if (found.kind !== 'identifier') return found
  if (column.isUnique && column.isShared !== true)
    return { kind: 'rowId', why: `${found.why}, and no two rows have the same` }
  if (column.distinct < filled(column) * IDENTIFIER_DISTINCT_MIN) return attributeOr(column)
  return found
}

/** Words of a value from which on it is text that somebody wrote, and no two write the same. */
const FREE_TEXT_WORDS = 8

/**
 * Values that an attribute has at least where each is shared by many: fewer say what kind of record
 * it is. Such columns repeat each other (a full-day school is a funded one), and together they would
 * outweigh a name.
 */
const ATTRIBUTE_DISTINCT_MIN = 16
const SHARED_BY = 20
/**
 * The share of rows that an attribute fills at least: what only some have tells of the list that they
 * come from, and records of one list that share it look like one for that alone.
 */
const ATTRIBUTE_FILLED_MIN = 0.4

function attributeOr(column: ColumnProfile): Recognition {
  if (filled(column) === 0) return ignored('it is empty')
  if (column.distinct <= 1) return ignored('all rows have the same')
  if (column.isUnique) {
    const why = 'no two rows have the same'
    return column.shapes.word > 0.5 ? ignored(why) : { kind: 'rowId', why }
  }
  if (column.distinct < ATTRIBUTE_DISTINCT_MIN && filled(column) > SHARED_BY * column.distinct) {
    return ignored('it has few values, which many strangers share')
  }
  if (filled(column) < column.rows * ATTRIBUTE_FILLED_MIN) {
    return ignored('most rows do not have it, and it has no meaning of its own')
  }
  if (column.words >= FREE_TEXT_WORDS) return ignored('it is free text')
  if (column.shapes.date + column.shapes.time > 0.8) {
    return ignored('a date that is not said to be of birth')
  }
  return {
    kind: 'attribute',
    why: 'it has no meaning of its own, but tells records apart a little',
  }
}

function listed(names: readonly string[]): string {
  return names.map(name => `"${name}"`).join(', ')
}

function ignored(why: string): Recognition {
  return { kind: 'ignored', why }
}

function filled(column: ColumnStatistics): number {
  return column.rows - column.blank
}
