// @ts-check
/** What is read from the public data sets: customers, prospects, orders, invoices. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { textOf } from './files.mjs'
import { z } from './row.mjs'

/**
 * @typedef {{ street: string, city: string, state: string, postcode: string, country: string }} Place
 * @typedef {{
 *   key: string, salutation: string, firstName: string, lastName: string, birthDate: string, gender: string,
 *   email: string, place: Place
 * }} Customer
 * @typedef {{ number: string, customer: string, day: string, currency: string, total: string, lines: number }} Order
 * @typedef {{
 *   number: string, customer: string, at: string, country: string, total: string, lines: number, items: number
 * }} Invoice
 */

/**
 * @param {string} directory the folder that holds `adventureworks` and `uci_online_retail`
 * @returns {Promise<{ customers: Customer[], prospects: Customer[], orders: Order[], invoices: Invoice[] }>}
 */
export async function readOrigins(directory) {
  const works = join(directory, 'adventureworks')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  /** Rows as text, whatever their types were: decimals stay exact. */
  const rows = async (/** @type {string} */ sql) =>
    (await connection.runAndReadAll(sql)).getRowsJson().map(row => row.map(textOf))

  const places = placesByEmail(works)
  const customers = (await rows(customersSql(works))).map(row => {
    const [key, salutation, firstName, lastName, birthDate, gender, email] = z.seven(row)
    const place = places.get(email)
    if (place === undefined) throw new Error(`customer ${key} has no address`)
    return {
      key,
      salutation,
      firstName: titled(firstName),
      lastName: titled(lastName),
      birthDate,
      gender,
      email,
      place,
    }
  })
  const orders = (await rows(ordersSql(works))).map(row => {
    const [number, customer, day, currency, total, lines] = z.six(row)
    return { number, customer, day, currency, total, lines: Number(lines) }
  })
  const invoices = (await rows(invoicesSql(join(directory, 'uci_online_retail')))).map(row => {
    const [number, customer, at, country, total, lines, items] = z.seven(row)
    return { number, customer, at, country, total, lines: Number(lines), items: Number(items) }
  })
  return { customers, prospects: prospectsOf(works), orders, invoices }
}

function customersSql(/** @type {string} */ works) {
  return `
    select CustomerKey, coalesce(Prefix, ''), FirstName, LastName,
           strftime(strptime(BirthDate, '%m/%d/%Y'), '%Y-%m-%d'), coalesce(Gender, ''), EmailAddress
    from read_csv('${works}/customers.csv.gz', all_varchar = true)
    order by CustomerKey`
}

/** An order's total is the sum of quantity × catalogue price in cents. France and Germany pay in euros. */
function ordersSql(/** @type {string} */ works) {
  return `
    select s.OrderNumber, s.CustomerKey, strftime(strptime(s.OrderDate, '%m/%d/%Y'), '%Y-%m-%d') as day,
           case when s.TerritoryKey in ('7', '8') then 'EUR' else 'USD' end as currency,
           cast(sum(cast(s.OrderQuantity as integer) * cast(p.ProductPrice as decimal(18, 2))) as decimal(18, 2)),
           count(*)
    from read_csv('${works}/sales_*.csv.gz', all_varchar = true) s
    join read_csv('${works}/products.csv.gz', all_varchar = true) p using (ProductKey)
    group by all
    order by day, s.OrderNumber`
}

/** One row an invoice; the lines of one invoice carry the minute they were keyed in, the first counts. */
function invoicesSql(/** @type {string} */ uci) {
  return `
    select InvoiceNo, coalesce(regexp_replace(any_value(CustomerID), '\\.0$', ''), ''),
           strftime(min(cast(InvoiceDate as timestamp)), '%Y-%m-%dT%H:%M:%SZ') as invoiced, any_value(Country),
           cast(round(sum(cast(Quantity as integer) * cast(UnitPrice as decimal(18, 4))), 2) as decimal(18, 2)),
           count(*), sum(cast(Quantity as integer))
    from read_csv('${uci}/transactions.csv.gz', all_varchar = true)
    group by InvoiceNo
    order by invoiced, InvoiceNo`
}

/** @returns {Customer[]} */
function prospectsOf(/** @type {string} */ works) {
  return lines(`${works}/prospective_buyer.txt.gz`, '|').map(row => {
    const birthDate = field(row, 5).slice(0, 10)
    const place = {
      street: field(row, 16),
      city: field(row, 18),
      state: field(row, 19),
      postcode: field(row, 20),
      country: 'US',
    }
    const [key, firstName, lastName] = [field(row, 1), field(row, 2), field(row, 4)]
    return {
      key,
      salutation: field(row, 22),
      firstName,
      lastName,
      birthDate,
      gender: field(row, 7),
      email: field(row, 8),
      place,
    }
  })
}

/** @returns {Map<string, Place>} */
function placesByEmail(/** @type {string} */ works) {
  const states = new Map(
    lines(`${works}/oltp_StateProvince.txt.gz`, '\t').map(row => [field(row, 0), row]),
  )
  const addresses = new Map(
    lines(`${works}/oltp_Address.txt.gz`, '\t').map(row => [field(row, 0), row]),
  )
  const homes = new Map(
    lines(`${works}/oltp_BusinessEntityAddress.txt.gz`, '+|').map(row => [
      field(row, 0),
      field(row, 1),
    ]),
  )
  /** @type {Map<string, Place>} */
  const places = new Map()
  for (const row of lines(`${works}/oltp_EmailAddress.txt.gz`, '+|')) {
    const address = addresses.get(homes.get(field(row, 0)) ?? '')
    const state = states.get(address?.[4] ?? '')
    if (address === undefined || state === undefined) continue
    places.set(field(row, 2), {
      street: field(address, 1),
      city: field(address, 3),
      state: field(state, 4),
      postcode: field(address, 5),
      country: field(state, 2),
    })
  }
  return places
}

function lines(/** @type {string} */ path, /** @type {string} */ delimiter) {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .replaceAll('\r', '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replace(/&\|$/u, '').split(delimiter))
}

function field(/** @type {readonly string[]} */ row, /** @type {number} */ index) {
  return (row[index] ?? '').trim()
}

/** YANG → Yang, O'BRIEN → O'Brien. */
function titled(/** @type {string} */ name) {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/(^|[ '-])\p{L}/gu, start => start.toUpperCase())
}
