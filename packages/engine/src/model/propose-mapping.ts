import type { Category } from '@mainstem/contracts'
import type { Meaning } from './column-meaning.ts'
import {
  find,
  has,
  type InspectedColumn,
  isTexty,
  isTime,
  type Known,
  type MappingProposal,
} from './inspection.ts'
import { type Outline, proposedObjects, type Subject } from './proposed-objects.ts'

/** A stream's key, category and mapping, guessed from what its columns mean. */
export function proposeMapping(
  stream: string,
  columns: readonly InspectedColumn[],
  rows: number,
): MappingProposal {
  const known: Known = { stream, rows, columns }
  const subject = subjectOf(known)
  const primaryKey = keyOf(known, subject)
  const category = categoryOf(known, subject)
  const objects =
    primaryKey.length === 0 ? [] : proposedObjects(known, { subject, primaryKey, category })
  const eventTime = category === 'Engagement' ? timeOf(known) : undefined
  const recordModified = timeColumn(known, ['modifiedAt'])
  const identity = category === 'Engagement' ? identityOf(known) : undefined
  return {
    primaryKey,
    category,
    mapping: objects.length === 0 ? null : { stream, objects },
    ...(eventTime === undefined ? {} : { eventTime }),
    ...(recordModified === undefined ? {} : { recordModified }),
    ...(identity === undefined ? {} : { identity }),
    why: reasons(known, { subject, primaryKey, category }),
  }
}

function isUnique(known: Known, column: InspectedColumn | undefined): boolean {
  return (
    column !== undefined && known.rows > 0 && column.blank === 0 && column.distinct === known.rows
  )
}

/** What speaks for a subject; the first that fits wins. */
const SUBJECTS: readonly (readonly [Subject, (known: Known) => boolean])[] = [
  [
    'ticket',
    known => has(known, 'ticketId') || (has(known, 'subject') && has(known, 'status', 'priority')),
  ],
  ['orderLine', known => isOrderLine(known) && !isUnique(known, find(known, 'orderId'))],
  [
    'order',
    known => isUnique(known, find(known, 'orderId')) && (isSale(known) || isOrderLine(known)),
  ],
  ['event', known => has(known, 'eventType', 'eventAt', 'eventId') && !isNamed(known)],
  [
    'product',
    known => isUnique(known, find(known, 'productId')) && !has(known, 'email', 'phone', 'mobile'),
  ],
  ['person', known => isNamed(known) && has(known, ...PERSON_SIGNS)],
  ['account', known => has(known, 'company') || isUnique(known, find(known, 'accountId'))],
  ['person', known => has(known, 'email', 'phone', 'mobile')],
]

const PERSON_SIGNS: readonly Meaning[] = [
  'email',
  'phone',
  'mobile',
  'postalCode',
  'customerId',
  'id',
  'loyaltyNumber',
]

function subjectOf(known: Known): Subject {
  return SUBJECTS.find(([, fits]) => fits(known))?.[0] ?? 'unknown'
}

function isNamed(known: Known): boolean {
  return has(known, 'firstName', 'lastName', 'fullName')
}

function isSale(known: Known): boolean {
  return has(known, 'amount', 'orderedAt', 'currency')
}

function isOrderLine(known: Known): boolean {
  return has(known, 'orderId') && has(known, 'productId') && has(known, 'quantity', 'unitPrice')
}

/** Meanings that a key of the subject has, most likely first. */
const KEY_MEANINGS: Readonly<Record<Subject, readonly Meaning[]>> = {
  person: ['id', 'customerId', 'loyaltyNumber', 'accountId'],
  order: ['orderId', 'id'],
  orderLine: ['id', 'eventId'],
  ticket: ['ticketId', 'id'],
  event: ['eventId', 'id', 'sessionId'],
  product: ['productId', 'id'],
  account: ['accountId', 'id', 'customerId'],
  unknown: ['id', 'customerId', 'orderId', 'productId', 'accountId', 'eventId', 'ticketId'],
}

function keyOf(known: Known, subject: Subject): readonly string[] {
  const unique = known.columns.filter(column => isTexty(column) && isUnique(known, column))
  for (const meaning of KEY_MEANINGS[subject]) {
    const column = unique.find(one => one.meaning === meaning)
    if (column) return [column.name]
  }
  const plain = unique.find(column => column.meaning === null)
  if (plain) return [plain.name]
  const email = unique.find(column => column.meaning === 'email')
  if (email) return [email.name]
  const order = find(known, 'orderId')
  const product = find(known, 'productId')
  return subject === 'orderLine' && order && product && isTexty(order) && isTexty(product)
    ? [order.name, product.name]
    : []
}

function categoryOf(known: Known, subject: Subject): Category {
  if (subject === 'person' || subject === 'account') return 'Profile'
  const isTimed = timeOf(known) !== undefined
  const isIdentified = !has(known, 'customerId') && has(known, 'email', 'phone', 'mobile')
  if ((subject === 'event' || subject === 'orderLine') && isTimed) return 'Engagement'
  if ((subject === 'order' || subject === 'ticket') && isTimed && isIdentified) return 'Engagement'
  return 'Other'
}

function timeOf(known: Known): string | undefined {
  return timeColumn(known, ['eventAt', 'orderedAt', 'createdAt'])
}

function timeColumn(known: Known, meanings: readonly Meaning[]): string | undefined {
  const columns = known.columns.filter(
    column => column.meaning !== null && meanings.includes(column.meaning) && isTime(column),
  )
  for (const meaning of meanings) {
    const column = columns.find(one => one.meaning === meaning)
    if (column) return column.name
  }
  return undefined
}

function identityOf(known: Known): MappingProposal['identity'] {
  const texts = { ...known, columns: known.columns.filter(isTexty) }
  const email = find(texts, 'email')?.name
  const phone = find(texts, 'phone', 'mobile')?.name
  const number = find(texts, 'loyaltyNumber')?.name
  if (email === undefined && phone === undefined && number === undefined) return undefined
  return {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(number === undefined ? {} : { id: { field: number, name: 'Loyalty', type: 'Member' } }),
  }
}

const SUBJECT_WORDS: Readonly<Record<Subject, string>> = {
  person: 'people',
  order: 'orders',
  orderLine: 'lines of orders',
  ticket: 'requests to a service team',
  event: 'events',
  product: 'products',
  account: 'organisations',
  unknown: 'something that the columns do not tell',
}

function reasons(known: Known, { subject, primaryKey, category }: Outline): readonly string[] {
  const found = known.columns.filter(column => column.meaning !== null).length
  const first = `${found} of ${known.columns.length} columns are understood: the rows look like ${SUBJECT_WORDS[subject]}.`
  const key =
    primaryKey.length === 0
      ? 'No column tells the rows apart: name a primaryKey of several, or use refreshMode APPEND.'
      : primaryKey.length === 1
        ? `${primaryKey.join()} is filled and different in every row: the primary key.`
        : `No single column tells the rows apart: ${primaryKey.join(' and ')} together are the key, unchecked.`
  const person = subject === 'order' || subject === 'ticket' || subject === 'event'
  const reach =
    person && !has(known, 'customerId', 'email', 'phone', 'mobile', 'loyaltyNumber')
      ? ['Nothing tells whose the rows are: they will reach no profile.']
      : []
  return [first, key, `Category ${category}.`, ...reach]
}
