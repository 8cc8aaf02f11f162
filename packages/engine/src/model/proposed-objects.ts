import type { Category, ObjectMapping } from '@mainstem/contracts'
import { kindOf } from './catalogue/index.ts'
import type { Meaning } from './column-meaning.ts'
import { find, has, type InspectedColumn, isTexty, isTime, type Known } from './inspection.ts'

/** What the rows of a source are about. */
export type Subject =
  | 'person'
  | 'order'
  | 'orderLine'
  | 'ticket'
  | 'event'
  | 'product'
  | 'account'
  | 'unknown'

/** What is settled before the objects are. */
export interface Outline {
  readonly subject: Subject
  readonly primaryKey: readonly string[]
  readonly category: Category
}

type FieldPlan = readonly (readonly [
  field: string,
  kind: 'text' | 'number' | 'time',
  ...Meaning[],
])[]

/** An object, and what of a source goes into it. */
type ObjectPlan = readonly [object: string, fields: FieldPlan]

const PERSON_FIELDS: FieldPlan = [
  ['FirstName', 'text', 'firstName'],
  ['LastName', 'text', 'lastName'],
  ['MiddleName', 'text', 'middleName'],
  ['PersonName', 'text', 'fullName'],
  ['Salutation', 'text', 'salutation'],
  ['NameSuffix', 'text', 'suffix'],
  ['BirthDate', 'time', 'birthDate'],
  ['GenderId', 'text', 'gender'],
  ['PrimaryLanguageId', 'text', 'language'],
  ['Occupation', 'text', 'jobTitle'],
  ['CurrentEmployerName', 'text', 'company'],
  ['CreatedDate', 'time', 'createdAt'],
  ['LastModifiedDate', 'time', 'modifiedAt'],
]
const ADDRESS_FIELDS: FieldPlan = [
  ['AddressLine1', 'text', 'street'],
  ['AddressLine2', 'text', 'street2'],
  ['CityName', 'text', 'city'],
  ['StateProvinceName', 'text', 'state'],
  ['PostalCodeText', 'text', 'postalCode'],
  ['CountryName', 'text', 'country'],
]
const OBJECTS: Readonly<Record<Exclude<Subject, 'event' | 'unknown'>, ObjectPlan>> = {
  person: ['Individual', PERSON_FIELDS],
  order: [
    'SalesOrder',
    [
      ['SoldToCustomerId', 'text', 'customerId'],
      ['BillToAccountId', 'text', 'accountId'],
      ['TotalAmount', 'number', 'amount'],
      ['CurrencyCode', 'text', 'currency'],
      ['PurchaseOrderDate', 'time', 'orderedAt', 'createdAt'],
      ['SalesOrderStatusId', 'text', 'status'],
      ['SalesChannelId', 'text', 'channel'],
      ['LastModifiedDate', 'time', 'modifiedAt'],
    ],
  ],
  orderLine: [
    'SalesOrderProduct',
    [
      ['SalesOrderId', 'text', 'orderId'],
      ['ProductId', 'text', 'productId'],
      ['OrderedQuantity', 'number', 'quantity'],
      ['UnitPriceAmount', 'number', 'unitPrice'],
      ['TotalLineAmount', 'number', 'amount'],
      ['CurrencyCode', 'text', 'currency'],
    ],
  ],
  ticket: [
    'Case',
    [
      ['CaseNumber', 'text', 'ticketId'],
      ['IndividualId', 'text', 'customerId'],
      ['AccountId', 'text', 'accountId'],
      ['Subject', 'text', 'subject'],
      ['CaseStatusId', 'text', 'status'],
      ['CasePriorityId', 'text', 'priority'],
      ['CaseCreationChannelId', 'text', 'channel'],
      ['CreatedDate', 'time', 'createdAt', 'eventAt'],
      ['LastModifiedDate', 'time', 'modifiedAt'],
    ],
  ],
  product: [
    'GoodsProduct',
    [
      ['Name', 'text', 'productName', 'fullName', 'subject'],
      ['ProductSKU', 'text', 'productId'],
      ['MSRPAmount', 'number', 'unitPrice', 'amount'],
      ['ProductStatusId', 'text', 'status'],
    ],
  ],
  account: [
    'Account',
    [
      ['Name', 'text', 'company', 'fullName'],
      ['WebsiteAddr', 'text', 'url'],
      ['CreatedDate', 'time', 'createdAt'],
      ['LastModifiedDate', 'time', 'modifiedAt'],
    ],
  ],
}
const EVENT_FIELDS: FieldPlan = [
  ['IndividualId', 'text', 'customerId'],
  ['EngagementTypeId', 'text', 'eventType'],
  ['EngagementChannelId', 'text', 'channel'],
  ['SessionId', 'text', 'sessionId'],
  ['DeviceIPAddress', 'text', 'ipAddress'],
]
const PURCHASE: ObjectPlan = [
  'ProductOrderEngagement',
  [
    ['IndividualId', 'text', 'customerId'],
    ['SalesOrderId', 'text', 'orderId'],
    ['ProductId', 'text', 'productId'],
    ['ProductQuantity', 'number', 'quantity'],
    ['ProductPriceAmount', 'number', 'unitPrice'],
    ['TotalProductAmount', 'number', 'amount'],
    ['CurrencyId', 'text', 'currency'],
  ],
]

/** The objects that a source's records become, as far as its columns tell. */
export function proposedObjects(
  known: Known,
  { subject, primaryKey, category }: Outline,
): ObjectMapping[] {
  const [key] = primaryKey.length === 1 ? primaryKey : []
  const id = key === undefined ? {} : { Id: key }
  if (subject === 'unknown') return []
  if (subject === 'event') return category === 'Engagement' ? [eventMapping(known, id)] : []
  const isPurchase = subject === 'orderLine' && category === 'Engagement'
  const [object, plan] = isPurchase ? PURCHASE : OBJECTS[subject]
  const mapping = { object, fields: { ...id, ...fieldsOf(known, plan) } }
  const isParty = subject === 'person' || subject === 'account'
  return isParty ? [mapping, ...contactPoints(known, key)] : [mapping]
}

function eventMapping(known: Known, id: Readonly<Record<string, string>>): ObjectMapping {
  const fields = { ...id, ...fieldsOf(known, EVENT_FIELDS) }
  const url = fieldsOf(known, [['PageURL', 'text', 'url']])
  if (Object.hasOwn(url, 'PageURL'))
    return { object: 'WebsiteEngagement', fields: { ...fields, ...url } }
  const { EngagementTypeId: type, ...others } = fields
  const actions = find(known, 'eventType')?.samples.join(' ').toLowerCase() ?? ''
  if (type !== undefined && /\b(open|opened|click|bounce)/.test(actions)) {
    return { object: 'EmailEngagement', fields: { ...others, EngagementChannelActionId: type } }
  }
  const isProduct = has(known, 'productId') && !has(known, 'quantity', 'amount')
  if (!isProduct) return { object: 'MessageEngagement', fields }
  const product = fieldsOf(known, [['ProductId', 'text', 'productId']])
  return { object: 'ProductBrowseEngagement', fields: { ...fields, ...product } }
}

/** Every column of a kind of contact point is one: a record may have several. */
function contactPoints(known: Known, key: string | undefined): readonly ObjectMapping[] {
  const of = (...meanings: Meaning[]): readonly InspectedColumn[] =>
    known.columns.filter(
      one => one.meaning !== null && meanings.includes(one.meaning) && isTexty(one),
    )
  const mappings: ObjectMapping[] = []
  const add = (object: string, field: string, columns: readonly InspectedColumn[]): void => {
    for (const [at, column] of columns.entries()) {
      const as = columns.length > 1 ? { as: asName(column.name, at) } : {}
      mappings.push({ object, ...as, fields: { [field]: column.name } })
    }
  }
  add('ContactPointEmail', 'EmailAddress', of('email'))
  add('ContactPointPhone', 'TelephoneNumber', of('phone', 'mobile'))
  const address = fieldsOf(known, ADDRESS_FIELDS)
  const hasPlace = ['AddressLine1', 'CityName', 'PostalCodeText'].some(field =>
    Object.hasOwn(address, field),
  )
  if (hasPlace) mappings.push({ object: 'ContactPointAddress', fields: address })
  const numbers = of('loyaltyNumber', 'documentNumber').filter(column => column.name !== key)
  for (const [at, column] of numbers.entries()) {
    const isLoyalty = column.meaning === 'loyaltyNumber'
    mappings.push({
      object: 'PartyIdentification',
      ...(numbers.length > 1 ? { as: asName(column.name, at) } : {}),
      fields: { IdentificationNumber: column.name },
      constants: {
        Name: isLoyalty ? 'Loyalty' : asName(column.name, 0),
        PartyIdentificationTypeId: isLoyalty ? 'Member' : 'Document',
      },
    })
  }
  return mappings
}

/** A name for one of several contact points: the column's own, as far as names allow. */
function asName(column: string, at: number): string {
  const plain = column.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return /^[A-Za-z]/.test(plain) ? `${plain}${at === 0 ? '' : `_${at + 1}`}` : `n${at + 1}`
}

function fieldsOf(known: Known, plan: FieldPlan): Record<string, string> {
  const pairs = plan.flatMap(([field, kind, ...meanings]) => {
    const column = meanings
      .map(meaning => known.columns.find(one => one.meaning === meaning && fits(one, kind)))
      .find(one => one !== undefined)
    return column ? [[field, column.name] as const] : []
  })
  return Object.fromEntries(pairs)
}

function fits(column: InspectedColumn, kind: 'text' | 'number' | 'time'): boolean {
  if (kind === 'time') return isTime(column)
  return kind === 'number' ? kindOf(column.type) === 'number' : isTexty(column)
}
