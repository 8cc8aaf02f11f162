// @ts-check
/** How often things go wrong, and how each source writes: the numbers of the generator. */

/** How often errors happen: multipliers of the rates below. */
export const PRESETS = { clean: 0.3, normal: 1, dirty: 3 }

/** Probability a record at the preset `normal`. Every one that happens is named in the truth file. */
export const ERROR_RATES = {
  firstTypo: 0.05,
  lastTypo: 0.05,
  nickname: 0.1,
  initial: 0.03,
  swapped: 0.02,
  married: 0.02,
  streetTypo: 0.05,
  moved: 0.1,
  emailTypo: 0.02,
  secondEmail: 0.15,
  emailCase: 0.08,
  newPhone: 0.12,
  phoneDigit: 0.03,
  birthYear: 0.03,
  birthSwap: 0.02,
}

/** Values that many people share without having anything in common, a record; the same in every preset. */
export const TRAP_RATES = {
  placeholderEmail: 0.002,
  placeholderPhone: 0.004,
  defaultBirthDate: 0.003,
  companyMailbox: 0.001,
  recycledPhone: 0.003,
  kioskDevice: 0.02,
}

/**
 * All traps. `dormitory`: a household of forty. `testAccount`: 5,000 records of one entity; it alone
 * would outweigh everybody else in counts of pairs, so that one must ask for it.
 *
 * @typedef {keyof typeof TRAP_RATES | 'dormitory' | 'testAccount'} Trap
 */

/** @type {readonly Trap[]} */
export const TRAPS = [
  .../** @type {(keyof typeof TRAP_RATES)[]} */ (Object.keys(TRAP_RATES)),
  'dormitory',
  'testAccount',
]

/** @type {readonly Trap[]} */
export const USUAL_TRAPS = TRAPS.filter(trap => trap !== 'testAccount')

/**
 * @typedef {{
 *   name: string, share: number, names: number, email: number, phone: number, address: number, birth: number,
 *   device: number, suffix: number,
 *   shape: (digits: string) => string, letters: (name: string) => string, date: (day: string) => string
 * }} Source
 */

/**
 * The sources: their share of all records, how often each field is filled, how they write.
 *
 * @type {readonly Source[]}
 */
export const SOURCES = [
  {
    name: 'crm',
    share: 0.3,
    names: 0.99,
    email: 0.85,
    phone: 0.85,
    address: 0.9,
    birth: 0.6,
    device: 0,
    suffix: 0.6,
    shape: d => `+1 (${d.slice(0, 3)}) ${d.slice(3, 6)}-${d.slice(6)}`,
    letters: name => name,
    date: day => day,
  },
  {
    name: 'shop',
    share: 0.25,
    names: 0.97,
    email: 1,
    phone: 0.4,
    address: 0.8,
    birth: 0,
    device: 0.4,
    suffix: 0,
    shape: d => `${d.slice(0, 3)}-${d.slice(3, 6)}-${d.slice(6)}`,
    letters: name => name,
    date: day => day,
  },
  {
    name: 'loyalty',
    share: 0.15,
    names: 0.98,
    email: 0.6,
    phone: 0.75,
    address: 0.7,
    birth: 0.85,
    device: 0,
    suffix: 0.6,
    shape: d => d,
    letters: name => name.toUpperCase(),
    date: day => day.replaceAll('-', ''),
  },
  {
    name: 'newsletter',
    share: 0.1,
    names: 0.35,
    email: 1,
    phone: 0,
    address: 0,
    birth: 0,
    device: 0,
    suffix: 0,
    shape: d => d,
    letters: name => name.toLowerCase(),
    date: day => day,
  },
  {
    name: 'support',
    share: 0.12,
    names: 0.9,
    email: 0.9,
    phone: 0.35,
    address: 0.1,
    birth: 0,
    device: 0,
    suffix: 0,
    shape: d => `1 ${d.slice(0, 3)}.${d.slice(3, 6)}.${d.slice(6)}`,
    letters: name => name,
    date: day => day,
  },
  {
    name: 'web',
    share: 0.08,
    names: 0.1,
    email: 0.85,
    phone: 0.05,
    address: 0,
    birth: 0,
    device: 0.95,
    suffix: 0,
    shape: d => `(${d.slice(0, 3)}) ${d.slice(3, 6)} ${d.slice(6)}`,
    letters: name => name,
    date: day => day,
  },
]
