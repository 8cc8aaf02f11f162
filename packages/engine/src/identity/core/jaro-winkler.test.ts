import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJaroWinkler, jaroWinkler } from './jaro-winkler.ts'

/** Texts that have much in common: few letters, and one text often a change of the other. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'é', ' '), maxLength: 12 })
const pair = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(text, text, text)
    .map(([start, middle, end]): [string, string] => [start + middle + end, start + end]),
)

describe('Jaro-Winkler', () => {
  test('is the same from either end', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(jaroWinkler(one, other)).toBe(jaroWinkler(other, one))
      }),
    )
  })

  test('is at least so much, told early or not', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 40, max: 100 }), ([one, other], percent) => {
        const likeness = jaroWinkler(one, other)
        expect(isJaroWinkler(one, other, percent / 100)).toBe(likeness >= percent / 100)
        expect(isJaroWinkler(one, other, likeness)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
