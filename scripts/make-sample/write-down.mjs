// @ts-check
/** How a person's details stand in a source: as they were when the record was last changed, with errors. */
import { chance, draw, mix, pick } from '../../bench/generator/draw.mjs'
import { misspelt, nicknameOf, typo } from '../../bench/generator/errors.mjs'
import { nicknames } from './people.mjs'
import { written } from './phones.mjs'

/**
 * What goes wrong, or is left out, in a source: probabilities a record.
 *
 * @typedef {object} Habits
 * @property {number} noEmail
 * @property {number} noMobile
 * @property {number} noLandline
 * @property {number} noPlace
 * @property {number} secondEmail another address of the same person
 * @property {number} errors multiplies the rates of misspelling
 * @property {readonly number[]} phoneStyles the ways in which this source writes numbers
 */

/**
 * @typedef {object} Details
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} email
 * @property {string} mobile
 * @property {string} landline
 * @property {import('./origins.mjs').Place} place blank where the source has none
 */

const RATES = {
  nickname: 0.08,
  firstTypo: 0.03,
  initial: 0.015,
  lastTypo: 0.025,
  swapped: 0.006,
  upper: 0.05,
  lower: 0.02,
  emailTypo: 0.012,
  emailUpper: 0.08,
  streetTypo: 0.04,
  cityTypo: 0.008,
}

const F = {
  nickname: 1,
  firstTypo: 2,
  initial: 3,
  lastTypo: 4,
  swapped: 5,
  letters: 6,
  name: 7,
  noEmail: 10,
  second: 11,
  emailTypo: 12,
  emailUpper: 13,
  email: 14,
  noMobile: 20,
  noLandline: 21,
  mobileStyle: 22,
  landlineStyle: 23,
  noPlace: 30,
  streetTypo: 31,
  cityTypo: 32,
  place: 33,
}

/** @type {import('./origins.mjs').Place} */
const NO_PLACE = { street: '', city: '', state: '', postcode: '', country: '' }

/**
 * @param {import('./people.mjs').Person} person
 * @param {{ cell: number, days: number, habits: Habits }} record its cell of chances, and how many days before the
 *   last day it was changed last
 * @returns {Details}
 */
export function writeDown(person, record) {
  const { cell, days, habits } = record
  const leftOut = (/** @type {number} */ field, /** @type {number} */ rate) =>
    chance(draw(cell, field), rate)
  const mobile = person.newMobileDays > days ? person.newMobile : person.mobile
  const style = (/** @type {number} */ field) => pick(habits.phoneStyles, draw(cell, field))
  return {
    ...namesOf(person, record),
    email: leftOut(F.noEmail, habits.noEmail) ? '' : emailOf(person, record),
    mobile: leftOut(F.noMobile, habits.noMobile) ? '' : written(mobile, style(F.mobileStyle)),
    landline: leftOut(F.noLandline, habits.noLandline)
      ? ''
      : written(person.landline, style(F.landlineStyle)),
    place: leftOut(F.noPlace, habits.noPlace) ? NO_PLACE : placeOf(person, record),
  }
}

/**
 * @param {import('./people.mjs').Person} person
 * @param {{ cell: number, days: number, habits: Habits }} record
 */
function namesOf(person, { cell, days, habits }) {
  const errs = (/** @type {number} */ field, /** @type {number} */ rate) =>
    chance(draw(cell, field), rate * habits.errors)
  let first = person.firstName
  let last = person.marriedDays > days ? person.marriedName : person.lastName
  if (errs(F.nickname, RATES.nickname))
    first = nicknameOf(first, nicknames, draw(cell, F.name)) ?? first
  if (errs(F.firstTypo, RATES.firstTypo)) first = misspelt(first, draw(cell, F.name))
  if (errs(F.initial, RATES.initial)) first = first.charAt(0)
  if (errs(F.lastTypo, RATES.lastTypo)) last = misspelt(last, mix(draw(cell, F.name)))
  if (errs(F.swapped, RATES.swapped)) [first, last] = [last, first]
  const letters = draw(cell, F.letters) / 4_294_967_296
  if (letters < RATES.upper * habits.errors)
    return { firstName: first.toUpperCase(), lastName: last.toUpperCase() }
  if (letters < (RATES.upper + RATES.lower) * habits.errors) {
    return { firstName: first.toLowerCase(), lastName: last.toLowerCase() }
  }
  return { firstName: first, lastName: last }
}

/**
 * @param {import('./people.mjs').Person} person
 * @param {{ cell: number, habits: Habits }} record
 */
function emailOf(person, { cell, habits }) {
  const email = chance(draw(cell, F.second), habits.secondEmail) ? person.secondEmail : person.email
  if (chance(draw(cell, F.emailTypo), RATES.emailTypo * habits.errors))
    return typo(email, draw(cell, F.email))
  if (!chance(draw(cell, F.emailUpper), RATES.emailUpper * habits.errors)) return email
  return (draw(cell, F.email) & 1) === 0
    ? email.toUpperCase()
    : ` ${email.charAt(0).toUpperCase()}${email.slice(1)}`
}

/**
 * @param {import('./people.mjs').Person} person
 * @param {{ cell: number, days: number, habits: Habits }} record
 */
function placeOf(person, { cell, days, habits }) {
  const place = person.movedDays > days ? person.newPlace : person.place
  const errs = (/** @type {number} */ field, /** @type {number} */ rate) =>
    chance(draw(cell, field), rate * habits.errors)
  const bits = draw(cell, F.place)
  const street = errs(F.streetTypo, RATES.streetTypo) ? typo(place.street, bits) : place.street
  const city = errs(F.cityTypo, RATES.cityTypo) ? typo(place.city, mix(bits)) : place.city
  return { ...place, street, city }
}
