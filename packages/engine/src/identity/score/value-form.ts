import { address } from '../core/normalise-address.ts'
import { email } from '../core/normalise-email.ts'
import { firstNameForm, unlessBlank, words } from '../core/normalise-name.ts'
import type { FieldKind } from './field-kind.ts'

/** Stands between the values of a record that has several of one field. */
export const SEVERAL = '\u001F'

/** The digits of a phone number that tell numbers apart, whatever stands before them. */
const PHONE_DIGITS = 9
const PHONE_DIGITS_MIN = 6

/** The form in which values of a kind are compared; null where a value says nothing. */
export const VALUE_FORMS: Readonly<Record<FieldKind, (text: string) => string | null>> = {
  firstName: firstNameForm.js,
  lastName: firstNameForm.js,
  organization: wordsForm,
  birthDate: dateForm,
  email: text => email.js(text),
  phone: phoneForm,
  identifier: text => wordsForm(text)?.replaceAll(' ', '') ?? null,
  street: address.js,
  postalCode: text => wordsForm(text)?.replaceAll(' ', '') ?? null,
  text: wordsForm,
  code: codeForm,
}

/** The form of each value of a field, in order, without doubles; null where nothing is left. */
export function fieldForm(kind: FieldKind, text: string): string | null {
  const form = VALUE_FORMS[kind]
  if (!text.includes(SEVERAL)) return form(text)
  const forms = new Set(text.split(SEVERAL).flatMap(part => form(part) ?? []))
  return forms.size === 0 ? null : [...forms].sort().join(SEVERAL)
}

function wordsForm(text: string): string | null {
  return unlessBlank(text, words.js)
}

/** Genders are codes that some write out. */
const SHORT_CODES: Readonly<Record<string, string>> = { male: 'm', female: 'f' }

function codeForm(text: string): string | null {
  const form = wordsForm(text)
  return form === null ? null : (SHORT_CODES[form] ?? form)
}

/** The last digits: with and without the codes of country and trunk a number ends the same. */
function phoneForm(text: string): string | null {
  const digits = text.replace(/(ext|x|#)\.?\s*\d+$/i, '').replaceAll(/\D/g, '')
  if (digits.length < PHONE_DIGITS_MIN || /^(\d)\1*$/.test(digits)) return null
  return digits.slice(-PHONE_DIGITS)
}

const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/
const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)/
/** Of years written with two digits, those up to this one are of this century. */
const SHORT_YEAR_MAX = 25

/**
 * A date as eight digits, year first. Of two numbers before the year the first is taken for the
 * month unless only the day can be so large: the comparison holds the other reading for a slip.
 */
function dateForm(text: string): string | null {
  const value = text.trim()
  if (/^\d{8}$/.test(value)) return value
  const [, year, month, day] = YEAR_FIRST.exec(value) ?? []
  if (year !== undefined) return dateDigits(year, month, day)
  const [, first, second, last] = YEAR_LAST.exec(value) ?? []
  if (last === undefined) return dateInWords(value) ?? wordsForm(value)
  const isDayFirst = Number(first) > 12
  return dateDigits(wholeYear(last), isDayFirst ? second : first, isDayFirst ? first : second)
}

/** `1 March 1970`, `Mar 1, 1970` and `25-Jun-08` as digits; null for any other text. */
function dateInWords(text: string): string | null {
  const parts = text.toLowerCase().match(/[a-z]+|\d+/g) ?? []
  const names = parts.filter(part => /[a-z]/.test(part))
  const numbers = parts.filter(part => /\d/.test(part))
  const month = 1 + MONTHS.indexOf((names[0] ?? '').slice(0, 3))
  if (names.length !== 1 || numbers.length !== 2 || month === 0) return null
  const [one = '', other = ''] = numbers
  const [day, year] = one.length === 4 ? [other, one] : [one, other]
  return dateDigits(wholeYear(year), String(month), day)
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

function dateDigits(year: string, month = '', day = ''): string {
  return `${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`
}

function wholeYear(year: string): string {
  if (year.length === 4) return year
  return (Number(year) > SHORT_YEAR_MAX ? '19' : '20') + year
}
