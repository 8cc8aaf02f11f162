import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MapMatchIndex } from './adapters/map-match-index.ts'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { answersOf } from './match-index.contract.ts'
import type { MatchIndex } from './match-index.ts'
import { type Batch, histories, Stage } from './resolve.contract.ts'
import { loadSnapshot, readSnapshotHeader, writeSnapshot } from './snapshot.ts'

const header = { position: 12_345_678_901, rulesetHash: 'a1b2', nextUid: 77 }

function indexOf(history: readonly Batch[]): MatchIndex {
  const stage = new Stage()
  for (const batch of history) stage.take(batch)
  return stage.index
}

function bytesOf(index: MatchIndex): Uint8Array {
  return Buffer.concat(writeSnapshot(index, header, crc32))
}

describe('a snapshot', () => {
  test('comes back as the index it was, in either adapter', () => {
    fc.assert(
      fc.property(histories, history => {
        const index = indexOf(history)
        const bytes = bytesOf(index)
        for (const empty of [new TypedArrayMatchIndex(), new MapMatchIndex()]) {
          expect(loadSnapshot(bytes, empty, crc32)).toEqual(header)
          expect(answersOf(empty)).toEqual(answersOf(index))
        }
        const { rowCount, pidEnd } = index
        expect(readSnapshotHeader(bytes, crc32)).toEqual({ ...header, rowCount, pidEnd })
      }),
      { numRuns: 100 },
    )
  })

  test('with any byte changed is refused', () => {
    const sample = fc.sample(histories, { numRuns: 1, seed: 4 })[0] ?? []
    const bytes = bytesOf(indexOf(sample))
    expect(bytes.length).toBeGreaterThan(200)
    for (let at = 0; at < bytes.length; at++) {
      const broken = Uint8Array.from(bytes)
      broken[at] = (broken[at] ?? 0) ^ 0x10
      expect(() => loadSnapshot(broken, new TypedArrayMatchIndex(), crc32)).toThrow('snapshot')
    }
  })

  test('cut off anywhere, or longer than it was, is refused', () => {
    const sample = fc.sample(histories, { numRuns: 1, seed: 4 })[0] ?? []
    const bytes = bytesOf(indexOf(sample))
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length)
      expect(() => loadSnapshot(cut, new TypedArrayMatchIndex(), crc32)).toThrow('snapshot')
    }
    const longer = new Uint8Array(bytes.length + 1)
    longer.set(bytes)
    expect(() => loadSnapshot(longer, new TypedArrayMatchIndex(), crc32)).toThrow('snapshot')
  })

  test('may start anywhere in its buffer', () => {
    const sample = fc.sample(histories, { numRuns: 1, seed: 4 })[0] ?? []
    const index = indexOf(sample)
    const bytes = bytesOf(index)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    const loaded = new TypedArrayMatchIndex()
    loadSnapshot(shifted.subarray(3), loaded, crc32)
    expect(answersOf(loaded)).toEqual(answersOf(index))
  })
})
