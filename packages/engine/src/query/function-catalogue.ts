import type { FunctionRule } from './function-rule.ts'
import { ROW_FUNCTIONS } from './functions-of-rows.ts'
import { TEXT_FUNCTIONS } from './functions-of-text.ts'
import { TIME_FUNCTIONS } from './functions-of-time.ts'
import { VALUE_FUNCTIONS } from './functions-of-values.ts'
import { didYouMean, refuse, shown } from './refusal.ts'
import type { Call } from './sql-tree.ts'

/** Every function that somebody's SQL may call, by its name in lower case. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRule> = new Map(
  Object.entries({ ...TEXT_FUNCTIONS, ...TIME_FUNCTIONS, ...VALUE_FUNCTIONS, ...ROW_FUNCTIONS }),
)

const CHANCE = /^(?:rand|random|randn|uuid|gen_random_uuid|uuidv[47]|newid|setseed|shuffle)$/

/** Functions that the second gate may see: all that the rules of the catalogue and the writer use. */
export const ENGINE_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    '+ - * / // % || ~~ !~~ ~~* !~~* like_escape not_like_escape ilike_escape not_ilike_escape ' +
    'upper lower reverse array_to_string list_transform string_split left right substr md5 sha256 length ascii trim ' +
    'ltrim rtrim instr contains starts_with ends_with split_part concat concat_ws repeat lpad rpad ' +
    'replace translate regexp_replace regexp_extract regexp_matches levenshtein list_concat ' +
    'to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds ' +
    'date_diff date_trunc date_part last_day make_date to_timestamp try_strptime strftime epoch timezone ' +
    'abs ceil floor round trunc sign sqrt cbrt exp ln log10 log2 power sin cos tan asin acos atan atan2 ' +
    'radians degrees pi nullif greatest least len list_contains row ' +
    'count count_star sum avg min max bool_and bool_or first last quantile_cont quantile_disc stddev_samp ' +
    'stddev_pop var_samp var_pop string_agg array_agg row_number rank dense_rank percent_rank cume_dist ntile ' +
    'lag lead first_value last_value nth_value'
  ).split(' '),
)

/** The rule of a function; unknown names are refused with the nearest known one. */
export function functionRule(call: Pick<Call, 'name' | 'at'>): FunctionRule {
  const rule = FUNCTIONS.get(call.name)
  if (rule) return rule
  const name = shown(call.name).toUpperCase()
  if (CHANCE.test(call.name)) {
    return refuse(
      'SQL_NOT_ALLOWED',
      `${name} is not allowed: a statement gives the same result every time`,
      call,
    )
  }
  return refuse('SQL_NOT_ALLOWED', `There is no function ${name}`, {
    at: call.at,
    fix: didYouMean(call.name, FUNCTIONS.keys()),
  })
}
