import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evidenceGroups } from './evidence-groups.ts'
import { explainTree } from './explain-path.ts'
import { histories, Stage } from './resolve.contract.ts'
import { UnionFind } from './union-find.ts'

test('the reasons of a cluster, and the tree of its shortest paths, join all of it and nobody else', () => {
  fc.assert(
    fc.property(histories, history => {
      const stage = new Stage()
      for (const batch of history) stage.take(batch)
      for (const cluster of stage.clusters().values()) {
        const groups = evidenceGroups(stage.index, cluster, stage.options)
        const [first = -1] = cluster
        const tree = explainTree(stage.index, first, stage.options)
        expect(tree).toHaveLength(cluster.length - 1)
        for (const pairs of [
          groups.map(({ pids }) => pids),
          tree.map(({ from, to }) => [from, to]),
        ]) {
          const sets = new UnionFind(20)
          for (const pids of pairs) for (const pid of pids) sets.unite(pids[0] ?? pid, pid)
          expect(pairs.flat().every(pid => cluster.includes(pid))).toBe(true)
          expect(new Set(cluster.map(pid => sets.root(pid))).size).toBe(1)
        }
      }
    }),
    { numRuns: 500 },
  )
})
