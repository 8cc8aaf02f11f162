import {
  argument,
  argumentTexts,
  type CallText,
  type FunctionRule,
  smallNumber,
  writtenText,
} from './function-rule.ts'
import { refuse } from './refusal.ts'
import { literal } from './sql-text.ts'
import { BOOLEAN, DOUBLE, INTEGER, type SqlType, TEXT, UNKNOWN } from './sql-type.ts'
import { asSummand, asText, summandType, TEXT_MAX } from './sql-value-text.ts'

const first = (call: CallText): SqlType => call.args[0]?.type ?? UNKNOWN

/** Functions of many rows: aggregates, and those that need OVER. */
export const ROW_FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  count: {
    ...aggregate([0, 20], INTEGER, ['distinct', 'over']),
    sql: call => `count(${distinct(call)}${counted(call)})${call.tail}`,
  },
  sum: {
    ...aggregate([1, 1], call => summandType(first(call)), ['distinct', 'over']),
    sql: call => `sum(${distinct(call)}${asSummand(argument(call, 0))})${call.tail}`,
  },
  avg: average(),
  mean: average(),
  min: simple('min'),
  max: simple('max'),
  count_if: counting(),
  countif: counting(),
  approx_count_distinct: exactDistinct(),
  approx_distinct: exactDistinct(),
  bool_and: truth('bool_and'),
  every: truth('bool_and'),
  bool_or: truth('bool_or'),
  some: truth('bool_or'),
  first: picked('min', 'first'),
  any_value: picked('min', 'first'),
  last: picked('max', 'last'),
  median: { ...aggregate([1, 1], DOUBLE), sql: call => quantile(call, 'quantile_cont', '0.5') },
  percentile: percentile('quantile_cont'),
  percentile_cont: percentile('quantile_cont'),
  percentile_disc: percentile('quantile_disc'),
  percentile_approx: percentile('quantile_disc'),
  approx_percentile: percentile('quantile_disc'),
  stddev: sorted('stddev_samp'),
  stddev_samp: sorted('stddev_samp'),
  stddev_pop: sorted('stddev_pop'),
  variance: sorted('var_samp'),
  var_samp: sorted('var_samp'),
  var_pop: sorted('var_pop'),
  string_agg: gathered(),
  listagg: gathered(),
  array_agg: listed(false),
  collect_list: listed(false),
  collect_set: listed(true),
  row_number: { ...window([0, 0], INTEGER), totalOrder: true },
  rank: window([0, 0], INTEGER),
  dense_rank: window([0, 0], INTEGER),
  percent_rank: window([0, 0], DOUBLE),
  cume_dist: window([0, 0], DOUBLE),
  ntile: {
    ...window([1, 1], INTEGER),
    totalOrder: true,
    sql: call => `ntile(${smallNumber(call, 0, 1_000_000)})${call.tail}`,
  },
  lag: { ...window([1, 3], first), totalOrder: true },
  lead: { ...window([1, 3], first), totalOrder: true },
  first_value: { ...window([1, 1], first), totalOrder: true },
  last_value: { ...window([1, 1], first), totalOrder: true },
  nth_value: { ...window([2, 2], first), totalOrder: true },
}

type Allowed = readonly ('distinct' | 'order' | 'over')[]

function aggregate(
  args: readonly [number, number],
  type: SqlType | ((call: CallText) => SqlType),
  allows: Allowed = [],
): FunctionRule {
  return {
    kind: 'aggregate',
    args,
    allows,
    type: typeof type === 'function' ? type : () => type,
    sql: () => '',
  }
}

function window(
  args: readonly [number, number],
  type: SqlType | ((call: CallText) => SqlType),
): FunctionRule {
  return {
    ...aggregate(args, type, ['over']),
    kind: 'window',
    sql: call => `${call.name}(${argumentTexts(call)})${call.tail}`,
  }
}

function distinct(call: CallText): string {
  return call.distinct ? 'DISTINCT ' : ''
}

/** Several values count where none is null, and as one combination under DISTINCT. */
function counted(call: CallText): string {
  if (call.args.length < 2) return argumentTexts(call) || '*'
  const some = call.args.map(value => `${value.sql} IS NOT NULL`).join(' AND ')
  return `CASE WHEN ${some} THEN row(${argumentTexts(call)}) END`
}

function average(): FunctionRule {
  return {
    ...aggregate([1, 1], DOUBLE, ['distinct', 'over']),
    sql: call => `avg(${distinct(call)}${asSummand(argument(call, 0))})${call.tail}`,
  }
}

function simple(name: string): FunctionRule {
  return {
    ...aggregate([1, 1], first, ['distinct', 'over']),
    sql: call => `${name}(${argument(call, 0).sql})${call.tail}`,
  }
}

function counting(): FunctionRule {
  return {
    ...aggregate([1, 1], INTEGER, ['over']),
    sql: call => `count(CASE WHEN ${argument(call, 0).sql} THEN 1 END)${call.tail}`,
  }
}

/** Exact: an estimate that is not off by anything is the best estimate. */
function exactDistinct(): FunctionRule {
  return {
    ...aggregate([1, 2], INTEGER, ['over']),
    sql: call => `count(DISTINCT ${argument(call, 0).sql})${call.tail}`,
  }
}

function truth(name: string): FunctionRule {
  return {
    ...aggregate([1, 1], BOOLEAN, ['over']),
    sql: call => `${name}(${argument(call, 0).sql})${call.tail}`,
  }
}

/**
 * FIRST and its like promise no order, so ours is the smallest value (the greatest for LAST); with
 * ORDER BY the value itself is the last order. Under OVER they are FIRST_VALUE and LAST_VALUE.
 */
function picked(bare: 'min' | 'max', ordered: 'first' | 'last'): FunctionRule {
  return {
    ...aggregate([1, 2], first, ['order', 'over']),
    totalOrder: true,
    sql: call => {
      const { sql } = argument(call, 0)
      if (call.tail.includes(' OVER ')) return `${ordered}_value(${sql})${call.tail}`
      if (call.order.length === 0) return `${bare}(${sql})${call.tail}`
      return `${ordered}(${sql} ORDER BY ${[...call.order, `${sql} ASC NULLS LAST`].join(', ')})${call.tail}`
    },
  }
}

function quantile(call: CallText, name: string, at: string): string {
  return `${name}(${argument(call, 0).sql}, ${at})${call.tail}`
}

function percentile(name: string): FunctionRule {
  return {
    ...aggregate([2, 3], call => (name === 'quantile_disc' ? first(call) : DOUBLE)),
    sql: call => {
      const at = argument(call, 1).constant ?? ''
      if (!/^(?:0?\.\d{1,9}|[01](?:\.0*)?|0\.\d{1,9})$/.test(at)) {
        refuse(
          'SQL_NOT_ALLOWED',
          `${call.name.toUpperCase()} takes a number from 0 to 1 written in the statement`,
        )
      }
      return quantile(call, name, at)
    },
  }
}

/** Rounding makes these depend on the order of their rows, so they get one. */
function sorted(name: string): FunctionRule {
  return {
    ...aggregate([1, 1], DOUBLE),
    sql: call => {
      const { sql } = argument(call, 0)
      return `${name}(CAST(${sql} AS DOUBLE) ORDER BY ${sql})${call.tail}`
    },
  }
}

function gathered(): FunctionRule {
  return {
    ...aggregate([1, 2], TEXT, ['distinct', 'order']),
    sql: call => {
      const value = asText(argument(call, 0))
      const separator = call.args.length > 1 ? writtenText(call, 1) : ','
      const order = call.distinct
        ? sameOrder(call)
        : [...call.order, `${value} ASC NULLS LAST`].join(', ')
      const text = `${distinct(call)}${value}, ${literal(separator.slice(0, 100))} ORDER BY ${order}`
      return `left(string_agg(${text})${call.tail}, ${TEXT_MAX})`
    },
    bound: `the separator is written in the statement and cut at 100 signs, the result at ${TEXT_MAX}`,
  }
}

/** With DISTINCT only the value itself can give the order. */
function sameOrder(call: CallText): string {
  const value = argument(call, 0)
  const [order, ...more] = call.order
  if (!order) return `${asText(value)} ASC NULLS LAST`
  if (more.length > 0 || !order.startsWith(`${value.sql} `)) {
    return refuse(
      'SQL_NOT_ALLOWED',
      `${call.name.toUpperCase()} with DISTINCT can only be ordered by its own value`,
    )
  }
  return asText(value) + order.slice(value.sql.length)
}

function listed(isSet: boolean): FunctionRule {
  return {
    ...aggregate([1, 1], { family: 'list' }, ['distinct', 'order']),
    sql: call => {
      const { sql } = argument(call, 0)
      if (isSet || call.distinct) return `array_agg(DISTINCT ${sql} ORDER BY ${sql})${call.tail}`
      return `array_agg(${sql} ORDER BY ${[...call.order, `${sql} ASC NULLS LAST`].join(', ')})${call.tail}`
    },
    bound: 'a list has at most one element for each row that is read',
  }
}
