import type { HistoryStream } from './history.ts'
import type { SourceRecord } from './world.ts'

/** A unified profile as a person would tell it; lists are sorted. */
export interface ToldProfile {
  /** Source records: the id of a person, or the address that a system record was made for. */
  readonly members: readonly string[]
  readonly first: string | null
  readonly last: string | null
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  /** Sum of orders in cents and their number; undefined without orders. */
  readonly value: string | undefined
}

interface Somebody {
  readonly name: string
  readonly emails: Set<string>
  readonly phones: Set<string>
  readonly record: SourceRecord | undefined
}

const text = (record: SourceRecord | undefined, field: string): string =>
  String(record?.[field] ?? '')

/** Without blanks around it, in small letters. */
const mail = (value: string): string => value.trim().toLowerCase()

/** A British number, however it is written. */
const phone = (value: string): string => {
  const digits = value.replace(/\D/g, '').replace(/^(44|0)/, '')
  return digits === '' ? '' : `+44${digits}`
}

const NICKNAMES = ['robert', 'bob']

function alike(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  if (a === '' || b === '') return false
  return a === b || (NICKNAMES.includes(a) && NICKNAMES.includes(b))
}

/** Two are one person if any rule of the ruleset holds. */
function same(a: Somebody, b: Somebody): boolean {
  if ([...a.emails].some(address => b.emails.has(address))) return true
  if (![...a.phones].some(number => b.phones.has(number))) return false
  const [lastA, lastB] = [
    text(a.record, 'last').toLowerCase(),
    text(b.record, 'last').toLowerCase(),
  ]
  if (lastA !== '' && lastA === lastB) return true
  return alike(text(a.record, 'first'), text(b.record, 'first'))
}

/** Who is who, by the rules read aloud: slow, obvious, and sharing no code with the engine. */
export function tell(
  rows: Readonly<Record<HistoryStream, readonly SourceRecord[]>>,
): readonly ToldProfile[] {
  const everybody = everybodyIn(rows)
  const groups = everybody.map(one => [one])
  for (let isDone = false; !isDone;) {
    isDone = true
    for (let i = 0; i < groups.length; i++) {
      for (let j = i + 1; j < groups.length; j++) {
        const [left, right] = [groups[i] ?? [], groups[j] ?? []]
        if (!left.some(a => right.some(b => same(a, b)))) continue
        groups[i] = [...left, ...right]
        groups.splice(j, 1)
        isDone = false
      }
    }
  }
  return sorted(groups.map(group => profileOf(group, rows.orders)))
}

function everybodyIn(
  rows: Readonly<Record<HistoryStream, readonly SourceRecord[]>>,
): readonly Somebody[] {
  const filled = (values: readonly string[]): Set<string> =>
    new Set(values.filter(value => value !== ''))
  const people = rows.people.map(record => {
    const own = rows.emails.filter(row => row['person'] === record['id'])
    return {
      name: text(record, 'id'),
      emails: filled([text(record, 'email'), ...own.map(row => text(row, 'address'))].map(mail)),
      phones: filled([phone(text(record, 'phone'))]),
      record,
    }
  })
  const addresses = filled(rows.events.map(event => mail(text(event, 'email'))))
  const system = Array.from(addresses, address => ({
    name: address,
    emails: new Set([address]),
    phones: new Set<string>(),
    record: undefined,
  }))
  return [...people, ...system]
}

function profileOf(group: readonly Somebody[], orders: readonly SourceRecord[]): ToldProfile {
  const ids = new Set(group.map(one => one.name))
  const own = orders.filter(order => ids.has(text(order, 'person')))
  const cents = own.reduce((sum, order) => sum + Math.round(Number(order['amount']) * 100), 0)
  return {
    members: [...ids].toSorted(),
    first: newest(group, 'first'),
    last: newest(group, 'last'),
    emails: [...new Set(group.flatMap(one => [...one.emails]))].toSorted(),
    phones: [...new Set(group.flatMap(one => [...one.phones]))].toSorted(),
    value: own.length === 0 ? undefined : `${cents}/${own.length}`,
  }
}

/** Last updated, blanks passed over; of equally new ones the first of the alphabet. */
function newest(group: readonly Somebody[], field: string): string | null {
  const filled = group.filter(one => text(one.record, field) !== '')
  const best = filled.toSorted(
    (a, b) =>
      compare(text(b.record, 'changed'), text(a.record, 'changed')) ||
      compare(text(a.record, field), text(b.record, field)),
  )[0]
  return best ? text(best.record, field) : null
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Profiles in an order that says nothing. */
export function sorted(profiles: readonly ToldProfile[]): readonly ToldProfile[] {
  return profiles.toSorted((a, b) => compare(a.members.join(), b.members.join()))
}
