// @ts-check
/** How a source writes a person down: which fields it keeps, how it formats them, and what goes wrong. */
import { at, below, cellsFrom, chance, draw, mix, pick } from './draw.mjs'
import { misdialled, misspelt, nicknameOf, typo } from './errors.mjs'
import { numberOf, peopleFrom } from './person.mjs'
import { DOMAINS } from './places.mjs'
import { ERROR_RATES, PRESETS, SOURCES, TRAP_RATES } from './rates.mjs'

/**
 * @typedef {keyof typeof ERROR_RATES | keyof typeof TRAP_RATES} Happening
 * @typedef {{
 *   entity: number, recordId: string, source: string, firstName: string, lastName: string, email: string, phone: string,
 *   street: string, city: string, postcode: string, birthDate: string, updatedAt: string, errors: readonly Happening[]
 * }} SourceRecord
 */

const PLACEHOLDER_EMAILS = [
  'noemail@example.com',
  'none@example.com',
  'test@example.com',
  'na@example.org',
]
const PLACEHOLDER_PHONES = ['5555555555', '9999999999', '2125550100', '1234567890']
const DEFAULT_BIRTHS = ['1900-01-01', '1970-01-01']

const F = {
  source: 40,
  kind: 41,
  first: 42,
  last: 43,
  email: 44,
  phone: 45,
  street: 46,
  birth: 47,
  moved: 48,
  updated: 49,
  landline: 50,
  trap: 51,
  hasNames: 52,
  hasEmail: 53,
  hasPhone: 54,
  hasAddress: 55,
  hasBirth: 56,
}

/** Seconds of the three years before 2025-01-01, the moment the generator calls today. */
const UPDATED = { last: 1_735_689_600, span: 94_608_000 }
const DAY_MS = 86_400_000

/**
 * What the parts of one record need to know: its cell of chances, and the errors that befall it as bits.
 *
 * @typedef {{ person: import('./person.mjs').Person, entity: number, cell: number, happened: number }} Writing
 */

/**
 * @param {{ seed: number, preset: keyof typeof PRESETS, tables: import('./tables.mjs').Tables }} options
 * @returns {(person: import('./person.mjs').Person, entity: number, record: number) => SourceRecord}
 */
export function recordsFrom({ seed, preset, tables }) {
  const cells = cellsFrom(seed)
  const personOf = peopleFrom(seed, tables)
  const happenedTo = happeningsAt(PRESETS[preset])
  const idSalt = mix(seed + 77)

  return (person, entity, record) => {
    const cell = cells(entity, record)
    const from = sourceOf(draw(cell, F.source))
    const writing = { person, entity, cell, happened: happenedTo(cell) }
    const has = (/** @type {number} */ field, /** @type {number} */ rate) =>
      chance(draw(cell, field), rate)
    const placed = has(F.hasAddress, from.address)
    const [firstName, lastName] = has(F.hasNames, from.names) ? namesOf(writing, tables) : ['', '']
    const moved = befell(writing, BIT.moved)
    const home = placed && moved ? personOf(mix(entity ^ draw(cell, F.moved)) % 50_000_000) : person
    return {
      entity,
      // The number is scrambled one to one, so that it says nothing of who the record belongs to.
      recordId: `${from.name}-${mix((entity * 16 + record) ^ idSalt).toString(36)}`,
      source: from.name,
      firstName: from.letters(firstName),
      lastName: from.letters(lastName),
      email: has(F.hasEmail, from.email) ? emailOf(writing) : '',
      phone: has(F.hasPhone, from.phone) ? from.shape(phoneOf(writing)) : '',
      street: placed ? streetOf(home.street, writing) : '',
      city: placed ? home.city : '',
      postcode: placed ? home.postcode : '',
      birthDate: has(F.hasBirth, from.birth) ? birthOf(writing) : '',
      updatedAt: secondText(UPDATED.last - 1 - below(draw(cell, F.updated), UPDATED.span)),
      errors: namesOfBits(writing.happened),
    }
  }
}

const ERRORS = /** @type {(keyof typeof ERROR_RATES)[]} */ (Object.keys(ERROR_RATES))
const TRAPS = /** @type {(keyof typeof TRAP_RATES)[]} */ (Object.keys(TRAP_RATES))
const HAPPENINGS = [...ERRORS, ...TRAPS]

/** Each happening is one bit of a number: a set for each of millions of records would cost more than the rest. */
const BIT = /** @type {Record<Happening, number>} */ (
  Object.fromEntries(HAPPENINGS.map((name, index) => [name, 1 << index]))
)

/**
 * The names of bits, by the bits: few sets of happenings are common, and each is named once.
 *
 * @type {Map<number, readonly Happening[]>}
 */
const namedBits = new Map()

function namesOfBits(/** @type {number} */ bits) {
  const known = namedBits.get(bits)
  if (known !== undefined) return known
  const names = HAPPENINGS.filter(name => (bits & BIT[name]) !== 0)
  namedBits.set(bits, names)
  return names
}

/** @returns {(cell: number) => number} the bits of what befalls the record of a cell */
function happeningsAt(/** @type {number} */ factor) {
  const limits = ERRORS.map(name => Math.min(ERROR_RATES[name] * factor, 0.5) * 4_294_967_296)
  return cell => {
    let bits = 0
    for (let index = 0; index < limits.length; index++) {
      if (draw(cell, 100 + index) < (limits[index] ?? 0)) bits |= 1 << index
    }
    return bits | trapAt(draw(cell, F.trap) / 4_294_967_296)
  }
}

/** At most one trap befalls a record. */
function trapAt(/** @type {number} */ place) {
  let edge = 0
  for (const name of TRAPS) {
    edge += TRAP_RATES[name]
    if (place < edge) return BIT[name]
  }
  return 0
}

function befell(/** @type {Writing} */ writing, /** @type {number} */ bit) {
  return (writing.happened & bit) !== 0
}

/**
 * @param {Writing} writing
 * @param {import('./tables.mjs').Tables} tables
 * @returns {readonly [string, string]}
 */
function namesOf(writing, tables) {
  const bits = draw(writing.cell, F.first)
  let first = writing.person.firstName
  let last = writing.person.lastName
  if (befell(writing, BIT.nickname)) first = nicknameOf(first, tables.nicknames, bits) ?? first
  if (befell(writing, BIT.firstTypo)) first = misspelt(first, mix(bits))
  if (befell(writing, BIT.initial)) first = `${first.charAt(0)}.`
  if (befell(writing, BIT.married)) last = tables.surnames.pick(draw(writing.cell, F.last))
  if (befell(writing, BIT.lastTypo)) last = misspelt(last, mix(draw(writing.cell, F.last)))
  return befell(writing, BIT.swapped) ? [last, first] : [first, last]
}

function emailOf(/** @type {Writing} */ writing) {
  const { person, entity } = writing
  const bits = draw(writing.cell, F.email)
  if (befell(writing, BIT.placeholderEmail)) return pick(PLACEHOLDER_EMAILS, bits)
  if (befell(writing, BIT.companyMailbox)) return `info@company${Math.floor(entity / 2000)}.example`
  let email = person.email
  if (befell(writing, BIT.secondEmail)) {
    email = `${person.lastName.toLowerCase()}.${entity}.${bits % 2}@${pick(DOMAINS, mix(entity))}`
  }
  if (befell(writing, BIT.emailTypo)) email = typo(email, bits)
  if (!befell(writing, BIT.emailCase)) return email
  return (bits & 1) === 0 ? email.toUpperCase() : email.replace('@', '+shop@')
}

function phoneOf(/** @type {Writing} */ writing) {
  const { person, entity } = writing
  const bits = draw(writing.cell, F.phone)
  if (befell(writing, BIT.placeholderPhone)) return pick(PLACEHOLDER_PHONES, bits)
  if (befell(writing, BIT.recycledPhone)) return numberOf(Math.max(entity - 37, 0) * 2)
  // New numbers lie beyond those of the first 500 million people.
  const fresh = numberOf(1_000_000_001 + entity)
  const own = chance(draw(writing.cell, F.landline), 0.3) ? person.landline : person.mobile
  const number = befell(writing, BIT.newPhone) ? fresh : own
  return befell(writing, BIT.phoneDigit) ? misdialled(number, bits) : number
}

function streetOf(/** @type {string} */ street, /** @type {Writing} */ writing) {
  const bits = draw(writing.cell, F.street)
  const short =
    (bits & 3) === 0 ? street.replace(/ (Street|Avenue|Road|Drive)$/u, abbreviated) : street
  return befell(writing, BIT.streetTypo) ? typo(short, bits) : short
}

function birthOf(/** @type {Writing} */ writing) {
  const bits = draw(writing.cell, F.birth)
  if (befell(writing, BIT.defaultBirthDate)) return pick(DEFAULT_BIRTHS, bits)
  const date = dayText(writing.person.birthDay)
  if (befell(writing, BIT.birthYear)) {
    return `${date.slice(0, 3)}${(Number(date.charAt(3)) + 1 + below(bits, 9)) % 10}${date.slice(4)}`
  }
  const [year, month, day] = date.split('-')
  return befell(writing, BIT.birthSwap) && Number(day) <= 12 ? `${year}-${day}-${month}` : date
}

/** How many records a person has: half have one, the mean is 2.04. */
export function recordCountOf(/** @type {number} */ bits) {
  const place = bits / 4_294_967_296
  if (place < 0.5) return 1
  if (place < 0.75) return 2
  if (place < 0.88) return 3
  if (place < 0.94) return 4
  if (place < 0.97) return 5
  return place < 0.99 ? 7 : 12
}

function sourceOf(/** @type {number} */ bits) {
  let left = bits / 4_294_967_296
  for (const from of SOURCES) {
    if (left < from.share) return from
    left -= from.share
  }
  return at(SOURCES, 0)
}

function abbreviated(/** @type {string} */ kind) {
  return at([' St', ' Ave', ' Rd', ' Dr'], [' Street', ' Avenue', ' Road', ' Drive'].indexOf(kind))
}

/** The days from `DAY_FIRST` as text, made once: a calendar for each of millions of records would cost more. */
const DAY_FIRST = -12_783
const DAY_TEXTS = Array.from({ length: 55_000 }, (_, day) => {
  return new Date((DAY_FIRST + day) * DAY_MS).toISOString().slice(0, 10)
})

function dayText(/** @type {number} */ day) {
  return at(DAY_TEXTS, day - DAY_FIRST)
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

function secondText(/** @type {number} */ second) {
  const inDay = second % 86_400
  const hour = at(TWO_DIGITS, Math.floor(inDay / 3600))
  const minute = at(TWO_DIGITS, Math.floor((inDay % 3600) / 60))
  return `${dayText((second - inDay) / 86_400)}T${hour}:${minute}:${at(TWO_DIGITS, inDay % 60)}Z`
}
