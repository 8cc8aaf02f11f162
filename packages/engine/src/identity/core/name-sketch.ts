import type { FuzzyLevel } from './first-name.ts'
import { nicknameKin } from './nicknames.ts'

/** What tells of two names, in a few steps, that they are surely not alike. */
export interface NameSketch {
  /** A bit for each letter that occurs; letters may share one. */
  readonly letters: number
  readonly length: number
  readonly first: number
  /** One word of three letters or more: no initials, nothing to be a part of. */
  readonly isWord: boolean
  /** The bits of its kin (`nicknameKin`). */
  readonly kinLow: number
  readonly kinHigh: number
}

const WORD_MIN = 3
/** Likeness below which no level joins names that begin with different letters. */
const LIKENESS_MIN: Readonly<Record<FuzzyLevel, number>> = { high: 1, medium: 0.9, low: 0.8 }

/** The sketch of a name as `firstNameForm` gives it. */
export function sketchOf(name: string): NameSketch {
  let letters = 0
  const [kinLow, kinHigh] = nicknameKin(name)
  for (let at = 0; at < name.length; at++) letters |= 1 << (name.charCodeAt(at) & 31)
  return {
    letters,
    length: name.length,
    first: name === '' ? -1 : name.charCodeAt(0),
    isWord: name.length >= WORD_MIN && !name.includes(' '),
    kinLow,
    kinHigh,
  }
}

/**
 * Whether two names cannot be alike at a level; false says nothing. Two words that begin with
 * different letters are alike by being nicknames or by Jaro's measure, which counts the letters that
 * they share: those that only one of them has are none of those.
 */
export function surelyDiffer(one: NameSketch, other: NameSketch, level: FuzzyLevel): boolean {
  if (one.first === other.first || !one.isWord || !other.isWord) return false
  if ((one.kinLow & other.kinLow) !== 0 || (one.kinHigh & other.kinHigh) !== 0) return false
  const shared = Math.min(
    one.length - bits(one.letters & ~other.letters),
    other.length - bits(other.letters & ~one.letters),
  )
  return (shared / one.length + shared / other.length + 1) / 3 < LIKENESS_MIN[level]
}

/** How many bits are set. */
function bits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
