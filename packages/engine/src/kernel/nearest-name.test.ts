import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

test.each([
  ['categry', 'category'],
  ['cateogry', 'category'],
  ['Primarykey', 'primaryKey'],
  ['refreshMod', 'refreshMode'],
])('NN1: one or two slips from a known name finds it (%s)', (typed, meant) => {
  expect(nearestName(typed, ['name', 'category', 'primaryKey', 'refresh', 'refreshMode'])).toBe(
    meant,
  )
})

test('NN2: a name that is near nothing gets no advice', () => {
  expect(nearestName('banana', ['name', 'category'])).toBeUndefined()
  expect(nearestName('', ['name'])).toBeUndefined()
  expect(nearestName('x', [])).toBeUndefined()
})

test('NN3: two neighbours that changed places are one slip', () => {
  expect(nearestName('abc', ['acb', 'xyz'])).toBe('acb')
})

test('NN4: a known name is its own nearest, and a name of 100,000 characters costs nothing', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}$/), { minLength: 1 }), names => {
      for (const name of names) expect(nearestName(name, names)).toBe(name)
    }),
  )
  expect(nearestName('a'.repeat(100_000), ['name', 'category'])).toBeUndefined()
})
