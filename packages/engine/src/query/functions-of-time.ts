import { argument, type CallText, type FunctionRule, plain, writtenText } from './function-rule.ts'
import { refuse } from './refusal.ts'
import { literal } from './sql-text.ts'
import { DATE, DOUBLE, INTEGER, type SqlType, TEXT } from './sql-type.ts'
import { asDay, asMoment, type ValueText } from './sql-value-text.ts'
import { timePattern } from './time-pattern.ts'
import { intervalOf, isDayUnit } from './time-unit.ts'

const STAMP: SqlType = { family: 'timestamptz' }

/** Functions that read days and moments. Today and now are the run's `asOf`. */
export const TIME_FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  current_date: { ...clock(DATE), clock: 'day', sql: call => call.clock.today },
  curdate: { ...clock(DATE), clock: 'day', sql: call => call.clock.today },
  today: { ...clock(DATE), clock: 'day', sql: call => call.clock.today },
  now: { ...clock(STAMP), sql: call => call.clock.now },
  current_timestamp: { ...clock(STAMP), sql: call => call.clock.now },
  getdate: { ...clock(STAMP), sql: call => call.clock.now },
  localtimestamp: { ...clock({ family: 'timestamp' }), sql: call => call.clock.localNow },
  dateadd: added(1),
  date_add: added(1),
  timestampadd: added(1),
  date_sub: added(-1),
  datesub: added(-1),
  add_months: {
    ...plain('add_months', [2, 2], DATE),
    sql: call =>
      shifted(argument(call, 0), { unit: 'month', amount: argument(call, 1).sql, day: true }),
  },
  datediff: difference(),
  date_diff: difference(),
  timestampdiff: difference(),
  date_trunc: truncated(),
  cdphour: truncatedTo('hour'),
  cdpday: truncatedTo('day'),
  cdpmonth: truncatedTo('month'),
  cdpquarter: truncatedTo('quarter'),
  cdpyear: truncatedTo('year'),
  date_part: {
    ...plain('date_part', [2, 2], INTEGER),
    unitAt: () => 0,
    type: call => (call.unit === 'epoch' ? DOUBLE : INTEGER),
    sql: call => `date_part(${literal(call.unit)}, ${asMoment(argument(call, 1))})`,
  },
  ...Object.fromEntries(
    ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'].map(unit => [
      unit,
      part(unit),
    ]),
  ),
  weekofyear: part('week'),
  dayofmonth: part('day'),
  dayofyear: part('dayofyear'),
  dayofweek: { ...part('dayofweek'), sql: call => `(${part('dayofweek').sql(call)} + 1)` },
  weekday: { ...part('isodow'), sql: call => `(${part('isodow').sql(call)} - 1)` },
  last_day: {
    ...plain('last_day', [1, 1], DATE),
    sql: call => `last_day(${asDay(argument(call, 0))})`,
  },
  date: { ...plain('date', [1, 1], DATE), sql: call => asDay(argument(call, 0)) },
  make_date: {
    ...plain('make_date', [3, 3], DATE),
    sql: call => `make_date(${call.args.map(({ sql }) => `CAST(${sql} AS BIGINT)`).join(', ')})`,
  },
  to_date: {
    ...plain('to_date', [1, 2], DATE),
    sql: call => {
      const value = argument(call, 0)
      if (call.args.length > 1) return `CAST(${parsed(call)} AS DATE)`
      return value.type.family === 'text' ? `TRY_CAST(${value.sql} AS DATE)` : asDay(value)
    },
  },
  to_timestamp: {
    ...plain('to_timestamp', [1, 2], STAMP),
    sql: call => {
      const value = argument(call, 0)
      if (call.args.length > 1) return `CAST(${parsed(call)} AS TIMESTAMPTZ)`
      const seconds = ['integer', 'decimal', 'double'].includes(value.type.family)
      if (seconds) return `to_timestamp(CAST(${value.sql} AS DOUBLE))`
      return `TRY_CAST(${value.sql} AS TIMESTAMPTZ)`
    },
  },
  date_format: formatted(),
  to_char: formatted(),
  unix_timestamp: {
    ...plain('unix_timestamp', [1, 1], INTEGER),
    sql: call => `CAST(epoch(${asMoment(argument(call, 0))}) AS BIGINT)`,
  },
}

function clock(type: SqlType): FunctionRule {
  return { kind: 'scalar', args: [0, 0], type: () => type, sql: () => '', clock: 'moment' }
}

function part(unit: string): FunctionRule {
  return {
    ...plain(unit, [1, 1], INTEGER),
    sql: call => `date_part(${literal(unit)}, ${asMoment(argument(call, 0))})`,
  }
}

/** Two forms: `(day, n)` as in Spark, `(unit, n, day)` as in Snowflake; `(day, interval)` too. */
function added(sign: 1 | -1): FunctionRule {
  const isStep = (call: CallText): boolean => call.args.at(-1)?.type.family === 'interval'
  return {
    ...plain('date_add', [2, 3], DATE),
    unitAt: count => (count === 3 ? 0 : undefined),
    type: call => {
      if (call.args.length === 2) return isStep(call) ? { family: 'unknown' } : DATE
      const { type } = argument(call, 2)
      if (type.family === 'date') return isDayUnit(call.unit) ? DATE : { family: 'timestamp' }
      return type.family === 'timestamp' ? type : STAMP
    },
    sql: call => {
      const minus = sign < 0
      if (call.args.length === 2) {
        const [day, amount] = [argument(call, 0), argument(call, 1)]
        if (isStep(call)) return `(${asMoment(day)} ${minus ? '-' : '+'} ${amount.sql})`
        return shifted(day, {
          unit: 'day',
          amount: minus ? `(- ${amount.sql})` : amount.sql,
          day: true,
        })
      }
      const amount = argument(call, 1).sql
      const isDay = argument(call, 2).type.family === 'date' && isDayUnit(call.unit)
      return shifted(argument(call, 2), {
        unit: call.unit,
        amount: minus ? `(- ${amount})` : amount,
        day: isDay,
      })
    },
  }
}

interface Shift {
  readonly unit: string
  readonly amount: string
  /** The result is a day. */
  readonly day: boolean
}

function shifted(value: ValueText, { unit, amount, day }: Shift): string {
  const moment = day ? asDay(value) : asMoment(value)
  const moved = `(${moment} + ${intervalOf(unit, amount)})`
  return day ? `CAST(${moved} AS DATE)` : moved
}

/** Two forms: `(end, start)` in days as in Spark, `(unit, start, end)` as in Snowflake. */
function difference(): FunctionRule {
  return {
    ...plain('date_diff', [2, 3], INTEGER),
    unitAt: count => (count === 3 ? 0 : undefined),
    sql: call => {
      if (call.args.length === 2) {
        return `date_diff('day', ${asDay(argument(call, 1))}, ${asDay(argument(call, 0))})`
      }
      const as = isDayUnit(call.unit) ? asDay : asMoment
      return `date_diff(${literal(call.unit)}, ${as(argument(call, 1))}, ${as(argument(call, 2))})`
    },
  }
}

function truncated(): FunctionRule {
  return {
    ...plain('date_trunc', [2, 2], STAMP),
    unitAt: () => 0,
    type: call => momentType(argument(call, 1).type),
    sql: call => `date_trunc(${literal(call.unit)}, ${asMoment(argument(call, 1))})`,
  }
}

function truncatedTo(unit: string): FunctionRule {
  return {
    ...plain('date_trunc', [1, 1], STAMP),
    type: call => momentType(argument(call, 0).type),
    sql: call => `date_trunc(${literal(unit)}, ${asMoment(argument(call, 0))})`,
  }
}

function momentType(type: SqlType): SqlType {
  return type.family === 'date' || type.family === 'timestamp' ? { family: 'timestamp' } : STAMP
}

function parsed(call: CallText): string {
  const pattern = timePattern(writtenText(call, 1))
  return `try_strptime(${argument(call, 0).sql}, ${literal(pattern ?? noPattern(call))})`
}

function formatted(): FunctionRule {
  return {
    ...plain('strftime', [2, 2], TEXT),
    sql: call => {
      const pattern = timePattern(writtenText(call, 1))
      const value = argument(call, 0)
      const moment =
        value.type.family === 'timestamptz' ? `CAST(${value.sql} AS TIMESTAMP)` : asMoment(value)
      return `strftime(${moment}, ${literal(pattern ?? noPattern(call))})`
    },
  }
}

function noPattern(call: CallText): never {
  return refuse('SQL_NOT_ALLOWED', `${call.name.toUpperCase()} does not know this pattern`, {
    fix: 'Use year, month, day, hour, minute and second, such as yyyy-MM-dd HH:mm:ss.',
  })
}
