import fc from 'fast-check'
import { expect, it } from 'vitest'
import { misdialled, misspelt, nicknameOf, typo } from './errors.mjs'
import { numberOf } from './person.mjs'
import { loadTables } from './tables.mjs'

const bits = fc.integer({ min: 0, max: 0xff_ff_ff_ff })
const name = fc.stringMatching(/^[A-Z][a-z]{2,12}$/u)

it('a misspelling always differs, keeps the first letter and is near', () => {
  fc.assert(
    fc.property(name, bits, (text, chance) => {
      for (const wrong of [typo(text, chance), misspelt(text, chance)]) {
        expect(wrong).not.toBe(text)
        expect(wrong.charAt(0)).toBe(text.charAt(0))
        expect(Math.abs(wrong.length - text.length)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

it('a misdialled number differs in one digit', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[2-9]\d{9}$/u), bits, (number, chance) => {
      const wrong = misdialled(number, chance)
      expect(Array.from(wrong).filter((digit, index) => digit !== number[index])).toHaveLength(1)
    }),
  )
})

it('phone numbers of different people differ', () => {
  const numbers = new Set(Array.from({ length: 200_000 }, (_, index) => numberOf(index)))
  expect(numbers.size).toBe(200_000)
  expect([...numbers].every(number => /^[2-9]\d{9}$/u.test(number))).toBe(true)
})

it('nicknames come from the table, and a name without one has none', () => {
  const { nicknames } = loadTables()
  expect(nicknameOf('William', nicknames, 12)).toBeTypeOf('string')
  expect(nicknameOf('Xqz', nicknames, 12)).toBeUndefined()
})

it('names are drawn as often as they are borne', () => {
  const { surnames } = loadTables()
  let smiths = 0
  for (let index = 0; index < 200_000; index++) {
    if (surnames.pick(Math.imul(index, 0x9e3779b1) >>> 0) === 'Smith') smiths += 1
  }
  // 2,442,977 Smiths of the 263 million people in the table.
  expect(smiths / 200_000).toBeGreaterThan(0.008)
  expect(smiths / 200_000).toBeLessThan(0.0125)
})
