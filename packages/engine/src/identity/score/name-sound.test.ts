import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOneSpelled, isOneTranscribed, soundOf } from './name-sound.ts'

test.each([
  ['kaylee', 'keeley', true],
  ['sara', 'zarah', true],
  ['john', 'jane', false],
  ['darla', 'darlene', false],
  ['mark', 'marsha', false],
])('%s and %s: spellings of one name is %s', (one, other, isOne) => {
  expect(isOneSpelled(one, other)).toBe(isOne)
})

test.each([
  ['дмитрий', 'dmitriy', true],
  ['فاطمة', 'fatma', true],
  ['γιωργος', 'giorgos', true],
  ['дмитрий', 'giorgos', false],
  ['فاطمة', 'maryam', false],
])('%s and %s: transcribed is %s', (one, other, isOne) => {
  expect(isOneTranscribed(one, other)).toBe(isOne)
  expect(isOneTranscribed(other, one)).toBe(isOne)
})

test('what does not sound is no spelling of anything', () => {
  expect(soundOf('')).toBe('')
  expect(isOneSpelled('', '')).toBe(false)
})

test('spellings are symmetric', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'e', 'k', 'c', 's', 'и', ' '), maxLength: 6 })
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(isOneSpelled(other, one)).toBe(isOneSpelled(one, other))
      expect(isOneTranscribed(other, one)).toBe(isOneTranscribed(one, other))
    }),
  )
})
