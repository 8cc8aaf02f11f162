import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMPARISONS, postalArea } from './field-comparison.ts'
import { FIELD_KINDS, type FieldKind } from './field-kind.ts'
import { fieldForm } from './value-form.ts'

const NAMES = ['robert', 'bob', 'rob', 'r', 'jo', 'joanna', 'al', 'alan', 'albert', 'anna maria']
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', ' ', '@', '1'), minLength: 1, maxLength: 9 }),
  fc.constantFrom(...NAMES, 'smith jones', 'jones', '19840312', '19841203', 'a@b.com', 'a@c.org'),
  fc
    .array(fc.constantFrom('new', 'york', 'a', 'gmbh'), { minLength: 1, maxLength: 4 })
    .map(words => words.join(' ')),
)

test.each(FIELD_KINDS)('%s: levels are symmetric, and there is a name for each', kind => {
  const { compare, levels } = COMPARISONS[kind]
  fc.assert(
    fc.property(text, text, (one, other) => {
      fc.pre(one !== other)
      const level = compare(one, other)
      expect(compare(other, one)).toBe(level)
      expect(levels[level]).toBeDefined()
      expect(level).toBeGreaterThan(0)
    }),
    { numRuns: 3000 },
  )
})

const EXAMPLES: readonly (readonly [FieldKind, string, string, string])[] = [
  ['firstName', 'Robert', 'Bob', 'nickname or initial'],
  ['firstName', 'R.', 'Robert', 'nickname or initial'],
  ['firstName', 'Katherine', 'Katharine', 'nearly equal'],
  ['firstName', 'Robert', 'Alice', 'different'],
  ['firstName', 'Wm', 'William', 'nickname or initial'],
  ['firstName', 'Mhd', 'Mohamed', 'nickname or initial'],
  ['firstName', 'Peggie', 'Margaret', 'nickname or initial'],
  ['firstName', 'Wn', 'William', 'different'],
  ['firstName', 'Mark', 'Marsha', 'different'],
  ['firstName', 'Darla', 'Darletta', 'different'],
  ['firstName', 'Andy', 'Sandy', 'alike'],
  ['lastName', 'Müller', 'Muler', 'nearly equal'],
  ['lastName', 'Smith-Jones', 'Jones', 'alike or in part'],
  ['lastName', 'Smith', 'Walker', 'different'],
  ['organization', 'Acme Tools Ltd', 'Tools Acme Ltd', 'same words'],
  ['organization', 'Acme Tools', 'Blue Whale', 'different'],
  ['street', 'Flat 2, 4 High Street, Leeds', '4 High St', 'one within the other'],
  ['street', '10 Mill Road, 12345 Dunmore', '12345 Dunmore, Mill Rd 10', 'one within the other'],
  ['street', 'High Street, Leeds', 'High St', 'alike or in part'],
  ['street', '4 High Street, Leeds', '6 High St', 'alike or in part'],
  ['birthDate', '1984-03-12', '12/03/1984', 'one slip'],
  ['birthDate', '1984-03-12', '1984-03-13', 'one slip'],
  ['birthDate', '1984-03-12', '1984-03-25', 'two parts equal'],
  ['birthDate', '1984-03-12', '1984-11-25', 'same year'],
  ['birthDate', '1984-03-12', '1986-11-25', 'different'],
  ['birthDate', '1984-03-12', '1961-11-25', 'years apart'],
  ['email', 'ann.lee@example.com', 'ann.lee@example.org', 'same mailbox'],
  ['email', 'ann.lee@example.com', 'ann.le@example.com', 'nearly equal'],
  ['email', 'ann.lee@example.com', 'bob.ray@example.com', 'different'],
  ['phone', '+49 30 1234567', '030 1234576', 'one slip'],
  ['phone', '+49 30 1234567', '030 7654321', 'different'],
  ['identifier', 'AB-123-456', 'AB-123-465', 'one slip'],
  ['postalCode', 'SW1A 1AA', 'SW1A 2BB', 'same area'],
  ['postalCode', '10115', '10116', 'one slip'],
  ['postalCode', '10115', '80331', 'different'],
  ['text', 'Berlin', 'Berlim', 'nearly equal'],
  ['code', 'f', 'm', 'different'],
]

describe('examples', () => {
  test.each(EXAMPLES)('%s: %s and %s are %s', (kind, one, other, level) => {
    const { compare, levels } = COMPARISONS[kind]
    const [a, b] = [fieldForm(kind, one) ?? '', fieldForm(kind, other) ?? '']
    expect(levels[compare(a, b)]).toBe(level)
  })
})

test('the area of a postal code is what stands before its last signs', () => {
  expect(['SW1A1AA', '10115', '3012', '99'].map(postalArea)).toEqual(['SW1A', '10', '30', '99'])
})
