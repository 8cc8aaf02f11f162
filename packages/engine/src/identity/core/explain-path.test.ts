import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DECIDED, explainPath, explainWhyNot } from './explain-path.ts'
import type { KeyRow, MatchIndex } from './match-index.ts'
import type { Ruling } from './plain-partition.contract.ts'
import { histories, SMALL, Stage } from './resolve.contract.ts'

type Row = Omit<KeyRow, 'pid'>
const plain = (key: bigint): Row => ({ rule: 0, key, value: -1 })
const named = (key: bigint, value: number): Row => ({ rule: 1, key, value })

function stageOf(...sources: readonly (readonly Row[])[]): MatchIndex {
  return decidedStage(sources, []).index
}

function decidedStage(sources: readonly (readonly Row[])[], rulings: readonly Ruling[]): Stage {
  const stage = new Stage()
  stage.take({ sources: sources.map((rows, pid) => ({ pid, present: true, rows })), rulings })
  return stage
}

describe('explainPath', () => {
  test('shows each step with its rule and key, the shortest way', () => {
    const index = stageOf(
      [plain(1n)],
      [plain(1n), plain(2n)],
      [plain(2n), named(1n, 4)],
      [named(1n, 5)],
    )
    expect(explainPath(index, { from: 0, to: 3 }, SMALL)).toEqual([
      { from: 0, to: 1, rule: 0, key: 1n, fromValue: -1, toValue: -1 },
      { from: 1, to: 2, rule: 0, key: 2n, fromValue: -1, toValue: -1 },
      { from: 2, to: 3, rule: 1, key: 1n, fromValue: 4, toValue: 5 },
    ])
  })

  test('goes through the name between two that are not alike themselves', () => {
    const index = stageOf([named(1n, 1)], [named(1n, 3)], [named(1n, 2)])
    expect(explainPath(index, { from: 0, to: 1 }, SMALL)?.map(step => step.to)).toEqual([2, 1])
  })

  test('shows what was decided as a step', () => {
    const { index, options } = decidedStage([[], []], [{ pair: [0, 1], verdict: 'together' }])
    expect(explainPath(index, { from: 1, to: 0 }, options)).toMatchObject([
      { from: 1, to: 0, rule: DECIDED },
    ])
  })

  test('there is a path exactly if two nodes are one, and each step is true', () => {
    fc.assert(
      fc.property(histories, fc.nat(13), fc.nat(13), (history, from, to) => {
        const stage = new Stage()
        for (const batch of history) stage.take(batch)
        const path = explainPath(stage.index, { from, to }, stage.options)
        const [uid, other] = [stage.index.label(from), stage.index.label(to)]
        expect(path !== null).toBe(uid !== -1 && uid === other)
        let at = from
        for (const step of path ?? []) {
          expect(step.from).toBe(at)
          expect(stage.index.label(step.to)).toBe(uid)
          if (step.rule === DECIDED) {
            const pair = [Math.min(at, step.to), Math.max(at, step.to)] as const
            expect(stage.options.decisions?.verdict(pair)).toBe('together')
            at = step.to
            continue
          }
          const block = stage.index.findBlock(step)
          const members: string[] = []
          stage.index.eachMember(block, (pid, value) => members.push(`${pid} ${value}`))
          expect(members).toContain(`${step.from} ${step.fromValue}`)
          expect(members).toContain(`${step.to} ${step.toValue}`)
          at = step.to
        }
        expect(path === null || at === to).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('explainWhyNot', () => {
  test('names the contested block that would have joined them', () => {
    const index = stageOf(...Array.from({ length: 5 }, () => [plain(3n)]))
    const why = explainWhyNot(index, { from: 0, to: 4 }, SMALL)
    expect(why.wouldJoin).toEqual([
      { from: 0, to: 4, rule: 0, key: 3n, fromValue: -1, toValue: -1, contested: 'block' },
    ])
    expect([why.fromReaches, why.toReaches]).toEqual([1, 1])
  })

  test('names the cut where a cluster was too large', () => {
    const chain = Array.from({ length: 4 }, (_none, at) => [
      plain(BigInt(at + 1)),
      plain(BigInt(at + 2)),
    ])
    const index = stageOf(...chain, [plain(5n)], [plain(5n)], [plain(5n)])
    expect(index.label(0)).not.toBe(index.label(6))
    const why = explainWhyNot(index, { from: 0, to: 6 }, SMALL)
    expect(why.wouldJoin?.filter(step => step.contested === 'cluster')).toHaveLength(1)
  })

  test('names the decision that cut the path', () => {
    const sources = [[plain(1n)], [plain(1n), plain(2n)], [plain(2n)]]
    const { index, options } = decidedStage(sources, [{ pair: [0, 2], verdict: 'never' }])
    const why = explainWhyNot(index, { from: 0, to: 2 }, options)
    expect(why.wouldJoin).toMatchObject([
      { from: 0, to: 1, key: 1n },
      { from: 1, to: 2, key: 2n, contested: 'decision', never: [0, 2] },
    ])
  })

  test('names the shared key whose names were not alike', () => {
    const index = stageOf([named(1n, 1)], [named(1n, 6)])
    const why = explainWhyNot(index, { from: 0, to: 1 }, SMALL)
    expect(why.wouldJoin).toBeNull()
    expect(why.unlike).toEqual([{ from: 0, to: 1, rule: 1, key: 1n, fromValue: 1, toValue: 6 }])
  })

  test('of nodes that share nothing, or are absent, there is nothing to tell', () => {
    const index = stageOf([plain(1n)], [plain(2n)])
    const nothing = { wouldJoin: null, unlike: [] }
    expect(explainWhyNot(index, { from: 0, to: 1 }, SMALL)).toMatchObject(nothing)
    expect(explainWhyNot(index, { from: 0, to: 9 }, SMALL)).toMatchObject({
      ...nothing,
      toReaches: 0,
    })
  })
})
