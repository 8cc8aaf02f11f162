import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MapMatchIndex } from './adapters/map-match-index.ts'
import { keyBatch, type KeyRow, type MatchIndex, SURNAME_RULE } from './match-index.ts'

/** Everything an index answers, in an order that does not depend on how it keeps it. */
export function answersOf(index: MatchIndex): unknown {
  const rows: string[] = []
  index.eachRow((block, pid, value) => {
    const { rule, key } = index.blockName(block)
    rows.push(`${rule} ${key} ${pid} ${value} of ${index.blockSize(block)}`)
    if (index.findBlock({ rule, key }) !== block) rows.push('not found')
  })
  const members: string[] = []
  const ofPids: string[] = []
  for (let pid = 0; pid < index.pidEnd; pid++) {
    index.eachRowOf(pid, (block, value) => {
      const { rule, key } = index.blockName(block)
      ofPids.push(`${pid} ${rule} ${key} ${value}`)
      index.eachMember(block, (mate, its) => members.push(`${rule} ${key} ${mate} ${its}`))
    })
    ofPids.push(`${pid} ${index.isPresent(pid)} ${index.label(pid)} ${index.surname(pid)}`)
  }
  return {
    rows: rows.sort(),
    members: members.sort(),
    ofPids: ofPids.sort(),
    counts: [index.rowCount, index.blockCount, index.presentCount, index.pidEnd],
  }
}

const pid = fc.integer({ min: 0, max: 12 })
const row: fc.Arbitrary<KeyRow> = fc.record({
  rule: fc.constantFrom(0, 1, 2, SURNAME_RULE),
  key: fc.constantFrom(0n, 1n, 2n, 0xffffffffn, 1n << 32n, (1n << 64n) - 1n, 1n << 63n),
  pid,
  value: fc.constantFrom(-1, 0, 1),
})
type Act = (index: MatchIndex) => void
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.array(row, { maxLength: 12 }).map(rows => (index: MatchIndex) => index.add(keyBatch(rows))),
  fc.tuple(fc.array(pid, { maxLength: 4 }), fc.array(row, { maxLength: 8 })).map(
    ([pids, rows]) =>
      (index: MatchIndex) =>
        void index.replace(pids, keyBatch(rows.filter(one => pids.includes(one.pid)))),
  ),
  fc.tuple(fc.array(pid, { maxLength: 6 }), fc.boolean()).map(
    ([pids, present]) =>
      (index: MatchIndex) =>
        index.setPresent(pids, present),
  ),
  fc.tuple(pid, fc.nat(9)).map(
    ([node, uid]) =>
      (index: MatchIndex) =>
        index.setLabel(node, uid),
  ),
)

/** The laws of `MatchIndex`, for any adapter. */
export function matchIndexContract(make: () => MatchIndex): void {
  describe('a match index', () => {
    test('MI1: the same row twice is one row', () => {
      const index = make()
      const one = { rule: 1, key: 7n, pid: 3, value: -1 }
      index.add(keyBatch([one, one]))
      index.add(keyBatch([one]))
      expect(index.rowCount).toBe(1)
    })

    test('MI2: replacing again with what was there restores every answer', () => {
      fc.assert(
        fc.property(fc.array(act), fc.array(pid), fc.array(row), (acts, pids, rows) => {
          const index = make()
          for (const one of acts) one(index)
          index.setPresent(pids, true)
          const before = answersOf(index)
          const old = index.replace(pids, keyBatch(rows.filter(one => pids.includes(one.pid))))
          index.replace(pids, old)
          expect(answersOf(index)).toEqual(before)
        }),
      )
    })

    test('MI3: presence changes no row, and a node is absent at first', () => {
      const index = make()
      index.add(keyBatch([{ rule: 0, key: 1n, pid: 5, value: -1 }]))
      expect(index.isPresent(5)).toBe(false)
      expect(index.blockSize(index.findBlock({ rule: 0, key: 1n }))).toBe(0)
      index.setPresent([5], true)
      index.setPresent([5], true)
      expect([index.rowCount, index.presentCount]).toEqual([1, 1])
      expect(index.blockSize(index.findBlock({ rule: 0, key: 1n }))).toBe(1)
    })

    test('MI4: a node with two values counts once', () => {
      const index = make()
      index.setPresent([1, 2], true)
      index.add(keyBatch([1, 2, 3].map(value => ({ rule: 0, key: 1n, pid: 1, value }))))
      expect(index.blockSize(index.findBlock({ rule: 0, key: 1n }))).toBe(1)
      index.setPresent([1], false)
      expect(index.blockSize(index.findBlock({ rule: 0, key: 1n }))).toBe(0)
    })

    test('MI5: members are present nodes; rows are of all', () => {
      const index = make()
      index.setPresent([1], true)
      index.add(keyBatch([1, 2].map(node => ({ rule: 0, key: 1n, pid: node, value: -1 }))))
      const members: number[] = []
      index.eachMember(index.findBlock({ rule: 0, key: 1n }), node => members.push(node))
      const all: number[] = []
      index.eachRow((_block, node) => all.push(node))
      expect([members, all.sort((a, b) => a - b)]).toEqual([[1], [1, 2]])
    })

    test('MI6: a block without rows is gone', () => {
      const index = make()
      index.add(keyBatch([{ rule: 0, key: 1n, pid: 1, value: -1 }]))
      index.replace([1], keyBatch([]))
      expect([index.blockCount, index.findBlock({ rule: 0, key: 1n })]).toEqual([0, -1])
      expect([0, index.blockEnd].map(block => index.blockSize(block))).toEqual([0, 0])
    })

    test('MI7: a label outlives changes of rows and presence', () => {
      const index = make()
      index.setLabel(4, 9)
      index.setPresent([4], true)
      index.replace([4], keyBatch([{ rule: 0, key: 1n, pid: 4, value: -1 }]))
      index.setPresent([4], false)
      expect([index.label(4), index.label(3), index.label(99)]).toEqual([9, -1, -1])
    })

    test('MI8: a row of a surname is no key, and goes with the keys of its node', () => {
      const index = make()
      index.setPresent([1], true)
      const surname = { rule: SURNAME_RULE, key: (1n << 40n) | 6n, pid: 1, value: -1 }
      const key = { rule: 0, key: 5n, pid: 1, value: -1 }
      index.add(keyBatch([key, surname, { ...surname, pid: 2 }]))
      expect([index.rowCount, index.blockCount, index.pidEnd]).toEqual([1, 1, 3])
      expect([1, 2, 3].map(pid => index.surname(pid))).toEqual([6, 6, -1])
      const before = index.replace([1], keyBatch([key]))
      expect([index.surname(1), index.surname(2)]).toEqual([-1, 6])
      index.replace([1], before)
      expect(index.surname(1)).toBe(6)
    })

    test('MI1–MI8: any sequence of acts gives what plain maps give', () => {
      fc.assert(
        fc.property(fc.array(act, { maxLength: 30 }), acts => {
          const index = make()
          const plain = new MapMatchIndex()
          for (const one of acts) {
            one(index)
            one(plain)
          }
          expect(answersOf(index)).toEqual(answersOf(plain))
        }),
        { numRuns: 300 },
      )
    })

    test('a batch may be longer than its count and start anywhere in its buffer', () => {
      const index = make()
      const key = new BigUint64Array([9n, 8n, 7n]).subarray(1)
      const rule = new Uint8Array(2)
      index.add({ rule, key, pid: Int32Array.of(1, 2), value: Int32Array.of(-1, -1), count: 1 })
      expect([index.rowCount, index.findBlock({ rule: 0, key: 9n })]).toEqual([1, -1])
      expect(index.findBlock({ rule: 0, key: 8n })).toBeGreaterThanOrEqual(0)
    })

    test('a row of a node that is not replaced is our own mistake', () => {
      const rows = keyBatch([{ rule: 0, key: 1n, pid: 2, value: -1 }])
      expect(() => make().replace([1], rows)).toThrow('Broken assumption')
    })
  })
}
