import type { Condition } from '@mainstem/contracts'
import fc from 'fast-check'
import type { SqlSession } from '../lake/index.ts'
import { literal } from '../query/index.ts'
import type { Attribute, ProfileSchema } from './profile-schema.ts'
import type { SegmentSettings } from './segment-settings.ts'

/** A row of the small data sets: a profile, an order, an event, or a row of the insight. */
export interface Row {
  readonly uid: number
  readonly Name: string | null
  readonly Score: number | null
  readonly Active: boolean | null
  readonly Born: string | null
  readonly Seen: number | null
}

export interface Data {
  readonly profiles: readonly Row[]
  readonly orders: readonly Row[]
  readonly events: readonly Row[]
  readonly insight: readonly Row[]
}

const attribute = (name: string): Attribute | undefined => {
  const types = {
    Name: 'text',
    Score: 'number',
    Active: 'boolean',
    Born: 'date',
    Seen: 'dateTime',
  } as const
  const type = types[name as keyof typeof types]
  return type && { type, sql: alias => `${alias}."${name}"` }
}
const NAMES = ['Name', 'Score', 'Active', 'Born', 'Seen']

export const testSchema: ProfileSchema = {
  segmentOn: 'UnifiedIndividual',
  from: 'select * from profile',
  attribute,
  insight: (apiName, measure) =>
    apiName === 'value' && measure === 'Score'
      ? {
          type: 'number',
          from: 'select * from insight',
          key: 'owner',
          sql: alias => `${alias}."Score"`,
        }
      : undefined,
  related: object =>
    object === 'Order' || object === 'Event'
      ? {
          from: `select * from ${object === 'Order' ? 'orders' : 'event'}`,
          attribute,
          attributes: NAMES,
          ...(object === 'Event' ? { dateColumn: 'Seen' } : {}),
        }
      : undefined,
  names: () => ({ attributes: NAMES, insights: ['value.Score'], related: ['Order', 'Event'] }),
}

const offsets = fc.constantFrom(
  -400,
  -366,
  -365,
  -60,
  -32,
  -31,
  -30,
  -15,
  -14,
  -11,
  -10,
  -9,
  -8,
  -7,
  -3,
  -2,
  -1,
  0,
  1,
  2,
  3,
  7,
  14,
  15,
  28,
  31,
  60,
  366,
)
const names = fc.constantFrom(
  '',
  ' ',
  'Anna',
  'anna',
  'ANNA B',
  'Ann',
  'É',
  'été é',
  "o'brien",
  'X_Y',
  'Annaé',
  'a.b',
  'A-B',
  '%',
  'Ann-A b',
  '日本',
  'äö',
)

/** Instants that crowd around the boundaries of days, months and years near a moment. */
export function dataSet({ asOf }: { asOf: Date }, profilesMin = 8): fc.Arbitrary<Data> {
  const dayMs = 86_400_000
  const near = Math.floor(asOf.getTime() / dayMs) * dayMs
  const hours = fc.constantFrom(-5.5, -2, -1, 0, 1, 2, 3, 4, 9.5, 12, 15, 18.5, 21, 22, 23)
  const seen = fc.oneof(
    fc
      .tuple(offsets, hours, fc.constantFrom(-1, 0, 1))
      .map(([day, hour, ms]) => near + day * dayMs + hour * 3_600_000 + ms),
    fc.constantFrom(asOf.getTime(), asOf.getTime() - 1, asOf.getTime() + 1),
  )
  const row = fc.record({
    uid: fc.integer({ min: 0, max: 11 }),
    Name: fc.option(names),
    Score: fc.option(fc.integer({ min: -4, max: 8 }).map(n => n / 4)),
    Active: fc.option(fc.boolean()),
    Born: fc.option(offsets.map(day => new Date(near + day * dayMs).toISOString().slice(0, 10))),
    Seen: fc.option(seen),
  })
  const rows = (length: number): fc.Arbitrary<Row[]> => fc.array(row, { maxLength: length })
  return fc.record({
    profiles: fc
      .array(row, { minLength: profilesMin, maxLength: profilesMin + 2 })
      .map(all => all.map((one, uid) => Object.assign({}, one, { uid }))),
    orders: rows(3 * profilesMin),
    events: rows(12),
    insight: rows(8),
  })
}

export async function loadData(session: SqlSession, data: Data): Promise<void> {
  const tables = {
    profile: data.profiles,
    orders: data.orders,
    event: data.events,
    insight: data.insight,
  }
  for (const [table, rows] of Object.entries(tables)) {
    await session.run(
      `create or replace table ${table} (uid INTEGER, "Id" VARCHAR, owner VARCHAR, "Name" VARCHAR,
        "Score" DECIMAL(38,18), "Active" BOOLEAN, "Born" DATE, "Seen" TIMESTAMPTZ)`,
    )
    const tuples = rows.map(row => {
      const seen = row.Seen === null ? null : new Date(row.Seen).toISOString()
      return `(${row.uid}, 'u${row.uid}', 'u${row.uid}', ${[row.Name, row.Score, row.Active, row.Born, seen].map(literal).join(', ')})`
    })
    if (tuples.length > 0) await session.run(`insert into ${table} values ${tuples.join(', ')}`)
  }
}

interface Context {
  readonly row: Row
  readonly data: Data
  readonly settings: SegmentSettings
}

/** Semantics 5.2 and 5.3 read aloud: slow, and too simple to be wrong. */
export function evaluate(condition: Condition, context: Context): boolean {
  const { row, data, settings } = context
  if ('all' in condition) return condition.all.every(one => evaluate(one, context))
  if ('any' in condition) return condition.any.some(one => evaluate(one, context))
  if ('attribute' in condition) {
    if (condition.attribute !== 'value.Score')
      return holds(condition, row[condition.attribute as keyof Row], settings)
    const values = data.insight.filter(one => one.uid === row.uid && one.Score !== null)
    if (condition.op === 'hasNoValue') return values.length === 0
    return values.some(one => holds(condition, one.Score, settings))
  }
  return containerHolds(condition, context)
}

type Container = Extract<Condition, { related: string }>

function containerHolds(condition: Container, context: Context): boolean {
  const { row, data, settings } = context
  const object = condition.related === 'Order' ? data.orders : data.events
  const today = localDay(settings.asOf.getTime(), settings.timeZone)
  const { where, count, aggregate } = condition
  const passing = object.filter(
    one =>
      one.uid === row.uid &&
      (!where || evaluate(where, { ...context, row: one })) &&
      (condition.related === 'Order' ||
        (one.Seen !== null &&
          localDay(one.Seen, settings.timeZone) >= plusDays(today, -(settings.lookbackDays ?? 0)))),
  )
  if (aggregate) {
    const numbers = passing.map(one => one.Score).filter(number => number !== null)
    if (numbers.length === 0) return false
    const sum = numbers.reduce((total, number) => total + number, 0)
    const result = {
      sum,
      average: sum / numbers.length,
      min: Math.min(...numbers),
      max: Math.max(...numbers),
    }
    const test = { op: aggregate.op, value: aggregate.value }
    return holds(test, result[aggregate.function], settings)
  }
  const { exactly, atMost = Infinity, atLeast = atMost === Infinity ? 1 : 0 } = count ?? {}
  return exactly === undefined
    ? passing.length >= atLeast && passing.length <= atMost
    : passing.length === exactly
}

interface PlainTest {
  readonly op: string
  readonly value?: unknown
}

function holds(
  test: PlainTest,
  value: string | number | boolean | null | undefined,
  settings: SegmentSettings,
): boolean {
  const missing = value === null || value === undefined || value === ''
  if (test.op === 'hasValue') return !missing
  if (test.op === 'hasNoValue') return missing
  if (value === null || value === undefined) return false
  if (typeof value === 'boolean') return value === (test.op === 'isTrue')
  if (typeof value === 'string' && !/^\d{4}-\d\d-\d\d$/.test(value)) return textHolds(test, value)
  const isDate = typeof value === 'string' || Math.abs(value) > 1e9
  return isDate ? dateHolds(test, value, settings) : numberHolds(test, Number(value))
}

function textHolds({ op, value }: PlainTest, text: string): boolean {
  const left = text.toLowerCase()
  const list = (Array.isArray(value) ? value : [value]).map(one => String(one).toLowerCase())
  const right = list[0] ?? ''
  const wordPart = /[\p{L}\p{M}\p{N}_]/u
  const isWord = (): boolean => {
    for (
      let at = left.indexOf(right);
      at >= 0 && at <= left.length;
      at = left.indexOf(right, at + 1)
    ) {
      if (!wordPart.test(left[at - 1] ?? ' ') && !wordPart.test(left[at + right.length] ?? ' '))
        return true
      if (at === left.length) break
    }
    return false
  }
  const answers: Record<string, () => boolean> = {
    isEqualTo: () => left === right,
    isNotEqualTo: () => left !== right,
    contains: () => left.includes(right),
    doesNotContain: () => !left.includes(right),
    beginsWith: () => left.startsWith(right),
    matches: () => new RegExp(String(value), 'iu').test(text),
    doesNotMatch: () => !new RegExp(String(value), 'iu').test(text),
    existsAsAWholeWord: isWord,
    isIn: () => list.includes(left),
    isNotIn: () => !list.includes(left),
  }
  return (answers[op] as () => boolean)()
}

function numberHolds({ op, value }: PlainTest, left: number): boolean {
  const [a = 0, b = 0] = (Array.isArray(value) ? value : [value]).map(Number)
  const answers: Record<string, boolean> = {
    isEqualTo: left === a,
    isNotEqualTo: left !== a,
    isLessThan: left < a,
    isLessThanOrEqualTo: left <= a,
    isGreaterThan: left > a,
    isGreaterThanOrEqualTo: left >= a,
    isBetween: left >= a && left <= b,
    isNotBetween: left < a || left > b,
  }
  return answers[op] as boolean
}

function dateHolds(
  { op, value }: PlainTest,
  at: string | number,
  { asOf, timeZone }: SegmentSettings,
): boolean {
  const day = typeof at === 'string' ? at : localDay(at, timeZone)
  const today = localDay(asOf.getTime(), timeZone)
  const list = Array.isArray(value) ? value : [value]
  const [first, second] = list.map(String) as [string, string]
  const n = Number(value)
  // A date without a time lies on both sides of now; an instant lies on one.
  const past = typeof at === 'string' ? at <= today : at <= asOf.getTime()
  const future = typeof at === 'string' ? at >= today : at >= asOf.getTime()
  const monthsOff = monthNumber(day) - monthNumber(today)
  const yearsOff = Number(day.slice(0, 4)) - Number(today.slice(0, 4))
  const answers: Record<string, () => boolean> = {
    isOn: () => day === first,
    isBefore: () => day < first,
    isAfter: () => day > first,
    isBetween: () => day >= first && day <= second,
    isToday: () => day === today,
    isYesterday: () => day === plusDays(today, -1),
    isTomorrow: () => day === plusDays(today, 1),
    lastNumberOfDays: () => day >= plusDays(today, -n) && past,
    greaterThanLastNumberOfDays: () => day < plusDays(today, -n),
    nextNumberOfDays: () => day <= plusDays(today, n) && future,
    lastNumberOfMonths: () => monthsOff < 0 && monthsOff >= -n,
    nextNumberOfMonths: () => monthsOff > 0 && monthsOff <= n,
    isThisMonth: () => monthsOff === 0,
    isLastMonth: () => monthsOff === -1,
    isNextMonth: () => monthsOff === 1,
    isThisYear: () => yearsOff === 0,
    isLastYear: () => yearsOff === -1,
    isNextYear: () => yearsOff === 1,
    isAnniversaryOf: () => day.slice(5) === first.slice(5),
    isNotAnniversaryOf: () => day.slice(5) !== first.slice(5),
    dayOfWeek: () => list.map(Number).includes(new Date(`${day}T12:00:00Z`).getUTCDay() || 7),
    monthOfTheYear: () => list.map(Number).includes(Number(day.slice(5, 7))),
    dayOfMonth: () => list.map(Number).includes(Number(day.slice(8))),
  }
  return (answers[op] as () => boolean)()
}

function monthNumber(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))
}

/** Swedish writes dates as ISO 8601 does. */
const formats = new Map<string, Intl.DateTimeFormat>()
function localDay(atMs: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone })
  formats.set(timeZone, format)
  return format.format(atMs)
}

function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
