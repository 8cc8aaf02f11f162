import { must } from '../kernel/assert.ts'

/** A calendar day as `yyyy-mm-dd`; days compare as text. */
export type Day = string

/** Days of one time zone. */
export interface LocalCalendar {
  readonly timeZone: string
  /** The day that the zone's calendars show at an instant. */
  dayOf(atMs: number): Day
  /** The first instant of a day: not always midnight, where the clocks change at midnight. */
  startMs(day: Day): number
}

const DAY_MS = 86_400_000
/** No zone is further than this from UTC. */
const OFFSET_MS_MAX = 36 * 3_600_000

/** The calendar of an IANA time zone. */
export function localCalendar(timeZone: string): LocalCalendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const dayOf = (atMs: number): Day => {
    const parts = new Map(format.formatToParts(atMs).map(part => [part.type, part.value]))
    const year = must(parts.get('year'), 'a formatted date has a year').padStart(4, '0')
    return `${year}-${parts.get('month')}-${parts.get('day')}`
  }
  return {
    timeZone,
    dayOf,
    startMs(day) {
      let before = utcMs(day) - OFFSET_MS_MAX
      let after = utcMs(day) + OFFSET_MS_MAX
      while (after - before > 1) {
        const middle = Math.floor((before + after) / 2)
        if (dayOf(middle) >= day) after = middle
        else before = middle
      }
      return after
    },
  }
}

/** Whether a text is a day that calendars have. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && fromUtcMs(utcMs(text)) === text
}

/** The day so many days after; before, where `days` is negative. */
export function addDays(day: Day, days: number): Day {
  return fromUtcMs(utcMs(day) + days * DAY_MS)
}

/** The first day of the month so many months after the one of `day`. */
export function monthStart(day: Day, months: number): Day {
  const { year, month } = partsOf(day)
  return fromUtcMs(Date.UTC(year, month - 1 + months, 1))
}

/** The first day of the year so many years after the one of `day`. */
export function yearStart(day: Day, years: number): Day {
  return fromUtcMs(Date.UTC(partsOf(day).year + years, 0, 1))
}

/** The month (1–12) and the day of the month of a day. */
export function partsOf(day: Day): { year: number; month: number; dayOfMonth: number } {
  const [year, month, dayOfMonth] = day.split('-').map(Number)
  return {
    year: must(year, 'a day has a year'),
    month: must(month, 'a day has a month'),
    dayOfMonth: must(dayOfMonth, 'a day has a day'),
  }
}

function utcMs(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

function fromUtcMs(atMs: number): Day {
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString().slice(0, 10)
}
