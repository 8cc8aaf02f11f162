import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { estimateBlockingRecall } from './estimate-recall.ts'
import { RESOLVE_LIMITS } from './link-groups.ts'
import { type KeyRow, keyBatch } from './match-index.ts'

const FIRST = 1

/** Whole numbers from a seed, below a bound. */
function randomBelow(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Pairs of nodes that are one; each pass finds each pair by chance, and strangers share keys too. */
function indexOf(
  pairs: number,
  passes: number,
  share: number,
): {
  readonly index: TypedArrayMatchIndex
  readonly foundByAny: number
} {
  const below = randomBelow(5)
  const index = new TypedArrayMatchIndex()
  const rows: KeyRow[] = []
  let foundByAny = 0
  for (let pair = 0; pair < pairs; pair++) {
    const found = Array.from({ length: passes }, () => below(1000) < 1000 * share)
    if (found.includes(true)) foundByAny += 1
    for (const [pass, isFound] of found.entries()) {
      const rule = FIRST + pass
      const common = { rule, key: BigInt(pair + 1) }
      rows.push({ ...common, pid: 2 * pair, value: 2 * pair })
      const own = { rule, key: BigInt(1_000_000 + pair) }
      rows.push({ ...(isFound ? common : own), pid: 2 * pair + 1, value: 2 * pair + 1 })
    }
    const crowd = { rule: FIRST, key: BigInt(2_000_000 + Math.floor(pair / 20)) }
    for (const pid of [2 * pair, 2 * pair + 1]) rows.push({ ...crowd, pid, value: pid })
  }
  index.add(keyBatch(rows))
  index.setPresent(
    Int32Array.from({ length: 2 * pairs }, (_none, pid) => pid),
    true,
  )
  return { index, foundByAny }
}

const OPTIONS = {
  ...RESOLVE_LIMITS,
  valuesMax: 1000,
  similar: (one: number, other: number) => one >> 1 === other >> 1,
  scored: {
    firstRule: FIRST,
    weight: () => 0,
    prior: 0,
    link: 0,
    order: (row: number) => row,
    membersMax: 400,
  },
}

describe('the estimate of what blocking finds', () => {
  for (const [passes, share] of [
    [3, 0.5],
    [4, 0.7],
    [6, 0.3],
  ] as const) {
    test(`is near the truth where ${passes} passes fail each on its own (${share})`, () => {
      const { index, foundByAny } = indexOf(4000, passes, share)
      // Every pair shares its crowd by the first pass: it alone would find all of them.
      const options = { ...OPTIONS, blockMax: 30 }
      const estimate = estimateBlockingRecall(index, options) ?? 0
      expect(Math.abs(estimate - foundByAny / 4000)).toBeLessThan(0.04)
    })
  }

  test('is all where each pair is found by many, also of a part of the nodes', () => {
    const { index } = indexOf(15_000, 5, 1)
    expect(estimateBlockingRecall(index, { ...OPTIONS, blockMax: 30 })).toBe(1)
  })

  test('is none where nothing links', () => {
    const { index } = indexOf(20, 2, 0.5)
    expect(estimateBlockingRecall(index, { ...OPTIONS, similar: () => false })).toBeUndefined()
  })
})
