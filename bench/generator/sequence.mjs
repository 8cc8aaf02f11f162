// @ts-check
/**
 * The endless sequence of the records of a seed, as places: a place is an entity × 16 + the number of
 * its record. Any range of it can be made alone; a smaller number is a prefix of a larger.
 */
import { at, cellsFrom, draw, mix } from './draw.mjs'
import { TEST_ACCOUNT } from './person.mjs'
import { recordCountOf } from './record.mjs'

/** People whose records are shuffled together, so that a person's records do not lie side by side. */
export const GROUP_PEOPLE = 8192
/** No person has more records. */
export const RECORDS_MAX = 16
/** The records of the test account lie among those of this group. */
const TEST_GROUP = 3
const GROUP_PLACES_MAX = GROUP_PEOPLE * RECORDS_MAX
const COUNT_FIELD = 60

/**
 * @param {{ seed: number, traps: readonly import('./rates.mjs').Trap[] }} how
 * @returns {(range: { first: number, records: number }) => Generator<{ group: number, places: number[] }>} the places of a
 *   range, group after group
 */
export function sequenceFrom({ seed, traps }) {
  const cells = cellsFrom(seed)
  const salt = mix(seed)
  const hasTestAccount = traps.includes('testAccount')

  return function* placesOf({ first, records }) {
    const end = first + records
    let start = 0
    for (let group = 0; start < end; group++) {
      const size = sizeOf(group)
      if (start + size > first) {
        const places = shuffled(group)
        yield { group, places: places.slice(Math.max(first - start, 0), end - start) }
      }
      start += size
    }
  }

  /** How many records a group has: what it takes to go past it. */
  function sizeOf(/** @type {number} */ group) {
    let size = isTestGroup(group) ? TEST_ACCOUNT.records : 0
    for (let entity = group * GROUP_PEOPLE; entity < (group + 1) * GROUP_PEOPLE; entity++) {
      size += recordCountOf(draw(cells(entity, 0), COUNT_FIELD))
    }
    return size
  }

  /** The places of a group, in an order that hashes decide. */
  function shuffled(/** @type {number} */ group) {
    /** @type {number[]} */
    const places = []
    for (let entity = group * GROUP_PEOPLE; entity < (group + 1) * GROUP_PEOPLE; entity++) {
      const count = recordCountOf(draw(cells(entity, 0), COUNT_FIELD))
      for (let record = 0; record < count; record++) places.push(entity * RECORDS_MAX + record)
    }
    if (isTestGroup(group)) {
      const own = TEST_ACCOUNT.number * RECORDS_MAX
      for (let record = 0; record < TEST_ACCOUNT.records; record++) places.push(own + record)
    }
    // One number holds the hash and, below it, which place it is of: numbers sort far faster than pairs.
    const orders = Float64Array.from(
      places,
      (place, index) => mix(place ^ salt) * GROUP_PLACES_MAX + index,
    )
    return Array.from(orders.sort(), order => at(places, order % GROUP_PLACES_MAX))
  }

  function isTestGroup(/** @type {number} */ group) {
    return hasTestAccount && group === TEST_GROUP
  }
}
