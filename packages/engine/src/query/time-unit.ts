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

const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...{ y: 'year', yy: 'year', yyyy: 'year', yr: 'year', q: 'quarter', qtr: 'quarter' },
  ...{ mon: 'month', mm: 'month', w: 'week', wk: 'week', d: 'day', dd: 'day', h: 'hour', hh: 'hour' },
  ...{ hr: 'hour', min: 'minute', mi: 'minute', n: 'minute', s: 'second', ss: 'second', sec: 'second' },
  ...{ ms: 'millisecond', msec: 'millisecond' },
}

const PARTS = new Set(['epoch', 'dow', 'isodow', 'doy', 'dayofweek', 'dayofyear', 'decade', 'century'])

/** The one name of a unit of time, whatever it was called. */
export function timeUnit(written: string, also: 'parts' | 'only' = 'only'): string {
  const lower = written.trim().toLowerCase()
  const singular = lower.endsWith('s') && lower.length > 3 ? lower.slice(0, -1) : lower
  for (const name of [singular, lower]) {
    if (Object.hasOwn(UNITS, name)) return name
    const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined
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

/** `9 hour` or `1 day 2 hours` as a sum of intervals. */
export function intervalText(text: string): string {
  const parts = Array.from(text.matchAll(/\s*([+-]?\s*\d{1,9})\s*([a-z]+)\s*/giy))
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) {
    return refuse('SQL_INVALID', 'An interval is not well written', {
      fix: "Write it as INTERVAL '9 hour'.",
    })
  }
  const sums = parts.map(part => intervalOf(timeUnit(part[2] ?? ''), (part[1] ?? '').replaceAll(/\s/g, '')))
  return `(${sums.join(' + ')})`
}
