import type { FieldType } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import type { Meaning } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import { typedSql } from '../../streams/index.ts'

/** Meanings whose values are names of things, whatever they look like: `007` is not 7. */
const TEXTS: ReadonlySet<Meaning> = new Set([
  'id',
  'customerId',
  'accountId',
  'orderId',
  'productId',
  'ticketId',
  'eventId',
  'sessionId',
  'loyaltyNumber',
  'documentNumber',
  'postalCode',
])

/** Types that suit a meaning better than what the values look like. */
const SUITED: ReadonlyMap<Meaning, readonly [from: readonly FieldType[], to: FieldType]> = new Map([
  ['email', [['Text'], 'Email']],
  ['url', [['Text'], 'URL']],
  ['phone', [['Text', 'Number'], 'Phone']],
  ['mobile', [['Text', 'Number'], 'Phone']],
  ['amount', [['Number'], 'Currency']],
])

/** The type that a field is to have, from what its values look like and what they mean. */
export function typeFor(type: FieldType, meaning: Meaning | null): FieldType {
  if (meaning === null) return type
  if (type === 'Number' && TEXTS.has(meaning)) return 'Text'
  const [from = [], to = type] = SUITED.get(meaning) ?? []
  return from.includes(type) ? to : type
}

/** The type that a text would have but for a few odd values, by its meaning. */
const LOOSE: ReadonlyMap<Meaning, FieldType> = new Map([
  ['createdAt', 'DateTime'],
  ['modifiedAt', 'DateTime'],
  ['orderedAt', 'DateTime'],
  ['eventAt', 'DateTime'],
  ['birthDate', 'Date'],
  ['amount', 'Currency'],
  ['unitPrice', 'Currency'],
  ['quantity', 'Number'],
])

/** That type for a field that looks like text; undefined where its meaning asks for none. */
export function looseType(type: FieldType, meaning: Meaning | null): FieldType | undefined {
  return type === 'Text' && meaning !== null ? LOOSE.get(meaning) : undefined
}

/** Share of odd values that a typed field puts up with: their records become problem records. */
const ODD_SHARE_MAX = 0.01

/** Whether all values but a few odd ones can be read as a type. */
export async function mostlyFits(
  session: SqlSession,
  relation: string,
  { name, type }: { readonly name: string; readonly type: FieldType },
): Promise<boolean> {
  const raw = ident(name)
  const [row] = await session.rows(
    `select count(*), count(${typedSql(type, raw)}) from ${relation} where nullif(trim(${raw}::varchar), '') is not null`,
  )
  const [filled = 0, typed = 0] = (row ?? []).map(Number)
  return filled > 0 && filled - typed <= filled * ODD_SHARE_MAX
}
