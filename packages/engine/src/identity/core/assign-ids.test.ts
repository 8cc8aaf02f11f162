import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assignIds } from './assign-ids.ts'
import type { AssignInput } from './assign-input.ts'
import { IDENTITY_EVENT_KINDS, type IdentityEvents } from './identity-events.ts'
import { histories, Stage } from './resolve.contract.ts'

/** `[previous uid or -1, part or -1]` of the nodes 0, 1, 2… */
function given(moves: readonly (readonly [number, number])[], nextUid: number): AssignInput {
  const parts = new Map<number, number>([[-1, -1]])
  for (const [, part] of moves) if (!parts.has(part)) parts.set(part, parts.size - 1)
  return {
    pids: Int32Array.from(moves, (_move, pid) => pid),
    previous: Int32Array.from(moves, ([uid]) => uid),
    component: Int32Array.from(moves, ([, part]) => parts.get(part) ?? -1),
    componentCount: parts.size - 1,
    nextUid,
  }
}

function told({ kind, uid, other, count }: IdentityEvents): readonly string[] {
  return Array.from({ length: count }, (_none, at) =>
    `${IDENTITY_EVENT_KINDS[kind[at] ?? 0]} ${uid[at]} ${other[at]}`.replace(' -1', ''),
  )
}

const moves = fc.array(fc.tuple(fc.integer({ min: -1, max: 5 }), fc.integer({ min: -1, max: 5 })), {
  maxLength: 24,
})

describe('assignIds', () => {
  test('ID3: the oldest of merged uids survives, the others become its aliases', () => {
    const ids = assignIds(
      given(
        [
          [7, 0],
          [7, 0],
          [3, 0],
          [5, 0],
        ],
        9,
      ),
    )
    expect([...ids.uids]).toEqual([3, 3, 3, 3])
    expect(ids.aliases).toEqual([
      { loser: 5, survivor: 3 },
      { loser: 7, survivor: 3 },
    ])
    expect(told(ids.events)).toEqual(['merged 3 5', 'alias 5 3', 'merged 3 7', 'alias 7 3'])
  })

  test('ID2: the largest part keeps the uid on a split', () => {
    const ids = assignIds(
      given(
        [
          [2, 0],
          [2, 1],
          [2, 1],
        ],
        4,
      ),
    )
    expect([...ids.uids]).toEqual([4, 2, 2])
    expect(ids.splits).toEqual([{ from: 2, to: 4 }])
    expect(told(ids.events)).toEqual(['created 4', 'split 2 4'])
  })

  test('ID2: a tie goes to the part with the smallest node that had the uid', () => {
    expect([
      ...assignIds(
        given(
          [
            [-1, 1],
            [2, 0],
            [2, 1],
          ],
          4,
        ),
      ).uids,
    ]).toEqual([4, 2, 4])
  })

  test('ID5: a uid without nodes is retired, and its node has none', () => {
    const ids = assignIds(
      given(
        [
          [1, -1],
          [2, 0],
        ],
        3,
      ),
    )
    expect([[...ids.uids], ids.retired, told(ids.events)]).toEqual([[-1, 2], [1], ['retired 1']])
  })

  test('ID4: new uids go by component number and start at nextUid', () => {
    const ids = assignIds(
      given(
        [
          [-1, 0],
          [-1, 1],
          [-1, 0],
        ],
        10,
      ),
    )
    expect([[...ids.uids], ids.nextUid]).toEqual([[10, 11, 10], 12])
    expect(told(ids.events)).toEqual(['created 10', 'created 11'])
  })

  test('a uid that splits while another merges into its part is both', () => {
    const ids = assignIds(
      given(
        [
          [1, 0],
          [2, 0],
          [2, 0],
          [1, 1],
        ],
        3,
      ),
    )
    expect([...ids.uids]).toEqual([1, 1, 1, 3])
    expect(told(ids.events)).toEqual(['created 3', 'split 1 3', 'merged 1 2', 'alias 2 1'])
  })

  test('ID1–ID5 are what they say, read aloud', () => {
    fc.assert(
      fc.property(moves, some => {
        const input = given(some, 6)
        expect(aloud(input)).toEqual([...assignIds(input).uids])
      }),
      { numRuns: 2000 },
    )
  })

  test('every earlier uid lives, is an alias or is retired: exactly one of them', () => {
    fc.assert(
      fc.property(moves, some => {
        const input = given(some, 6)
        const ids = assignIds(input)
        const live = new Set(ids.uidOf)
        expect(live.size).toBe(input.componentCount)
        for (const uid of new Set(some.map(([held]) => held).filter(held => held !== -1))) {
          const states = [
            live.has(uid),
            ids.aliases.some(alias => alias.loser === uid),
            ids.retired.includes(uid),
          ]
          expect(states.filter(Boolean)).toHaveLength(1)
        }
        for (const { survivor } of ids.aliases) expect(live.has(survivor)).toBe(true)
      }),
    )
  })

  test('ID6: running again with what came out changes nothing', () => {
    fc.assert(
      fc.property(moves, some => {
        const input = given(some, 6)
        const ids = assignIds(input)
        const again = assignIds({ ...input, previous: ids.uids, nextUid: ids.nextUid })
        expect(again.uids).toEqual(ids.uids)
        expect(again.events.count).toBe(0)
      }),
    )
  })

  test('a small change far from uid 0 is answered as one among all', () => {
    const few = assignIds(
      given(
        [
          [900, 0],
          [901, 0],
          [901, 1],
        ],
        1000,
      ),
    )
    expect([...few.uids]).toEqual([900, 900, 1000])
  })
})

test('a stage: unchanged clusters keep their uid, no uid returns, aliases lead to a live one', () => {
  fc.assert(
    fc.property(histories, history => {
      const stage = new Stage()
      const ended = new Map<number, number>()
      for (const batch of history) {
        const before = stage.clusters()
        const { ids } = stage.take(batch)
        const after = stage.clusters()
        for (const [uid, pids] of before) {
          const same = [...after].find(([, now]) => String(now) === String(pids))
          expect(same?.[0] ?? uid).toBe(uid)
        }
        for (const { loser, survivor } of ids.aliases) ended.set(loser, survivor)
        for (const uid of ids.retired) ended.set(uid, -1)
        for (const uid of after.keys()) expect(ended.has(uid)).toBe(false)
        for (const uid of ended.keys()) {
          let at = uid
          while (ended.has(at)) at = ended.get(at) ?? -1
          expect(at === -1 || after.has(at)).toBe(true)
        }
      }
    }),
    { numRuns: 400 },
  )
})

/** The rules of ids, one after the other, over plain sets. */
function aloud({ pids, previous, component, nextUid }: AssignInput): readonly number[] {
  const nodes = Array.from(pids, (pid, at) => ({ pid, uid: previous[at], part: component[at] }))
  const parts = [...new Set(nodes.map(node => node.part))].filter(part => part !== -1)
  const heirOf = (uid: number | undefined) => {
    const shares = parts
      .map(part => ({ part, own: nodes.filter(node => node.uid === uid && node.part === part) }))
      .filter(({ own }) => own.length > 0)
    const first = (own: typeof nodes) => Math.min(...own.map(node => node.pid))
    shares.sort((a, b) => b.own.length - a.own.length || first(a.own) - first(b.own))
    return shares[0]?.part
  }
  const uids = [...new Set(nodes.map(node => node.uid ?? -1))].filter(uid => uid !== -1)
  const uidOf = new Map<number | undefined, number>([[-1, -1]])
  for (const part of parts) {
    const claims = uids.filter(uid => heirOf(uid) === part)
    if (claims.length > 0) uidOf.set(part, Math.min(...claims))
  }
  let next = nextUid
  for (const part of parts.toSorted((a = 0, b = 0) => a - b)) {
    if (!uidOf.has(part)) uidOf.set(part, next++)
  }
  return nodes.map(node => uidOf.get(node.part) ?? -2)
}
