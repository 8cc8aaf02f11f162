import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averageLinkage, type LinkageOptions } from './average-linkage.ts'

const MEMBERS = 9
const PRIOR = -5

interface Case {
  /** The group of each member. */
  readonly groupOf: readonly number[]
  readonly weights: readonly number[]
  readonly apart: readonly (readonly [one: number, other: number])[]
  /** Pairs whose score says that they can not be one. */
  readonly never: readonly (readonly [one: number, other: number])[]
  readonly link: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  groupOf: fc.array(fc.nat(6), { minLength: 2, maxLength: MEMBERS }),
  // Of so many numbers that no two fits are equal.
  weights: fc
    .noBias(
      fc.array(fc.integer({ min: -11e8, max: 11e8 }), {
        minLength: (MEMBERS * (MEMBERS - 1)) / 2,
        maxLength: (MEMBERS * (MEMBERS - 1)) / 2,
      }),
    )
    .map(numbers => numbers.map(number => number / 1e8)),
  apart: fc.array(fc.tuple(fc.nat(MEMBERS - 1), fc.nat(MEMBERS - 1)), { maxLength: 3 }),
  never: fc.array(fc.tuple(fc.nat(MEMBERS - 1), fc.nat(MEMBERS - 1)), { maxLength: 2 }),
  link: fc.constantFrom(0, 2, 5),
})

function weightIn({ weights, never }: Case): (one: number, other: number) => number {
  return (one, other) => {
    const [low, high] = [Math.min(one, other), Math.max(one, other)]
    const isNever = never.some(([a, b]) => Math.min(a, b) === low && Math.max(a, b) === high)
    return (weights[(high * (high - 1)) / 2 + low] ?? 0) - (isNever ? 1000 : 0)
  }
}

function groupsIn({ groupOf }: Case): readonly (readonly number[])[] {
  return [...new Set(groupOf)].map(group =>
    [...groupOf.keys()].filter(member => groupOf[member] === group),
  )
}

function linked(given: Case, groups: readonly (readonly number[])[]): readonly string[] {
  const options: LinkageOptions = {
    weight: weightIn(given),
    prior: PRIOR,
    link: given.link,
    isApart: (one, other) =>
      areApart({ ...given, never: [] }, groups[one] ?? [], groups[other] ?? []),
  }
  return texts(averageLinkage(groups, options))
}

function areApart(
  { apart, never }: Case,
  ones: readonly number[],
  others: readonly number[],
): boolean {
  return [...apart, ...never].some(
    ([one, other]) =>
      (ones.includes(one) && others.includes(other)) ||
      (ones.includes(other) && others.includes(one)),
  )
}

function texts(parts: readonly (readonly number[])[]): readonly string[] {
  return parts.map(part => part.toSorted((a, b) => a - b).join(' ')).sort()
}

type Group = readonly number[]

/**
 * The rule read aloud: whatever fits best is joined, until nothing fits; but where a third contradicts one
 * of the two and fits the other about as well, nothing that links the two counts from then on.
 */
function plainly(given: Case): readonly string[] {
  const contrary = contraryIn(given)
  const left = new Set<string>()
  let parts = groupsIn(given)
  for (;;) {
    const pairs = parts.flatMap((one, at) => parts.slice(0, at).map(other => [one, other] as const))
    const fits = pairs.filter(([one, other]) => isHeld(given, left, [one, other]))
    fits.sort((one, other) => plainFit(given, ...other) - plainFit(given, ...one))
    const [best] = fits
    if (!best || plainFit(given, ...best) < 0) return texts(parts)
    const [one, other] = best
    const isRival = (mine: Group, yours: Group): boolean =>
      parts.some(
        third =>
          contrary(third, yours) && plainFit(given, third, mine) >= plainFit(given, ...best) - 3,
      )
    if (isRival(one, other) || isRival(other, one)) {
      for (const a of one) for (const b of other) left.add(`${a} ${b}`).add(`${b} ${a}`)
    } else parts = [...parts.filter(part => !best.includes(part)), best.flat()]
  }
}

/** Which groups contradict each other: those that are kept apart by their scores and nothing else. */
function contraryIn(given: Case): (one: Group, other: Group) => boolean {
  const groups = groupsIn(given)
  const pairs = groups.flatMap(one =>
    groups
      .filter(other => other !== one && !areApart({ ...given, never: [] }, one, other))
      .filter(other => areApart({ ...given, apart: [] }, one, other))
      .map(other => [one[0] ?? 0, other[0] ?? 0] as const),
  )
  return (one, other) => pairs.some(([a, b]) => one.includes(a) && other.includes(b))
}

/** Whether a link that counts holds two groups that may be one. */
function isHeld(
  given: Case,
  left: ReadonlySet<string>,
  [ones, others]: readonly [Group, Group],
): boolean {
  if (areApart(given, ones, others)) return false
  return ones.some(one =>
    others.some(other => !left.has(`${one} ${other}`) && weightIn(given)(one, other) >= given.link),
  )
}

function plainFit(given: Case, ones: Group, others: Group): number {
  if (areApart(given, ones, others)) return Number.NEGATIVE_INFINITY
  const bits = ones.flatMap(one => others.map(other => weightIn(given)(one, other)))
  const counted = bits.map(one => (one >= 0 ? one : Math.min(0, one - PRIOR)))
  const mean = counted.reduce((sum, one) => sum + one, 0) / bits.length
  return mean - (given.link - 3 / Math.sqrt(bits.length))
}

describe('average linkage', () => {
  test('is the plain reading of its rule, in whatever order groups come', () => {
    fc.assert(
      fc.property(cases, given => {
        const groups = groupsIn(given)
        const plain = plainly(given)
        expect(linked(given, groups)).toEqual(plain)
        expect(linked(given, groups.toReversed())).toEqual(plain)
      }),
      { numRuns: 2000 },
    )
  })

  const allOf =
    (bits: number) =>
    (members: number): readonly string[] =>
      texts(
        averageLinkage(
          Array.from({ length: members }, (_none, member) => [member]),
          { weight: () => bits, prior: PRIOR, link: bits, isApart: () => false },
        ),
      )

  test('joins two that link, however much a link needs', () => {
    for (const bits of [-1, 0, 2, 12, 16, 60]) expect(allOf(bits)(2)).toEqual(['0 1'])
    for (const bits of [0, 2, 12, 16, 60]) expect(allOf(bits)(4)).toEqual(['0 1 2 3'])
  })

  test('keeps apart who is to be, where everything links', () => {
    const parts = averageLinkage([[0], [1]], {
      weight: () => 3,
      prior: PRIOR,
      link: Number.NEGATIVE_INFINITY,
      isApart: () => true,
    })
    expect(texts(parts)).toEqual(['0', '1'])
  })

  describe('of two that can not be one', () => {
    const NEVER = -500
    /** Everybody links strongly, but for these pairs. */
    const parted = (
      groups: readonly (readonly number[])[],
      never: Readonly<Record<string, number>>,
    ): readonly string[] =>
      texts(
        averageLinkage(groups, {
          weight: (one, other) => never[`${Math.min(one, other)} ${Math.max(one, other)}`] ?? 60,
          prior: PRIOR,
          link: 2,
          isApart: () => false,
        }),
      )
    const alone = (members: number): readonly (readonly number[])[] =>
      Array.from({ length: members }, (_none, member) => [member])

    test('one pair keeps two groups apart, however many others link them', () => {
      const [ones, others] = [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
      ]
      expect(parted([ones, others], {})).toEqual(['0 1 2 3 4 5 6 7 8 9'])
      for (const never of ['0 5', '2 7', '4 9'])
        expect(parted([ones, others], { [never]: NEVER })).toEqual(['0 1 2 3 4', '5 6 7 8 9'])
      expect(parted([ones, others], { '2 7': NEVER + 1 })).toEqual(['0 1 2 3 4 5 6 7 8 9'])
    })

    test('neither is ever with whom the other is with', () => {
      // All others fit both as well: they are with neither.
      expect(parted(alone(7), { '0 6': NEVER })).toEqual(['0', '1 2 3 4 5', '6'])
      const thirds = parted(alone(6), { '0 1': NEVER, '0 2': -1e6, '1 2': NEVER })
      expect(thirds).toEqual(['0', '1', '2', '3 4 5'])
    })

    test('who is one already stays one', () => {
      expect(parted([[0, 1], [2]], { '0 1': NEVER })).toEqual(['0 1 2'])
      expect(parted([[0, 1], [2]], { '0 1': NEVER, '0 2': NEVER })).toEqual(['0 1', '2'])
    })

    test('it holds where a link needs nothing', () => {
      const parts = averageLinkage([[0], [1]], {
        weight: () => NEVER,
        prior: PRIOR,
        link: Number.NEGATIVE_INFINITY,
        isApart: () => false,
      })
      expect(texts(parts)).toEqual(['0', '1'])
    })
  })

  test('leaves one out who links to one of many and fits none of the others', () => {
    const weight = (one: number, other: number): number =>
      Math.max(one, other) < 3 ? 9 : Math.min(one, other) === 0 ? 3 : -10
    const parts = averageLinkage([[0], [1], [2], [3]], {
      weight,
      prior: PRIOR,
      link: 2,
      isApart: () => false,
    })
    expect(texts(parts)).toEqual(['0 1 2', '3'])
  })

  test('does not hold against a pair that evidence is missing', () => {
    const weight = (one: number, other: number): number =>
      one + other === 1 ? 9 : one + other === 3 ? 9 : PRIOR
    const parts = averageLinkage([[0], [1], [2]], {
      weight,
      prior: PRIOR,
      link: 2,
      isApart: () => false,
    })
    expect(texts(parts)).toEqual(['0 1 2'])
  })

  /** A father, his son, and records that have only what both share, and each of those fits by so many bits. */
  function household(father: number, son: number): readonly string[] {
    const weight = (one: number, other: number): number => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      if (high === 1) return -1000
      return low === 0 ? father : low === 1 ? son : 4
    }
    const groups = [[0], [1], [2], [3]]
    const options = { weight, prior: PRIOR, link: 2, isApart: () => false }
    const parts = texts(averageLinkage(groups, options))
    expect(texts(averageLinkage(groups.toReversed(), options))).toEqual(parts)
    return parts
  }

  test('leaves who fits two that contradict each other with neither', () => {
    expect(household(4, 4)).toEqual(['0', '1', '2 3'])
    expect(household(6, 4)).toEqual(['0', '1', '2 3'])
  })

  test('joins who fits one of two that contradict each other clearly better', () => {
    expect(household(12, 3)).toEqual(['0 2 3', '1'])
  })
})
