// @ts-check
/**
 * The sample's time. Every source ends on one day, whatever day it really ended on; Mainstem moves that day to
 * yesterday when it first takes the sample in. No clock is read here, so one input always gives the same files.
 */

/** The last day in every file. */
export const LAST_DAY = '2025-06-30'

const DAY_MS = 86_400_000
const LAST_MS = Date.parse(`${LAST_DAY}T00:00:00Z`)

/** The moment so many days and seconds before the end of the last day, as ISO 8601 in UTC. */
export function before(/** @type {number} */ days, /** @type {number} */ second = 0) {
  return `${new Date(LAST_MS - Math.floor(days) * DAY_MS + (second % 86_400) * 1000).toISOString().slice(0, 19)}Z`
}

/** A moment moved by as many days as take the day `end` to the last day. */
export function moved(/** @type {string} */ moment, /** @type {string} */ end) {
  const shiftMs = LAST_MS - Date.parse(`${end}T00:00:00Z`)
  return `${new Date(Date.parse(moment) + shiftMs).toISOString().slice(0, 19)}Z`
}

/** A moment so many seconds after another, but never after the end of the last day. */
export function after(/** @type {string} */ moment, /** @type {number} */ seconds) {
  const latestMs = LAST_MS + DAY_MS - 1000
  return `${new Date(Math.min(Date.parse(moment) + seconds * 1000, latestMs)).toISOString().slice(0, 19)}Z`
}
