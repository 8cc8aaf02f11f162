// @ts-check
/**
 * Addressable chance: every value is a hash of (seed, entity, record, field), so there is no stream
 * of random numbers to keep in step. Any range of records can be made alone, one million records are
 * a prefix of five million, and one seed always gives the same bytes.
 */

/** A hash of a whole number to 32 bits, one to one (lowbias32 by Chris Wellons, public domain). */
export function mix(/** @type {number} */ value) {
  let hash = value >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97)
  return (hash ^ (hash >>> 15)) >>> 0
}

/**
 * Where the chances of one record of one entity begin; `draw` takes one field's from there.
 *
 * @typedef {(entity: number, record: number) => number} Cells
 */

/**
 * @param {number} seed
 * @returns {Cells}
 */
export function cellsFrom(seed) {
  const base = mix(seed ^ 0x9e3779b9)
  return (entity, record) => mix(mix(base ^ entity) + Math.imul(record + 1, 0x85ebca6b))
}

/** The 32 random bits of one field of a cell. */
export function draw(/** @type {number} */ cell, /** @type {number} */ field) {
  return mix(cell ^ Math.imul(field + 1, 0xc2b2ae35))
}

/** 32 random bits as a number in [0, 1). */
export function unit(/** @type {number} */ bits) {
  return bits / 4_294_967_296
}

/** Whether an event of this probability happens, told by 32 random bits. */
export function chance(/** @type {number} */ bits, /** @type {number} */ probability) {
  return bits < probability * 4_294_967_296
}

/** A whole number below `limit`, from 32 random bits. */
export function below(/** @type {number} */ bits, /** @type {number} */ limit) {
  return Math.floor((bits / 4_294_967_296) * limit)
}

/**
 * The element that 32 random bits choose; all are equally likely.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} bits
 * @returns {T}
 */
export function pick(list, bits) {
  return at(list, below(bits, list.length))
}

/**
 * The element at an index that is known to be inside the list.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} index
 * @returns {T}
 */
export function at(list, index) {
  const value = list[index]
  if (value === undefined) throw new Error(`no element at ${index} of ${list.length}`)
  return value
}
