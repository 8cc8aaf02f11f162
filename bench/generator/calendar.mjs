// @ts-check
/** Days and seconds as text, made once: a calendar for each of millions of records would cost more than the rest. */
import { at } from './draw.mjs'

const DAY_MS = 86_400_000
export const DAY_SECONDS = 86_400
/** 1935-01-01. */
const DAY_FIRST = -12_783
const DAY_TEXTS = Array.from({ length: 55_000 }, (_, day) => {
  return new Date((DAY_FIRST + day) * DAY_MS).toISOString().slice(0, 10)
})
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** @param {number} day days since 1970-01-01 */
export function dayText(day) {
  return at(DAY_TEXTS, day - DAY_FIRST)
}

/** @param {number} second seconds since 1970-01-01 */
export function secondText(second) {
  const inDay = second % DAY_SECONDS
  const hour = at(TWO_DIGITS, Math.floor(inDay / 3600))
  const minute = at(TWO_DIGITS, Math.floor((inDay % 3600) / 60))
  return `${dayText((second - inDay) / DAY_SECONDS)}T${hour}:${minute}:${at(TWO_DIGITS, inDay % 60)}Z`
}
