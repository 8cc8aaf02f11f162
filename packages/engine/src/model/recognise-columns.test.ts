import { expect, test } from 'vitest'
import { VALUE_SHAPES, type ValueShape } from './column-statistics.ts'
import { type ColumnProfile, recogniseColumns } from './recognise-columns.ts'

/** What is measured of a column's values, where a value's row is its place. */
function profile(name: string, values: readonly string[]): ColumnProfile {
  const filled = values.filter(value => value !== '')
  const distinct = new Set(filled)
  const share = (shape: ValueShape): number =>
    [...distinct].filter(value => new RegExp(`^(${VALUE_SHAPES[shape]})$`, 'u').test(value))
      .length / Math.max(1, distinct.size)
  const shapes = Object.fromEntries(
    (Object.keys(VALUE_SHAPES) as ValueShape[]).map(shape => [shape, share(shape)]),
  ) as ColumnProfile['shapes']
  return {
    name,
    type: 'Text',
    rows: values.length,
    blank: values.length - filled.length,
    distinct: distinct.size,
    samples: [...distinct].sort().slice(0, 5),
    shapes,
    isUnique: filled.length === values.length && distinct.size === values.length,
    words:
      filled.reduce((sum, value) => sum + value.split(' ').length, 0) / Math.max(1, filled.length),
  }
}

const kindOf = (name: string, values: readonly string[]): string =>
  recogniseColumns([profile(name, values)])[0]?.kind ?? 'none'

const NAMES = ['Anna', 'Ben', 'Anna', 'Cleo']
const DATES = ['19560409', '19560410', '19800101', '19560409']
const STREETS = ['1 High St', '2 High St', '1 High St', '9 Low Rd']
const NUMBERS = ['4797460', '7661096', '4797460', '8072668']
const PHONES = ['213 373 4253', '213 373 4254', '213 373 4253', '213 373 4255']

test.each([
  ['vorname', NAMES, 'firstName'],
  ['PERSON_NAME_FIRST', NAMES, 'firstName'],
  ['family name', NAMES, 'lastName'],
  ['given and surname', NAMES, 'fullName'],
  ['first_and_last_name', NAMES, 'fullName'],
  ['MAIN_NAME_ORG', NAMES, 'organizationName'],
  ['Store name', NAMES, 'organizationName'],
  ['customer.dob', DATES, 'birthDate'],
  ['Date of Birth', ['3/1/70', 'Mar 1 1970', '', '3/1/1971'], 'birthDate'],
  ['place of birth', NAMES, 'attribute'],
  ['HouseNo', ['1', '2', '1', '14a'], 'streetNumber'],
  ['address_2', STREETS, 'addressLine'],
  ['full_address', STREETS, 'fullAddress'],
  ['Town', NAMES, 'city'],
  ['zip', ['10001', '10002', '10001', '10003'], 'postalCode'],
  ['Email Address', ['a@b.example', 'c@d.example', 'a@b.example', ''], 'email'],
  ['Email Address', STREETS, 'attribute'],
  ['Fax', NUMBERS, 'phone'],
  ['PHONE_NUMBER', PHONES, 'phone'],
  ['PHONE_TYPE', ['HOME', 'WORK', 'HOME', ''], 'ignored'],
  ['passport_no', NUMBERS, 'identifier'],
  ['PASSPORT_COUNTRY', ['US', 'FR', 'US', ''], 'attribute'],
  ['tax id', NUMBERS, 'identifier'],
  ['provider id', NUMBERS, 'identifier'],
  ['customer_id', ['1', '2', '3', '4'], 'rowId'],
  ['occupation', ['baker', 'smith', 'baker', ''], 'attribute'],
  ['x1', ['m', 'f', 'm', 'f'], 'gender'],
  ['x2', ['a@b.example', 'c@d.example', 'a@b.example', ''], 'email'],
  ['x3', ['same', 'same', 'same', ''], 'ignored'],
  ['x4', ['q1', 'q2', 'q3', 'q4'], 'rowId'],
  ['x5', ['', '', '', ''], 'ignored'],
  [
    'x6',
    ['one two three four five six seven eight nine', 'b', 'b', ''].map(one => `${one} x x x x x`),
    'ignored',
  ],
  ['updated_at', ['2024-01-01', '2024-01-02', '2024-01-01', ''], 'ignored'],
  ['DATE', ['1/2/18', '1/3/18', '1/2/18', ''], 'ignored'],
  ['order_id', NUMBERS, 'ignored'],
])('RC1: %s with values such as %j is %s', (name, values, kind) => {
  expect(kindOf(name, values)).toBe(kind)
})

test('RC2: a reason is given for each, and an identifier has a name', () => {
  const found = recogniseColumns([profile('Passport No', NUMBERS), profile('x', NAMES)])
  expect(found.map(one => one.why)).toEqual([
    'the name says "passport no"',
    'it has no meaning of its own, but tells records apart a little',
  ])
  expect(found[0]?.identifier).toEqual({ name: 'passport no', type: 'Document' })
})

test('RC3: what many strangers share, or most do not have, is no attribute', () => {
  const rows = Array.from({ length: 600 }, (_none, at) => at)
  const kinds = (values: (at: number) => string): string => kindOf('colour', rows.map(values))
  expect(kinds(at => `colour ${at % 100}`)).toBe('attribute')
  expect(kinds(at => `colour ${at % 10}`)).toBe('ignored')
  expect(kinds(at => (at % 3 === 0 ? `colour ${at % 100}` : ''))).toBe('ignored')
})

const YEARS = ['1956', '1957', '1956', '1980']
const MONTHS = ['4', '12', '4', '']
const DAYS = ['9', '31', '9', '1']

test.each([
  ['birth_year', 'birth_month', 'birth_day'],
  ['DayOfBirth', 'MonthOfBirth', 'YearOfBirth'],
  ['person.dob_yyyy', 'person.dob_mm', 'person.dob_dd'],
  ['by', 'bm', 'bd'],
  ['Geburtsjahr', 'Geburtsmonat', 'Geburtstag'],
  ['jour_de_naissance', 'mois_de_naissance', 'année_de_naissance'],
])('RC4: %s, %s and %s are a birth date together', (...names) => {
  const values = (name: string): readonly string[] => {
    const isYear = /y$|year|yyyy|jahr|ann/i.test(name)
    return isYear ? YEARS : /mo|mm|bm/i.test(name) ? MONTHS : DAYS
  }
  const found = recogniseColumns(names.map(name => profile(name, values(name))))
  expect(found.map(({ kind }) => kind).toSorted()).toEqual(['birthDay', 'birthMonth', 'birthYear'])
})

test('RC4: two of the three are none, nor are three of which one is another date’s or no number', () => {
  const kinds = (
    ...columns: readonly (readonly [string, readonly string[]])[]
  ): readonly string[] =>
    recogniseColumns(columns.map(([name, values]) => profile(name, values))).map(one => one.kind)
  const [year, month] = [['birth_year', YEARS] as const, ['birth_month', MONTHS] as const]
  expect(kinds(year, month)).not.toContain('birthYear')
  expect(kinds(year, month, ['day', DAYS])).not.toContain('birthYear')
  expect(kinds(year, month, ['spouse_birth_day', DAYS])).not.toContain('birthYear')
  expect(kinds(year, month, ['birth_day', NAMES])).not.toContain('birthYear')
  expect(kinds(['year', YEARS], ['month', MONTHS], ['day', DAYS])).not.toContain('birthYear')
})

test('a number that is each row’s own is of people only where sources share it', () => {
  const own = profile('member_no', ['4797460', '7661096', '4797461', '8072668'])
  const kind = (column: ColumnProfile) => recogniseColumns([column])[0]?.kind
  expect(kind(own)).toBe('rowId')
  expect(kind({ ...own, isShared: true })).toBe('identifier')
})
