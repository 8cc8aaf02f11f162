import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMPARISONS } from './field-comparison.ts'
import type { FieldKind } from './field-kind.ts'
import { bitsOf, PairScore, probabilityOf } from './pair-score.ts'
import type { ScoreModel } from './score-model.ts'
import { tableOf } from './score.fixture.ts'
import { SEVERAL } from './value-form.ts'

const KINDS = ['firstName', 'lastName', 'birthDate', 'email', 'text'] as const

/** Shares of so many levels: the first the largest for matches, the last for others. */
function sharesOf(levels: number, first: number): readonly number[] {
  const rest = (1 - first) / (levels - 1)
  return Array.from({ length: levels }, (_none, level) => (level === 0 ? first : rest))
}

/** A model in which matches mostly agree and strangers do not; relatives share names and places. */
function modelWith(
  kinds: readonly FieldKind[],
  { related = 0, frequent = {} }: { related?: number; frequent?: Readonly<Record<string, number>> },
): ScoreModel {
  return {
    version: 1,
    records: 1000,
    match: 0.001,
    related,
    blocking: [],
    fields: kinds.map((kind, at) => {
      const names = COMPARISONS[kind].levels
      const isShared = related > 0 && (kind === 'lastName' || kind === 'text')
      const match = sharesOf(names.length, 0.8)
      const random = sharesOf(names.length, 0.01)
      return {
        name: `${kind}${at}`,
        kind,
        levels: names.map((level, place) => ({
          level,
          match: match[place] ?? 0,
          random: random[place] ?? 0,
          related: (isShared ? match[place] : random[place]) ?? 0,
        })),
        frequent,
        rare: 0.0005,
      }
    }),
  }
}

const record = fc.tuple(
  fc.option(fc.constantFrom('Robert', 'Bob', 'R', 'Smith', 'Alice', 'Alicia')),
  fc.option(fc.constantFrom('Smith', 'Smyth', 'Robert', 'Jones', 'Smith Jones')),
  fc.option(fc.constantFrom('1984-03-12', '1984-12-03', '1984-03-13', '1961-01-01')),
  fc.option(
    fc
      .array(fc.constantFrom('bob@x.com', 'bob@y.com', 'rob@x.com', 'al@z.com'), {
        minLength: 1,
        maxLength: 2,
      })
      .map(mails => mails.join(SEVERAL)),
  ),
  fc.option(fc.constantFrom('Berlin', 'Berlim', 'Paris', 'New York')),
)
const records = fc.array(record, { minLength: 1, maxLength: 7 })
const model = fc.constantFrom(
  modelWith(KINDS, {}),
  modelWith(KINDS, { related: 0.002 }),
  modelWith(KINDS, { related: 0.002, frequent: { smith: 0.2, 'bob@x.com': 0.3, berlin: 0.5 } }),
)

/** Every pair of rows, each with itself too. */
function pairsOf(rows: number): readonly (readonly [one: number, other: number])[] {
  const all = Array.from({ length: rows }, (_none, row) => row)
  return all.flatMap(one => all.map(other => [one, other] as const))
}

describe('the score of a pair', () => {
  test('is the same from either end, and whatever the numbers of rows and values', () => {
    fc.assert(
      fc.property(records, model, (given, its) => {
        const one = tableOf(KINDS, given)
        const other = tableOf(KINDS, given.toReversed())
        const scores = [new PairScore(one.table, its), new PairScore(other.table, its)]
        for (const [a, b] of pairsOf(given.length)) {
          const bits = scores[0]?.weight(one.rowOf[a] ?? 0, one.rowOf[b] ?? 0)
          expect(scores[0]?.weight(one.rowOf[b] ?? 0, one.rowOf[a] ?? 0)).toBe(bits)
          const last = given.length - 1
          expect(scores[1]?.weight(other.rowOf[last - a] ?? 0, other.rowOf[last - b] ?? 0)).toBe(
            bits,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('is at least what it is, and not more: told early or not', () => {
    fc.assert(
      fc.property(
        records,
        model,
        fc.double({ min: -20, max: 40, noNaN: true }),
        (given, its, bits) => {
          const { table } = tableOf(KINDS, given)
          const score = new PairScore(table, its)
          for (const [one, other] of pairsOf(table.rows)) {
            const weight = score.weight(one, other)
            expect(score.isAtLeast(one, other, bits)).toBe(weight >= bits)
            expect(score.isAtLeast(one, other, weight)).toBe(true)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('is the sum of what its waterfall tells', () => {
    fc.assert(
      fc.property(records, model, (given, its) => {
        const { table } = tableOf(KINDS, given)
        const score = new PairScore(table, its)
        for (const [one, other] of pairsOf(table.rows)) {
          const { prior, fields, related, total, probability } = score.waterfall(one, other)
          const sum = fields.reduce((held, { weight }) => held + weight, prior + related)
          expect(sum).toBeCloseTo(total, 9)
          expect(total).toBe(score.weight(one, other))
          expect(related).toBeLessThanOrEqual(1e-9)
          expect(probability).toBe(probabilityOf(total))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('of names in the other order is nearly that of equal ones, not that of different ones', () => {
    const { table } = tableOf(KINDS, [
      ['Robert', 'Jones', null, null, null],
      ['Jones', 'Robert', null, null, null],
    ])
    const { fields } = new PairScore(table, modelWith(KINDS, {})).waterfall(0, 1)
    expect(fields.map(({ level }) => level)).toEqual(['nickname or initial', 'nearly equal'])
  })

  test('takes the value that agrees best where there are several', () => {
    const { table } = tableOf(KINDS, [
      [null, null, null, `al@z.com${SEVERAL}bob@x.com`, null],
      [null, null, null, `bob@x.com${SEVERAL}rob@y.com`, null],
    ])
    const { fields } = new PairScore(table, modelWith(KINDS, {})).waterfall(0, 1)
    expect(fields.map(({ level }) => level)).toEqual(['equal'])
  })

  test('says nothing of blanks', () => {
    const { table } = tableOf(KINDS, [
      ['Ann', null, null, null, null],
      [null, 'Lee', null, null, null],
    ])
    const score = new PairScore(table, modelWith(KINDS, {}))
    expect(score.weight(0, 1)).toBe(score.prior)
  })
})

describe('an equal value', () => {
  const kinds = ['text', 'email'] as const
  const frequent = { berlin: 0.2, paris: 0.02, 'often@x.com': 0.2 }
  const { table } = tableOf(kinds, [
    ['Berlin', null],
    ['Paris', null],
    ['Ulm', null],
    [null, 'often@x.com'],
    [null, 'ann@x.com'],
  ])
  const score = new PairScore(table, modelWith(kinds, { frequent }))
  const added = (row: number): number => score.weight(row, row) - score.prior
  const average = Math.log2(0.8 / 0.01)

  test('adds the less, the more frequent it is', () => {
    expect(added(0)).toBeCloseTo(Math.log2(0.8 / 0.2), 9)
    expect(added(1)).toBeCloseTo(Math.log2(0.8 / 0.02), 9)
    expect(added(2)).toBeGreaterThan(average)
  })

  test('gains for being rare up to a limit only', () => {
    expect(added(2)).toBeCloseTo(Math.log2(0.8 / (0.05 * 0.01)), 9)
  })

  test('of a nearly unique kind gains nothing for being rare', () => {
    expect(added(4)).toBeCloseTo(average, 9)
    expect(added(3)).toBeCloseTo(Math.log2(0.8 / 0.2), 9)
  })
})

describe('relatives', () => {
  const kinds = ['firstName', 'lastName', 'text'] as const
  const { table } = tableOf(kinds, [
    ['Ann', 'Lee', 'Berlin'],
    ['Robert', 'Lee', 'Berlin'],
    ['Ann', 'Lee', 'Paris'],
  ])
  const alone = new PairScore(table, modelWith(kinds, {}))
  const among = new PairScore(table, modelWith(kinds, { related: 0.002 }))

  test('are held against a pair that shares what a household does', () => {
    expect(among.weight(0, 1)).toBeLessThan(alone.weight(0, 1) - 3)
    expect(among.waterfall(0, 1).related).toBeLessThan(-3)
  })

  test('are no class of their own where none were seen', () => {
    expect(alone.waterfall(0, 1).related).toBeCloseTo(0, 9)
  })
})

test('bits and probabilities are each other, back and forth', () => {
  for (const probability of [0.001, 0.5, 0.8, 0.999]) {
    expect(probabilityOf(bitsOf(probability))).toBeCloseTo(probability, 12)
  }
  expect(bitsOf(0.8)).toBeCloseTo(2, 12)
})
