import { expect, test } from 'vitest'
import { answersOf, matchIndexContract } from '../match-index.contract.ts'
import { keyBatch } from '../match-index.ts'
import { MapMatchIndex } from './map-match-index.ts'
import { TypedArrayMatchIndex } from './typed-array-match-index.ts'

matchIndexContract(() => new TypedArrayMatchIndex())

test('numbers of rows and blocks are used again: churn does not grow the index', () => {
  const index = new TypedArrayMatchIndex()
  const plain = new MapMatchIndex()
  let seed = 7
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0
    return (seed >>> 8) % below
  }
  for (let round = 0; round < 4000; round++) {
    const pid = draw(50)
    const rows = Array.from({ length: draw(5) }, () => ({
      rule: draw(3),
      key: BigInt(draw(400)),
      pid,
      value: -1,
    }))
    for (const one of [index, plain]) one.replace([pid], keyBatch(rows))
  }
  expect(index.blockEnd).toBeLessThan(260)
  expect(answersOf(index)).toEqual(answersOf(plain))
})
