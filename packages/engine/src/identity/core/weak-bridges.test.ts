import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { DecisionBook } from './decision-book.ts'
import { RESOLVE_LIMITS } from './link-groups.ts'
import { keyBatch, type MatchIndex } from './match-index.ts'
import { rawComponents } from './raw-components.ts'
import { weakBridges } from './weak-bridges.ts'

const OPTIONS = { ...RESOLVE_LIMITS, similar: () => false }
const PART_MIN = 3

function indexOf(groups: readonly (readonly number[])[]): MatchIndex {
  const index = new TypedArrayMatchIndex()
  index.setPresent([...new Set(groups.flat())], true)
  const rows = groups.flatMap((pids, key) =>
    pids.map(pid => ({ rule: 0, key: BigInt(key), pid, value: -1 })),
  )
  index.add(keyBatch(rows))
  return index
}

function bridgesOf(groups: readonly (readonly number[])[], options = OPTIONS): readonly string[] {
  const index = indexOf(groups)
  return rawComponents(index, groups.flat(), options)
    .flatMap(cluster => weakBridges(index, cluster, { options, partMin: PART_MIN }))
    .map(({ key, sides }) => `${key}: ${sides[0].join(' ')} | ${sides[1].join(' ')}`)
    .sort()
}

const TRIANGLES = [
  [0, 1, 2],
  [3, 4, 5],
]

describe('a weak bridge', () => {
  test('is a key of two that alone ties two people together', () => {
    expect(bridgesOf([...TRIANGLES, [2, 3]])).toEqual(['2: 0 1 2 | 3 4 5'])
  })

  test('is a key of many that alone does', () => {
    expect(bridgesOf([...TRIANGLES, [0, 1, 3, 4]])).toEqual(['2: 0 1 2 | 3 4 5'])
  })

  test("is one record's part in another's key", () => {
    expect(
      bridgesOf([
        [0, 1, 2],
        [3, 4, 5, 2],
      ]),
    ).toEqual(['1: 0 1 2 | 3 4 5'])
  })

  test('is none with a second way around, in a chain, or with a part that is too small', () => {
    expect(bridgesOf([...TRIANGLES, [2, 3], [1, 4]])).toEqual([])
    expect(bridgesOf(Array.from({ length: 9 }, (_none, at) => [at, at + 1]))).toEqual([])
    expect(
      bridgesOf([
        [0, 1, 2],
        [3, 4],
        [2, 3],
      ]),
    ).toEqual([])
  })

  test('is none once somebody decided that it holds', () => {
    const decisions = new DecisionBook()
    decisions.decide([1, 4], 'together')
    expect(bridgesOf([...TRIANGLES, [2, 3]], { ...OPTIONS, decisions } as typeof OPTIONS)).toEqual(
      [],
    )
  })

  test('is what trying every division finds', () => {
    const graphs = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 5 }), {
      minLength: 2,
      maxLength: 8,
    })
    let found = 0
    fc.assert(
      fc.property(graphs, groups => {
        const bridges = new Set(bridgesOf(groups).map(text => text.split(':')[0]))
        expect([...bridges].sort()).toEqual(dividingKeys(groups))
        found += bridges.size
      }),
      { numRuns: 2000, seed: 7 },
    )
    expect(found).toBeGreaterThan(50)
  })
})

/** Tries it out: each key taken away, and each member of each key. */
function dividingKeys(groups: readonly (readonly number[])[]): readonly string[] {
  const keys = groups.flatMap((members, key) => {
    const without = groups.map((group, at) => (at === key ? [] : group))
    const takenOut = members.map(member =>
      groups.map((group, at) => (at === key ? group.filter(one => one !== member) : group)),
    )
    const isWhole = componentsOf(groups, members)[0] ?? []
    // Taken away, a key leaves parts: each against all the rest. One member's link leaves two.
    const divides =
      componentsOf(without, isWhole).some(part => isDivision(without, part, isWhole)) ||
      takenOut.some((left, at) => {
        const part = componentsOf(left, [members[at] ?? 0])[0] ?? []
        return part.length < isWhole.length && isDivision(left, part, isWhole)
      })
    return divides ? [String(key)] : []
  })
  return [...new Set(keys)].sort()
}

function isDivision(
  groups: readonly (readonly number[])[],
  part: readonly number[],
  whole: readonly number[],
): boolean {
  const rest = whole.filter(node => !part.includes(node))
  return [part, rest].every(nodes => {
    const ties = groups.filter(group => group.length > 1 && group.every(one => nodes.includes(one)))
    const pairs = ties.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
    return nodes.length >= PART_MIN && pairs >= (0.5 * (nodes.length * (nodes.length - 1))) / 2
  })
}

function componentsOf(
  groups: readonly (readonly number[])[],
  seeds: readonly number[],
): readonly (readonly number[])[] {
  const components: number[][] = []
  for (const seed of seeds) {
    if (components.some(found => found.includes(seed))) continue
    const found = [seed]
    for (const node of found) {
      for (const group of groups) {
        if (!group.includes(node)) continue
        for (const mate of group) if (!found.includes(mate)) found.push(mate)
      }
    }
    components.push(found)
  }
  return components
}
