import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inHashOrder, keyColumns, keyHalves, keyHash } from './key-order.ts'
import { keyBatch, type KeyBatch } from './match-index.ts'

const row = fc.record({
  rule: fc.nat(2),
  key: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  pid: fc.nat(9),
  value: fc.integer({ min: -1, max: 3 }),
})

test('in hash order are the same rows, and what comes first has the lower hash', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), rows => {
      const into = keyColumns(50)
      const ordered = inHashOrder(keyBatch(rows), into)
      expect(ordered.count).toBe(rows.length)
      expect(textsOf(ordered).sort()).toEqual(textsOf(keyBatch(rows)).sort())
      const regions = regionsOf(ordered)
      expect(regions).toEqual(regions.toSorted((one, other) => one - other))
    }),
  )
})

test('rows of one block stay in the order they came', () => {
  const rows = Array.from({ length: 30 }, (_none, pid) => ({
    rule: 1,
    key: BigInt(pid % 3) << 40n,
    pid,
    value: -1,
  }))
  const ordered = inHashOrder(keyBatch(rows), keyColumns(30))
  for (const first of [0, 1, 2]) {
    const pids = [...ordered.pid].filter(pid => pid % 3 === first)
    expect(pids).toEqual(pids.toSorted((one, other) => one - other))
  }
})

function textsOf({ rule, key, pid, value, count }: KeyBatch): string[] {
  return Array.from({ length: count }, (_none, at) =>
    [rule[at], key[at], pid[at], value[at]].join(' '),
  )
}

/** The first ten bits of each row's hash. */
function regionsOf({ rule, key, count }: KeyBatch): number[] {
  const halves = keyHalves(key)
  return Array.from(
    { length: count },
    (_none, at) => keyHash(rule[at] ?? 0, halves[2 * at] ?? 0, halves[2 * at + 1] ?? 0) >>> 22,
  )
}
