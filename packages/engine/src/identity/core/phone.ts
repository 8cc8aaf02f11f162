import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { codeLengths, mainPlan, NATIONAL_MAX, type PhonePlan, planOf } from './phone-plan.ts'
import { phoneRegion } from './phone-region.ts'

/** Text that may hold a number; longer is none (the library's own limit). */
const CHARACTERS_MAX = 250
/** Fewer digits are left to the library: they are short codes, extensions and scraps. */
const DIGITS_MIN = 5
const CODE_MAX = 3

/** The fast way is not sure: the library must say. */
const UNSURE = Symbol('unsure')
type Sure<T> = T | typeof UNSURE

/**
 * A phone number as E.164, or null. The text may hold words around the number; a number without
 * a calling code is read in `region` (ISO code, English name, or calling code). It must be
 * *possible* (right length for its country), not *valid* (in a range that is given out): ranges
 * change faster than the library's tables, and two records with the same wrong number still agree.
 *
 * The same as libphonenumber-js for every text. What is only digits and usual punctuation is read
 * here with its metadata, compiled once (the library compiles the patterns for every number:
 * 51,000 a second); everything else, and every case in doubt, goes to the library.
 */
export function toE164(raw: string, region: string): string | null {
  const country = phoneRegion(region)
  const fast = fastE164(raw, country)
  return fast === UNSURE ? libraryE164(raw, country) : fast
}

/** E.164 of each number in the region beside it; null where it is none or a placeholder. */
export function e164Column(
  raws: readonly string[],
  regions: readonly string[],
): readonly (string | null)[] {
  return raws.map((raw, at) => (isPlaceholderPhone(raw) ? null : toE164(raw, regions[at] ?? '')))
}

/** Numbers that stand for "none": one digit over and over, or counting up or down. */
export function isPlaceholderPhone(raw: string): boolean {
  return placeholderPattern.test(raw.replaceAll(/\D/g, ''))
}

const REPEATED = `\\d{0,3}?(${Array.from('0123456789', digit => `${digit}{6,}`).join('|')})`
const COUNTED = '(00?1|1)?(0?123456789?0?|0?12345678?|9876543210?|01234567(89?)?)'
/** The digits of a number that stands for "none". */
export const PLACEHOLDER_DIGITS = `^(${REPEATED}|${COUNTED})$`
const placeholderPattern = new RegExp(PLACEHOLDER_DIGITS)

function libraryE164(raw: string, country: string): string | null {
  const known = planOf(country) === null ? undefined : toCountry(country)
  const parsed = parsePhoneNumberFromString(raw, known)
  return parsed?.isPossible() ? parsed.number : null
}

type Country = Exclude<Parameters<typeof parsePhoneNumberFromString>[1], object | undefined>

function toCountry(country: string): Country | undefined {
  return isCountry(country) ? country : undefined
}

function isCountry(country: string): country is Country {
  return planOf(country) !== null
}

function fastE164(raw: string, country: string): Sure<string | null> {
  const digits = plainDigits(raw)
  if (digits === UNSURE) return UNSURE
  if (digits.startsWith('+')) return international(digits)
  const plan = planOf(country)
  if (plan === null || plan.idd.test(digits)) return UNSURE
  if (digits.startsWith(plan.callingCode)) return withoutPlus(digits, plan)
  return finished(stripped(digits, plan), plan)
}

/** Digits and usual punctuation, with a plus in front or none. */
const PLAIN = /^[ ().-]*\+?[0-9 ().-]*$/
const PUNCTUATION = /[ ().-]+/g

function plainDigits(raw: string): Sure<string> {
  if (raw.length > CHARACTERS_MAX || !PLAIN.test(raw)) return UNSURE
  const digits = raw.replace(PUNCTUATION, '')
  return digits.length < DIGITS_MIN ? UNSURE : digits
}

function international(digits: string): Sure<string | null> {
  for (let length = 1; length <= CODE_MAX; length++) {
    const plan = mainPlan(digits.slice(1, 1 + length))
    if (plan !== null) return finished(stripped(digits.slice(1 + length), plan), plan)
  }
  return UNSURE
}

/** A number that begins with its country's calling code may have it, or only look so. */
function withoutPlus(digits: string, plan: PhonePlan): Sure<string | null> {
  const shorter = digits.slice(plan.callingCode.length)
  const one = stripped(digits, plan)
  const other = stripped(shorter, plan)
  if (one === UNSURE || other === UNSURE) return UNSURE
  const hasCode = (!plan.whole.test(one) && plan.whole.test(other)) || one.length > plan.lengthMax
  if (!hasCode) return finished(one, plan)
  const main = mainPlan(plan.callingCode)
  return main === null ? UNSURE : finished(stripped(shorter, main), main)
}

/** A number without the national prefix, if it has one. */
function stripped(digits: string, plan: PhonePlan): Sure<string> {
  const match = plan.prefix?.exec(digits)
  if (!match || match[0] === '') return match ? UNSURE : digits
  if (match.length > 1 && match.at(-1)) return UNSURE
  const rest = digits.slice(match[0].length)
  if (plan.whole.test(digits) && !plan.whole.test(rest)) return digits
  const enough = codeLengths(plan.callingCode).enough[rest.length]
  if (enough === 1) return rest
  return enough === 0 ? digits : UNSURE
}

function finished(national: Sure<string>, plan: PhonePlan): Sure<string | null> {
  if (national === UNSURE || national.length > NATIONAL_MAX) return UNSURE
  // Which of the countries of a calling code a number is of is the library's to say.
  const possible = codeLengths(plan.callingCode).possible[national.length]
  if (possible === 1) return `+${plan.callingCode}${national}`
  return possible === 0 ? null : UNSURE
}
