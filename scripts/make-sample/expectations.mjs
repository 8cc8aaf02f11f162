// @ts-check
/** What must be found in the sample: rows and broken records by stream, people, and the money, to the cent. */
import { PLANTED } from './planted.mjs'

/** @param {import('./main.mjs').Sample} sample */
export function expectations(sample) {
  const linked = sample.invoices.filter(({ member_id: member }) => member !== '')
  return {
    people: sample.people.length,
    streams: {
      accounts: { rows: sample.accounts.rows.length, problems: 0 },
      crm_contacts: { rows: sample.crm.rows.length, problems: PLANTED.crm_contacts.length },
      loyalty_members: {
        rows: sample.loyalty.rows.length,
        problems: PLANTED.loyalty_members.length,
      },
      preferences: { rows: sample.preferences.length, problems: 0 },
      shop_customers: { rows: sample.shop.rows.length, problems: 0 },
      shop_orders: { rows: sample.orders.length, problems: 0 },
      store_orders: { rows: sample.invoices.length, problems: PLANTED.store_orders.length },
      support_tickets: { rows: sample.tickets.length, problems: PLANTED.support_tickets.length },
      web_events: { rows: sample.events.length, problems: PLANTED.web_events.length },
    },
    totalAmount: {
      shop_orders: sum(sample.orders.map(row => row['total_amount'] ?? '')),
      store_orders: sum(sample.invoices.map(row => row['total'] ?? '')),
      store_orders_linked: sum(linked.map(row => row['total'] ?? '')),
      linked: sum([
        ...sample.orders.map(row => row['total_amount'] ?? ''),
        ...linked.map(row => row['total'] ?? ''),
      ]),
    },
    ordersLinked: { shop_orders: sample.orders.length, store_orders: linked.length },
  }
}

/** Exact: amounts are added up in cents. */
function sum(/** @type {readonly string[]} */ amounts) {
  const cents = amounts.reduce((total, amount) => total + BigInt(amount.replace('.', '')), 0n)
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
}
