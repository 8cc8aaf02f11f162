import { similarFirstNames } from '../core/first-name.ts'
import { isJaroWinkler } from '../core/jaro-winkler.ts'
import type { FieldKind } from './field-kind.ts'
import { withoutGeneration } from './generation.ts'
import { areTwoEditsApart, isOneEditApart } from './text-distance.ts'

/** How two values of one kind are compared. */
export interface FieldComparison {
  /** What each level says: level 0 is equality, the last is difference. */
  readonly levels: readonly string[]
  /** The level of two different values, from 1. Symmetric, and a function of nothing else. */
  readonly compare: (one: string, other: string) => number
  /** The level of names that differ more than that, and still are spellings of one. */
  readonly spelled?: number
}

/** Likeness from which texts are nearly equal, or alike (Jaro-Winkler, 0 to 1). */
const NEAR_MIN = 0.92
const ALIKE_MIN = 0.8
/** The same of mailboxes, which are made of the same names. */
const MAILBOX_ALIKE_MIN = 0.88
/** Letters from which one slip leaves two texts nearly equal. */
const LETTERS_MIN = 4

/** Letters up to which a name with another first letter is likely another name. */
const SHORT_NAME_MAX = 5

const EQUAL = 'equal'
const SLIP = 'one slip'
const NEAR = 'nearly equal'
const PART = 'alike or in part'
const OTHER = 'different'

const TEXT: FieldComparison = {
  levels: [EQUAL, NEAR, PART, OTHER],
  compare(one, other) {
    if (isNear(one, other)) return 1
    return isJaroWinkler(one, other, ALIKE_MIN) || wordShare(one, other) >= 0.5 ? 2 : 3
  },
}

/** The comparison of each kind; values are as `VALUE_FORMS` makes them. */
export const COMPARISONS: Readonly<Record<FieldKind, FieldComparison>> = {
  firstName: {
    levels: [EQUAL, 'nickname or initial', NEAR, 'alike', OTHER],
    spelled: 2,
    compare(first, second) {
      const [one, other] = [withoutGeneration(first), withoutGeneration(second)]
      if (one === other || isFirstOf(one, other)) return 1
      if (isInitialOf(one, other) || similarFirstNames(one, other, 'high')) return 1
      if (isContractionOf(one, other)) return 1
      if (!isJaroWinkler(one, other, ALIKE_MIN) || areTwoNames(one, other)) return 4
      return isNear(one, other) && beginAlike(one, other) ? 2 : 3
    },
  },
  lastName: {
    levels: [EQUAL, NEAR, PART, OTHER],
    spelled: 1,
    compare(first, second) {
      const [one, other] = [withoutGeneration(first), withoutGeneration(second)]
      if (one === other || isNear(one, other)) return 1
      return isJaroWinkler(one, other, ALIKE_MIN) || sharesLongWord(one, other) ? 2 : 3
    },
  },
  organization: {
    levels: [EQUAL, NEAR, 'same words', PART, OTHER],
    compare(one, other) {
      if (isNear(one, other)) return 1
      const share = wordShare(one, other)
      if (share === 1) return 2
      return share >= 0.5 || isJaroWinkler(one, other, 0.85) ? 3 : 4
    },
  },
  birthDate: {
    levels: [EQUAL, SLIP, 'two parts equal', 'same year', OTHER, 'years apart'],
    compare: compareDates,
  },
  email: {
    levels: [EQUAL, 'same mailbox', NEAR, 'alike', OTHER],
    compare: compareEmails,
  },
  phone: {
    levels: [EQUAL, SLIP, OTHER],
    compare: (one, other) => (isOneEditApart(one, other) ? 1 : 2),
  },
  identifier: {
    levels: [EQUAL, SLIP, OTHER],
    compare(one, other) {
      const length = Math.min(one.length, other.length)
      return length > LETTERS_MIN && isOneEditApart(one, other) ? 1 : 2
    },
  },
  street: {
    levels: [EQUAL, NEAR, 'one within the other', PART, OTHER],
    compare(one, other) {
      const level = TEXT.compare(one, other)
      if (level === 1) return 1
      return isWithin(one, other) ? 2 : level + 1
    },
  },
  postalCode: {
    levels: [EQUAL, SLIP, 'same area', OTHER],
    compare(one, other) {
      if (isOneEditApart(one, other)) return 1
      return postalArea(one) === postalArea(other) ? 2 : 3
    },
  },
  text: TEXT,
  code: { levels: [EQUAL, OTHER], compare: () => 1 },
}

/** The part of a postal code that names the area: all but the last three, or the first two, signs. */
export function postalArea(code: string): string {
  return code.length > 4 ? code.slice(0, -3) : code.slice(0, 2)
}

function isInitialOf(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length === 1 && long.startsWith(short)
}

/** Whether words that begin alike have more slips than one makes: Darla and Darlene, Mark and Marsha. */
function areTwoNames(one: string, other: string): boolean {
  return !one.includes(' ') && !other.includes(' ') && !areTwoEditsApart(one, other)
}

/** Whether short names share a first letter, which is hardly ever mistyped: Andy is not Sandy. */
function beginAlike(one: string, other: string): boolean {
  return one[0] === other[0] || Math.min(one.length, other.length) > SHORT_NAME_MAX
}

const VOWEL = /[aeiouy]/

/** Whether one is the other without vowels and some of its consonants, as `mhd` of `mohamed` and `wm` of `william`. */
function isContractionOf(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  if (short.length < 2 || short[0] !== long[0] || short.at(-1) !== long.at(-1)) return false
  if (VOWEL.test(short)) return false
  let at = 0
  for (const letter of short) {
    at = long.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

/** Whether one name is the first of the other's, as `ada` of `ada augusta` and `ada a`. */
function isFirstOf(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length > 1 && long[short.length] === ' ' && long.startsWith(short)
}

function isNear(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length)
  if (length >= LETTERS_MIN && isOneEditApart(one, other)) return true
  return length >= LETTERS_MIN - 1 && isJaroWinkler(one, other, NEAR_MIN)
}

function sharesLongWord(one: string, other: string): boolean {
  if (!one.includes(' ') && !other.includes(' ')) return false
  const words = other.split(' ')
  return one.split(' ').some(word => word.length > 2 && words.includes(word))
}

/**
 * Whether one address has all words of the other, in whatever order, and its number is among them:
 * `4 high st` of `flat 2 4 high st leeds`.
 */
function isWithin(one: string, other: string): boolean {
  const words = one.length <= other.length ? one : other
  return /(^| )\d/.test(words) && /[^\d ]{3}/.test(words) && wordShare(one, other) === 1
}

/** The share of the words of the shorter text that the other has too. */
function wordShare(one: string, other: string): number {
  if (!one.includes(' ') && !other.includes(' ')) return 0
  const [ones, others] = [one.split(' '), other.split(' ')]
  if (ones.length < others.length) return shareIn(ones, others)
  if (ones.length > others.length) return shareIn(others, ones)
  // A word that is there twice counts twice: so it could matter which text is named first.
  return Math.min(shareIn(ones, others), shareIn(others, ones))
}

function shareIn(few: readonly string[], many: readonly string[]): number {
  return few.filter(word => many.includes(word)).length / few.length
}

/** Years between birth dates from which they are hardly one date, written wrongly. */
const YEARS_APART = 10

/** Dates are eight digits, year first; other texts are compared as they are. */
function compareDates(one: string, other: string): number {
  if (isOneEditApart(one, other)) return 1
  if (one.length !== 8 || other.length !== 8) return 4
  const [year, month, day] = [one.slice(0, 4), one.slice(4, 6), one.slice(6)]
  const isYear = other.startsWith(year)
  const isMonth = other.slice(4, 6) === month
  const isDay = other.slice(6) === day
  if (isYear && other.slice(4, 6) === day && other.slice(6) === month) return 1
  if (Number(isYear) + Number(isMonth) + Number(isDay) === 2) return 2
  if (isYear) return 3
  return Math.abs(Number(year) - Number(other.slice(0, 4))) < YEARS_APART ? 4 : 5
}

function compareEmails(one: string, other: string): number {
  const [at, otherAt] = [one.indexOf('@'), other.indexOf('@')]
  const [box, otherBox] = [one.slice(0, at), other.slice(0, otherAt)]
  if (box === otherBox) return 1
  if (isOneEditApart(one, other)) return 2
  if (!isJaroWinkler(box, otherBox, MAILBOX_ALIKE_MIN)) return 4
  return isJaroWinkler(box, otherBox, NEAR_MIN) && one.slice(at) === other.slice(otherAt) ? 2 : 3
}
