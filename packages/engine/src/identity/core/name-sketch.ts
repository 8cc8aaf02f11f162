import type { FuzzyLevel } from './first-name.ts'
import { nicknameKin } from './nicknames.ts'

/** What tells of two names, in a few steps, that they are surely not alike. */
export interface NameSketch {
  /** A bit for each letter that occurs; letters may share one. */
  readonly letters: number
  readonly length: number
  /** The first four letters, a byte each; letters may share one. */
  readonly prefix: number
  /** One word or letter: not several, of which it could have one in common. */
  readonly isWord: boolean
  /** The bits of its kin (`nicknameKin`). */
  readonly kinLow: number
  readonly kinHigh: number
}

/** Shorter names may be an initial. */
const WORD_MIN = 3
const PREFIX_MAX = 4
/** What a letter at the beginning is worth to names that are alike (`jaroWinkler`). */
const PREFIX_WEIGHT = 0.1
/** Likeness below which a level joins no two words; a little less, for the last bit of a fraction. */
const [MEDIUM_MIN, LOW_MIN] = [0.9 - 1e-9, 0.8 - 1e-9]

/** The sketch of a name as `firstNameForm` gives it. */
export function sketchOf(name: string): NameSketch {
  let letters = 0
  let prefix = 0
  const [kinLow, kinHigh] = nicknameKin(name)
  for (let at = 0; at < name.length; at++) letters |= 1 << (name.charCodeAt(at) & 31)
  for (let at = 0; at < PREFIX_MAX; at++) {
    prefix = (prefix << 8) | (at < name.length ? name.charCodeAt(at) & 0xff : 0)
  }
  return {
    letters,
    length: name.length,
    prefix,
    isWord: name !== '' && !name.includes(' '),
    kinLow,
    kinHigh,
  }
}

/**
 * Whether two names cannot be alike at a level; false says nothing. Two words are alike by being
 * nicknames, by one beginning with all of the other (an initial, the other gender's form), or by
 * Jaro's and Winkler's measure: it counts the letters that they share, and those that only one of
 * them has are none of those, and the first letters. High never asks it, and medium only of words
 * of nearly one length.
 */
export function surelyDiffer(one: NameSketch, other: NameSketch, level: FuzzyLevel): boolean {
  if (!one.isWord || !other.isWord || shareKin(one, other)) return false
  const onlyOne = bits(one.letters & ~other.letters)
  const onlyOther = bits(other.letters & ~one.letters)
  const begun = Math.clz32(one.prefix ^ other.prefix) >>> 3
  const isBegun = onlyOne === 0 || onlyOther === 0 || Math.min(one.length, other.length) < WORD_MIN
  if (begun > 0 && isBegun) return false
  if (level === 'high') return true
  if (level === 'medium' && Math.abs(one.length - other.length) > 1) return true
  const shared = Math.min(one.length - onlyOne, other.length - onlyOther)
  const jaro = (shared / one.length + shared / other.length + 1) / 3
  return jaro + begun * PREFIX_WEIGHT * (1 - jaro) < (level === 'low' ? LOW_MIN : MEDIUM_MIN)
}

function shareKin(one: NameSketch, other: NameSketch): boolean {
  return (one.kinLow & other.kinLow) !== 0 || (one.kinHigh & other.kinHigh) !== 0
}

/** How many bits are set. */
function bits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
