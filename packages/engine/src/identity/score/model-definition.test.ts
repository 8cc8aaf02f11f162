import type { ScoredField, ScoreModelDefinition } from '@mainstem/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PARTS_OF } from './blocking-part.ts'
import { COMPARISONS } from './field-comparison.ts'
import {
  blockingPasses,
  checkFieldNames,
  definitionOf,
  modelOf,
  scoredFieldName,
} from './model-definition.ts'

const FIELDS: readonly ScoredField[] = [
  { field: 'Individual.FirstName', kind: 'firstName' },
  { field: 'Individual.BirthDate', kind: 'birthDate' },
  { field: 'ContactPointEmail.EmailAddress', kind: 'email' },
  { field: 'ContactPointPhone.TelephoneNumber', kind: 'phone' },
  {
    field: 'PartyIdentification.IdentificationNumber',
    kind: 'identifier',
    name: 'Driver’s licence',
    type: 'GB',
  },
]

const share = fc.double({ min: 0.001, max: 1, noNaN: true })
const modelField = fc.constantFrom(...FIELDS).chain(field => {
  const { levels } = COMPARISONS[field.kind]
  return fc.record({
    field: fc.constant(field),
    levels: fc.tuple(
      ...levels.map(level =>
        fc.record({ level: fc.constant(level), match: share, related: share, random: share }),
      ),
    ),
    frequent: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), share, { maxKeys: 4 }),
    rare: share,
  })
})

/** Models as a file may have them: each field once, and passes of parts that the fields have. */
const definition: fc.Arbitrary<ScoreModelDefinition> = fc
  .uniqueArray(modelField, { minLength: 1, maxLength: 5, selector: ({ field }) => field })
  .chain(given => {
    const fields = given.map(({ field, ...rest }) => ({ ...field, ...rest }))
    const parts = fields.flatMap(one =>
      PARTS_OF[one.kind].map(part =>
        part === 'whole' ? scoredFieldName(one) : `${scoredFieldName(one)}:${part}`,
      ),
    )
    return fc.record({
      version: fc.constant(1 as const),
      records: fc.nat(),
      match: share,
      related: share,
      fields: fc.constant(fields),
      blocking: fc.array(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 2 }), {
        maxLength: 3,
      }),
    })
  })

const EMAIL = FIELDS.slice(2, 3)
const named = EMAIL.map(one => ({ name: scoredFieldName(one), kind: one.kind }))

describe("a model's file", () => {
  test('says what the model says: what is read and written again is the same', () => {
    fc.assert(
      fc.property(definition, written => {
        const model = modelOf(written)
        expect(definitionOf(model, written.fields)).toEqual(written)
        expect(definitionOf(model, written.fields.toReversed())).toEqual(written)
      }),
    )
  })

  test("is a copy: whoever changes what was written does not change the model's shares", () => {
    const [written] = fc.sample(definition, { numRuns: 1, seed: 1 })
    if (!written) throw new Error('No model was made.')
    const model = modelOf(written)
    const again = definitionOf(model, written.fields)
    for (const field of again.fields) {
      field.frequent['new'] = 1
      for (const level of field.levels) level.match = 2
    }
    expect(model.fields.flatMap(({ levels }) => levels.map(({ match }) => match))).not.toContain(2)
    expect(model.fields.flatMap(({ frequent }) => Object.keys(frequent))).not.toContain('new')
  })

  test.each([1, 2, 4])('that gives a phone number %d levels is refused by name', count => {
    const levels = Array.from({ length: count }, () => ({
      level: 'equal',
      match: 0.5,
      related: 0.5,
      random: 0.5,
    }))
    const field = { field: 'ContactPointPhone.TelephoneNumber', kind: 'phone' as const }
    const fields = [{ ...field, levels, frequent: {}, rare: 0.1 }]
    const written = {
      version: 1 as const,
      records: 2,
      match: 0.1,
      related: 0,
      fields,
      blocking: [],
    }
    expect(() => modelOf(written)).toThrow(
      `ContactPointPhone.TelephoneNumber ${count} levels; kind phone has 3: ${COMPARISONS.phone.levels.join(', ')}`,
    )
  })
})

describe('the name of a field in a model', () => {
  test.each([
    ['Individual.LastName', undefined, 'Individual.LastName'],
    ['ContactPointPhone.TelephoneNumber', undefined, 'ContactPointPhone.TelephoneNumber'],
    ['ContactPointPhone.FormattedE164PhoneNumber', undefined, 'ContactPointPhone.TelephoneNumber'],
    ['PartyIdentification.IdentificationNumber', 'Loyalty', 'PartyIdentification.Loyalty'],
    ['PartyIdentification.IdentificationNumber', 'My: card no.', 'PartyIdentification.My_card_no_'],
  ])('%s by %s is %s', (field, name, expected) => {
    const given = name === undefined ? { field } : { field, name }
    expect(scoredFieldName(given)).toBe(expected)
  })
})

describe('numbers of one name', () => {
  const card = { field: 'PartyIdentification.IdentificationNumber', kind: 'identifier' } as const

  test('and different types are two fields', () => {
    const cards = [
      { ...card, name: 'Passport', type: 'GB' },
      { ...card, name: 'Passport', type: 'DE' },
    ]
    expect(cards.map(scoredFieldName)).toEqual([
      'PartyIdentification.Passport_GB',
      'PartyIdentification.Passport_DE',
    ])
    expect(() => checkFieldNames(cards)).not.toThrow()
  })

  test('that differ in signs alone are refused: a model could not tell them', () => {
    const cards = [
      { ...card, name: 'My card' },
      { ...card, name: 'My-card' },
    ]
    expect(() => checkFieldNames(cards)).toThrow('PartyIdentification.My_card is compared twice')
  })
})

describe('blocking as it is written', () => {
  test('names a field, or a part of it; a formatted phone number is the number', () => {
    const fields = FIELDS.map(one => ({ name: scoredFieldName(one), kind: one.kind }))
    const written = [
      ['Individual.BirthDate:year', 'Individual.FirstName:whole'],
      ['ContactPointPhone.FormattedE164PhoneNumber'],
      ['PartyIdentification.Driver_s_licence_GB'],
    ]
    expect(blockingPasses(written, fields)).toEqual([
      [
        { field: 'Individual.BirthDate', part: 'year' },
        { field: 'Individual.FirstName', part: 'whole' },
      ],
      [{ field: 'ContactPointPhone.TelephoneNumber', part: 'whole' }],
      [{ field: 'PartyIdentification.Driver_s_licence_GB', part: 'whole' }],
    ])
    expect(blockingPasses([], fields)).toEqual([])
  })

  test.each([
    ['Individual.LastName', /no field that is compared\. Compared are ContactPointEmail\.Email/],
    ['ContactPointEmail.EmailAddress:year', /"ContactPointEmail.+:year".+kind email/],
    ['ContactPointEmail.EmailAddress:', /kind email/],
    ['ContactPointEmail.EmailAddress:toString', /kind email/],
  ])('%s is refused by name', (text, says) => {
    expect(() => blockingPasses([['ContactPointEmail.EmailAddress', text]], named)).toThrow(says)
  })
})
