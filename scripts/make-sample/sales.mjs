// @ts-check
/** What people bought: the web shop's orders and the stores' invoices, real amounts on the sample's calendar. */
import { below, cellsFrom, chance, draw, mix, pick } from '../../bench/generator/draw.mjs'
import { after, before, LAST_DAY, moved } from './calendar.mjs'
import { SEED } from './people.mjs'
import { byHash } from './profiles.mjs'

/** The days on which the data sets end. */
const ENDS = { orders: '2019-06-30', invoices: '2011-12-09' }
const TEN_DAYS_MS = 10 * 86_400_000
const cells = cellsFrom(SEED + 1)

/**
 * @param {readonly import('./origins.mjs').Order[]} orders
 * @returns {Record<string, string>[]}
 */
export function shopOrders(orders) {
  const newestMs = Date.parse(`${LAST_DAY}T00:00:00Z`) - TEN_DAYS_MS
  /** @type {Map<string, number>} */
  const seen = new Map()
  return orders.map((order, index) => {
    const cell = cells(index, 0)
    const second = 6 * 3600 + below(draw(cell, 1), 16 * 3600)
    const placed = moved(`${order.day}T${clock(second)}Z`, ENDS.orders)
    // Two numbers of the data set stand for two orders each, by different customers.
    const copies = (seen.get(order.number) ?? 0) + 1
    seen.set(order.number, copies)
    return {
      order_number: copies === 1 ? order.number : `${order.number}-${copies}`,
      customer_id: order.customer,
      status:
        Date.parse(placed) > newestMs
          ? 'Processing'
          : chance(draw(cell, 2), 0.02)
            ? 'Returned'
            : 'Shipped',
      currency: order.currency,
      total_amount: order.total,
      lines: String(order.lines),
      ordered_at: placed,
      updated_at: after(placed, below(draw(cell, 3), 6 * 86_400)),
    }
  })
}

/**
 * @param {readonly import('./origins.mjs').Invoice[]} invoices
 * @returns {Record<string, string>[]}
 */
export function storeOrders(invoices) {
  const kinds = new Map([
    ['C', 'Cancellation'],
    ['A', 'Adjustment'],
  ])
  return invoices.map(invoice => ({
    invoice_no: invoice.number,
    member_id: invoice.customer,
    kind: kinds.get(invoice.number.charAt(0)) ?? 'Sale',
    country: invoice.country,
    currency: 'GBP',
    total: invoice.total,
    lines: String(invoice.lines),
    items: String(invoice.items),
    invoiced_at: moved(invoice.at, ENDS.invoices),
  }))
}

/**
 * Gives each number of the till to one person: to a British shop customer, or one of the buyer's own country where
 * the shop has any, else to one of the people whom only the stores know.
 *
 * @param {readonly import('./origins.mjs').Invoice[]} invoices
 * @param {readonly import('./people.mjs').Person[]} people
 * @returns {Map<string, import('./people.mjs').Person>}
 */
export function buyersOf(invoices, people) {
  const countries = new Map(
    invoices
      .filter(({ customer }) => customer !== '')
      .map(({ customer, country }) => [customer, country]),
  )
  const strangers = people.filter(({ kind }) => kind === 'store')
  const shop = byHash(
    people.filter(({ kind }) => kind === 'shop'),
    ({ entity }) => cells(entity, 9),
  )
  /** @type {Map<string, import('./people.mjs').Person>} */
  const buyers = new Map()
  for (const id of [...countries.keys()].toSorted()) {
    const country = COUNTRY_CODES.get(countries.get(id) ?? '')
    const known =
      country === 'GB' && !chance(draw(cells(Number(id), 8), 0), 0.32) ? undefined : country
    const place =
      known === undefined ? -1 : shop.findIndex(person => person.place.country === known)
    const person = place < 0 ? strangers.pop() : shop.splice(place, 1)[0]
    if (person === undefined)
      throw new Error('there are too few people for the numbers of the till')
    buyers.set(id, person)
  }
  return buyers
}

const COUNTRY_CODES = new Map([
  ['United Kingdom', 'GB'],
  ['Germany', 'DE'],
  ['France', 'FR'],
  ['Australia', 'AU'],
  ['Canada', 'CA'],
  ['USA', 'US'],
])

/**
 * Companies, some of them entered twice under another id.
 *
 * @param {readonly import('./people.mjs').Person[]} people whose surnames and towns the companies bear
 */
export function makeAccounts(people) {
  const trades = [
    'Cycles',
    'Sports',
    'Outdoor',
    'Couriers',
    'Rentals',
    'Adventures',
    'Supply',
    'Logistics',
  ]
  const forms = new Map([
    ['US', 'Inc.'],
    ['CA', 'Ltd.'],
    ['GB', 'Ltd'],
    ['AU', 'Pty Ltd'],
    ['DE', 'GmbH'],
    ['FR', 'SARL'],
  ])
  /** @type {Record<string, string>[]} */
  const rows = []
  /** @type {[string, number][]} */
  const truth = []
  for (let company = 0; company < 240; company++) {
    const cell = cells(company, 7)
    const founder = pick(people, draw(cell, 1))
    const { city, country } = founder.place
    const name = `${founder.lastName} ${pick(trades, draw(cell, 2))} ${forms.get(country) ?? ''}`
    const site = `${name
      .toLowerCase()
      .replaceAll(/[^a-z]+/gu, '-')
      .replaceAll(/^-|-$/gu, '')}-${company}.example`
    const vat = `${country}${String(mix(company ^ 0xacc)).padStart(10, '0')}`
    const entries = chance(draw(cell, 3), 0.1) ? 2 : 1
    for (let entry = 0; entry < entries; entry++) {
      const id = `A-${1001 + rows.length}`
      truth.push([id, company])
      rows.push({
        account_id: id,
        name: entry === 0 ? name : name.toUpperCase(),
        industry: pick(['Retail', 'Tourism', 'Transport', 'Sport', 'Public sector'], draw(cell, 4)),
        vat_number: entry === 0 || company % 2 === 0 ? vat : '',
        email: `office@${site}`,
        city,
        country,
        website: `https://www.${site}`,
        employees: String(2 + below(draw(cell, 5), 400)),
        updated_at: before(10 + below(draw(cell, 6 + entry), 700), draw(cell, 8)),
      })
    }
  }
  return { rows, truth }
}

function clock(/** @type {number} */ second) {
  return new Date(second * 1000).toISOString().slice(11, 19)
}
