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

/** Values that many people share without having anything in common; the same in every preset. */
export const TRAP_RATES = {
  placeholderEmail: 0.002,
  placeholderPhone: 0.004,
  defaultBirthDate: 0.003,
  companyMailbox: 0.001,
  recycledPhone: 0.003,
}

/**
 * @typedef {{
 *   name: string, share: number, names: number, email: number, phone: number, address: number, birth: number,
 *   shape: (digits: string) => string, letters: (name: string) => string
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
    shape: d => `+1 (${d.slice(0, 3)}) ${d.slice(3, 6)}-${d.slice(6)}`,
    letters: name => name,
  },
  {
    name: 'shop',
    share: 0.25,
    names: 0.97,
    email: 1,
    phone: 0.4,
    address: 0.8,
    birth: 0,
    shape: d => `${d.slice(0, 3)}-${d.slice(3, 6)}-${d.slice(6)}`,
    letters: name => name,
  },
  {
    name: 'loyalty',
    share: 0.15,
    names: 0.98,
    email: 0.6,
    phone: 0.75,
    address: 0.7,
    birth: 0.85,
    shape: d => d,
    letters: name => name.toUpperCase(),
  },
  {
    name: 'newsletter',
    share: 0.1,
    names: 0.35,
    email: 1,
    phone: 0,
    address: 0,
    birth: 0,
    shape: d => d,
    letters: name => name.toLowerCase(),
  },
  {
    name: 'support',
    share: 0.12,
    names: 0.9,
    email: 0.9,
    phone: 0.35,
    address: 0.1,
    birth: 0,
    shape: d => `1 ${d.slice(0, 3)}.${d.slice(3, 6)}.${d.slice(6)}`,
    letters: name => name,
  },
  {
    name: 'web',
    share: 0.08,
    names: 0.1,
    email: 0.85,
    phone: 0.05,
    address: 0,
    birth: 0,
    shape: d => `(${d.slice(0, 3)}) ${d.slice(3, 6)} ${d.slice(6)}`,
    letters: name => name,
  },
]
