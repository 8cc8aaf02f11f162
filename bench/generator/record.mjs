// @ts-check
/** How a source writes a person down: which fields it keeps, how it formats them, and what goes wrong. */
import { DAY_SECONDS, dayText, secondText } from './calendar.mjs'
import { at, below, cellsFrom, chance, draw, mix, pick } from './draw.mjs'
import { misdialled, nicknameOf, slipIn, typo } from './errors.mjs'
import { BIT, happeningsAt, namesOfBits } from './happenings.mjs'
import { numberOf, peopleFrom, TEST_ACCOUNT } from './person.mjs'
import { DOMAINS } from './places.mjs'
import { SOURCES } from './rates.mjs'

/**
 * @typedef {{
 *   entity: number, recordId: string, source: string, firstName: string, lastName: string, email: string, phone: string,
 *   street: string, city: string, postcode: string, birthDate: string, updatedAt: string, deviceId: string,
 *   errors: readonly import('./happenings.mjs').Happening[]
 * }} SourceRecord
 */

/**
 * What became of a record since it was first written: how often its id was made anew, what was changed
 * (bits of happenings that came or went), and on which day last.
 *
 * @typedef {{ rekeyed: number, changed: number, day: number }} Revision
 */

/**
 * One record being written: its person, its chances, what is to befall it, and what has (a typo needs a
 * value to be made in).
 *
 * @typedef {{
 *   person: import('./person.mjs').Person, cell: number, happens: number, happened: number
 * }} Writing
 */

const PLACEHOLDER_EMAILS = [
  'noemail@example.com',
  'none@example.com',
  'test@example.com',
  'na@example.org',
]
const PLACEHOLDER_PHONES = ['5555555555', '9999999999', '2125550100', '1234567890']
const DEFAULT_BIRTHS = ['1900-01-01', '1970-01-01']
/** Shops have so many tablets at which customers sign up. */
const KIOSKS = 12
/** People of so many neighbouring numbers share a company. */
const COMPANY_PEOPLE = 2000
/** A number that was given up went to somebody that many people on. */
const RECYCLED_AFTER = 37
/** Those who live where a person moves to. */
const ELSEWHERE_PEOPLE = 50_000_000

const F = {
  source: 40,
  first: 42,
  last: 43,
  email: 44,
  phone: 45,
  street: 46,
  birth: 47,
  moved: 48,
  updated: 49,
  landline: 50,
  hasNames: 52,
  hasEmail: 53,
  hasPhone: 54,
  hasAddress: 55,
  hasBirth: 56,
  hasDevice: 57,
  device: 58,
  hasSuffix: 59,
}

/** Seconds of the three years before 2025-01-01, the moment the generator calls today. */
const UPDATED = { last: 1_735_689_600, span: 94_608_000, year: 31_536_000 }

/**
 * @param {{
 *   seed: number, preset: keyof typeof import('./rates.mjs').PRESETS, tables: import('./tables.mjs').Tables,
 *   traps: readonly import('./rates.mjs').Trap[]
 * }} options
 */
export function recordsFrom({ seed, preset, tables, traps }) {
  const cells = cellsFrom(seed)
  const { personOf, homeOf } = peopleFrom(seed, { tables, traps })
  const happenTo = happeningsAt({ preset, traps })
  const idSalt = mix(seed + 77)

  return { personOf, recordOf, idOf }

  /**
   * The id of a record, by how often it was made anew.
   *
   * @param {number} entity @param {number} record @param {number} [rekeyed]
   */
  function idOf(entity, record, rekeyed = 0) {
    const from = sourceOf(draw(cells(entity, record), F.source))
    return idIn(from.name, entity * 16 + record, rekeyed)
  }

  /** The number is scrambled one to one, so that it says nothing of who the record belongs to. */
  function idIn(
    /** @type {string} */ source,
    /** @type {number} */ place,
    /** @type {number} */ rekeyed,
  ) {
    const id = `${source}-${mix(place ^ idSalt).toString(36)}`
    return rekeyed === 0 ? id : `${id}.${rekeyed}`
  }

  /**
   * @param {import('./person.mjs').Person} person @param {number} entity @param {number} record
   * @param {Revision} [revision]
   * @returns {SourceRecord}
   */
  function recordOf(person, entity, record, revision) {
    const cell = cells(entity, record)
    const from = sourceOf(draw(cell, F.source))
    const writing = {
      person,
      cell,
      happens: happenTo(cell) ^ (revision?.changed ?? 0),
      happened: entity >= TEST_ACCOUNT.number ? BIT.testAccount : 0,
    }
    const placed = has(cell, F.hasAddress, from.address)
    const isNamed = has(cell, F.hasNames, from.names)
    const [firstName, lastName] = isNamed ? namesOf(writing, tables) : NO_NAMES
    const suffix = person.suffix !== '' && isNamed && has(cell, F.hasSuffix, from.suffix)
    const home = placed && befalls(writing, BIT.moved) ? movedTo(writing) : person
    return {
      entity: person.number,
      recordId: idIn(from.name, entity * 16 + record, revision?.rekeyed ?? 0),
      source: from.name,
      firstName: from.letters(firstName),
      lastName: from.letters(suffix ? `${lastName} ${person.suffix}` : lastName),
      email: has(cell, F.hasEmail, from.email) ? emailOf(writing) : '',
      phone: has(cell, F.hasPhone, from.phone) ? from.shape(phoneOf(writing)) : '',
      street: placed ? streetOf(home.street, writing) : '',
      city: placed ? home.city : '',
      postcode: placed ? home.postcode : '',
      birthDate: has(cell, F.hasBirth, from.birth) ? from.date(birthOf(writing)) : '',
      deviceId: has(cell, F.hasDevice, from.device) ? deviceOf(writing) : '',
      updatedAt: revision?.day ? revisedAt(revision.day, cell) : updatedAt(writing),
      errors: namesOfBits(writing.happened),
    }
  }

  function movedTo(/** @type {Writing} */ { person, cell }) {
    return homeOf(mix(person.number ^ draw(cell, F.moved)) % ELSEWHERE_PEOPLE)
  }
}

/** @type {readonly [string, string]} */
const NO_NAMES = ['', '']

/** Whether a source has filled a field. @param {number} cell @param {number} field @param {number} rate */
function has(cell, field, rate) {
  return chance(draw(cell, field), rate)
}

/** Whether something befalls the value that is being written; if so, it is told. */
function befalls(/** @type {Writing} */ writing, /** @type {number} */ bit) {
  const does = (writing.happens & bit) !== 0
  if (does) writing.happened |= bit
  return does
}

/**
 * @param {Writing} writing
 * @param {import('./tables.mjs').Tables} tables
 * @returns {readonly [string, string]}
 */
function namesOf(writing, tables) {
  const bits = draw(writing.cell, F.first)
  let { firstName: first, lastName: last } = writing.person
  if ((writing.happens & BIT.nickname) !== 0) {
    const short = nicknameOf(first, tables.nicknames, bits)
    if (short !== undefined && befalls(writing, BIT.nickname)) first = short
  }
  if ((writing.happens & BIT.firstTypo) !== 0) {
    first = slipped(writing, { text: first, bit: BIT.firstTypo, bits: mix(bits) })
  }
  if (befalls(writing, BIT.initial)) first = `${first.charAt(0)}.`
  const lastBits = draw(writing.cell, F.last)
  if (befalls(writing, BIT.married)) last = tables.surnames.pick(lastBits)
  if ((writing.happens & BIT.lastTypo) !== 0) {
    last = slipped(writing, { text: last, bit: BIT.lastTypo, bits: mix(lastBits) })
  }
  return befalls(writing, BIT.swapped) ? [last, first] : [first, last]
}

/** A name with one slip, and what it was told; names of two letters have none. @param {Writing} writing @param {{ text: string, bit: number, bits: number }} name */
function slipped(writing, { text, bit, bits }) {
  const { text: wrong, how } = slipIn(text, bits)
  if (how !== 'none') writing.happened |= bit
  if (how === 'ocr' || how === 'phonetic') writing.happened |= BIT[how]
  return wrong
}

function emailOf(/** @type {Writing} */ writing) {
  const { person } = writing
  const bits = draw(writing.cell, F.email)
  if (befalls(writing, BIT.placeholderEmail)) return pick(PLACEHOLDER_EMAILS, bits)
  if (befalls(writing, BIT.companyMailbox)) {
    return `info@company${Math.floor(person.number / COMPANY_PEOPLE)}.example`
  }
  let email = person.email
  if (befalls(writing, BIT.secondEmail)) {
    const stem = `${person.lastName.toLowerCase()}.${person.number}.${bits % 2}`
    email = `${stem}@${pick(DOMAINS, mix(person.number))}`
  }
  if (befalls(writing, BIT.emailTypo)) email = typo(email, bits)
  if (!befalls(writing, BIT.emailCase)) return email
  return (bits & 1) === 0 ? email.toUpperCase() : email.replace('@', '+shop@')
}

function phoneOf(/** @type {Writing} */ writing) {
  const { person } = writing
  const bits = draw(writing.cell, F.phone)
  if (befalls(writing, BIT.placeholderPhone)) return pick(PLACEHOLDER_PHONES, bits)
  if (befalls(writing, BIT.recycledPhone)) {
    return numberOf(Math.max(person.number - RECYCLED_AFTER, 0) * 2)
  }
  const own = chance(draw(writing.cell, F.landline), 0.3) ? person.landline : person.mobile
  // New numbers lie beyond those of the first 500 million people.
  const fresh = 1_000_000_001 + person.number
  const number = numberOf(befalls(writing, BIT.newPhone) ? fresh : own)
  return befalls(writing, BIT.phoneDigit) ? misdialled(number, bits) : number
}

function streetOf(/** @type {string} */ street, /** @type {Writing} */ writing) {
  const bits = draw(writing.cell, F.street)
  const short =
    (bits & 3) === 0 ? street.replace(/ (Street|Avenue|Road|Drive)$/u, abbreviated) : street
  return befalls(writing, BIT.streetTypo) ? typo(short, bits) : short
}

function birthOf(/** @type {Writing} */ writing) {
  const bits = draw(writing.cell, F.birth)
  if (befalls(writing, BIT.defaultBirthDate)) return pick(DEFAULT_BIRTHS, bits)
  const date = dayText(writing.person.birthDay)
  if (befalls(writing, BIT.birthYear)) {
    return `${date.slice(0, 3)}${(Number(date.charAt(3)) + 1 + below(bits, 9)) % 10}${date.slice(4)}`
  }
  const [year, month, day] = date.split('-')
  if (Number(day) > 12 || day === month) return date
  return befalls(writing, BIT.birthSwap) ? `${year}-${day}-${month}` : date
}

/** A device is of one person, who has two of them, but for the tablets in the shops. */
function deviceOf(/** @type {Writing} */ writing) {
  const bits = draw(writing.cell, F.device)
  if (befalls(writing, BIT.kioskDevice)) return `kiosk-${1 + (bits % KIOSKS)}`
  return `device-${(writing.person.number * 2 + (bits % 4 === 0 ? 1 : 0)).toString(36)}`
}

/** A number that changed its owner was written down in the last year. */
function updatedAt(/** @type {Writing} */ { cell, happened }) {
  const span = (happened & BIT.recycledPhone) === 0 ? UPDATED.span : UPDATED.year
  return secondText(UPDATED.last - 1 - below(draw(cell, F.updated), span))
}

/** A second of a day after today. @param {number} day counted from 1 @param {number} cell */
function revisedAt(day, cell) {
  const second = below(draw(cell, F.updated), DAY_SECONDS)
  return secondText(UPDATED.last + (day - 1) * DAY_SECONDS + second)
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
