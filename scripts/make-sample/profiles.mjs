// @ts-check
/** The sources that know people: the shop, the CRM, the loyalty club. */
import { below, chance, draw, mix, pick, unit } from '../../bench/generator/draw.mjs'
import { before } from './calendar.mjs'
import { cells } from './people.mjs'
import { writeDown } from './write-down.mjs'

/**
 * @typedef {import('./people.mjs').Person} Person
 * @typedef {Record<string, string>} Row
 * @typedef {{ rows: Row[], truth: [string, number][] }} Source rows, and whose each record is: record id, entity
 */

/** Cells of chances are numbered by source, so that no two sources err alike. */
const SOURCE = { shop: 10, crm: 20, loyalty: 30 }
const F = {
  days: 50,
  has: 51,
  twice: 52,
  account: 53,
  quote: 54,
  card: 55,
  joined: 56,
  line: 57,
  tier: 58,
  extra: 59,
}

const PLACEHOLDERS = /** @type {const} */ ([
  ['noemail@example.com', 80],
  ['none@example.com', 70],
  ['unknown@example.org', 60],
])
const PLACEHOLDER_PHONES = /** @type {const} */ ([
  ['+1 212 555 0100', 60],
  ['0000000000', 40],
])

/** How many days before the last day a record was changed last: most of them lately. */
function daysOf(/** @type {number} */ cell, /** @type {number} */ longest) {
  return 1 + Math.floor(unit(draw(cell, F.days)) ** 1.6 * longest)
}

/**
 * The web shop's customers: they type their own details, so there are few errors.
 *
 * @param {readonly Person[]} people
 * @param {ReadonlyMap<number, string>} cards loyalty card numbers by entity
 * @returns {Source}
 */
export function shopCustomers(people, cards) {
  const habits = {
    noEmail: 0,
    noMobile: 0.06,
    noLandline: 1,
    noPlace: 0,
    secondEmail: 0,
    errors: 0.15,
    phoneStyles: [1],
  }
  /** @type {Source} */
  const source = { rows: [], truth: [] }
  for (const person of people.filter(({ kind }) => kind === 'shop')) {
    const cell = cells(person.entity, SOURCE.shop)
    const days = daysOf(cell, 900)
    const details = writeDown(person, { cell, days, habits })
    source.truth.push([person.key, person.entity])
    source.rows.push({
      customer_id: person.key,
      first_name: details.firstName,
      last_name: details.lastName,
      email: details.email,
      phone: details.mobile,
      street: details.place.street,
      city: details.place.city,
      state: details.place.state,
      postal_code: details.place.postcode,
      country: person.place.country,
      birth_date: person.birthDate,
      loyalty_card: chance(draw(cell, F.card), 0.35) ? (cards.get(person.entity) ?? '') : '',
      updated_at: before(days, draw(cell, F.line)),
    })
  }
  return source
}

/**
 * The CRM: typed in by staff, some people twice. Its ids are plain numbers that the shop uses for others.
 *
 * @param {readonly Person[]} people
 * @param {{ cards: ReadonlyMap<number, string>, accounts: readonly string[] }} known
 * @returns {Source}
 */
export function crmContacts(people, { cards, accounts }) {
  const habits = {
    noEmail: 0.08,
    noMobile: 0.25,
    noLandline: 0.55,
    noPlace: 0.05,
    secondEmail: 0.14,
    errors: 1,
    phoneStyles: [0, 1, 2, 3],
  }
  /** @type {Source} */
  const source = { rows: [], truth: [] }
  const contacts = people
    .filter(person => isContact(person))
    .flatMap(person => {
      return chance(draw(cells(person.entity, SOURCE.crm), F.twice), 0.05)
        ? [0, 1].map(copy => ({ person, copy }))
        : [{ person, copy: 0 }]
    })
  for (const { person, copy } of byHash(contacts, ({ person, copy }) =>
    cells(person.entity, SOURCE.crm + copy),
  )) {
    const cell = cells(person.entity, SOURCE.crm + copy)
    const days = daysOf(cell, 1000)
    const details = writeDown(person, { cell, days, habits })
    const id = String(10_001 + source.rows.length)
    source.truth.push([id, person.entity])
    source.rows.push({
      contact_id: id,
      salutation: person.salutation,
      first_name: details.firstName,
      last_name: details.lastName,
      email: details.email,
      mobile_phone: details.mobile,
      home_phone: details.landline,
      street: details.place.street,
      city: details.place.city,
      state: details.place.state,
      postal_code: details.place.postcode,
      country: person.place.country,
      birth_date: chance(draw(cell, F.extra), 0.6) ? person.birthDate : '',
      loyalty_no: chance(draw(cell, F.card), 0.3) ? (cards.get(person.entity) ?? '') : '',
      account_id: chance(draw(cell, F.account), 0.09)
        ? pick(accounts, mix(draw(cell, F.account)))
        : '',
      updated_at: before(days, draw(cell, F.line)),
    })
  }
  fillIn(source.rows, 'email', PLACEHOLDERS)
  return source
}

/** Half of the people, and everyone who has only asked for an offer. */
function isContact(/** @type {Person} */ person) {
  return person.kind === 'prospect' || chance(draw(cells(person.entity, SOURCE.crm), F.has), 0.5)
}

/**
 * The loyalty club, whose ids are those of the stores' till. Names are as on the form, by hand.
 *
 * @param {readonly { person: Person, id: string }[]} members
 * @param {ReadonlyMap<number, string>} cards
 * @returns {Source}
 */
export function loyaltyMembers(members, cards) {
  const habits = {
    noEmail: 0.28,
    noMobile: 0.3,
    noLandline: 0.75,
    noPlace: 0.15,
    secondEmail: 0.15,
    errors: 1.2,
    phoneStyles: [1, 2, 3],
  }
  /** @type {Source} */
  const source = { rows: [], truth: [] }
  for (const { person, id } of members) {
    const cell = cells(person.entity, SOURCE.loyalty)
    const days = daysOf(cell, 800)
    const details = writeDown(person, { cell, days, habits })
    source.truth.push([id, person.entity])
    source.rows.push({
      member_id: id,
      card_number: cards.get(person.entity) ?? '',
      first_name: details.firstName,
      last_name: details.lastName,
      email: details.email,
      mobile: details.mobile,
      landline: details.landline,
      city: details.place.city,
      postcode: details.place.postcode,
      country: person.place.country,
      tier: pick(['Bronze', 'Bronze', 'Bronze', 'Silver', 'Silver', 'Gold'], draw(cell, F.tier)),
      joined_at: before(days + below(draw(cell, F.joined), 600), draw(cell, F.extra)),
      updated_at: before(days, draw(cell, F.line)),
    })
  }
  fillIn(source.rows, 'mobile', PLACEHOLDER_PHONES)
  return source
}

/**
 * Who is in the club: everyone who has bought in a store under a number, and a fifth of the shop's customers.
 *
 * @param {readonly Person[]} people
 * @param {ReadonlyMap<string, Person>} buyers people by till number
 */
export function membersOf(people, buyers) {
  const members = [...buyers].map(([id, person]) => ({ id, person }))
  const inside = new Set(members.map(({ person }) => person.entity))
  let next = 18_288
  for (const person of people.filter(({ kind }) => kind === 'shop')) {
    if (
      inside.has(person.entity) ||
      !chance(draw(cells(person.entity, SOURCE.loyalty), F.has), 0.2)
    )
      continue
    members.push({ id: String(next), person })
    next += 1
  }
  return members
}

/** A loyalty card's number, with nothing of the member's id in it. */
export function cardOf(/** @type {Person} */ person) {
  const digits = String(mix(person.entity ^ 0x5eed)).padStart(10, '0')
  return `LC-${digits.slice(0, 5)}-${digits.slice(5)}`
}

/** Puts values that mean nothing into some of the rows that left the field blank: people without one share them. */
function fillIn(
  /** @type {Row[]} */ rows,
  /** @type {string} */ field,
  /** @type {readonly (readonly [string, number])[]} */ placeholders,
) {
  const blanks = rows.filter(row => row[field] === '')
  const values = placeholders.flatMap(([value, count]) =>
    Array.from({ length: count }, () => value),
  )
  const step = Math.floor(blanks.length / values.length)
  values.forEach((value, index) => {
    const row = blanks[index * step]
    if (row !== undefined) row[field] = value
  })
}

/**
 * A list in an order that says nothing.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {(item: T) => number} bitsOf
 * @returns {T[]}
 */
export function byHash(list, bitsOf) {
  return list
    .map(item => ({ item, order: mix(bitsOf(item)) }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
