import { expect, it } from 'vitest'
import { COMPARISONS } from './field-comparison.ts'
import { generationOf, withoutGeneration } from './generation.ts'

it.each([
  ['smith sr', 1],
  ['dobbins senior', 1],
  ['morris i', 1],
  ['smith jr', 2],
  ['morris ii', 2],
  ['smith iii', 3],
  ['smith', 0],
  ['junior', 0],
  ['john v', 0],
])('reads the generation of %s', (name, generation) => {
  expect(generationOf(name)).toBe(generation)
})

it('compares names without the generation', () => {
  expect(withoutGeneration('smith jr')).toBe('smith')
  expect(withoutGeneration('van dyke')).toBe('van dyke')
  expect(COMPARISONS.lastName.compare('smith jr', 'smith')).toBe(1)
  expect(COMPARISONS.firstName.compare('ada augusta', 'ada')).toBe(1)
})
