// @ts-check
/** The errors that people and machines make in names, streets and numbers (after FEBRL and GeCo). */
import { at, below, mix, pick } from './draw.mjs'

/** Keys beside each key of a QWERTY keyboard. */
const NEIGHBOURS = new Map(
  Object.entries({
    a: 'qsz',
    b: 'vgn',
    c: 'xdv',
    d: 'sfe',
    e: 'wrd',
    f: 'dgr',
    g: 'fht',
    h: 'gjy',
    i: 'uok',
    j: 'hku',
    k: 'jli',
    l: 'kop',
    m: 'nj',
    n: 'bmh',
    o: 'ipl',
    p: 'ol',
    q: 'wa',
    r: 'etf',
    s: 'adw',
    t: 'ryg',
    u: 'yij',
    v: 'cbf',
    w: 'qes',
    x: 'zcs',
    y: 'tuh',
    z: 'xa',
    0: '9',
    1: '2',
    2: '13',
    3: '24',
    4: '35',
    5: '46',
    6: '57',
    7: '68',
    8: '79',
    9: '80',
  }),
)

/** What a scanner reads for another shape (from the OCR table; see README.md). */
const LOOKALIKES = /** @type {const} */ ([
  ['cl', 'd'],
  ['rn', 'm'],
  ['m', 'rn'],
  ['vv', 'w'],
  ['w', 'vv'],
  ['l', 'i'],
  ['ri', 'n'],
  ['u', 'v'],
  ['h', 'b'],
])

/** What a listener writes for another sound (from the phonetic table; see README.md). */
const SOUNDALIKES = /** @type {const} */ ([
  ['ph', 'f'],
  ['ck', 'k'],
  ['th', 't'],
  ['nn', 'n'],
  ['ll', 'l'],
  ['tt', 't'],
  ['rr', 'r'],
  ['mm', 'm'],
  ['ee', 'i'],
  ['ie', 'i'],
  ['ey', 'y'],
  ['ei', 'i'],
  ['ou', 'o'],
  ['oo', 'u'],
  ['au', 'o'],
  ['c', 'k'],
  ['z', 's'],
  ['s', 'z'],
  ['v', 'f'],
  ['d', 't'],
  ['g', 'k'],
  ['y', 'i'],
])

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** One slip of hand, eye or ear. The result always differs from `text`, unless it is too short to err in. */
export function misspelt(/** @type {string} */ text, /** @type {number} */ bits) {
  return slipIn(text, bits).text
}

/**
 * One slip, and of what it was: a quarter of the ear, some of the eye, else of the hand.
 *
 * @param {string} text
 * @param {number} bits
 * @returns {{ text: string, how: 'typo' | 'ocr' | 'phonetic' | 'none' }}
 */
export function slipIn(text, bits) {
  if (text.length < 3) return { text, how: 'none' }
  const kind = bits % 20
  const next = mix(bits)
  const how = kind < 5 ? 'phonetic' : kind < 8 ? 'ocr' : 'typo'
  if (how !== 'typo') {
    const slip = swapOf(text, next, how === 'ocr' ? LOOKALIKES : SOUNDALIKES)
    if (slip !== text) return { text: slip, how }
  }
  return { text: typo(text, next), how: 'typo' }
}

/** One insertion, deletion, replacement by a neighbouring key, or transposition; never of the first letter. */
export function typo(/** @type {string} */ text, /** @type {number} */ bits) {
  if (text.length < 3) return text
  const place = 1 + below(bits, text.length - 2)
  const here = text.charAt(place)
  const next = mix(bits)
  switch (bits % 4) {
    case 0:
      return text.slice(0, place) + LETTERS.charAt(below(next, 26)) + text.slice(place)
    case 1:
      return text.slice(0, place) + text.slice(place + 1)
    case 2: {
      const keys = NEIGHBOURS.get(here.toLowerCase()) ?? 'x'
      return text.slice(0, place) + keys.charAt(below(next, keys.length)) + text.slice(place + 1)
    }
    default: {
      const after = text.charAt(place + 1)
      if (after === here) return text.slice(0, place) + text.slice(place + 1)
      return text.slice(0, place) + after + here + text.slice(place + 2)
    }
  }
}

/** One digit of a number replaced by another. */
export function misdialled(/** @type {string} */ digits, /** @type {number} */ bits) {
  const place = 3 + below(bits, digits.length - 3)
  const wrong = (Number(digits.charAt(place)) + 1 + below(mix(bits), 9)) % 10
  return digits.slice(0, place) + String(wrong) + digits.slice(place + 1)
}

/** A pet form of a given name, or nothing where the table knows none. */
export function nicknameOf(
  /** @type {string} */ name,
  /** @type {ReadonlyMap<string, readonly string[]>} */ nicknames,
  /** @type {number} */ bits,
) {
  const known = nicknames.get(name.toLowerCase())
  return known === undefined ? undefined : pick(known, bits)
}

/**
 * @param {string} text
 * @param {number} bits
 * @param {readonly (readonly [string, string])[]} pairs
 */
function swapOf(text, bits, pairs) {
  const start = below(bits, pairs.length)
  for (let step = 0; step < pairs.length; step++) {
    const [from, to] = at(pairs, (start + step) % pairs.length)
    const place = text.indexOf(from, 1)
    if (place > 0) return text.slice(0, place) + to + text.slice(place + from.length)
  }
  return text
}
