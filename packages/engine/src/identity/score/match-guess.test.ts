import { describe, expect, test } from 'vitest'
import { COMPARISONS } from './field-comparison.ts'
import { FIELD_KINDS, type FieldKind } from './field-kind.ts'
import { matchGuess } from './match-guess.ts'

const differing = (kind: FieldKind): number => COMPARISONS[kind].levels.indexOf('different')
const shareOfDiffering = (kind: FieldKind): number => matchGuess(kind)[differing(kind)] ?? -1

describe('what matches are taken to share', () => {
  test.each(FIELD_KINDS)('of %s: a share for each level, of which equality has the most', kind => {
    const guess = matchGuess(kind)
    expect(guess).toHaveLength(COMPARISONS[kind].levels.length)
    expect(guess.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    for (const [level, share] of guess.entries()) {
      expect(share).toBeGreaterThan(0)
      if (level > 0) expect(share).toBeLessThan(guess[0] ?? 0)
    }
  })

  test('what people keep differs less than what they change', () => {
    const kept = (['firstName', 'lastName', 'birthDate', 'identifier'] as const).map(
      shareOfDiffering,
    )
    const changed = (['email', 'phone', 'street', 'postalCode'] as const).map(shareOfDiffering)
    expect(Math.min(...kept)).toBeGreaterThan(0)
    expect(Math.max(...kept)).toBeLessThan(Math.min(...changed))
  })

  test("is the caller's own: what is learned into one is not guessed for the next", () => {
    matchGuess('email').fill(0)
    expect(matchGuess('email')[0]).toBeGreaterThan(0.5)
  })
})
