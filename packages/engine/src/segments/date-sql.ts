import type { SegmentOperator } from '@mainstem/contracts'
import { assert, must } from '../kernel/assert.ts'
import { literal, literals } from '../query/index.ts'
import { addDays, type Day, monthStart, partsOf, yearStart } from './local-calendar.ts'
import type { AttributeType } from './profile-schema.ts'
import type { Moment, ValueTest } from './value-test.ts'

/** Days from and to, both included; absent is open. */
interface DayRange {
  readonly from?: Day | undefined
  readonly to?: Day | undefined
}

/** The SQL of a test of a date, or of a date and time. */
export function dateSql(value: string, test: ValueTest, moment: Moment): string {
  const range = rangeOf(test, moment)
  if (range) return rangeSql(value, range, { type: test.type, moment })
  if (test.op === 'lastNumberOfDays' || test.op === 'nextNumberOfDays')
    return aroundNow(value, test, moment)
  return partSql(value, test, moment)
}

/** The operators that are a range of whole days. */
function rangeOf({ op, operand }: ValueTest, moment: Moment): DayRange | undefined {
  const today = moment.calendar.dayOf(moment.nowMs)
  const [first = '', second] = operand.kind === 'days' ? operand.values : []
  const [n = 0] = operand.kind === 'integers' ? operand.values : []
  const day = (of: Day): DayRange => ({ from: of, to: of })
  const months = (from: number, before: number): DayRange => ({
    from: monthStart(today, from),
    to: addDays(monthStart(today, before), -1),
  })
  const year = (at: number): DayRange => ({
    from: yearStart(today, at),
    to: addDays(yearStart(today, at + 1), -1),
  })
  const ranges: Partial<Record<SegmentOperator, () => DayRange>> = {
    isOn: () => day(first),
    isBefore: () => ({ to: addDays(first, -1) }),
    isAfter: () => ({ from: addDays(first, 1) }),
    isBetween: () => ({ from: first, to: second }),
    isToday: () => day(today),
    isYesterday: () => day(addDays(today, -1)),
    isTomorrow: () => day(addDays(today, 1)),
    greaterThanLastNumberOfDays: () => ({ to: addDays(today, -n - 1) }),
    lastNumberOfMonths: () => months(-n, 0),
    nextNumberOfMonths: () => months(1, n + 1),
    isThisMonth: () => months(0, 1),
    isLastMonth: () => months(-1, 0),
    isNextMonth: () => months(1, 2),
    isThisYear: () => year(0),
    isLastYear: () => year(-1),
    isNextYear: () => year(1),
  }
  return ranges[op]?.()
}

interface DateContext {
  readonly type: AttributeType
  readonly moment: Moment
}

/** Plain bounds on the stored value, so that the engine can skip blocks of rows. */
function rangeSql(value: string, { from, to }: DayRange, { type, moment }: DateContext): string {
  const bounds =
    type === 'date'
      ? [from && `${value} >= DATE '${from}'`, to && `${value} <= DATE '${to}'`]
      : [
          from && `${value} >= ${instant(moment.calendar.startMs(from))}`,
          to && `${value} < ${instant(moment.calendar.startMs(addDays(to, 1)))}`,
        ]
  return `(${bounds.filter(Boolean).join(' and ')})`
}

/**
 * `[D−n, now]` and `[now, end of D+n]`. A date without a time is the whole day: today is in both.
 */
function aroundNow(value: string, test: ValueTest, { nowMs, calendar }: Moment): string {
  const n = must(
    test.operand.kind === 'integers' ? test.operand.values[0] : undefined,
    'a number of days',
  )
  const today = calendar.dayOf(nowMs)
  const last = test.op === 'lastNumberOfDays'
  if (test.type === 'date') {
    const range = last
      ? { from: addDays(today, -n), to: today }
      : { from: today, to: addDays(today, n) }
    return rangeSql(value, range, { type: 'date', moment: { nowMs, calendar } })
  }
  return last
    ? `(${value} >= ${instant(calendar.startMs(addDays(today, -n)))} and ${value} <= ${instant(nowMs)})`
    : `(${value} >= ${instant(nowMs)} and ${value} < ${instant(calendar.startMs(addDays(today, n + 1)))})`
}

/** An instant as SQL, in UTC, so that it means the same in every session. */
export function instant(atMs: number): string {
  return `TIMESTAMPTZ ${literal(new Date(atMs).toISOString())}`
}

/** The operators on parts of the local date. */
function partSql(value: string, { type, op, operand }: ValueTest, { calendar }: Moment): string {
  const local = type === 'date' ? value : `timezone(${literal(calendar.timeZone)}, ${value})`
  const integers = literals(operand.kind === 'integers' ? operand.values : [])
  switch (op) {
    case 'dayOfWeek':
      return `isodow(${local}) in ${integers}`
    case 'monthOfTheYear':
      return `month(${local}) in ${integers}`
    case 'dayOfMonth':
      return `day(${local}) in ${integers}`
    case 'isAnniversaryOf':
    case 'isNotAnniversaryOf': {
      assert(operand.kind === 'days', 'an anniversary is of a day')
      const { month, dayOfMonth } = partsOf(must(operand.values[0], 'one day'))
      const same = `(month(${local}) = ${month} and day(${local}) = ${dayOfMonth})`
      return op === 'isAnniversaryOf' ? same : `not ${same}`
    }
    default:
      throw new Error(`Broken assumption: ${op} is no operator of dates`)
  }
}
