import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { DecisionBook } from './decision-book.ts'
import { RESOLVE_LIMITS } from './link-groups.ts'
import { keyBatch, type MatchIndex } from './match-index.ts'
import { fullPartition } from './resolve.ts'
import { splitApart } from './split-apart.ts'

const options = { ...RESOLVE_LIMITS, similar: () => false }

type Keys = readonly (readonly [rule: number, key: bigint, pids: readonly number[]])[]

/** An index of present nodes with their keys, each labelled with its cluster. */
function resolved(count: number, keys: Keys): MatchIndex {
  const index = new TypedArrayMatchIndex()
  const pids = Array.from({ length: count }, (_none, pid) => pid)
  index.setPresent(pids, true)
  index.add(
    keyBatch(keys.flatMap(([rule, key, own]) => own.map(pid => ({ rule, key, pid, value: -1 })))),
  )
  const { component } = fullPartition(index, options)
  for (const pid of pids) index.setLabel(pid, component[pid] ?? -1)
  return index
}

describe('the sides of an undone merge', () => {
  test('are the two that one link joined, with all that each has', () => {
    const index = resolved(5, [
      [1, 1n, [0, 1]],
      [1, 2n, [2, 3]],
      [0, 3n, [1, 2]],
      [1, 4n, [3, 4]],
    ])
    expect(splitApart(index, [1, 2], options)).toEqual([
      [0, 1],
      [2, 3, 4],
    ])
  })

  test('are of the cluster as it is now', () => {
    // Node 2 is in another cluster by decision, and would go to 0 once 1 is apart.
    const index = resolved(3, [[0, 1n, [0, 1, 2]]])
    index.setLabel(2, 7)
    expect(splitApart(index, [0, 1], options)).toEqual([[0], [1]])
  })

  const keysOfSome = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.bigInt({ min: 1n, max: 4n }),
      fc.uniqueArray(fc.nat(7), { minLength: 2, maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 6 },
  )

  test('stay apart whoever goes, once every pair of them is decided; until then they are as forecast', () => {
    fc.assert(
      fc.property(keysOfSome, fc.nat(7), (keys, gone) => {
        const distinct = [...new Map(keys.map(one => [`${one[0]} ${one[1]}`, one])).values()]
        const index = resolved(8, distinct)
        const [one = 0, other = 1] = distinct[0]?.[2] ?? []
        const sides = splitApart(index, [one, other], options)
        const decisions = new DecisionBook()
        for (const mine of sides[0])
          for (const theirs of sides[1]) decisions.decide([mine, theirs], 'never')
        const decided = { ...options, decisions }
        const together = (pids: readonly number[]): boolean => {
          const { component } = fullPartition(index, decided)
          return pids.every(pid => component[pid] === component[pids[0] ?? 0])
        }
        expect(together(sides[0])).toBe(true)
        expect(together(sides[1])).toBe(true)
        index.setPresent([gone], false)
        for (const mine of sides[0])
          for (const theirs of sides[1])
            if (mine !== gone && theirs !== gone) expect(together([mine, theirs])).toBe(false)
      }),
    )
  })
})
