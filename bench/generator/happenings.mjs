// @ts-check
/**
 * What goes wrong in a record, as bits of one number: a set for each of millions of records would cost
 * more than the rest.
 */
import { draw } from './draw.mjs'
import { ERROR_RATES, PRESETS, TRAP_RATES } from './rates.mjs'

/**
 * What can befall a record. `ocr` and `phonetic` tell of a misspelt name how it came about, `testAccount` that
 * the record is of that account.
 *
 * @typedef {keyof typeof ERROR_RATES | keyof typeof TRAP_RATES | 'ocr' | 'phonetic' | 'testAccount'} Happening
 */

const ERRORS = /** @type {(keyof typeof ERROR_RATES)[]} */ (Object.keys(ERROR_RATES))
const TRAPS = /** @type {(keyof typeof TRAP_RATES)[]} */ (Object.keys(TRAP_RATES))

/** @type {readonly Happening[]} */
const HAPPENINGS = [...ERRORS, ...TRAPS, 'ocr', 'phonetic', 'testAccount']

export const BIT = /** @type {Record<Happening, number>} */ (
  Object.fromEntries(HAPPENINGS.map((name, index) => [name, 1 << index]))
)

const TRAP_FIELD = 51
const ERROR_FIELD = 100
const DRAWS = 4_294_967_296
/** However dirty: an error befalls at most every second record. */
const RATE_MAX = 0.5

/**
 * @param {{ preset: keyof typeof PRESETS, traps: readonly import('./rates.mjs').Trap[] }} how
 * @returns {(cell: number) => number} the bits of what is to befall the record of a cell
 */
export function happeningsAt({ preset, traps }) {
  const limits = ERRORS.map(name => Math.min(ERROR_RATES[name] * PRESETS[preset], RATE_MAX) * DRAWS)
  const set = TRAPS.reduce((bits, name) => (traps.includes(name) ? bits | BIT[name] : bits), 0)
  return cell => {
    let bits = 0
    for (let index = 0; index < limits.length; index++) {
      if (draw(cell, ERROR_FIELD + index) < (limits[index] ?? 0)) bits |= 1 << index
    }
    return bits | (trapAt(draw(cell, TRAP_FIELD) / DRAWS) & set)
  }
}

/** At most one trap befalls a record; which one does not depend on those that are switched off. */
function trapAt(/** @type {number} */ place) {
  let edge = 0
  for (const name of TRAPS) {
    edge += TRAP_RATES[name]
    if (place < edge) return BIT[name]
  }
  return 0
}

/**
 * The names of bits, by the bits: few sets of happenings are common, and each is named once.
 *
 * @type {Map<number, readonly Happening[]>}
 */
const namedBits = new Map()

/** @returns {readonly Happening[]} */
export function namesOfBits(/** @type {number} */ bits) {
  const known = namedBits.get(bits)
  if (known !== undefined) return known
  const names = HAPPENINGS.filter(name => (bits & BIT[name]) !== 0)
  namedBits.set(bits, names)
  return names
}
