import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { RESOLVE_LIMITS } from './link-groups.ts'
import { keyBatch, SURNAME_RULE } from './match-index.ts'
import { fullPartition } from './resolve.ts'

describe('limits, at their edge', () => {
  const index = () => {
    const made = new TypedArrayMatchIndex()
    made.setPresent([1, 2, 3], true)
    made.add(keyBatch([1, 2, 3].map(pid => ({ rule: 0, key: 9n, pid, value: -1 }))))
    return made
  }
  const options = { ...RESOLVE_LIMITS, similar: () => false }

  test('a block at blockMax joins, one over it is contested', () => {
    expect(fullPartition(index(), { ...options, blockMax: 3 }).componentCount).toBe(1)
    const over = fullPartition(index(), { ...options, blockMax: 2 })
    expect(over.componentCount).toBe(3)
    expect(over.contested).toEqual([{ rule: 0, key: 9n, why: 'block', size: 3, pid: -1 }])
  })

  test('a key of surnamesMax surnames joins, of one more it is contested; unknown ones do not count', () => {
    const named = index()
    const surnames = [1, 2].map(pid => ({
      rule: SURNAME_RULE,
      key: BigInt(pid),
      pid,
      value: -1,
    }))
    named.add(keyBatch(surnames))
    expect(fullPartition(named, { ...options, surnamesMax: 2 }).componentCount).toBe(1)
    const over = fullPartition(named, { ...options, surnamesMax: 1 })
    expect(over.componentCount).toBe(3)
    expect(over.contested).toEqual([{ rule: 0, key: 9n, why: 'surnames', size: 2, pid: -1 }])
  })

  test('a key of people of idsMax numbers joins, of one more it is contested', () => {
    const numbered = index()
    const ids = [1, 2].map(pid => ({ rule: 3, key: BigInt(pid), pid, value: -1 }))
    numbered.add(keyBatch(ids))
    const byId = { ...options, idRules: [3] }
    expect(fullPartition(numbered, { ...byId, idsMax: 2 }).componentCount).toBe(1)
    const over = fullPartition(numbered, { ...byId, idsMax: 1 })
    expect(over.componentCount).toBe(3)
    expect(over.contested).toEqual([{ rule: 0, key: 9n, why: 'ids', size: 2, pid: -1 }])
  })

  test('a key inside which names are compared is not contested by surnames', () => {
    const names = new TypedArrayMatchIndex()
    names.setPresent([1, 2, 3], true)
    const rows = [1, 2, 3].flatMap(pid => [
      { rule: 1, key: 9n, pid, value: 7 },
      { rule: SURNAME_RULE, key: BigInt(pid), pid, value: -1 },
    ])
    names.add(keyBatch(rows))
    const found = fullPartition(names, { ...options, surnamesMax: 1 })
    expect([found.componentCount, found.contested]).toEqual([1, []])
  })

  test('a cluster at clusterMax stays, one over it is cut', () => {
    expect(fullPartition(index(), { ...options, clusterMax: 3 }).componentCount).toBe(1)
    const over = fullPartition(index(), { ...options, clusterMax: 2 })
    expect(over.componentCount).toBe(3)
    expect(over.contested).toEqual([{ rule: 0, key: 9n, why: 'cluster', size: 3, pid: 1 }])
  })

  test('a block of many equal names compares nothing; cost follows distinct values', () => {
    const names = new TypedArrayMatchIndex()
    const pids = Int32Array.from({ length: 900 }, (_none, pid) => pid)
    names.setPresent(pids, true)
    names.add(keyBatch([...pids].map(pid => ({ rule: 1, key: 1n, pid, value: pid % 3 }))))
    let asked = 0
    const similar = () => {
      asked += 1
      return false
    }
    expect(fullPartition(names, { ...options, similar }).componentCount).toBe(3)
    expect(asked).toBe(3)
  })
})
