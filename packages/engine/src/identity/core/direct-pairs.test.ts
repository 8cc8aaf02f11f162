import fc from 'fast-check'
import { expect, test } from 'vitest'
import { directPairs } from './direct-pairs.ts'
import type { MatchIndex } from './match-index.ts'
import { histories, SMALL, stageAfter } from './resolve.contract.ts'
import { fullPartition, NO_COMPONENT } from './resolve.ts'
import { UnionFind } from './union-find.ts'

/** Clusters are not cut: a cut takes links away. */
const WHOLE = { ...SMALL, clusterMax: 1000 }

/** Whether two nodes have a row each in one small block, with values that are equal or alike. */
function areLinked(index: MatchIndex, one: number, other: number): boolean {
  let found = false
  index.eachRowOf(one, (block, value) => {
    if (index.blockSize(block) > WHOLE.blockMax) return
    index.eachMember(block, (pid, theirs) => {
      const isAlike = value !== -1 && theirs !== -1 && WHOLE.similar(value, theirs, 1)
      found ||= pid === other && (value === theirs || isAlike)
    })
  })
  return found
}

test('DP1: each pair is linked in one step, none is there twice, and together they make the clusters', () => {
  fc.assert(
    fc.property(histories, history => {
      const { index } = stageAfter(history)
      const { first, second } = directPairs(index, WHOLE)
      const pairs = Array.from(first, (one, at) => [one, second[at] ?? -1] as const)
      expect(new Set(pairs.map(String)).size).toBe(pairs.length)
      const sets = new UnionFind(index.pidEnd)
      for (const [from, to] of pairs) {
        expect(from).toBeLessThan(to)
        expect(areLinked(index, from, to)).toBe(true)
        sets.unite(from, to)
      }
      const { pids, component } = fullPartition(index, WHOLE)
      const present = [...pids.entries()].filter(([at]) => component[at] !== NO_COMPONENT)
      for (const [a, pid] of present) {
        for (const [b, other] of present)
          expect(sets.root(pid) === sets.root(other)).toBe(component[a] === component[b])
      }
    }),
    { numRuns: 300 },
  )
})
