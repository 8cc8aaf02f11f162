// @ts-check
/**
 * Who the people are, before anyone writes them down. People live in households, in blocks of ten
 * (sizes 1, 1, 2, 2, 4), so that addresses, surnames, landlines and a few e-mails are shared.
 */
import { at, below, cellsFrom, chance, draw, mix, pick } from './draw.mjs'
import { DOMAINS, AREA_CODES, STREETS } from './places.mjs'

/**
 * @typedef {object} Person
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} email
 * @property {number} mobile which number: `numberOf` writes it
 * @property {number} landline the same
 * @property {string} street
 * @property {string} city
 * @property {string} postcode
 * @property {number} birthDay days since 1970-01-01
 * @property {'' | 'Jr' | 'Sr'} suffix
 * @property {number} number who it is: the number that addresses and numbers are made of
 */

/** The person who heads the household of each of the ten people of a block. */
const HEAD = [0, 1, 2, 2, 4, 4, 6, 6, 6, 6]

/** Who an entity is: all records of the test account are of one. */
export function personNumber(/** @type {number} */ entity) {
  return Math.min(entity, TEST_ACCOUNT.number)
}

/** How many of the children who could be are twins of the one before, or bear the name of a parent. */
const TWIN_SHARE = 0.02
const JUNIOR_SHARE = 0.02
/** How often a name of the same initial is looked for, for a twin. */
const TWIN_NAMES_MAX = 12

/** The account that testers order with, and how many records they have made. */
export const TEST_ACCOUNT = { number: 2 ** 27, records: 5000 }

/** Four neighbouring blocks in every 5,000 × 4 are one dormitory: forty people at one address. */
const DORMITORY = { blocks: 4, every: 5000, which: 17 }

/** Day numbers of the oldest and of the youngest adult's birth (1935-01-01, 2004-12-31). */
const BIRTH = { first: -12_783, last: 12_783 }

const F = {
  sex: 1,
  first: 2,
  last: 3,
  ownSurname: 4,
  ownEmail: 5,
  landline: 6,
  birth: 7,
  child: 8,
  email: 9,
  twin: 10,
  junior: 11,
  twinName: 200,
}
const H = { number: 20, street: 21, city: 22, postcode: 23 }

/**
 * @param {number} seed
 * @param {{ tables: import('./tables.mjs').Tables, traps: readonly import('./rates.mjs').Trap[] }} how
 */
export function peopleFrom(seed, { tables, traps }) {
  const cells = cellsFrom(seed)
  const hasDormitories = traps.includes('dormitory')

  return { personOf, homeOf, surnameOf }

  /** @returns {Person} */
  function personOf(/** @type {number} */ entity) {
    if (personNumber(entity) === TEST_ACCOUNT.number) return testAccount()
    const head = headOf(entity)
    const firstName = firstNameOf(entity)
    const lastName = surnameOf(entity)
    const sharesEmail = entity !== head && chance(draw(cells(entity, 0), F.ownEmail), 0.03)
    const sharesLandline = entity !== head && chance(draw(cells(entity, 0), F.landline), 0.25)
    return {
      firstName,
      lastName,
      email: sharesEmail ? emailOf(head) : addressOf(firstName, lastName, entity),
      mobile: entity * 2,
      landline: (sharesLandline ? head : entity) * 2 + 1,
      ...homeOf(entity),
      birthDay: birthOf(entity),
      suffix: isJunior(entity) ? 'Jr' : entity % 10 === 6 && isJunior(entity + 2) ? 'Sr' : '',
      number: entity,
    }
  }

  /** @returns {Person} */
  function testAccount() {
    return {
      firstName: 'Test',
      lastName: 'Tester',
      email: 'testing@shop.example',
      mobile: TEST_ACCOUNT.number * 2,
      landline: TEST_ACCOUNT.number * 2 + 1,
      ...homeOf(0),
      birthDay: 0,
      suffix: '',
      number: TEST_ACCOUNT.number,
    }
  }

  /** The third of four bears the name of the head. */
  function isJunior(/** @type {number} */ entity) {
    return entity % 10 === 8 && chance(draw(cells(entity, 0), F.junior), JUNIOR_SHARE)
  }

  /** The fourth of four was born with the third. */
  function isTwin(/** @type {number} */ entity) {
    return entity % 10 === 9 && chance(draw(cells(entity, 0), F.twin), TWIN_SHARE)
  }

  /** @returns {string} */
  function firstNameOf(/** @type {number} */ entity) {
    if (isJunior(entity)) return givenNameOf(headOf(entity), F.first)
    if (!isTwin(entity)) return givenNameOf(entity, F.first)
    const other = firstNameOf(entity - 1)
    const names = Array.from({ length: TWIN_NAMES_MAX }, (_, tries) =>
      givenNameOf(entity, F.twinName + tries),
    ).filter(name => name !== other)
    return names.find(name => name.charAt(0) === other.charAt(0)) ?? names[0] ?? `${other}a`
  }

  function homeOf(/** @type {number} */ entity) {
    return placeOf((hasDormitories ? dormitoryOf(entity) : undefined) ?? headOf(entity))
  }

  function headOf(/** @type {number} */ entity) {
    return entity - (entity % 10) + at(HEAD, entity % 10)
  }

  function surnameOf(/** @type {number} */ entity) {
    const head = headOf(entity)
    const differs = chance(draw(cells(entity, 0), F.ownSurname), 0.2)
    const own = entity === head || (differs && !isJunior(entity) && !isTwin(entity))
    return tables.surnames.pick(draw(cells(own ? entity : head, 0), F.last))
  }

  function givenNameOf(/** @type {number} */ entity, /** @type {number} */ field) {
    const names = (draw(cells(entity, 0), F.sex) & 1) === 0 ? tables.female : tables.male
    return names.pick(draw(cells(entity, 0), field))
  }

  function emailOf(/** @type {number} */ entity) {
    return addressOf(firstNameOf(entity), surnameOf(entity), entity)
  }

  /** An address is its person's alone: its digits are the number of the person, and names have none. */
  function addressOf(
    /** @type {string} */ first,
    /** @type {string} */ last,
    /** @type {number} */ entity,
  ) {
    const bits = draw(cells(entity, 0), F.email)
    const domain = pick(DOMAINS, mix(bits))
    const stem = at(
      [`${first}.${last}`, `${first.charAt(0)}${last}`, `${last}.${first}`, first],
      bits & 3,
    )
    return `${stem.toLowerCase().replaceAll(' ', '')}${entity}@${domain}`
  }

  function placeOf(/** @type {number} */ home) {
    return {
      street: `${1 + below(draw(cells(home, 0), H.number), 4999)} ${pick(STREETS, draw(cells(home, 0), H.street))}`,
      city: tables.cities.pick(draw(cells(home, 0), H.city)),
      postcode: String(10_000 + below(draw(cells(home, 0), H.postcode), 89_000)),
    }
  }

  /**
   * Children are the third and fourth of a household of four; they are 20 to 45 years younger.
   *
   * @returns {number}
   */
  function birthOf(/** @type {number} */ entity) {
    const adult = BIRTH.first + below(draw(cells(entity, 0), F.birth), BIRTH.last - BIRTH.first)
    if (entity % 10 < 8) return adult
    if (isTwin(entity)) return birthOf(entity - 1)
    return birthOf(headOf(entity)) + 7300 + below(draw(cells(entity, 0), F.child), 9100)
  }
}

/** @returns {number | undefined} the number that stands for the dormitory this person lives in */
function dormitoryOf(/** @type {number} */ entity) {
  const group = Math.floor(entity / (10 * DORMITORY.blocks))
  return group % DORMITORY.every === DORMITORY.which ? group * 10 * DORMITORY.blocks : undefined
}

/** Ten digits, different for every index: area code, exchange from 200, line. */
export function numberOf(/** @type {number} */ index) {
  const lines = AREA_CODES.length * 790 * 10_000
  const slot = (index * 104_729) % lines
  const area = at(AREA_CODES, Math.floor(slot / 7_900_000))
  const exchange = 200 + (Math.floor(slot / 10_000) % 790)
  return `${area}${exchange}${String(slot % 10_000).padStart(4, '0')}`
}
