import { Dialect, transpile } from '@polyglot-sql/sdk'
import { type CallSite, rewriteCalls } from './calls.ts'
import type { Target } from './second-parsers.ts'

/** A statement as the other engine would be given it, or why it cannot be written. */
export type Rendered = { readonly sql: string } | { readonly error: string }

/**
 * Writes a statement of the engine for another one: the templates below for the functions that have
 * another name there, `@polyglot-sql/sdk` for quoting, types and clauses.
 */
export function renderFor(sql: string, target: Target): Rendered {
  const templates = TEMPLATES[target]
  const written = rewriteCalls(sql, call => templates[call.name]?.(call))
    .replaceAll(' // ', ' / ')
    .replaceAll(/\blambda (\w+):/g, '$1 ->')
  const done = transpile(
    written,
    Dialect.DuckDB,
    target === 'trino' ? Dialect.Trino : Dialect.PostgreSQL,
  )
  if (!done.success) return { error: done.error ?? 'it cannot be written' }
  return { sql: (done.sql as readonly string[]).join(';\n').replaceAll(/\bown__/gi, '') }
}

type Template = (call: CallSite) => string

/**
 * A call that the transpiler does not know, so that it leaves it alone: it takes `to_days(n)` for a
 * function of another dialect, and loses the flags of regular expressions.
 */
function own(name: string, ...args: readonly (string | undefined)[]): string {
  return `own__${name}(${args.filter(arg => arg !== undefined).join(', ')})`
}

const renamed =
  (name: string): Template =>
  ({ inner }) =>
    own(name, inner)

const part =
  (unit: string): Template =>
  ({ inner }) =>
    `extract(${unit} from ${inner})`

const span =
  (unit: string): Template =>
  ({ inner }) =>
    `((${inner}) * interval '1' ${unit})`

const BOTH: Readonly<Record<string, Template>> = {
  contains: ({ args: [text, found] }) => `(${own('strpos', text, found)} > 0)`,
  len: renamed('cardinality'),
  to_years: span('year'),
  to_months: span('month'),
  to_days: span('day'),
  to_hours: span('hour'),
  to_minutes: span('minute'),
  to_seconds: span('second'),
}

/** What the transpiler leaves or gets wrong, by the engine's name for it. */
const TEMPLATES: Readonly<Record<Target, Readonly<Record<string, Template>>>> = {
  trino: {
    ...BOTH,
    list_contains: renamed('contains'),
    json_valid: renamed('json_valid'),
    regexp_matches: ({ args: [text, pattern, flags] }) =>
      own('regexp_like', text, flags ? `'(?i)' || ${pattern ?? ''}` : pattern),
    regexp_escape: ({ inner }) => own('regexp_replace', inner, String.raw`'(\W)', '\\$1'`),
    isodow: renamed('day_of_week'),
    timezone: ({ args: [zone, moment] }) =>
      `cast(${own('at_timezone', moment, zone)} as timestamp)`,
    try_strptime: ({ inner }) => own('try', own('date_parse', inner)),
    ascii: ({ inner }) => own('codepoint', own('substr', inner, '1', '1')),
    make_date: ({ inner }) => `cast(${own('format', "'%04d-%02d-%02d'", inner)} as date)`,
    md5: ({ inner }) => hexOf('md5', inner),
    sha256: ({ inner }) => hexOf('sha256', inner),
    arg_min: renamed('min_by'),
    arg_max: renamed('max_by'),
    max_by: renamed('max_by'),
    current_schema: () => 'own__current_schema',
    current_database: () => 'own__current_catalog',
    date_part: ({ args: [unit, moment = ''] }) => partInTrino(unit?.slice(1, -1) ?? '', moment),
    first: ({ inner }) => own('element_at', `array_agg(${inner})`, '1'),
    last: ({ inner }) => own('element_at', `array_agg(${inner})`, '-1'),
  },
  postgresql: {
    ...BOTH,
    regexp_matches: renamed('regexp_like'),
    regexp_escape: ({ inner }) => own('regexp_replace', inner, String.raw`'(\W)', '\\\1', 'g'`),
    regexp_extract: ({ args: [text, pattern, group] }) =>
      own('regexp_substr', text, pattern, '1', '1', "'c'", group ?? '0'),
    isodow: part('isodow'),
    year: part('year'),
    month: part('month'),
    day: part('day'),
    epoch: ({ inner }) => own('date_part', "'epoch'", inner),
    ends_with: ({ args: [text = '', end = ''] }) =>
      `(${own('right', text, own('length', end))} = ${end})`,
    string_agg: gathered,
    last_day: ({ inner }) =>
      `cast(${own('date_trunc', "'month'", inner)} + interval '1' month - interval '1' day as date)`,
    log2: ({ inner }) => own('log', '2', `cast(${inner} as decimal)`),
    sha256: ({ inner }) =>
      own('encode', own('sha256', own('convert_to', inner, "'UTF8'")), "'hex'"),
    arg_min: renamed('arg_min'),
    arg_max: renamed('arg_max'),
    date_part: renamed('date_part'),
    first: ({ inner }) => `(array_agg(${inner}))[1]`,
    last: ({ inner }) => own('last', inner),
  },
}

/** Trino's functions have the names of their parts, but for these. */
function partInTrino(unit: string, moment: string): string {
  if (unit === 'dayofweek' || unit === 'dow') return `(${own('day_of_week', moment)} % 7)`
  const names: Readonly<Record<string, string>> = {
    isodow: 'day_of_week',
    dayofyear: 'day_of_year',
    doy: 'day_of_year',
    epoch: 'to_unixtime',
  }
  return own(names[unit] ?? unit, moment)
}

/** The transpiler writes LISTAGG, which PostgreSQL does not have. */
function gathered({ inner }: CallSite): string {
  const [, value = inner, separator = "','", order = ''] =
    /^([\s\S]*?),\s*('(?:[^']|'')*')\s*((?:order by)[\s\S]*)?$/i.exec(inner) ?? []
  return own('array_to_string', `array_agg(${value} ${order})`, separator)
}

function hexOf(hash: string, text: string): string {
  return own('lower', own('to_hex', own(hash, own('to_utf8', text))))
}
