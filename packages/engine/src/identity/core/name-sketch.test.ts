import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FuzzyLevel, similarFirstNames } from './first-name.ts'
import { sketchOf, surelyDiffer } from './name-sketch.ts'
import { NICKNAMES } from './nicknames.data.ts'

const LEVELS: readonly FuzzyLevel[] = ['high', 'medium', 'low']
const known = NICKNAMES.trim().split(/[\s:,]+/)
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'e', 'i', 'n', 'r'), maxLength: 9 })
const name = fc.oneof(
  fc.constantFrom(...known),
  word,
  fc.tuple(word, word).map(words => words.join(' ').trim()),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)

test('what a sketch rules out is alike at no level', () => {
  fc.assert(
    fc.property(name, name, fc.constantFrom(...LEVELS), (one, other, level) => {
      if (!surelyDiffer(sketchOf(one), sketchOf(other), level)) return
      expect(similarFirstNames(one, other, level)).toBe(false)
    }),
    { numRuns: 20_000 },
  )
})

test('it rules out nearly all pairs of names that begin with different letters', () => {
  const names = ['william', 'sharon', 'katarzyna', 'gabriel', 'joseph', 'lucia', 'albert', 'deepak']
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map(other => [one, other] as const))
  const left = pairs.filter(
    ([one, other]) => !surelyDiffer(sketchOf(one), sketchOf(other), 'medium'),
  )
  expect(left.length).toBeLessThan(pairs.length / 4)
  expect(surelyDiffer(sketchOf('robert'), sketchOf('bob'), 'high')).toBe(false)
})

test('it rules out names that only begin alike, and none that one letter tells apart', () => {
  const differ = (one: string, other: string) =>
    surelyDiffer(sketchOf(one), sketchOf(other), 'medium')
  expect(differ('martha', 'michael')).toBe(true)
  expect(differ('katarzyna', 'kirsten')).toBe(true)
  expect(differ('martha', 'marhta')).toBe(false)
  expect(differ('gabriel', 'gabrielle')).toBe(false)
})
