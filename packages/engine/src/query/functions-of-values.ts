import {
  argument,
  argumentTexts,
  type CallText,
  type FunctionRule,
  plain,
} from './function-rule.ts'
import { refuse } from './refusal.ts'
import { literal } from './sql-text.ts'
import { commonType, DOUBLE, INTEGER, isTemporal, type SqlType, UNKNOWN } from './sql-type.ts'

/** Functions of numbers, and those that choose between values. */
export const VALUE_FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  abs: plain('abs', [1, 1], sameAsFirst),
  ceil: whole('ceil'),
  ceiling: whole('ceil'),
  floor: whole('floor'),
  round: rounded('round'),
  trunc: {
    ...rounded('trunc'),
    sql: call => {
      if (isTemporal(argument(call, 0).type))
        return refuse('SQL_NOT_ALLOWED', 'TRUNC cuts numbers', { fix: 'Use DATE_TRUNC.' })
      return rounded('trunc').sql(call)
    },
  },
  truncate: rounded('trunc'),
  sign: plain('sign', [1, 1], INTEGER),
  sqrt: double('sqrt'),
  cbrt: double('cbrt'),
  exp: double('exp'),
  ln: double('ln'),
  log10: double('log10'),
  log2: double('log2'),
  log: {
    ...double('log', 2),
    sql: call => {
      const [first, second] = call.args.map(value => `CAST(${value.sql} AS DOUBLE)`)
      if (second) return `(ln(${second}) / nullif(ln(${first ?? ''}), 0))`
      return `${call.dialect === 'spark' ? 'ln' : 'log10'}(${first ?? ''})`
    },
  },
  power: double('power', 2, 2),
  pow: double('power', 2, 2),
  sin: double('sin'),
  cos: double('cos'),
  tan: double('tan'),
  asin: double('asin'),
  acos: double('acos'),
  atan: double('atan'),
  atan2: double('atan2', 2, 2),
  radians: double('radians'),
  degrees: double('degrees'),
  pi: { ...plain('pi', [0, 0], DOUBLE) },
  mod: {
    ...plain('mod', [2, 2], sameAsFirst),
    sql: call => `(${argument(call, 0).sql} % nullif(${argument(call, 1).sql}, 0))`,
  },
  coalesce: plain('coalesce', [1, 100], common),
  nvl: plain('coalesce', [2, 2], common),
  ifnull: plain('coalesce', [2, 2], common),
  nullif: plain('nullif', [2, 2], sameAsFirst),
  greatest: plain('greatest', [2, 100], common),
  least: plain('least', [2, 100], common),
  if: chosen(),
  iff: chosen(),
  nvl2: {
    ...plain('nvl2', [3, 3], call => commonType(call.args.slice(1).map(value => value.type))),
    sql: call => {
      const [when, then, other] = call.args.map(value => value.sql)
      return `CASE WHEN ${when ?? ''} IS NOT NULL THEN ${then ?? ''} ELSE ${other ?? ''} END`
    },
  },
  isnull: {
    ...plain('isnull', [1, 1], { family: 'boolean' }),
    sql: call => `(${argumentTexts(call)} IS NULL)`,
  },
  isnotnull: {
    ...plain('isnotnull', [1, 1], { family: 'boolean' }),
    sql: call => `(${argumentTexts(call)} IS NOT NULL)`,
  },
  cardinality: plain('len', [1, 1], INTEGER),
  size: plain('len', [1, 1], INTEGER),
  array_length: plain('len', [1, 1], INTEGER),
  array_contains: plain('list_contains', [2, 2], { family: 'boolean' }),
  try_convert_currency: {
    ...plain('try_convert_currency', [2, 3], { family: 'decimal', scale: 18 }),
    sql: converted,
  },
}

/**
 * An amount in another currency, null where a rate is unknown. Rates and results have 9 decimals;
 * the table is part of the statement, so that the same definition gives the same result on every run.
 */
function converted(call: CallText): string {
  const { rates } = call
  if (!rates) return 'CAST(NULL AS DECIMAL(38,18))'
  const known = new Map(
    Object.entries(rates.rates).map(([code, rate]) => [code.toUpperCase(), rate]),
  )
  known.set(rates.corporate.toUpperCase(), known.get(rates.corporate.toUpperCase()) ?? 1)
  const amount = `CAST(${argument(call, 0).sql} AS DECIMAL(38,9))`
  const from = priceOf(argument(call, 1).sql, known)
  const to = call.args[2] ? priceOf(call.args[2].sql, known) : `CAST(1 AS DECIMAL(18,9))`
  const inCorporate = `(${amount} * ${from})`
  if (!call.args[2]) return `CAST(${inCorporate} AS DECIMAL(38,18))`
  const quotient = `CAST(${inCorporate} AS DOUBLE) / nullif(CAST(${to} AS DOUBLE), 0)`
  return `CAST(CAST(round(${quotient}, 9) AS DECIMAL(38,9)) AS DECIMAL(38,18))`
}

function priceOf(code: string, known: ReadonlyMap<string, number>): string {
  const branches = Array.from(known, ([name, rate]) => {
    const price = Number.isFinite(rate) && rate > 0 ? rate.toFixed(9) : 'NULL'
    return `WHEN ${literal(name)} THEN CAST(${price} AS DECIMAL(18,9))`
  })
  return `CASE upper(trim(${code})) ${branches.join(' ')} ELSE NULL END`
}

function sameAsFirst(call: CallText): SqlType {
  return call.args[0]?.type ?? UNKNOWN
}

function common(call: CallText): SqlType {
  return commonType(call.args.map(value => value.type))
}

function whole(name: string): FunctionRule {
  return plain(name, [1, 1], call => {
    const { family } = sameAsFirst(call)
    return family === 'decimal' ? { family, scale: 0 } : sameAsFirst(call)
  })
}

function rounded(name: string): FunctionRule {
  return {
    ...plain(name, [1, 2], call => {
      const first = sameAsFirst(call)
      const digits = Number(call.args[1]?.constant ?? (call.args.length > 1 ? first.scale : 0))
      return first.family === 'decimal' ? { family: 'decimal', scale: digits } : first
    }),
    sql: call => {
      const [value, digits] = call.args
      const places = digits ? `, CAST(${digits.sql} AS INTEGER)` : ''
      return `${name}(${value?.sql ?? ''}${digits?.constant === undefined ? places : `, ${digits.constant}`})`
    },
  }
}

function double(name: string, max = 1, min = 1): FunctionRule {
  return {
    ...plain(name, [min, max], DOUBLE),
    sql: call => `${name}(${call.args.map(value => `CAST(${value.sql} AS DOUBLE)`).join(', ')})`,
  }
}

function chosen(): FunctionRule {
  return {
    ...plain('if', [3, 3], call => commonType(call.args.slice(1).map(value => value.type))),
    sql: call => {
      const [when, then, other] = call.args.map(value => value.sql)
      return `CASE WHEN ${when ?? ''} THEN ${then ?? ''} ELSE ${other ?? ''} END`
    },
  }
}
