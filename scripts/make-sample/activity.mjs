// @ts-check
/** What people did besides buying: visits, opened e-mails, support tickets, and what they prefer. */
import { below, cellsFrom, chance, draw, mix, pick, unit } from '../../bench/generator/draw.mjs'
import { after, before } from './calendar.mjs'
import { SEED } from './people.mjs'

/** @typedef {import('./people.mjs').Person} Person */

const cells = cellsFrom(SEED + 2)

const PAGES = [
  '/',
  '/bikes/mountain',
  '/bikes/road',
  '/bikes/touring',
  '/accessories/helmets',
  '/accessories/bottles',
  '/clothing/jerseys',
  '/clothing/caps',
  '/sale',
  '/stores',
  '/account',
  '/cart',
  '/gifts',
  '/gifts/kitchen',
  '/returns',
]
const SUBJECTS = [
  'Summer sale',
  'New arrivals',
  'Your loyalty points',
  'A gift idea',
  'Service your bike',
]

/** Nobody's customer yet: addresses that only the web knows. */
const LEADS = 320
const EVENT_DAYS = 365

/**
 * The web shop's and the mailing tool's events, oldest first; a purchase for each order of the last half year.
 *
 * @param {readonly Person[]} people
 * @param {{ orders: readonly Record<string, string>[], emails: ReadonlyMap<string, string>, since: string }} shop
 */
export function webEvents(people, { orders, emails, since }) {
  /** @type {Record<string, unknown>[]} */
  const events = []
  const visitors = [
    ...people.map(person => ({
      key: person.entity,
      email: person.email,
      second: person.secondEmail,
    })),
    ...Array.from({ length: LEADS }, (_, lead) => ({
      key: 1_000_000 + lead,
      email: `lead${lead}@web.example`,
      second: '',
    })),
  ]
  for (const visitor of visitors) {
    const cell = cells(visitor.key, 1)
    if (visitor.key < 1_000_000 && !chance(draw(cell, 1), 0.42)) continue
    const email =
      visitor.second !== '' && chance(draw(cell, 2), 0.08) ? visitor.second : visitor.email
    // Few visit often: the count is a power of chance, at least one.
    const count = 1 + Math.floor(unit(draw(cell, 3)) ** 3 * 34)
    const idle = chance(draw(cell, 4), 0.35) ? below(draw(cell, 5), 300) : 0
    for (let index = 0; index < count; index++)
      events.push(eventOf(email, { cell: cells(visitor.key, 100 + index), idle }))
  }
  for (const order of orders.filter(({ ordered_at: at }) => (at ?? '') >= since)) {
    const {
      ordered_at: at,
      order_number: number,
      customer_id: customer,
      total_amount: amount,
    } = order
    const email = emails.get(customer ?? '')
    events.push({
      channel: 'order',
      action: 'Purchase',
      occurred_at: at,
      email,
      order: { number, amount: Number(amount) },
    })
  }
  return events
    .map(event => ({ event, at: String(event['occurred_at']) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ event }, index) =>
      Object.assign({ event_id: `E${String(index + 1).padStart(6, '0')}` }, event),
    )
}

/** One visit or e-mail; more of them lately, none in the last `idle` days. */
function eventOf(
  /** @type {string} */ email,
  /** @type {{ cell: number, idle: number }} */ { cell, idle },
) {
  const days = idle + unit(draw(cell, 1)) ** 1.7 * (EVENT_DAYS - idle)
  const occurred = before(days, draw(cell, 2))
  if (chance(draw(cell, 3), 0.34)) {
    const action = chance(draw(cell, 4), 0.22) ? 'Click' : 'Open'
    return {
      channel: 'email',
      action,
      occurred_at: occurred,
      email,
      subject: pick(SUBJECTS, draw(cell, 5)),
    }
  }
  const device = pick(['phone', 'phone', 'desktop', 'tablet'], mix(draw(cell, 6)))
  return {
    channel: 'web',
    action: 'View',
    occurred_at: occurred,
    email,
    page: pick(PAGES, draw(cell, 6)),
    session: { device },
  }
}

const TOPICS = [
  'Where is my order?',
  'Wrong size',
  'Refund not received',
  'Broken on arrival',
  'Change of address',
  'Loyalty points missing',
  'Question about a product',
  'Invoice needed',
  'Cancel my order',
  'Cannot log in',
]

/**
 * Support tickets. The open ones are young; requesters are known by their e-mail address alone.
 *
 * @param {readonly Person[]} people
 * @param {readonly string[]} accounts
 */
export function supportTickets(people, accounts) {
  const asking = people.filter(person => chance(draw(cells(person.entity, 2), 1), 0.17))
  const tickets = asking.flatMap(person => {
    const count = chance(draw(cells(person.entity, 2), 2), 0.2) ? 2 : 1
    return Array.from({ length: count }, (_, index) =>
      ticketOf(person, { cell: cells(person.entity, 3 + index), accounts }),
    )
  })
  return tickets
    .toSorted((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0))
    .map((ticket, index) => Object.assign({ ticket_id: 50_001 + index }, ticket))
}

/** @param {Person} person @param {{ cell: number, accounts: readonly string[] }} context */
function ticketOf(person, { cell, accounts }) {
  const days = unit(draw(cell, 1)) ** 1.4 * 500
  const created = before(days, draw(cell, 2))
  const status = statusAt(days, draw(cell, 3))
  const email = chance(draw(cell, 4), 0.2) ? person.secondEmail : person.email
  return {
    subject: pick(TOPICS, draw(cell, 5)),
    status,
    priority: pick(['Low', 'Normal', 'Normal', 'High'], draw(cell, 6)),
    channel: pick(['email', 'chat', 'phone'], draw(cell, 7)),
    requester: {
      name: `${person.firstName} ${person.lastName}`,
      email: chance(draw(cell, 8), 0.1) ? email.toUpperCase() : email,
    },
    account: chance(draw(cell, 9), 0.12) ? { id: pick(accounts, mix(draw(cell, 9))) } : null,
    created_at: created,
    updated_at: status === 'Open' ? created : after(created, below(draw(cell, 10), 9 * 86_400)),
  }
}

function statusAt(/** @type {number} */ days, /** @type {number} */ bits) {
  if (days > 45) return 'Closed'
  return chance(bits, 0.45) ? 'Open' : chance(mix(bits), 0.3) ? 'Waiting' : 'Closed'
}

/** What a third of the shop's customers have chosen in their account. */
export function preferences(/** @type {readonly Person[]} */ people) {
  return people
    .filter(person => person.kind === 'shop' && chance(draw(cells(person.entity, 6), 1), 0.33))
    .map(person => {
      const cell = cells(person.entity, 6)
      return {
        customer_id: person.key,
        favourite_category: pick(
          ['Bikes', 'Bikes', 'Accessories', 'Clothing', 'Gifts'],
          draw(cell, 2),
        ),
        newsletter: chance(draw(cell, 3), 0.6),
        frequency: pick(['weekly', 'monthly', 'never'], draw(cell, 4)),
        topics: ['racing', 'touring', 'family', 'repair', 'sale'].filter((_, index) =>
          chance(draw(cell, 5 + index), 0.3),
        ),
        updated_at: before(below(draw(cell, 11), 800), draw(cell, 12)),
      }
    })
}
