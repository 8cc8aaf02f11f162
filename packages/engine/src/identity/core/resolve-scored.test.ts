import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { DecisionBook } from './decision-book.ts'
import { labelsOf } from './index-change.ts'
import type { ResolveOptions } from './link-groups.ts'
import type { KeyRow } from './match-index.ts'
import { clusterTexts, contestedTexts } from './plain-partition.contract.ts'
import { INCREMENTAL_STEPS, incrementalResolver } from './resolve-incremental.ts'
import {
  type Batch,
  changeOf,
  membersOf,
  type Parts,
  SOUND,
  type Source,
  Stage,
} from './resolve.contract.ts'
import { fullPartition } from './resolve.ts'
import type { ScoredLinks } from './scored-links.ts'
import { UnionFind } from './union-find.ts'

/** Comparison rows there are, and the rules of their blocking passes. */
const ROWS = 8
const PASSES = [2, 3]
const NODES = 14

/** What is the same through a history: how well rows fit, and which keys each has. */
interface World {
  readonly weights: readonly number[]
  readonly keys: readonly (readonly Pick<KeyRow, 'rule' | 'key'>[])[]
  readonly limits: Pick<ScoredLinks, 'membersMax' | 'link'>
}

/** What a source says of a node: its row (none for -1), and keys by exact and fuzzy rules. */
interface Person {
  readonly pid: number
  readonly present: boolean
  readonly row: number
  readonly keys: readonly Omit<KeyRow, 'pid'>[]
}

interface Step {
  readonly people: readonly Person[]
  readonly rulings: Batch['rulings']
}

/** Whole bits, so that many fits are equal. */
const world: fc.Arbitrary<World> = fc.record({
  weights: fc.array(fc.integer({ min: -14, max: 18 }), {
    minLength: ROWS * ROWS,
    maxLength: ROWS * ROWS,
  }),
  keys: fc.array(
    fc.array(
      fc.record({ rule: fc.constantFrom(...PASSES), key: fc.bigInt({ min: 1n, max: 2n }) }),
      { minLength: 1, maxLength: 3 },
    ),
    { minLength: ROWS, maxLength: ROWS },
  ),
  limits: fc.record({
    membersMax: fc.integer({ min: 2, max: 9 }),
    link: fc.constantFrom(-1, 2, 16),
  }),
})
const exactKey = fc.oneof(
  fc.record({ rule: fc.constant(0), key: fc.bigInt({ min: 1n, max: 6n }), value: fc.constant(-1) }),
  fc.record({ rule: fc.constant(1), key: fc.bigInt({ min: 1n, max: 4n }), value: fc.nat(5) }),
)
const person: fc.Arbitrary<Person> = fc.record({
  pid: fc.nat(NODES - 1),
  present: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  row: fc.integer({ min: -1, max: ROWS - 1 }),
  keys: fc.oneof(fc.constant([]), fc.array(exactKey, { maxLength: 2 })),
})
const ruling = fc.record({
  pair: fc
    .tuple(fc.nat(NODES - 1), fc.nat(NODES - 1))
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const),
  verdict: fc.constantFrom('never' as const, 'never' as const, 'together' as const, undefined),
})
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    people: fc.array(person, { minLength: 1, maxLength: 8 }),
    rulings: fc.oneof(fc.constant([]), fc.array(ruling, { maxLength: 3 })),
  }),
  { minLength: 1, maxLength: 8 },
)

/** The options of a world whose rows have other numbers: row `r` is number `numbers[r]`. */
function optionsOf({ weights, limits }: World, numbers: readonly number[]): ResolveOptions {
  const rowOf = (number: number): number => numbers.indexOf(number)
  const weight = (one: number, other: number): number => {
    const [low, high] = [rowOf(one), rowOf(other)].sort((a, b) => a - b)
    const bits = weights[(low ?? 0) * ROWS + (high ?? 0)] ?? 0
    // Who would not link to an equal has no keys.
    return one === other ? Math.max(limits.link, bits) : bits
  }
  return {
    blockMax: 7,
    valuesMax: 5,
    clusterMax: 10,
    surnamesMax: 9,
    idsMax: 9,
    scored: { ...limits, firstRule: 2, weight, prior: -6, order: number => rowOf(number) * 7 },
    similar: (one, other, rule) =>
      rule < 2 ? Math.abs(one - other) === 1 : weight(one, other) >= limits.link,
  }
}

function sourceOf(world: World, numbers: readonly number[]) {
  return ({ pid, present, row, keys }: Person): Source => {
    const scored = (world.keys[row] ?? []).map(key => ({ ...key, value: numbers[row] ?? -1 }))
    return { pid, present, rows: [...keys, ...scored] }
  }
}

const PLAIN_NUMBERS = Array.from({ length: ROWS }, (_none, row) => row)

/** After every batch what is kept is what a full run finds, and what one batch of all would give. */
function checkHistory(given: World, history: readonly Step[], broken: Partial<Parts> = {}): void {
  const parts = { ...SOUND, options: optionsOf(given, PLAIN_NUMBERS), ...broken }
  const stage = new Stage(parts)
  const known = new Map<number, Person>()
  const rulings = new Map<string, Batch['rulings'][number]>()
  for (const { people, rulings: decided } of history) {
    stage.take({ sources: people.map(sourceOf(given, PLAIN_NUMBERS)), rulings: decided })
    for (const one of people) known.set(one.pid, one)
    for (const one of decided) rulings.set(one.pair.join(' '), one)
    const kept = clusterTexts(stage.clusters().values())
    const full = parts.full(stage.index, stage.options)
    expect(clusterTexts(membersOf(full))).toEqual(kept)
    expect(contestedTexts(full.contested)).toEqual(contestedTexts(stage.contested))
    const afresh = atOnce(given, [...known.values()].toReversed(), [...rulings.values()])
    expect(afresh).toEqual(kept)
  }
}

/** The clusters of people who come all in one batch, and whose rows are numbered from the other end. */
function atOnce(
  given: World,
  people: readonly Person[],
  rulings: Batch['rulings'],
): readonly string[] {
  const numbers = PLAIN_NUMBERS.toReversed()
  const decisions = new DecisionBook()
  for (const { pair, verdict } of rulings) decisions.decide(pair, verdict)
  const index = new TypedArrayMatchIndex()
  const options = { ...optionsOf(given, numbers), decisions }
  const change = changeOf(people.map(sourceOf(given, numbers)))
  index.replace(change.pids, change.rows)
  for (const { pid, present } of people) index.setPresent([pid], present)
  return clusterTexts(membersOf(fullPartition(index, options)))
}

describe('the law with a scored rule: incremental = full = all at once', () => {
  test('for any history, order, batches and numbers of rows', () => {
    fc.assert(
      fc.property(world, steps, (given, history) => checkHistory(given, history)),
      { numRuns: 1500 },
    )
  })

  test('two that are never one are apart, unless decisions join them', () => {
    fc.assert(
      fc.property(world, steps, (given, history) => {
        const stage = new Stage({ ...SOUND, options: optionsOf(given, PLAIN_NUMBERS) })
        for (const { people, rulings } of history) {
          stage.take({ sources: people.map(sourceOf(given, PLAIN_NUMBERS)), rulings })
        }
        const { decisions } = stage.options
        const decided = new UnionFind(NODES)
        for (const pair of decisions?.pairs('together') ?? []) {
          if (pair.every(pid => stage.index.isPresent(pid))) decided.unite(...pair)
        }
        for (const [one, other] of decisions?.pairs('never') ?? []) {
          if (decided.root(one) === decided.root(other)) continue
          const [a, b] = labelsOf(stage.index, Int32Array.of(one, other))
          if (a !== -1) expect(a).not.toBe(b)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the property catches', () => {
  const resolveWith = (options: (given: ResolveOptions) => ResolveOptions): Partial<Parts> => ({
    resolve: incrementalResolver({
      ...INCREMENTAL_STEPS,
      refine: (index, component, given) =>
        INCREMENTAL_STEPS.refine(index, component, options(given)),
    }),
  })
  const faults: Readonly<Record<string, Partial<Parts>>> = {
    'does not refine by score': resolveWith(given => ({ ...given, scored: undefined })),
    'takes records in the order of their numbers': resolveWith(given => ({
      ...given,
      scored: given.scored && { ...given.scored, order: row => -row },
    })),
    'looks at one pair more': resolveWith(given => ({
      ...given,
      scored: given.scored && { ...given.scored, membersMax: given.scored.membersMax + 1 },
    })),
    'runs in full without scores': {
      full: (index, options) => fullPartition(index, { ...options, scored: undefined }),
    },
    'forgets whom a touched node was joined to': {
      resolve: incrementalResolver({ ...INCREMENTAL_STEPS, mates: () => new Set<number>() }),
    },
  }
  for (const [fault, broken] of Object.entries(faults)) {
    test(`a heart that ${fault}`, () => {
      const verdict = fc.check(
        fc.property(world, steps, (given, history) => checkHistory(given, history, broken)),
        { numRuns: 3000, seed: 42, endOnFailure: true },
      )
      expect(verdict.failed, 'the broken variant went unnoticed').toBe(true)
    })
  }
})
