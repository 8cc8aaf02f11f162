import { literal } from '../../query/index.ts'
import {
  cut,
  fold,
  inSteps,
  isBlank,
  type Normaliser,
  onlyWords,
  onlyWordsSql,
  type SqlSteps,
  type TextStep,
} from './text-fold.ts'

/** Points and apostrophes stand inside words (`J.R.`, `D'Arcy`); all else parts them. */
const INSIDE_WORDS = "[.'’‘`´ʼ]+"
const insideWords = new RegExp(INSIDE_WORDS, 'gu')
/** Forms of address that some sources write into the first name. */
const TITLE = '^(mr|mrs|ms|miss|mx|dr|prof|herr|frau|mme|mlle|sr|sra) '
const titlePattern = new RegExp(TITLE, 'u')

/** A name for comparing exactly: lower-case, without accents, letters and digits only. */
export const nameKey: Normaliser = inSteps(
  unlessBlankSteps(value => onlyWordsSql(fold.sql(value), '')),
  text => unlessBlank(text, value => onlyWords(fold.js(value), '')),
)

/** A first name for fuzzy comparing: the words of it, folded, without a title: `jean pierre`. */
export const firstNameForm: Normaliser = inSteps(
  unlessBlankSteps(value => `regexp_replace(${words.sql(value)}, ${literal(TITLE)}, '')`),
  text => unlessBlank(text, value => words.js(value).replace(titlePattern, '')),
)

const plainWords = /^[a-z\d]+( [a-z\d]+)*$/i

/** The folded words of a text, one space between. */
export const words: TextStep = {
  sql(text) {
    const joined = `regexp_replace(${fold.sql(text)}, ${literal(INSIDE_WORDS)}, '', 'g')`
    return `trim(${onlyWordsSql(joined, ' ')})`
  },
  js(text) {
    // Most texts are words already.
    if (plainWords.test(text)) return text.toLowerCase()
    return onlyWords(fold.js(text).replaceAll(insideWords, ''), ' ').replaceAll(/^ | $/g, '')
  },
}

/** A step on the cut text; null where that says nothing, or nothing is left. */
export function unlessBlank(text: string, step: (value: string) => string): string | null {
  const value = cut.js(text)
  return isBlank.js(value) ? null : step(value) || null
}

/** `unlessBlank` as SQL, in steps. */
export function unlessBlankSteps(step: (value: string) => string): SqlSteps {
  return [
    cut.sql,
    value => `case when ${isBlank.sql(value)} then null else nullif(${step(value)}, '') end`,
  ]
}
