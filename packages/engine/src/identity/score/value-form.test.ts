import { describe, expect, test } from 'vitest'
import { FIELD_KINDS, type FieldKind } from './field-kind.ts'
import { fieldForm, SEVERAL } from './value-form.ts'

const FORMS: readonly (readonly [FieldKind, string, string | null])[] = [
  ['birthDate', '1984-03-12', '19840312'],
  ['birthDate', ' 1984/3/12 ', '19840312'],
  ['birthDate', '1984.03.12', '19840312'],
  ['birthDate', '19840312', '19840312'],
  ['birthDate', '1984-03-12T00:00:00Z', '19840312'],
  ['birthDate', '03/12/1984', '19840312'],
  ['birthDate', '12.3.1984', '19841203'],
  ['birthDate', '25.3.1984', '19840325'],
  ['birthDate', '3/25/84', '19840325'],
  ['birthDate', '3/25/04', '20040325'],
  ['birthDate', 'March 1984', 'march 1984'],
  ['phone', '+49 (30) 1234-5678', '012345678'],
  ['phone', '030 12345678', '012345678'],
  ['phone', '555 123 4567 ext. 12', '551234567'],
  ['phone', '000000000', null],
  ['phone', '12345', null],
  ['phone', 'n/a', null],
  ['email', ' Ann@Example.COM ', 'ann@example.com'],
  ['firstName', '  JOSÉ ', 'jose'],
  ['identifier', 'ab-12 34', 'ab1234'],
  ['postalCode', 'sw1a 1aa', 'sw1a1aa'],
  ['text', '  New   York ', 'new york'],
]

describe('the form that is compared', () => {
  test.each(FORMS)('of %s "%s" is %s', (kind, text, form) => {
    expect(fieldForm(kind, text)).toBe(form)
  })

  test.each(FIELD_KINDS)('of a blank %s is none', kind => {
    for (const text of ['', '   ', 'null']) expect(fieldForm(kind, text)).toBeNull()
  })

  test('of several values is each once, whatever their order', () => {
    const form = ['Bob@x.com', 'ann@x.com'].join(SEVERAL)
    const other = ['ann@x.com', 'BOB@x.com', 'ann@x.com', ''].join(SEVERAL)
    expect(fieldForm('email', form)).toBe(['ann@x.com', 'bob@x.com'].join(SEVERAL))
    expect(fieldForm('email', other)).toBe(fieldForm('email', form))
    expect(fieldForm('phone', ['12', 'n/a'].join(SEVERAL))).toBeNull()
  })
})
