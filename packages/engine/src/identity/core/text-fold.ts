import { literal } from '../../query/index.ts'

/**
 * One way of normalising a text, twice: as SQL over a column, and as the equal function. They are
 * equal for all characters that the SQL engine's Unicode tables know (version 15.0); later letters
 * are kept by both, but may be lowered or counted as letters by one of them only.
 */
export interface Normaliser {
  /** The SQL expression of a text expression; null where the value is blank. */
  readonly sql: (text: string) => string
  /**
   * The same step by step, for nested selects: each turns the column that the one before made, from
   * the text on, into the next. Inside `sql`'s lambdas the engine compiles the patterns again with
   * every two thousand values, which is most of the time of many.
   */
  readonly steps: SqlSteps
  readonly js: (text: string) => string | null
}

/** SQL that makes each value from the one before. */
export type SqlSteps = readonly [
  (text: string) => string,
  ...(readonly ((value: string) => string)[]),
]

/** A normaliser of these steps; the first looks at its text once. */
export function inSteps(steps: SqlSteps, js: (text: string) => string | null): Normaliser {
  const [first, ...rest] = steps
  return { sql: text => rest.reduce(bound, first(text)), steps, js }
}

/** The same, for steps that blank nothing. */
export interface TextStep {
  readonly sql: (text: string) => string
  readonly js: (text: string) => string
}

/**
 * SQL that uses a value several times but computes it once: the engine shares nothing between the
 * branches of a `case`, and text put in twice doubles at every step.
 */
export function bound(value: string, body: (name: string) => string): string {
  return `list_transform([${value}], lambda v: ${body('v')})[1]`
}

/** Characters of a value that are looked at (semantics 3.3). */
export const CHARACTERS_MAX = 500

/** What stands for nothing, in lower-case. "na" is not here: it is a family name. */
export const PLACEHOLDERS: readonly string[] = (
  ' - -- --- . .. ... ? ?? ??? / _ * # 0 n/a n.a. n.a #n/a nan none (none) null (null) <null> nil' +
  ' unknown (unknown) undefined unbekannt inconnu tbd tba noname xx xxx xxxx'
)
  .split(' ')
  .concat('not available', 'not provided', 'not applicable', 'not given', 'no name')

/** Space of all kinds, in a character class. */
const SPACES = String.raw`\p{Z}\p{Cc}\p{Cf}`
const FULL_WIDTH = String.fromCodePoint(...Array.from({ length: 94 }, (_none, at) => 0xff01 + at))
const HALF_WIDTH = String.fromCodePoint(...Array.from({ length: 94 }, (_none, at) => 0x21 + at))

/** Letters that are one with a mark to people, but not to Unicode: one letter each… */
const BARRED: readonly (readonly [string, string])[] = [
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ħ', 'h'],
  ['ı', 'i'],
]
/** …and two letters each. */
const LIGATURES: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
]

/** Scripts whose marks are accents; in others (Devanagari, Thai) they are the vowels. */
const ACCENTED_SCRIPTS = ['Latin', 'Greek', 'Cyrillic', 'Common', 'Inherited']
const OTHER_SCRIPT_SQL = `[^${ACCENTED_SCRIPTS.map(name => `\\p{${name}}`).join('')}]`
const OTHER_SCRIPT = new RegExp(
  `[^${ACCENTED_SCRIPTS.map(name => `\\p{Script=${name}}`).join('')}]`,
  'u',
)

/** Everything that is no letter, mark or digit, for `regexp_replace` and for `RegExp`. */
export const NOT_WORD = String.raw`[^\p{L}\p{M}\p{N}]+`
const NOT_WORD_RUNS = new RegExp(NOT_WORD, 'gu')

/** The first characters of a text. */
export const cut: TextStep = {
  sql: text => `left(${text}, ${CHARACTERS_MAX})`,
  js: text =>
    text.length <= CHARACTERS_MAX ? text : Array.from(text).slice(0, CHARACTERS_MAX).join(''),
}

/** Lower-case, letter by letter: no rule looks at neighbours or makes two letters of one. */
export function lower(text: string): string {
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase()
}

/** Lower-case, one width, one composition: for values whose accents count. */
export const plainLower: TextStep = {
  sql: text =>
    `case when ${isAsciiSql(text)} then lower(${text}) else lower(nfc_normalize(${narrowSql(text)})) end`,
  js: text => (isAscii(text) ? text.toLowerCase() : lower(narrow(text).normalize('NFC'))),
}

/** Lower-case without accents, in scripts where marks are accents. */
export const fold: TextStep = {
  sql: text =>
    `case when ${isAsciiSql(text)} then lower(${text})` +
    ` when regexp_matches(${text}, ${literal(OTHER_SCRIPT_SQL)})` +
    ` then lower(nfc_normalize(${narrowSql(text)}))` +
    ` else ${unbarredSql(`strip_accents(lower(${narrowSql(text)}))`)} end`,
  js(text) {
    if (isAscii(text)) return text.toLowerCase()
    if (OTHER_SCRIPT.test(text)) return lower(narrow(text).normalize('NFC'))
    const bare = lower(narrow(text)).normalize('NFD').replaceAll(/\p{M}/gu, '').normalize('NFC')
    return [...BARRED, ...LIGATURES].reduce((held, [from, to]) => held.replaceAll(from, to), bare)
  },
}

/** A value that says nothing: empty, only space, or a word for nothing. */
const NOTHING =
  `^[${SPACES}]*(${PLACEHOLDERS.map(word => word.replaceAll(/[().?*/]/g, String.raw`\$&`)).join('|')})` +
  `[${SPACES}]*$`
const nothingPattern = new RegExp(NOTHING, 'iu')
const NOTHING_LENGTH_MAX = Math.max(...PLACEHOLDERS.map(word => word.length))

/** Whether a text is told at a glance to say something: without space around it, it is longer than any word for nothing. */
function saysMuch(text: string): boolean {
  if (text.length <= NOTHING_LENGTH_MAX) return false
  return isAlphanumeric(text.charCodeAt(0)) && isAlphanumeric(text.charCodeAt(text.length - 1))
}

/** Whether a character is a letter or digit of ASCII. */
function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
}

/** Whether a value says nothing. */
export const isBlank: {
  readonly sql: (text: string) => string
  readonly js: (text: string) => boolean
} = {
  sql: text => `regexp_matches(${text}, ${literal(`(?i)${NOTHING}`)})`,
  js: text => !saysMuch(text) && nothingPattern.test(text),
}

/** Replaces all that is no letter, mark or digit. */
export function onlyWords(text: string, between: '' | ' '): string {
  return text.replaceAll(NOT_WORD_RUNS, between)
}

/** `onlyWords` as SQL. */
export function onlyWordsSql(text: string, between: '' | ' '): string {
  return `regexp_replace(${text}, ${literal(NOT_WORD)}, ${literal(between)}, 'g')`
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

/** Bytes as many as characters. */
function isAsciiSql(text: string): string {
  return `strlen(${text}) = length(${text})`
}

function narrow(text: string): string {
  return text.replaceAll(/[！-～]/g, wide => HALF_WIDTH[FULL_WIDTH.indexOf(wide)] ?? wide)
}

function narrowSql(text: string): string {
  return `translate(${text}, ${literal(FULL_WIDTH)}, ${literal(HALF_WIDTH)})`
}

function unbarredSql(text: string): string {
  const from = BARRED.map(([letter]) => letter).join('')
  const to = BARRED.map(([, letter]) => letter).join('')
  return LIGATURES.reduce(
    (held, [letter, letters]) => `replace(${held}, ${literal(letter)}, ${literal(letters)})`,
    `translate(${text}, ${literal(from)}, ${literal(to)})`,
  )
}
