import { jaroWinkler } from './jaro-winkler.ts'
import { isNickname, shareFormalName } from './nicknames.ts'

/** How strict a fuzzy criterion is: high is the strictest (semantics 3.3). */
export type FuzzyLevel = 'high' | 'medium' | 'low'

/** Likeness from which two names are one, after Winkler (0 to 1). */
const MEDIUM_MIN = 0.9
const LOW_MIN = 0.8
/** Short names differ by one letter and are two people's: Ann and Jan, Tim and Jim. */
const LETTERS_MIN = 4
const FEMALE_ENDINGS = new Set([
  'a',
  'e',
  'le',
  'la',
  'lle',
  'ne',
  'na',
  'ette',
  'ina',
  'ine',
  'elle',
  'ella',
])

/**
 * Whether two first names may be one person's. Both are as `firstNameForm` gives them (folded
 * words); blank is like nothing, not even blank.
 *
 * - high: the same letters (`Mary-Ann` and `Maryann`), or one is a nickname of the other, or both
 *   are nicknames of one formal name and of few others (Bob and Rob; not Jo and Joe).
 * - medium: also initials (S. and Sharon), the other gender's form (Gabriel and Gabrielle), the
 *   same words in another order, a name that is a word of the other (Mary and Mary Jane), and a
 *   Jaro-Winkler likeness of at least 0.90 between names of nearly one length.
 * - low: also a likeness of at least 0.80 (Lisa and Liza, Lucia and Luc).
 */
export function similarFirstNames(one: string, other: string, level: FuzzyLevel): boolean {
  if (one === '' || other === '') return false
  if (isHigh(one, other)) return true
  if (level === 'high') return false
  if (isMedium(one, other)) return true
  return level === 'low' && likeness(one, other) >= LOW_MIN
}

function isHigh(one: string, other: string): boolean {
  const a = joined(one)
  const b = joined(other)
  return a === b || isNickname(a, b) || isNickname(b, a) || shareFormalName(a, b)
}

function isMedium(one: string, other: string): boolean {
  return (
    areWordsOf(one, other) ||
    isInitialOf(one, other) ||
    isInitialOf(other, one) ||
    isFemaleForm(one, other) ||
    isFemaleForm(other, one) ||
    (Math.abs(one.length - other.length) <= 1 && likeness(one, other) >= MEDIUM_MIN)
  )
}

/** Every word of the one with fewer is one of the other's, by letters or by nickname. */
function areWordsOf(one: string, other: string): boolean {
  if (!one.includes(' ') && !other.includes(' ')) return false
  const [few = [], many = []] = [one.split(' '), other.split(' ')].toSorted(
    (a, b) => a.length - b.length,
  )
  if (many.length === 1) return false
  return few.every(
    word => word.length > 1 && many.some(held => word.length > 1 && isHigh(word, held)),
  )
}

/** Initials in order, one for each word at least: `j p` of `jean pierre`, `s` of `sharon`. */
function isInitialOf(initials: string, name: string): boolean {
  // A letter is at most two code units, and then comes a blank or the end: nearly all names end here.
  if (initials.length > 2 && initials[1] !== ' ' && initials[2] !== ' ') return false
  if (initials.length === 1) return name.startsWith(initials)
  const letters = initials.split(' ')
  const words = name.split(' ')
  if (letters.length > words.length || letters.some(letter => Array.from(letter).length !== 1))
    return false
  return letters.every((letter, at) => words[at]?.startsWith(letter) === true)
}

function isFemaleForm(male: string, female: string): boolean {
  if (male.length < LETTERS_MIN || !female.startsWith(male)) return false
  return FEMALE_ENDINGS.has(female.slice(male.length))
}

function likeness(one: string, other: string): number {
  const a = joined(one)
  const b = joined(other)
  // "Luc" has three letters; what it is like must then be begun by it.
  if (Math.min(a.length, b.length) < LETTERS_MIN && !a.startsWith(b) && !b.startsWith(a)) return 0
  if (Math.min(a.length, b.length) < LETTERS_MIN - 1) return 0
  return jaroWinkler(a, b)
}

function joined(name: string): string {
  return name.includes(' ') ? name.replaceAll(' ', '') : name
}
