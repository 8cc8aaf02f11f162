import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatheredKeys } from './gathered-keys.ts'
import { keyHalves, keyHash } from './key-order.ts'
import { type KeyBatch, keyBatch, NO_VALUE } from './match-index.ts'

const RULE = 3
/** So many of the 1024 regions are read from one part before the next, where rows are 700 000. */
const REGIONS_READ = 11

const row = fc.record({
  rule: fc.constant(RULE),
  key: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  pid: fc.nat(9),
  value: fc.nat(3),
})

test('taken are the rows that were added, with their values or without', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row), { maxLength: 5 }), fc.boolean(), (batches, hasValues) => {
      const gathered = new GatheredKeys({ rule: RULE, hasValues })
      for (const rows of batches) gathered.add(keyBatch(rows))
      const expected = batches.flat().map(one => (hasValues ? one : { ...one, value: NO_VALUE }))
      expect([...gathered.take()].flatMap(rowsOf).sort()).toEqual(rowsOf(keyBatch(expected)).sort())
      expect([...gathered.take()]).toEqual([])
    }),
  )
})

test('rows of many parts come in the order of all their hashes, a block in the order it came', () => {
  const count = 700_000
  const gathered = new GatheredKeys({ rule: RULE, hasValues: true })
  const pid = Int32Array.from({ length: count }, (_none, at) => at)
  // Two rows a key, far from each other.
  const key = BigUint64Array.from(pid, at => BigInt(at % (count / 2)) * 0x9e3779b97f4a7c15n)
  gathered.add({ key, pid, value: pid.map(at => at % 7), count })
  const seen = new Uint8Array(count)
  let group = 0
  for (const batch of gathered.take()) {
    const halves = keyHalves(batch.key)
    let last = group
    for (let at = 0; at < batch.count; at++) {
      const node = batch.pid[at] ?? 0
      const hash = keyHash(RULE, halves[2 * at] ?? 0, halves[2 * at + 1] ?? 0)
      const own = Math.floor((hash >>> 22) / REGIONS_READ)
      if (own < group || batch.key[at] !== key[node] || batch.value[at] !== node % 7) {
        throw new Error(`row ${node} is not where or what it should be`)
      }
      if (node >= count / 2 && seen[node - count / 2] !== 1) throw new Error(`${node} came first`)
      seen[node] = 1
      last = Math.max(last, own)
    }
    group = last
  }
  expect(seen.every(times => times === 1)).toBe(true)
})

function rowsOf({ rule, key, pid, value, count }: KeyBatch): string[] {
  return Array.from({ length: count }, (_none, at) =>
    [rule[at], key[at], pid[at], value[at]].join(' '),
  )
}
