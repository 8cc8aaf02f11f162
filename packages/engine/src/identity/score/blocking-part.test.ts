import { describe, expect, test } from 'vitest'
import { type BlockingPart, partHash, PARTS_OF } from './blocking-part.ts'

const SHARED: readonly (readonly [BlockingPart, string, string])[] = [
  ['whole', 'ann', 'ann'],
  ['sound', 'catherine', 'katherine'],
  ['sound', 'meyer', 'maier'],
  ['start', 'market street 5', 'market square'],
  ['mailbox', 'ann@x.com', 'ann@y.org'],
  ['area', 'sw1a1aa', 'sw1a2bb'],
  ['yearMonth', '19840312', '19840325'],
  ['monthDay', '19840312', '19480312'],
  ['year', '19840312', '19841231'],
]

describe('a part of a value', () => {
  test.each(SHARED)('%s: %s and %s share it', (part, one, other) => {
    expect(partHash(part, one)).toEqual(partHash(part, other))
    expect(partHash(part, one)).toBeDefined()
  })

  test.each([
    ['sound', 'ann', 'robert'],
    ['start', 'market street', 'marble street'],
    ['mailbox', 'ann@x.com', 'bob@x.com'],
    ['year', '19840312', '19850312'],
  ] as const)('%s: %s and %s do not', (part, one, other) => {
    expect(partHash(part, one)).not.toEqual(partHash(part, other))
  })

  test.each([
    ['start', 'abc'],
    ['area', '1011'],
    ['mailbox', '@x.com'],
    ['yearMonth', 'march 84 or so'],
    ['monthDay', '19840101'],
    ['whole', ''],
  ] as const)('%s: "%s" has none', (part, value) => {
    expect(partHash(part, value)).toBeUndefined()
  })

  test('every kind can be shared whole', () => {
    for (const parts of Object.values(PARTS_OF)) expect(parts[0]).toBe('whole')
  })
})
