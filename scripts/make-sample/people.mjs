// @ts-check
/** The people of the sample, as they are; what the sources make of them comes later. */
import { at, below, cellsFrom, chance, draw, mix, pick } from '../../bench/generator/draw.mjs'
import { loadTables } from '../../bench/generator/tables.mjs'
import { phoneBook } from './phones.mjs'

export const SEED = 20_250_630

/**
 * Someone, and what changed in their life so many days before the last day (0: nothing did).
 *
 * @typedef {object} Person
 * @property {number} entity
 * @property {'shop' | 'prospect' | 'store'} kind
 * @property {string} key CustomerKey of AdventureWorks, CustomerID of the gift shop's till, or ''
 * @property {string} salutation
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} marriedName the surname after `marriedDays`
 * @property {number} marriedDays
 * @property {string} birthDate
 * @property {string} email
 * @property {string} secondEmail
 * @property {import('./phones.mjs').Phone} mobile
 * @property {import('./phones.mjs').Phone} newMobile the number after `newMobileDays`
 * @property {number} newMobileDays
 * @property {import('./phones.mjs').Phone} landline
 * @property {import('./origins.mjs').Place} place
 * @property {import('./origins.mjs').Place} newPlace the address after `movedDays`
 * @property {number} movedDays
 */

const F = {
  married: 1,
  marriedName: 2,
  marriedDays: 3,
  newMobile: 4,
  moved: 5,
  movedDays: 6,
  newPlace: 7,
  second: 8,
  family: 9,
  sex: 10,
  first: 11,
  last: 12,
  street: 13,
  birth: 14,
  namesake: 15,
  namesakePlace: 16,
  shared: 17,
  email: 18,
}

/** Of the people that only the stores know, one in 60 has the name of a shop customer; a quarter of them also the city. */
const NAMESAKES = 1 / 60
/** One shop customer in 140 lives with the one before: same surname, address and landline. */
const FAMILIES = 1 / 140
/** One in 40 shares the landline of somebody of another name. */
const SHARED_LANDLINES = 1 / 40

export const cells = cellsFrom(SEED)
const tables = loadTables()
export const { nicknames } = tables

/**
 * @param {{ customers: import('./origins.mjs').Customer[], prospects: import('./origins.mjs').Customer[] }} origins
 * @param {number} strangers how many people only the stores know
 * @returns {Person[]}
 */
export function makePeople({ customers, prospects }, strangers) {
  const phone = phoneBook()
  /** @type {Person[]} */
  const people = []
  const placeOf = placesOf(customers)
  const add = (
    /** @type {Person['kind']} */ kind,
    /** @type {import('./origins.mjs').Customer} */ origin,
  ) => {
    people.push(personOf(origin, { kind, entity: people.length, phone, placeOf }))
  }
  for (const customer of customers) {
    add('shop', customer)
    makeFamily(people)
  }
  for (const prospect of prospects) add('prospect', prospect)
  const british = customers.filter(customer => customer.place.country === 'GB')
  for (let index = 0; index < strangers; index++)
    add('store', stranger(people.length, { british, customers }))
  return people
}

/**
 * @param {import('./origins.mjs').Customer} origin
 * @param {{
 *   kind: Person['kind'], entity: number, phone: (country: string) => import('./phones.mjs').Phone,
 *   placeOf: (country: string, bits: number) => import('./origins.mjs').Place
 * }} context
 * @returns {Person}
 */
function personOf(origin, { kind, entity, phone, placeOf }) {
  const cell = cells(entity, 0)
  const { salutation, firstName, lastName, birthDate, email, place } = origin
  const marries = origin.gender === 'F' && chance(draw(cell, F.married), 0.03)
  const changes = chance(draw(cell, F.newMobile), 0.08)
  const moves = chance(draw(cell, F.moved), 0.08)
  const mobile = phone(place.country)
  const bits = draw(cell, F.second)
  return {
    entity,
    kind,
    key: origin.key,
    salutation,
    firstName,
    lastName,
    birthDate,
    email,
    place,
    mobile,
    marriedName: marries ? tables.surnames.pick(draw(cell, F.marriedName)) : lastName,
    marriedDays: marries ? 30 + below(draw(cell, F.marriedDays), 700) : 0,
    secondEmail: `${lettersOf(firstName)}.${lettersOf(lastName)}${entity}@${pick(PRIVATE_DOMAINS, bits)}`,
    newMobile: changes ? phone(place.country) : mobile,
    newMobileDays: changes ? 30 + below(mix(draw(cell, F.newMobile)), 700) : 0,
    landline: phone(place.country),
    newPlace: moves ? placeOf(place.country, draw(cell, F.newPlace)) : place,
    movedDays: moves ? 30 + below(draw(cell, F.movedDays), 700) : 0,
  }
}

const PRIVATE_DOMAINS = [
  'mail.example',
  'post.example',
  'inbox.example',
  'home.example',
  'example.org',
  'example.net',
]

/** Makes the newest person a relative of the one before, or a sharer of their line, where chance says so. */
function makeFamily(/** @type {Person[]} */ people) {
  const last = people.length - 1
  const [earlier, person] = [people[last - 1], at(people, last)]
  if (earlier === undefined || earlier.place.country !== person.place.country) return
  const cell = cells(person.entity, 0)
  if (chance(draw(cell, F.family), FAMILIES)) {
    const { lastName, place, newPlace, movedDays, landline } = earlier
    people[last] = {
      ...person,
      lastName,
      marriedName: lastName,
      marriedDays: 0,
      place,
      newPlace,
      movedDays,
      landline,
    }
  } else if (chance(draw(cell, F.shared), SHARED_LANDLINES)) {
    people[last] = { ...person, landline: earlier.landline }
  }
}

/** @param {readonly import('./origins.mjs').Customer[]} customers */
function placesOf(customers) {
  /** @type {Map<string, import('./origins.mjs').Place[]>} */
  const byCountry = new Map()
  for (const { place } of customers) {
    const known = byCountry.get(place.country)
    if (known === undefined) byCountry.set(place.country, [place])
    else known.push(place)
  }
  return (/** @type {string} */ country, /** @type {number} */ bits) =>
    pick(byCountry.get(country) ?? [], bits)
}

/**
 * Somebody whom only the stores know, in Britain where the stores are.
 *
 * @param {number} entity
 * @param {{ british: readonly import('./origins.mjs').Customer[], customers: readonly import('./origins.mjs').Customer[] }} from
 * @returns {import('./origins.mjs').Customer}
 */
function stranger(entity, from) {
  const cell = cells(entity, 0)
  const gender = (draw(cell, F.sex) & 1) === 0 ? 'F' : 'M'
  const names = gender === 'F' ? tables.female : tables.male
  const home = pick(from.british, draw(cell, F.street)).place
  const street = `${1 + below(mix(draw(cell, F.street)), 240)} ${home.street.replace(/^[\d, ]+/u, '')}`
  const likeness = namesakeOf(entity, from)
  const firstName = likeness?.firstName ?? names.pick(draw(cell, F.first))
  const lastName = likeness?.lastName ?? tables.surnames.pick(draw(cell, F.last))
  const born = new Date(-12_783 * 86_400_000 + below(draw(cell, F.birth), 25_000) * 86_400_000)
  return {
    key: '',
    salutation: gender === 'F' ? 'Ms.' : 'Mr.',
    firstName,
    lastName,
    gender,
    birthDate: born.toISOString().slice(0, 10),
    email: `${lettersOf(firstName)}${lettersOf(lastName)}${entity}@${pick(PRIVATE_DOMAINS, draw(cell, F.email))}`,
    place: { ...(likeness?.place ?? home), street },
  }
}

/**
 * The shop customer whose name a stranger has, if any; with the place where they share the town too.
 *
 * @param {number} entity
 * @param {{ british: readonly import('./origins.mjs').Customer[], customers: readonly import('./origins.mjs').Customer[] }} from
 */
function namesakeOf(entity, { british, customers }) {
  const cell = cells(entity, 0)
  if (!chance(draw(cell, F.namesake), NAMESAKES)) return undefined
  const bits = draw(cell, F.namesakePlace)
  const { firstName, lastName, place } = pick(bits % 2 === 0 ? british : customers, mix(bits))
  return {
    firstName,
    lastName,
    place: place.country === 'GB' && bits % 4 === 0 ? place : undefined,
  }
}

function lettersOf(/** @type {string} */ name) {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z]/gu, '')
}
