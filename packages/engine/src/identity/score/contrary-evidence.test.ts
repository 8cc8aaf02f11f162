import { describe, expect, it } from 'vitest'
import { COMPARISONS } from './field-comparison.ts'
import type { FieldKind } from './field-kind.ts'
import { PairScore } from './pair-score.ts'
import type { ScoreModel } from './score-model.ts'
import { BLANK, ScoreTable } from './score-table.ts'
import { fieldForm } from './value-form.ts'

const FIELDS = [
  ['Individual.FirstName', 'firstName'],
  ['Individual.LastName', 'lastName'],
  ['Account.Name', 'organization'],
  ['Individual.BirthDate', 'birthDate'],
  ['PartyIdentification.passport', 'identifier'],
  ['ContactPointEmail.EmailAddress', 'email'],
  ['ContactPointAddress.AddressLine1', 'street'],
  ['ContactPointAddress.CityName', 'text'],
  ['ContactPointAddress.PostalCodeText', 'postalCode'],
] as const satisfies readonly (readonly [string, FieldKind])[]

type Person = readonly [
  first?: string,
  last?: string,
  organization?: string,
  born?: string,
  passport?: string,
  email?: string,
  street?: string,
  city?: string,
  code?: string,
]

/** A model in which equal values are a hundred times as frequent in matches, and different ones rare. */
function model(differ = 0.004): ScoreModel {
  const fields = FIELDS.map(([name, kind]) => {
    const names = COMPARISONS[kind].levels
    const last = names.length - 1
    const levels = names.map((level, at) => {
      const random = at === last ? 0.9 : at === 0 ? 0.005 : 0.01
      const match = at === last ? differ : at === 0 ? 0.7 : 0.08
      return { level, match, related: random, random }
    })
    return { name, kind, levels, frequent: {}, rare: 0.005 }
  })
  return { version: 1, records: 1000, match: 0.001, related: 0, fields, blocking: [] }
}

function bits(one: Person, other: Person, by = model()): number {
  const table = new ScoreTable(FIELDS.map(([name, kind]) => ({ name, kind })))
  const rowOf = (person: Person): number =>
    table.rowOf(
      table.fields.map((values, at) => {
        const form = fieldForm(values.field.kind, person[at] ?? '')
        return form === null || form === '' ? BLANK : values.number(form)
      }),
    )
  const [a, b] = [rowOf(one), rowOf(other)]
  const score = new PairScore(table, by)
  expect(score.weight(a, b)).toBe(score.weight(b, a))
  expect(score.isAtLeast(a, b, score.weight(a, b))).toBe(true)
  return score.weight(a, b)
}

const STREET: Person = ['', '', '', '', '', '', '1 Main St', 'Springfield', '12345']

function at(person: Person, place: Person = STREET): Person {
  return Array.from(
    { length: FIELDS.length },
    (_none, field) => person[field] ?? place[field] ?? '',
  ) as unknown as Person
}

describe('what contradicts', () => {
  it('keeps a father and a son of one name apart, whatever they share', () => {
    expect(bits(at(['John', 'Smith']), at(['John', 'Smith']))).toBeGreaterThan(10)
    expect(bits(at(['John', 'Smith Jr']), at(['John', 'Smith Senior']))).toBeLessThan(-500)
    expect(bits(at(['John I', 'Smith']), at(['John II', 'Smith']))).toBeLessThan(-500)
    expect(bits(at(['John', 'Smith']), at(['John', 'Smith Jr']))).toBeGreaterThan(5)
  })

  it('keeps persons and organisations apart', () => {
    const mail = 'ada@acme.com'
    expect(
      bits(at(['Ada', 'Acme', '', '', '', mail]), at(['', '', 'Acme', '', '', mail])),
    ).toBeLessThan(-500)
    expect(bits(at(['Ada', 'Acme', 'Acme']), at(['', '', 'Acme']))).toBeGreaterThan(5)
  })

  it('takes two numbers that one person can not have as a veto, unless all else agrees', () => {
    const place: Person = []
    const one = at(['Pat', 'Smith', '', '', '10251111'], place)
    expect(bits(one, at(['Pat', 'Smith', '', '', '10259922'], place))).toBeLessThan(-500)
    expect(bits(one, at(['Pat', 'Smith', '', '', '10251112'], place))).toBeGreaterThan(0)
    const known = (passport: string): Person =>
      at(['Pat', 'Smith', '', '1970-01-02', passport, 'pat@smith.org'])
    expect(bits(known('10251111'), known('10259922'))).toBeGreaterThan(0)
  })

  it('does not where matches often differ in the number', () => {
    const [one, other] = [
      ['Pat', 'Smith', '', '', '10251111'],
      ['Pat', 'Smith', '', '', '10259922'],
    ] as const
    expect(bits(one, other, model(0.2))).toBeGreaterThan(-20)
  })

  it('keeps those born many years apart apart', () => {
    expect(
      bits(at(['Jo', 'Smith', '', '1950-01-02']), at(['Jo', 'Smith', '', '1980-11-24']), model()),
    ).toBeLessThan(
      bits(
        at(['Jo', 'Smith', '', '1950-01-02']),
        at(['Jo', 'Smith', '', '1980-11-24']),
        model(0.02),
      ) - 8,
    )
  })
})

it('takes a mailbox of a role for no evidence', () => {
  const [one, other] = [
    ['Ann', 'Lee'],
    ['Ann', 'Lee'],
  ] as const
  const shared = (mail: string): number =>
    bits([...one, '', '', '', mail], [...other, '', '', '', mail])
  expect(shared('info@acme.com')).toBeCloseTo(bits(one, other), 6)
  expect(shared('ann@acme.com')).toBeGreaterThan(bits(one, other) + 5)
})

it('counts another address once, not once for each part of it', () => {
  const moved = bits(
    at(['Ann', 'Lee']),
    at(['Ann', 'Lee'], ['', '', '', '', '', '', '9 Elm Rd', 'Gotham', '99887']),
  )
  const street = bits(
    ['Ann', 'Lee', '', '', '', '', '1 Main St'],
    ['Ann', 'Lee', '', '', '', '', '9 Elm Rd'],
  )
  expect(moved).toBeCloseTo(street, 6)
})

it('says of names in different scripts what they say where one is the other as it sounds', () => {
  const born = '1970-01-02'
  const without = bits(['', '', '', born], ['', '', '', born])
  const written = (first: string, last: string): number =>
    bits([first, last, '', born], ['Дмитрий', 'Козлов', '', born])
  expect(written('Dmitriy', 'Kozlov')).toBeGreaterThan(without + 5)
  expect(written('Hannah', 'Berg')).toBeCloseTo(without, 6)
})

it('takes a mailbox that is made of the name for no more than the name', () => {
  const mail = (one: string, other: string): number =>
    bits(['Jay', 'Miller', '', '', '', one], ['Jay', 'Miller', '', '', '', other])
  const different = mail('blue@sky.org', 'wolf@forest.com')
  expect(mail('jmiller@sky.org', 'jmiller@forest.com')).toBeCloseTo(different, 6)
  expect(mail('jmiller@forest.com', 'jmiller@forst.com')).toBeGreaterThan(different + 5)
  expect(mail('bluewolf@sky.org', 'bluewolf@forest.com')).toBeGreaterThan(different + 5)
})

it('knows who bears a former last name before the new one', () => {
  const now: Person = ['Susan Meyer', 'Thomas']
  expect(bits(['Susan', 'Meyer'], now)).toBeGreaterThan(bits(['Susan', 'Keller'], now) + 5)
})

it('takes a share of few matches for what a few mistakes may have made', () => {
  const [one, other] = [
    at(['Jo', 'Smith', '', '1950-01-02']),
    at(['Jo', 'Smith', '', '1980-11-24']),
  ]
  const few: ScoreModel = { ...model(0.03), records: 200, match: 0.01 }
  const many: ScoreModel = { ...model(0.03), records: 20_000, match: 0.01 }
  expect(bits(one, other, few)).toBeLessThan(bits(one, other, many) - 7)
})
