import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areTwoEditsApart, isOneEditApart } from './text-distance.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 })

/** All texts that one slip makes of another, and itself. */
function slipsOf(of: string): ReadonlySet<string> {
  const slips = new Set([of])
  for (let at = 0; at <= of.length; at++) {
    const [before, after] = [of.slice(0, at), of.slice(at)]
    slips.add(before + after.slice(1))
    slips.add(before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2))
    for (const letter of 'abc')
      slips.add(before + letter + after).add(before + letter + after.slice(1))
  }
  return slips
}

test('a slip is a letter more, less or other, or two neighbours swapped', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(isOneEditApart(one, other)).toBe(slipsOf(one).has(other))
      expect(isOneEditApart(other, one)).toBe(isOneEditApart(one, other))
    }),
    { numRuns: 5000 },
  )
})

test('every slip of a text is found', () => {
  fc.assert(
    fc.property(text, one => {
      for (const slip of slipsOf(one)) expect(isOneEditApart(one, slip)).toBe(true)
    }),
  )
})

test('two slips are what one slip and one more make', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const isSo = [...slipsOf(one)].some(slip => isOneEditApart(slip, other))
      if (areTwoEditsApart(one, other)) expect(isSo).toBe(true)
      expect(areTwoEditsApart(other, one)).toBe(areTwoEditsApart(one, other))
      if (isOneEditApart(one, other)) expect(areTwoEditsApart(one, other)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test.each([
  ['robert', 'rboetr', true],
  ['mohamed', 'muhammed', true],
  ['darla', 'darlene', false],
  ['mark', 'marsha', false],
])('%s and %s', (one, other, isSo) => {
  expect(areTwoEditsApart(one, other)).toBe(isSo)
})
