import type { ColumnStatistics, ValueShape } from './column-statistics.ts'

/** What a column seems to hold. */
export const MEANINGS = [
  'email',
  'phone',
  'mobile',
  'firstName',
  'middleName',
  'lastName',
  'fullName',
  'salutation',
  'suffix',
  'birthDate',
  'gender',
  'language',
  'street',
  'street2',
  'city',
  'state',
  'postalCode',
  'country',
  'company',
  'jobTitle',
  'loyaltyNumber',
  'documentNumber',
  'customerId',
  'accountId',
  'orderId',
  'productId',
  'productName',
  'ticketId',
  'eventId',
  'sessionId',
  'id',
  'createdAt',
  'modifiedAt',
  'orderedAt',
  'eventAt',
  'amount',
  'unitPrice',
  'quantity',
  'currency',
  'status',
  'priority',
  'subject',
  'eventType',
  'channel',
  'url',
  'ipAddress',
  'optOut',
] as const

export type Meaning = (typeof MEANINGS)[number]

/** A guess, and what speaks for it. */
export interface ColumnMeaning {
  readonly meaning: Meaning
  readonly why: string
}

/** A column's meaning by its name (in several languages and systems' styles), then by its values. */
export function columnMeaning(column: ColumnStatistics): ColumnMeaning | null {
  const named = byName(column)
  if (named) return named
  return byValues(column)
}

/** The words of a name: `KUNNR_EMAIL`, `requester.email`, `customerEmail`, `E-Mail (privat)`. */
export function nameWords(name: string): readonly string[] {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
}

interface NameRule {
  readonly meaning: Meaning
  /** Matched against the words of the name, joined by `_` with one at either end. */
  readonly pattern: RegExp
  /** The values must not speak against it. */
  readonly unless?: (column: ColumnStatistics) => boolean
}

const isText = (column: ColumnStatistics): boolean =>
  column.type === 'Text' ||
  column.type === 'Email' ||
  column.type === 'Phone' ||
  column.type === 'URL'
const isTime = (column: ColumnStatistics): boolean =>
  column.type === 'Date' ||
  column.type === 'DateTime' ||
  column.shapes.date + column.shapes.time > 0.8
const notTime = (column: ColumnStatistics): boolean => !isTime(column) && filled(column) > 0
const notNumber = (column: ColumnStatistics): boolean =>
  filled(column) > 0 && isText(column) && column.shapes.number < 0.8
const isNumeric = (column: ColumnStatistics): boolean =>
  !isText(column) && column.type !== 'Boolean'
const notEmail = (column: ColumnStatistics): boolean =>
  filled(column) > 0 && column.shapes.email < 0.5
const notPhone = (column: ColumnStatistics): boolean =>
  filled(column) > 0 && column.shapes.phone + column.shapes.number < 0.4

/** Papers that name a person; their country and state are no address of the person. */
const DOCUMENTS =
  '(passport|drivers?_licen[cs]e|licen[cs]e|national_id|ssn|soc_sec|social_security|tax)'
const OF_DOCUMENT = new RegExp(`_${DOCUMENTS}_`)

/** The first rule that fits wins, so the more telling words come first. */
const NAME_RULES: readonly NameRule[] = [
  {
    meaning: 'documentNumber',
    pattern: new RegExp(`_${DOCUMENTS}_?(id|no|nr|num|number)?_$`),
  },
  {
    meaning: 'optOut',
    pattern: /_(opt(ed)?_?(in|out)|unsubscribed?|newsletter|consent|do_not_\w+)_/,
  },
  { meaning: 'email', pattern: /_(e_?mail\w*|mail|smtp|courriel|correo|posta)_/, unless: notEmail },
  {
    meaning: 'mobile',
    pattern: /_(mobile|mobil|cell|cellphone|handy|portable|movil|celular|cellulare|gsm)_/,
    unless: notPhone,
  },
  {
    meaning: 'phone',
    pattern: /_(phone\w*|tele?phon\w*|tel|telf[0-9]?|telefono|telefone|telefoon|fon|puhelin)_/,
    unless: notPhone,
  },
  { meaning: 'ipAddress', pattern: /_(ip|ipaddr|ip_?address)_/ },
  { meaning: 'url', pattern: /_(url|uri|link|website|homepage|page_?url)_/ },
  {
    meaning: 'birthDate',
    pattern:
      /_(birth_?da(te|y)|dob|date_of_birth|born|gbdat|geburts\w*|(date_(de_)?)?naissance|(fecha_(de_)?)?nacimiento|nascita|nascimento|geboortedatum)_/,
    unless: notTime,
  },
  {
    meaning: 'firstName',
    pattern:
      /_(first_?name|name_(first|given)|given_?name|forename|fname|vorname|vorna|namev|prenom|nombre|nome|voornaam|fornavn|fornamn)_/,
    unless: isNumeric,
  },
  {
    meaning: 'lastName',
    pattern:
      /_(last_?name|name_(last|family)|sur_?name|family_?name|lname|nachname|nachn|familienname|name_?1|nom(_de_famille)?|apellidos?|cognome|sobrenome|achternaam|etternavn|efternamn)_/,
    unless: isNumeric,
  },
  { meaning: 'middleName', pattern: /_(middle_?(name|initial)|name_middle)_/, unless: isNumeric },
  {
    meaning: 'salutation',
    pattern: /_(salutation|anrede|civilite|tratamiento|name_prefix|prefix)_/,
    unless: isNumeric,
  },
  { meaning: 'suffix', pattern: /_(suffix|name_suffix)_/, unless: isNumeric },
  {
    meaning: 'jobTitle',
    pattern: /_(job_?title|occupation|position|beruf|profession)_/,
    unless: isNumeric,
  },
  { meaning: 'gender', pattern: /_(gender|sex|geschlecht|sexe|sexo|genre)_/ },
  { meaning: 'language', pattern: /_(language|lang|locale|spras|sprache|langue|idioma)_/ },
  {
    meaning: 'postalCode',
    pattern:
      /_(post(al)?_?code|zip(_?code)?|plz|pstlz|post_?leitzahl|code_postal|cp|codigo_postal|cep|cap)_/,
  },
  {
    meaning: 'street2',
    pattern: /_(address_?(line)?_?2|street_?2|addr_?2|adresszusatz|complement)_/,
    unless: isNumeric,
  },
  {
    meaning: 'city',
    pattern:
      /_(city|town|ort|ort01|stadt|wohnort|ville|ciudad|citta|cidade|woonplaats|suburb|locality)_/,
    unless: isNumeric,
  },
  { meaning: 'country', pattern: /_(country(_?code|_?region)?|land1?|pays|pais|paese|nation)_/ },
  {
    meaning: 'state',
    pattern:
      /_(state|province|region|regio|bundesland|departement|provincia|estado|state_?province)_/,
    unless: notNumberOk,
  },
  {
    meaning: 'street',
    pattern:
      /_(street|address(_?line)?(_?1)?|addr(_?1)?|stras|strasse|str|rue|calle|rua|straat|adresse|direccion|indirizzo|endereco)_(?!(number|no|nr|num|type)_)/,
    unless: isNumeric,
  },
  {
    meaning: 'loyaltyNumber',
    pattern:
      /_(loyalty|member(ship)?|card|bonus|kundenkarte|frequent\w*)_(id|no|nr|num|number|card|code)_|_(loyalty|membership)_$/,
  },
  {
    meaning: 'orderId',
    pattern:
      /_(order|vbeln|bestell\w*|commande|pedido|ordine|invoice|transaction|purchase|receipt)_?(id|no|nr|num|number|nummer|key)?_$/,
    unless: isTime,
  },
  {
    meaning: 'productName',
    pattern: /_(product|item|article|artikel)_?(name|title|bezeichnung)_/,
    unless: isNumeric,
  },
  {
    meaning: 'productId',
    pattern:
      /(?<!_line)_(product|item|sku|stock|article|artikel|matnr|material)_?(id|no|nr|num|number|code|key|sku)?_$/,
  },
  { meaning: 'ticketId', pattern: /_(ticket|case|incident|issue)_?(id|no|nr|num|number|key)_/ },
  { meaning: 'eventId', pattern: /_(event|activity|interaction|message|hit)_?(id|no|key|uuid)_/ },
  { meaning: 'sessionId', pattern: /_(session|visit|cookie)_?(id|key)?_$/ },
  {
    meaning: 'accountId',
    pattern: /_(account|company|organi[sz]ation|firma|bukrs)_?(id|no|nr|num|number|key)_/,
  },
  {
    meaning: 'customerId',
    pattern:
      /_(kunnr|kunden?_?(nr|nummer|id)|(customer|client|cust|contact|person|user|requester|individual|party|buyer|shopper|patient|guest|visitor)_?(id|no|nr|num|number|key))_/,
  },
  {
    meaning: 'customerId',
    pattern: /^_(customer|client|kunde|cliente)_$/,
    unless: column => column.shapes.word + column.shapes.email > 0.5,
  },
  {
    meaning: 'company',
    pattern:
      /_(company(_?name)?|organi[sz]ation(_?name)?|employer|firma|firm|societe|empresa|azienda|bedrijf|account_?name|name_?2)_/,
    unless: isNumeric,
  },
  {
    meaning: 'modifiedAt',
    pattern:
      /_(updated|modified|changed|last_?(update|modified|change)\w*|aedat|geandert|system_?modstamp|mod(ified)?_?(date|time|at))_(?!by_)/,
    unless: notTime,
  },
  {
    meaning: 'orderedAt',
    pattern:
      /_((order|purchase|invoice|sale|placed|bestell|transaction)_?(date|time|at|datum|timestamp)|(ordered|purchased|placed)(_at|_on)?|bestelldatum|invoice_?date)_/,
    unless: notTime,
  },
  {
    meaning: 'eventAt',
    pattern:
      /_((event|visit|sent|open(ed)?|click(ed)?|occurred|engagement|activity)_?(date|time|at|timestamp|tm|date_?time)|timestamp|ts|occurred|event_?date_?time)_/,
    unless: notTime,
  },
  {
    meaning: 'createdAt',
    pattern:
      /_(created|creation|erdat|signup|sign_up|registered|registration|angelegt|opened|joined|first_?seen)_(?!by_)/,
    unless: notTime,
  },
  {
    meaning: 'currency',
    pattern: /_(currency(_?code|_?iso_?code)?|waerk|waers|wahrung|devise|moneda|valuta)_/,
    unless: isNumeric,
  },
  {
    meaning: 'unitPrice',
    pattern: /_(unit_?price|price|preis|prix|precio|prezzo|msrp|list_?price)_/,
    unless: notNumber,
  },
  {
    meaning: 'amount',
    pattern:
      /_(amount|total|grand_?total|sum|netwr|betrag|summe|montant|importe|importo|valor|value|revenue|sub_?total|total_due)_/,
    unless: notNumber,
  },
  {
    meaning: 'quantity',
    pattern: /_(quantity|qty|menge|kwmeng|anzahl|quantite|cantidad|quantita|units|count)_/,
    unless: notNumber,
  },
  { meaning: 'status', pattern: /_(status|stage|zustand)_/ },
  { meaning: 'priority', pattern: /_(priority|severity|urgency)_/ },
  {
    meaning: 'subject',
    pattern: /_(subject|betreff|title|topic|sujet|asunto)_/,
    unless: isNumeric,
  },
  {
    meaning: 'eventType',
    pattern: /_((event|activity|action|interaction|engagement)_?(type|name|kind)?|action)_/,
    unless: isNumeric,
  },
  { meaning: 'channel', pattern: /_(channel|medium|kanal|canal|source)_/, unless: isNumeric },
  {
    meaning: 'fullName',
    pattern:
      /^_(\w+_name_full|name_full|(full|display|contact|customer|person|client|requester|user|buyer|member)_?name|name|navn|naam|nom_complet)_$/,
    unless: isNumeric,
  },
  {
    meaning: 'id',
    pattern: /(?<!_(street|house))_(id|uuid|guid|key|no|nr|num|number|nummer|code|pk)_$/,
  },
]

/** A state may be a number in SAP; only times and decimals speak against it. */
function notNumberOk(column: ColumnStatistics): boolean {
  return isTime(column)
}

function byName(column: ColumnStatistics): ColumnMeaning | null {
  const words = nameWords(column.name)
  const text = `_${words.join('_')}_`
  for (const { meaning, pattern, unless } of NAME_RULES) {
    const found = pattern.exec(text)
    if (!found || unless?.(column)) continue
    if (meaning !== 'documentNumber' && OF_DOCUMENT.test(text)) return null
    const word = found[0].replaceAll(/^_|_$/g, '')
    return { meaning, why: `the name says "${word}"${agreement(column, meaning)}` }
  }
  return null
}

const SHAPE_OF: ReadonlyMap<Meaning, ValueShape> = new Map([
  ['email', 'email'],
  ['phone', 'phone'],
  ['mobile', 'phone'],
  ['postalCode', 'postal'],
  ['url', 'url'],
  ['ipAddress', 'ip'],
])

const SHAPE_WORDS: ReadonlyMap<ValueShape, string> = new Map([
  ['email', 'e-mail addresses'],
  ['phone', 'phone numbers'],
  ['postal', 'postal codes'],
  ['url', 'web addresses'],
  ['ip', 'network addresses'],
])

function agreement(column: ColumnStatistics, meaning: Meaning): string {
  const shape = SHAPE_OF.get(meaning)
  if (shape === undefined || filled(column) === 0) return ''
  return `, and ${percent(column.shapes[shape])} of the values look like ${SHAPE_WORDS.get(shape) ?? shape}`
}

/** Values speak only where they can hardly be anything else. */
function byValues(column: ColumnStatistics): ColumnMeaning | null {
  const { shapes } = column
  if (filled(column) === 0) return null
  if (shapes.email > 0.8) return looksLike('email', 'e-mail addresses', shapes.email)
  if (shapes.url > 0.8) return looksLike('url', 'web addresses', shapes.url)
  if (shapes.ip > 0.8) return looksLike('ipAddress', 'network addresses', shapes.ip)
  const isPhone = shapes.phone > 0.8 && shapes.number < 0.5 && shapes.date < 0.2 && isText(column)
  if (isPhone) return looksLike('phone', 'phone numbers', shapes.phone)
  if (shapes.uuid > 0.9) return looksLike('id', 'generated ids', shapes.uuid)
  return null
}

function looksLike(meaning: Meaning, what: string, share: number): ColumnMeaning {
  return { meaning, why: `${percent(share)} of the values look like ${what}` }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`
}

function filled(column: ColumnStatistics): number {
  return column.rows - column.blank
}
