import {
  getExampleNumber,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, test } from 'vitest'
import { PHONE_REGIONS } from './phone-plan.ts'
import { phoneRegion } from './phone-region.ts'
import { e164Column, isPlaceholderPhone, toE164 } from './phone.ts'

const regions = PHONE_REGIONS as readonly CountryCode[]
const usual: readonly CountryCode[] = ['US', 'GB', 'DE', 'FR', 'AU']

/** Numbers made without state, so that a failure can be seen again. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return ((state >>> 8) ^ (state >>> 20)) % below
  }
}

function digits(draw: (below: number) => number, count: number): string {
  return Array.from({ length: count }, () => draw(10)).join('')
}

/** One text in one of the ways people write numbers, some of them wrong. */
function written(draw: (below: number) => number, region: CountryCode): string {
  const example = getExampleNumber(region, examples)
  const national = example?.nationalNumber ?? '123456789'
  const code = example?.countryCallingCode ?? '1'
  const kept = draw(national.length + 1)
  const own = national.slice(0, kept) + digits(draw, national.length - kept)
  const parsed = () => parsePhoneNumberFromString(`+${code}${own}`)
  const forms = [
    () => `+${code}${own}`,
    () => `+${code} ${own.slice(0, 2)} ${own.slice(2)}`,
    () => `+${code} (0)${own.slice(0, 3)}-${own.slice(3)}`,
    () => `(+${code}) ${own}`,
    () => own,
    () => `0${own.slice(0, 3)} ${own.slice(3)}`,
    () => `1-${own.slice(0, 3)}-${own.slice(3)}`,
    () => `(${own.slice(0, 3)}) ${own.slice(3, 6)}-${own.slice(6)}`,
    () => `${code}${own}`,
    () => `00${code} ${own}`,
    () => `011${code}${own}`,
    () => parsed()?.formatNational() ?? own,
    () => parsed()?.formatInternational() ?? own,
    () => own.slice(0, -1),
    () => `${own}${draw(10)}`,
    () => `${own} ext. ${draw(900)}`,
    () => `tel: ${own}`,
    () => digits(draw, draw(16)),
    () => `+${digits(draw, draw(16))}`,
    () => `8${own}`,
    () => `${own.slice(0, 4)}/${own.slice(4)}`,
    () => `${own.slice(0, 3)}.${own.slice(3)} `,
  ]
  return (forms[draw(forms.length)] ?? (() => own))()
}

function byLibrary(raw: string, region: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(raw, region)
  return parsed?.isPossible() ? parsed.number : null
}

describe('toE164', () => {
  test('is what the library says: 200,000 numbers of all countries, in many ways of writing', () => {
    const draw = draws(20_260_101)
    let found = 0
    const wrong: unknown[] = []
    for (let at = 0; at < 200_000; at++) {
      const some = at % 2 === 0 ? usual : regions
      const region = some[draw(some.length)] ?? 'US'
      const raw = written(draw, region)
      const wanted = byLibrary(raw, region)
      if (wanted !== null) found += 1
      const got = toE164(raw, region)
      if (got !== wanted) wrong.push({ raw, region, got, wanted })
    }
    expect(wrong).toEqual([])
    expect(found).toBeGreaterThan(80_000)
  }, 180_000)

  test.each([
    ['(213) 373-4253', 'US', '+12133734253'],
    ['1-213-373-4253', 'US', '+12133734253'],
    ['+44 (0)20 7946 0018', 'US', '+442079460018'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['030 901820', 'DE', '+4930901820'],
    ['01 23 45 67 89', 'FR', '+33123456789'],
    ['(02) 9374 4000', 'AU', '+61293744000'],
    ['call 213 373 4253 ext. 12', 'US', '+12133734253'],
    ['x123', 'US', null],
    ['n/a', 'US', null],
    ['', 'US', null],
    ['213 373 4253', '', null],
    ['+1 213 373 4253', 'nowhere', '+12133734253'],
  ])('%j in %j is %j', (raw, region, wanted) => {
    expect(toE164(raw, region)).toBe(wanted)
  })
})

test('a column is each number in its region, placeholders blank', () => {
  const raws = ['020 7946 0018', '213 373 4253', '0000000000', '213 373 4253']
  expect(e164Column(raws, ['GB', 'US', 'US', 'FR'])).toEqual([
    '+442079460018',
    '+12133734253',
    null,
    null,
  ])
})

test.each([
  '0000000000',
  '1234567890',
  '123-456-7890',
  '(555) 555-5555',
  '+1 999 999 9999',
  '111111',
  '+1 123 456 7890',
  '0123456789',
  '9876543210',
])('%j stands for no number', raw => {
  expect(isPlaceholderPhone(raw)).toBe(true)
})

test.each(['213 373 4253', '020 7946 0018', '+49 30 1234501', '0800 111 2222', '030 901820'])(
  '%j is a number',
  raw => {
    expect(isPlaceholderPhone(raw)).toBe(false)
  },
)

test.each([
  ['us', 'US'],
  [' DE ', 'DE'],
  ['United Kingdom', 'GB'],
  ['USA', 'US'],
  ['+44', 'GB'],
  ['49', 'DE'],
  ['', ''],
  ['Atlantis', ''],
])('%j names the country %j', (text, wanted) => {
  expect(phoneRegion(text)).toBe(wanted)
})
