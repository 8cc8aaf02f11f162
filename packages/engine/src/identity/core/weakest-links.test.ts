import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MatchIndex } from './match-index.ts'
import { histories, SMALL, stageAfter } from './resolve.contract.ts'
import { fullPartition, NO_COMPONENT } from './resolve.ts'
import { weakestLinks } from './weakest-links.ts'

/** Nothing is cut: a cut takes links away. */
const WHOLE = { ...SMALL, clusterMax: 1000, valuesMax: 1000, surnamesMax: 1000, idsMax: 1000 }

/** The first rule that links two nodes in one step, as the rules read aloud. */
function ruleBetween(index: MatchIndex, one: number, other: number): number {
  let best = Infinity
  index.eachRowOf(one, (block, value) => {
    if (index.blockSize(block) > WHOLE.blockMax) return
    const rule = index.blockRule(block)
    index.eachMember(block, (pid, theirs) => {
      const isAlike = value !== -1 && theirs !== -1 && WHOLE.similar(value, theirs, 1)
      if (pid === other && (value === theirs || isAlike)) best = Math.min(best, rule)
    })
  })
  return best
}

/** The weakest rule of the strongest path between two nodes: every pair of steps, again and again. */
function weakestBetween(index: MatchIndex, nodes: readonly number[]): Map<string, number> {
  const best = new Map<string, number>()
  const at = (a: number, b: number): number => best.get(`${a} ${b}`) ?? Infinity
  for (const a of nodes)
    for (const b of nodes) if (a !== b) best.set(`${a} ${b}`, ruleBetween(index, a, b))
  for (const by of nodes) {
    for (const a of nodes) {
      for (const b of nodes) {
        if (a !== b) best.set(`${a} ${b}`, Math.min(at(a, b), Math.max(at(a, by), at(by, b))))
      }
    }
  }
  return best
}

test('WL1: each node has the weakest rule of its strongest path to the first, the first its strongest', () => {
  let held = 0
  fc.assert(
    fc.property(histories, history => {
      const { index } = stageAfter(history)
      const { component } = fullPartition(index, WHOLE)
      const nodes = [...component.keys()].filter(pid => component[pid] !== NO_COMPONENT)
      const label = Int32Array.from(component, (own, pid) =>
        own === NO_COMPONENT ? pid : component.indexOf(own),
      )
      const rule = weakestLinks(index, label, WHOLE)
      const best = weakestBetween(index, nodes)
      for (const pid of nodes) {
        const first = label[pid] ?? pid
        const toFirst = best.get(`${pid} ${first}`) ?? Infinity
        const any = Math.min(...nodes.map(other => best.get(`${pid} ${other}`) ?? Infinity))
        const wanted = first === pid ? any : toFirst
        expect(rule[pid]).toBe(wanted === Infinity ? -1 : wanted)
        held += wanted === Infinity ? 0 : 1
      }
    }),
    { numRuns: 300 },
  )
  expect(held).toBeGreaterThan(100)
})
