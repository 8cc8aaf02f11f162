import metadata from 'libphonenumber-js/metadata.max.json'

/** Where libphonenumber-js keeps what of a country, in its metadata. */
const [CODE, IDD, PATTERN, LENGTHS, PREFIX, PREFIX_TO_PARSE, TRANSFORM] = [0, 1, 2, 3, 5, 7, 8]

/** How numbers of one country are written: the library's metadata, its patterns compiled once. */
export interface PhonePlan {
  readonly callingCode: string
  /** What is dialled before a calling code. */
  readonly idd: RegExp
  /** A whole national number. */
  readonly whole: RegExp
  /** What is dialled before a national number and is no part of it. */
  readonly prefix: RegExp | null
  /** Whether taking the prefix away can mean more than taking it away. */
  readonly transforms: boolean
  readonly lengths: ReadonlySet<number>
  readonly lengthMax: number
}

/** What a length of a national number says in all countries that share a calling code. */
export interface CodeLengths {
  /** For each length 1 if it is possible in all of them, 0 if in none, else 2. */
  readonly possible: Uint8Array
  /** The same for "possible or too long", which the national prefix is taken off for. */
  readonly enough: Uint8Array
}

/** Digits that a national number has at most (as the library takes it). */
export const NATIONAL_MAX = 17

const plans = new Map<string, PhonePlan | null>()
const mainPlans = new Map<string, PhonePlan | null>()
const lengthsOfCodes = new Map<string, CodeLengths>()

/** The plan of a country by its ISO code; null if the library knows no such country. */
export function planOf(region: string): PhonePlan | null {
  const known = plans.get(region)
  if (known !== undefined) return known
  const made = makePlan(region)
  plans.set(region, made)
  return made
}

/** The main country of a calling code; null if it belongs to no country. */
export function mainPlan(callingCode: string): PhonePlan | null {
  const known = mainPlans.get(callingCode)
  if (known !== undefined) return known
  const region = regionsOf(callingCode)[0]
  const plan = region === undefined ? null : planOf(region)
  mainPlans.set(callingCode, plan)
  return plan
}

/** The lengths of a calling code's numbers. */
export function codeLengths(callingCode: string): CodeLengths {
  const known = lengthsOfCodes.get(callingCode)
  if (known !== undefined) return known
  const family = regionsOf(callingCode).flatMap(region => planOf(region) ?? [])
  const made = {
    possible: answers(family, (one, length) => one.lengths.has(length)),
    enough: answers(family, (one, length) => one.lengths.has(length) || length > one.lengthMax),
  }
  lengthsOfCodes.set(callingCode, made)
  return made
}

function answers(
  family: readonly PhonePlan[],
  says: (one: PhonePlan, length: number) => boolean,
): Uint8Array {
  return Uint8Array.from({ length: NATIONAL_MAX + 1 }, (_none, length) => {
    const yes = family.filter(one => says(one, length)).length
    return yes === family.length ? 1 : yes === 0 ? 0 : 2
  })
}

/** The countries of a calling code, the main one first. */
export function regionsOf(callingCode: string): readonly string[] {
  return CODES.get(callingCode) ?? []
}

/** All countries that the library knows, by ISO code. */
export const PHONE_REGIONS: readonly string[] = Object.keys(metadata.countries)

const CODES = new Map<string, readonly string[]>(Object.entries(metadata.country_calling_codes))

function makePlan(region: string): PhonePlan | null {
  const country = new Map<string, unknown>(Object.entries(metadata.countries)).get(region)
  if (!Array.isArray(country)) return null
  const fields: readonly unknown[] = country
  const callingCode = textAt(fields, CODE)
  const lengths = lengthsOf(fields[LENGTHS])
  const prefix = textAt(fields, PREFIX_TO_PARSE) || textAt(fields, PREFIX)
  return {
    callingCode,
    idd: new RegExp(`^(?:${textAt(fields, IDD)})`),
    whole: new RegExp(`^(?:${textAt(fields, PATTERN)})$`),
    prefix: prefix === '' ? null : new RegExp(`^(?:${prefix})`),
    transforms: textAt(fields, TRANSFORM) !== '',
    lengths: new Set(lengths),
    lengthMax: Math.max(...lengths),
  }
}

function textAt(fields: readonly unknown[], at: number): string {
  const field = fields[at]
  return typeof field === 'string' ? field : ''
}

function lengthsOf(field: unknown): readonly number[] {
  return Array.isArray(field) ? field.filter(length => typeof length === 'number') : []
}
