import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { DecisionBook, type NodePair, type Verdict } from './decision-book.ts'
import { RESOLVE_LIMITS, type ResolveOptions } from './link-groups.ts'
import { keyBatch, type KeyRow, type MatchIndex } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'
import { fullPartition } from './resolve.ts'

const options = { ...RESOLVE_LIMITS, similar: () => false }

/** An index whose nodes all are present; each entry is a rule, a key and the nodes that have it. */
function indexOf(
  count: number,
  keys: readonly (readonly [rule: number, key: bigint, pids: readonly number[]])[],
): MatchIndex {
  const index = new TypedArrayMatchIndex()
  index.setPresent(
    Array.from({ length: count }, (_none, pid) => pid),
    true,
  )
  const rows = keys.flatMap(([rule, key, pids]) =>
    pids.map((pid): KeyRow => ({ rule, key, pid, value: -1 })),
  )
  index.add(keyBatch(rows))
  return index
}

function deciding(...rulings: readonly (readonly [Verdict, ...NodePair])[]): ResolveOptions {
  const decisions = new DecisionBook()
  for (const [verdict, one, other] of rulings) decisions.decide([one, other], verdict)
  return { ...options, decisions }
}

function refined(index: MatchIndex, given: ResolveOptions): ReturnType<typeof refineComponent> {
  const [component = []] = rawComponents(index, [0], given)
  return refineComponent(index, component, given)
}

describe('never together', () => {
  test('holds through a third record, and cuts the weaker of the two links', () => {
    const index = indexOf(3, [
      [0, 5n, [1, 2]],
      [1, 7n, [0, 1]],
    ])
    expect(refined(index, deciding(['never', 0, 2]))).toEqual({
      parts: [[0], [1, 2]],
      contested: [],
      cuts: [{ rule: 1, key: 7n, from: 0, to: 1, never: [0, 2] }],
    })
  })

  test('divides one key that all share', () => {
    const index = indexOf(4, [[0, 5n, [0, 1, 2, 3]]])
    const { parts, cuts } = refined(index, deciding(['never', 1, 2]))
    expect(parts).toEqual([[0, 1, 3], [2]])
    expect(cuts).toEqual([{ rule: 0, key: 5n, from: 0, to: 2, never: [1, 2] }])
  })

  test('says nothing of two that nothing joins', () => {
    const index = indexOf(2, [])
    expect(refined(index, deciding(['never', 0, 1]))).toEqual({
      parts: [[0]],
      contested: [],
      cuts: [],
    })
  })
})

describe('together', () => {
  test('joins two that have no key in common', () => {
    const partition = fullPartition(indexOf(3, []), deciding(['together', 0, 2]))
    expect([...partition.component]).toEqual([0, 1, 0])
  })

  test('outranks the limit of a cluster', () => {
    const given = { ...deciding(['together', 0, 1], ['together', 1, 2]), clusterMax: 2 }
    expect(fullPartition(indexOf(4, [[0, 1n, [2, 3]]]), given).componentCount).toBe(2)
  })

  test('is the strongest link: a key gives way to it', () => {
    const index = indexOf(3, [[0, 5n, [0, 1]]])
    const given = deciding(['together', 1, 2], ['never', 0, 2])
    expect(refined(index, given).parts).toEqual([[0], [1, 2]])
  })
})

test('a key of many, and many decisions, cost what they hold and no more', () => {
  const count = 20_000
  const all = Array.from({ length: count }, (_none, pid) => pid)
  const nevers = all.slice(0, 2000).map(pid => ['never', pid, count - 1 - pid] as const)
  const given = { ...deciding(...nevers), blockMax: count }
  const index = indexOf(count, [
    [0, 1n, all],
    [1, 2n, all],
  ])
  const started = performance.now()
  expect(fullPartition(index, given).componentCount).toBe(2)
  expect(performance.now() - started).toBeLessThan(2000)
})
