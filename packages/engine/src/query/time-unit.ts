import { refuse, shown } from './refusal.ts'

const UNITS: Readonly<Record<string, string>> = {
  year: 'to_years',
  quarter: 'to_quarters',
  month: 'to_months',
  week: 'to_weeks',
  day: 'to_days',
  hour: 'to_hours',
  minute: 'to_minutes',
  second: 'to_seconds',
  millisecond: 'to_milliseconds',
}

const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    year: ['y', 'yy', 'yyyy', 'yr'],
    quarter: ['q', 'qtr'],
    month: ['mon', 'mm'],
    week: ['w', 'wk'],
    day: ['d', 'dd'],
    hour: ['h', 'hh', 'hr'],
    minute: ['n', 'mi', 'min'],
    second: ['s', 'ss', 'sec'],
    millisecond: ['ms', 'msec'],
  }).flatMap(([unit, names]) => names.map(name => [name, unit] as const)),
)

const PARTS = new Set([
  'epoch',
  'dow',
  'isodow',
  'doy',
  'dayofweek',
  'dayofyear',
  'decade',
  'century',
])

/** The one name of a unit of time, whatever it was called. */
export function timeUnit(written: string, also: 'parts' | 'only' = 'only'): string {
  const lower = written.trim().toLowerCase()
  const singular = lower.endsWith('s') && lower.length > 3 ? lower.slice(0, -1) : lower
  for (const name of [singular, lower]) {
    if (Object.hasOwn(UNITS, name)) return name
    const other = OTHER_NAMES.get(name)
    if (other) return other
    if (also === 'parts' && PARTS.has(name)) return name
  }
  return refuse('SQL_INVALID', `There is no unit of time ${shown(written)}`, {
    fix: `Use one of ${Object.keys(UNITS).join(', ')}.`,
  })
}

/** A unit that is made of whole days. */
export function isDayUnit(unit: string): boolean {
  return ['day', 'week', 'month', 'quarter', 'year'].includes(unit)
}

/** So many units of time. The engine reads no sign after INTERVAL, so it is made by a function. */
export function intervalOf(unit: string, amount: string): string {
  const make = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
  return `${make ?? refuse('SQL_INVALID', 'An interval has no unit')}(CAST(${amount} AS INTEGER))`
}

const INTERVAL_MAX = 100

/** `9 hour` or `1 day 2 hours` as a sum of intervals. */
export function intervalText(text: string): string {
  if (text.length > INTERVAL_MAX) return refuse('SQL_INVALID', 'An interval is too long')
  const parts = Array.from(text.matchAll(/\s*([+-]?\s*\d{1,9})\s*([a-z]+)\s*/giy))
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) {
    return refuse('SQL_INVALID', 'An interval is not well written', {
      fix: "Write it as INTERVAL '9 hour'.",
    })
  }
  const sums = parts.map(part =>
    intervalOf(timeUnit(part[2] ?? ''), (part[1] ?? '').replaceAll(/\s/g, '')),
  )
  return `(${sums.join(' + ')})`
}
