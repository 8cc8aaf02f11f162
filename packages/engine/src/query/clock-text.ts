import { assert } from '../kernel/assert.ts'
import type { ClockText } from './function-rule.ts'

/** The run's moment as SQL: an instant, and what a clock on the wall says in this time zone. */
export function clockText(asOf: Date, timeZone: string): ClockText {
  assert(Number.isFinite(asOf.getTime()), 'asOf is a date')
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(asOf)
      .map(part => [part.type, part.value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  const day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
  const millis = String(asOf.getUTCMilliseconds()).padStart(3, '0')
  const time = `${part('hour')}:${part('minute')}:${part('second')}.${millis}`
  const utc = asOf.toISOString().replace('T', ' ').replace('Z', '+00')
  return {
    today: `CAST('${day}' AS DATE)`,
    now: `CAST('${utc}' AS TIMESTAMPTZ)`,
    localNow: `CAST('${day} ${time}' AS TIMESTAMP)`,
  }
}
