// @ts-check
/**
 * Writes people.csv, made-up people as several systems know them, with the slips that people make; and truth.csv,
 * whose each record is. The same bytes every time.
 *
 *     node examples/people/make-people.mjs
 */
import { writeFileSync } from 'node:fs'

/** @typedef {{ first: string, last: string, birth: string, email: string, phone: string, street: string, city: string, postcode: string }} Person */

const words = (/** @type {string} */ text) => text.split(' ')
const FIRST = words(
  'Robert William Thomas Daniel Michael Edward Samuel Joseph Anthony Benjamin Katherine Elizabeth Margaret ' +
    'Susan Rebecca Jennifer Victoria Deborah Christine Abigail Oscar Felix Hugo Leon Bruno Walter Vera Ida Nora Alma ' +
    'Greta Selma Clara Lydia Hazel Ruth Martin Conrad Julius Simon Peter Frank Doris Esther Irene Olga Paula Rosa',
)
/** @type {Readonly<Record<string, string>>} */
const NICKNAMES = {
  Robert: 'Bob',
  William: 'Bill',
  Thomas: 'Tom',
  Daniel: 'Dan',
  Michael: 'Mike',
  Edward: 'Ed',
  Samuel: 'Sam',
  Joseph: 'Joe',
  Anthony: 'Tony',
  Benjamin: 'Ben',
  Katherine: 'Kate',
  Elizabeth: 'Liz',
  Margaret: 'Peggy',
  Susan: 'Sue',
  Rebecca: 'Becky',
  Jennifer: 'Jenny',
  Victoria: 'Vicky',
  Deborah: 'Debbie',
  Christine: 'Chris',
  Abigail: 'Abby',
}
const LAST = words(
  'Abbott Barker Carver Dalton Eastman Fletcher Garner Holloway Ingram Jarvis Keller Lambert Mercer Norwood ' +
    'Osborne Parrish Quimby Rowland Sawyer Thatcher Underhill Vaughn Whitaker Yardley Ashford Bellamy Crawford Drummond ' +
    'Ellison Fairbanks Goodwin Hathaway Irving Jennings Kendrick Lockwood Marlowe Newcomb Overton Prescott Radcliff Stanton ' +
    'Tolliver Upton Vickers Wexford Young Zeller Brandt Cole',
)
const STREETS = words('Chestnut Cedar River Orchard Mill Station Church Harbor Meadow Birch Lake Hill')
const CITIES = words('Ashville Brookton Camden Dunmore Elmsford')

let state = 20_260_101
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
const below = (/** @type {number} */ end) => Math.floor(random() * end)
const happens = (/** @type {number} */ share) => random() < share
const digits = (/** @type {number} */ count) => String(below(10 ** count)).padStart(count, '0')
const pick = (/** @type {readonly string[]} */ from) => from[below(from.length)] ?? ''

/** @param {number} from @param {number} years */
const date = (from, years) =>
  `${from + below(years)}-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`

/** @param {string} first @param {string} last */
const mailbox = (first, last) => `${first}.${last}${digits(2)}@mail.example`.toLowerCase()

/** People of one address: alone, a couple, or a family. @returns {Person[]} */
function household() {
  const city = below(CITIES.length)
  const home = {
    street: `${1 + below(180)} ${pick(STREETS)} Street`,
    city: CITIES[city] ?? '',
    postcode: `${city + 1}0${digits(3)}`,
  }
  const last = pick(LAST)
  const landline = `213-555-${digits(4)}`
  return Array.from({ length: Number(pick(words('1 1 2 3 4'))) }, (_none, at) => {
    const first = pick(FIRST)
    const phone = happens(0.3) ? landline : `213-555-${digits(4)}`
    const birth = at < 2 ? date(1945, 35) : date(1985, 20)
    return { ...home, first, last, birth, email: mailbox(first, last), phone }
  })
}

/** A text with one letter too few, or two in the wrong order. @param {string} text */
function slipped(text) {
  const at = 1 + below(Math.max(1, text.length - 2))
  const [one = '', other = ''] = [text[at], text[at + 1]]
  return text.slice(0, at) + (happens(0.5) ? other : other + one) + text.slice(at + 2)
}

/** A person as one system has them. @param {Person} person @returns {Person} */
function asSeen({ first, last, birth, email, phone, ...home }) {
  const [year, month, day] = birth.split('-')
  return {
    first: happens(0.25) ? (NICKNAMES[first] ?? first) : happens(0.06) ? first.charAt(0) : first,
    last: happens(0.08) ? slipped(last) : last,
    birth: happens(0.25) ? '' : happens(0.05) ? `${year}-${day}-${month}` : birth,
    email: happens(0.35) ? '' : happens(0.1) ? slipped(email) : email,
    phone: happens(0.35) ? '' : happens(0.4) ? `(${phone.slice(0, 3)}) ${phone.slice(4)}` : phone,
    ...(happens(0.15) ? { street: '', city: home.city, postcode: '' } : home),
  }
}

/** Whom no rule can tell apart by chance: twins, and a father and a son of one name. @returns {Person[]} */
function traps() {
  const at = { street: '41 Orchard Street', city: 'Camden', postcode: '30417' }
  const one = { ...at, last: 'Marlowe', birth: '1994-06-17', phone: '213-555-0141' }
  const two = { street: '7 Mill Street', city: 'Dunmore', postcode: '40226', last: 'Whitaker' }
  return [
    { ...one, first: 'Clara', email: 'clara.marlowe@mail.example' },
    { ...one, first: 'Nora', email: 'nora.marlowe@mail.example' },
    { ...two, first: 'Conrad', birth: '1951-03-09', email: '', phone: '213-555-0187' },
    { ...two, first: 'Conrad', birth: '', email: 'conrad.jr@mail.example', phone: '213-555-0187' },
  ]
}

const people = [...Array.from({ length: 70 }, household).flat(), ...traps()]
const records = people.flatMap((person, whose) => {
  const isTrap = whose >= people.length - 4
  const seen = Array.from({ length: isTrap ? 1 : Number(pick(words('1 1 2 2 3'))) }, () => asSeen(person))
  return (isTrap ? [person] : seen).map(record => ({ ...record, whose }))
})
// Not one person after the other, as in no file that has to be resolved.
for (let at = records.length - 1; at > 0; at--) {
  const other = below(at + 1)
  const [a, b] = [records[at], records[other]]
  if (a && b) [records[at], records[other]] = [b, a]
}
const lines = records.map(({ first, last, birth, email, phone, street, city, postcode, whose }, at) =>
  [at + 1, first, last, birth, email, phone, street, city, postcode, `P${whose + 1}`].join(','),
)
const header = 'id,first_name,last_name,birth_date,email,phone,street,city,postcode,person'
write('people.csv', [header, ...lines])
write('truth.csv', [
  'record_id,entity_id',
  ...records.map(({ whose }, at) => `people/${at + 1},P${whose + 1}`),
])

/** @param {string} name @param {readonly string[]} rows */
function write(name, rows) {
  writeFileSync(new URL(name, import.meta.url), `${rows.join('\n')}\n`)
}
