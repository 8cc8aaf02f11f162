// @ts-check
/**
 * Makes the data of `examples/retailer` from the public data sets.
 *
 *     node scripts/make-sample/main.mjs --origins DIR [--out examples/retailer]
 *
 * DIR holds the folders `adventureworks` and `uci_online_retail` (see examples/retailer/README.md). There is no
 * chance and no clock in it: one input always gives the same files.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { preferences, supportTickets, webEvents } from './activity.mjs'
import { before } from './calendar.mjs'
import { expectations } from './expectations.mjs'
import { csv, jsonArray, jsonLines, writeParquet, writeText } from './files.mjs'
import { readOrigins } from './origins.mjs'
import { makePeople } from './people.mjs'
import { PLANTED } from './planted.mjs'
import { cardOf, crmContacts, loyaltyMembers, membersOf, shopCustomers } from './profiles.mjs'
import { buyersOf, makeAccounts, shopOrders, storeOrders } from './sales.mjs'

/** As many as there are numbers of the till that no shop customer gets, and a few more. */
const STRANGERS = 3000
/** Purchases of the last half year are also events. */
const PURCHASE_DAYS = 180

const { values } = parseArgs({
  options: { origins: { type: 'string' }, out: { type: 'string', default: 'examples/retailer' } },
})
if (values.origins === undefined) {
  process.stderr.write('usage: node scripts/make-sample/main.mjs --origins DIR [--out DIR]\n')
  process.exitCode = 2
} else {
  await main(values.origins, values.out)
}

async function main(/** @type {string} */ origins, /** @type {string} */ out) {
  const sample = makeSample(await readOrigins(origins))
  const data = join(out, 'data')
  mkdirSync(data, { recursive: true })
  const moments = { updated_at: 'timestamptz', ordered_at: 'timestamptz' }
  await writeParquet(join(data, 'shop_customers.parquet'), sample.shop.rows, {
    ...moments,
    birth_date: 'date',
  })
  await writeParquet(join(data, 'shop_orders.parquet'), sample.orders, {
    ...moments,
    total_amount: 'decimal(18, 2)',
    lines: 'integer',
  })
  writeText(join(data, 'crm_contacts.csv'), csv(sample.crm.rows, PLANTED.crm_contacts))
  writeText(join(data, 'store_orders.csv.gz'), csv(sample.invoices, PLANTED.store_orders))
  writeText(
    join(data, 'loyalty_members.csv'),
    csv(sample.loyalty.rows, PLANTED.loyalty_members, ';'),
  )
  writeText(
    join(data, 'support_tickets.json'),
    jsonArray([...sample.tickets, ...PLANTED.support_tickets]),
  )
  writeText(join(data, 'web_events.jsonl.gz'), jsonLines(sample.events, PLANTED.web_events))
  writeText(join(data, 'preferences.jsonl'), jsonLines(sample.preferences))
  writeText(join(data, 'accounts.csv'), csv(sample.accounts.rows))
  writeText(join(out, 'truth.csv'), truthOf(sample))
  writeFileSync(join(out, 'expected.json'), `${JSON.stringify(expectations(sample), null, 2)}\n`)
}

/** @typedef {ReturnType<typeof makeSample>} Sample */

/** @param {Awaited<ReturnType<typeof readOrigins>>} origins */
function makeSample(origins) {
  const people = makePeople(origins, STRANGERS)
  const buyers = buyersOf(origins.invoices, people)
  const members = membersOf(people, buyers)
  const cards = new Map(members.map(({ person }) => [person.entity, cardOf(person)]))
  // The strangers that nobody gave a number of the till to have never been seen.
  const known = people.filter(person => person.kind !== 'store' || cards.has(person.entity))
  const accounts = makeAccounts(known)
  const accountIds = accounts.rows.map(row => row['account_id'] ?? '')
  const orders = shopOrders(origins.orders)
  const emails = new Map(
    known.filter(({ kind }) => kind === 'shop').map(person => [person.key, person.email]),
  )
  return {
    people: known,
    shop: shopCustomers(known, cards),
    crm: crmContacts(known, { cards, accounts: accountIds }),
    loyalty: loyaltyMembers(members, cards),
    accounts,
    orders,
    invoices: storeOrders(origins.invoices),
    tickets: supportTickets(known, accountIds),
    events: webEvents(known, { orders, emails, since: before(PURCHASE_DAYS) }),
    preferences: preferences(known),
  }
}

/** Who each record of the three sources of people is of. Read by the evaluation only. */
function truthOf(/** @type {Sample} */ { shop, crm, loyalty }) {
  const rows = Object.entries({
    shop_customers: shop,
    crm_contacts: crm,
    loyalty_members: loyalty,
  }).flatMap(([stream, { truth }]) =>
    truth.map(([id, entity]) => ({ record_id: `${stream}/${id}`, entity_id: `p${entity}` })),
  )
  return csv(rows)
}
