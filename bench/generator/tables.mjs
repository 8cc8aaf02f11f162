// @ts-check
/**
 * The reference tables beside this file: names with their real counts, cities, nicknames.
 * Their origins and licences are in README.md.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { at, mix, unit } from './draw.mjs'

/**
 * Values with weights, chosen in constant time (Walker's alias method).
 *
 * @typedef {{ pick: (bits: number) => string, values: readonly string[] }} Weighted
 */

/**
 * @typedef {object} Tables
 * @property {Weighted} surnames
 * @property {Weighted} female
 * @property {Weighted} male
 * @property {Weighted} cities
 * @property {ReadonlyMap<string, readonly string[]>} nicknames lower-case given name → nicknames
 */

/** @returns {Tables} */
export function loadTables() {
  return {
    surnames: weighted(rows('surnames')),
    female: weighted(rows('given-female')),
    male: weighted(rows('given-male')),
    cities: weighted(rows('cities')),
    nicknames: nicknamesOf(rows('nicknames')),
  }
}

/** @returns {readonly (readonly [string, string])[]} */
function rows(/** @type {string} */ name) {
  const text = gunzipSync(readFileSync(new URL(`tables/${name}.csv.gz`, import.meta.url))).toString(
    'utf8',
  )
  return text
    .split('\n')
    .filter(line => line.includes(','))
    .map(line => {
      const cut = line.indexOf(',')
      return [line.slice(0, cut).trim(), line.slice(cut + 1).trim()]
    })
}

/**
 * @param {readonly (readonly [string, string])[]} counted
 * @returns {Weighted}
 */
function weighted(counted) {
  const values = counted.map(([name]) => titled(name))
  const { keep, other } = aliases(counted.map(([, count]) => Number(count)))
  return {
    values,
    pick(bits) {
      const index = Math.floor(unit(bits) * values.length)
      return at(values, unit(mix(bits)) < (keep[index] ?? 1) ? index : (other[index] ?? index))
    },
  }
}

/** The tables of the alias method: keep column `i` with `keep[i]`, else take column `other[i]`. */
function aliases(/** @type {readonly number[]} */ weights) {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  const keep = Float64Array.from(weights, weight => weight / mean)
  const other = new Int32Array(weights.length)
  /** @type {number[]} */
  const poor = []
  /** @type {number[]} */
  const rich = []
  for (let index = 0; index < keep.length; index++) (at1(keep, index) < 1 ? poor : rich).push(index)
  while (poor.length > 0 && rich.length > 0) {
    const small = at(poor, poor.length - 1)
    const large = at(rich, rich.length - 1)
    poor.pop()
    other[small] = large
    keep[large] = at1(keep, large) + at1(keep, small) - 1
    if (at1(keep, large) < 1) {
      rich.pop()
      poor.push(large)
    }
  }
  return { keep, other }
}

function at1(/** @type {Float64Array} */ list, /** @type {number} */ index) {
  return list[index] ?? 0
}

function titled(/** @type {string} */ name) {
  return name.toLowerCase().replaceAll(/(^|[ -])\p{L}/gu, start => start.toUpperCase())
}

/** @returns {ReadonlyMap<string, readonly string[]>} */
function nicknamesOf(/** @type {readonly (readonly [string, string])[]} */ pairs) {
  /** @type {Map<string, string[]>} */
  const table = new Map()
  for (const [name, nickname] of pairs) {
    const key = name.toLowerCase()
    table.set(key, [...(table.get(key) ?? []), titled(nickname)])
  }
  return table
}
