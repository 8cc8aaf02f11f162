import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FieldPart, groupsOf, KeyMaker, pairsIn, samplePairs } from './blocking-groups.ts'
import { keysOfRow } from './row-keys.ts'
import { tableOf } from './score.fixture.ts'
import { SEVERAL } from './value-form.ts'

const KINDS = ['code', 'email'] as const
const mail = fc.constantFrom('a@x.com', 'b@x.com', 'c@x.com', 'a@y.com', 'b@y.com')
const records = fc.array(
  fc.tuple(
    fc.option(fc.constantFrom('p', 'q', 'r')),
    fc.option(fc.array(mail, { minLength: 1, maxLength: 3 }).map(mails => mails.join(SEVERAL))),
  ),
  { minLength: 1, maxLength: 30 },
)
const passes: readonly (readonly FieldPart[])[] = [
  [{ field: 0, part: 'whole' }],
  [{ field: 1, part: 'whole' }],
  [{ field: 1, part: 'mailbox' }],
  [
    { field: 0, part: 'whole' },
    { field: 1, part: 'whole' },
  ],
]
const pass = fc.constantFrom(...passes)

/** What a row shares by a pass, as texts: one for each combination of its values. */
function plainKeys(
  record: readonly (string | null)[],
  its: readonly FieldPart[],
): readonly string[] {
  let keys = ['']
  for (const { field, part } of its) {
    const text = record[field] ?? null
    const values = text === null ? [] : [...new Set(text.split(SEVERAL))]
    const parts = values.map(value => (part === 'mailbox' ? value.split('@')[0] : value))
    keys = keys.flatMap(key => parts.map(one => `${key}|${one}`))
  }
  return [...new Set(keys)]
}

describe('the keys of a pass', () => {
  test('are equal where what is shared is, and a row has one for each combination', () => {
    fc.assert(
      fc.property(records, pass, (given, its) => {
        const { table, rowOf } = tableOf(KINDS, given)
        const keys = new KeyMaker(table).keys(its)
        const found = new Map<string, Set<number>>()
        for (let at = 0; at < keys.count; at++) {
          const name = `${keys.low[at]} ${keys.high[at]}`
          found.set(name, (found.get(name) ?? new Set()).add(keys.row[at] ?? -1))
        }
        const plain = new Map<string, Set<number>>()
        for (const [at, record] of given.entries()) {
          for (const key of plainKeys(record, its)) {
            plain.set(key, (plain.get(key) ?? new Set()).add(rowOf[at] ?? -1))
          }
        }
        expect(setsOf(found.values())).toEqual(setsOf(plain.values()))
      }),
    )
  })

  test('of one row are those that it has among all', () => {
    fc.assert(
      fc.property(records, pass, (given, its) => {
        const { table } = tableOf(KINDS, given)
        const keys = new KeyMaker(table).keys(its)
        const found = Array.from(
          keys.row.subarray(0, keys.count),
          (row, at) => [row, joined(keys.low[at], keys.high[at])] as const,
        )
        const all = Array.from({ length: table.rows }, (_none, row) => row)
        const single = all.flatMap(row =>
          keysOfRow(table, its, row).map(key => [row, key] as const),
        )
        expect(found).toEqual(single)
      }),
    )
  })
})

describe('groups', () => {
  const keyed = fc.array(fc.tuple(fc.nat(5), fc.nat(3), fc.nat(19)), { maxLength: 60 })

  test('are the rows of each key that several have', () => {
    fc.assert(
      fc.property(keyed, given => {
        const groups = groupsOf(keysFrom(given), 20)
        const plain = new Map<string, number[]>()
        for (const [low, high, row] of given) {
          plain.set(`${low} ${high}`, [...(plain.get(`${low} ${high}`) ?? []), row])
        }
        const several = [...plain.values()].filter(rows => rows.length > 1)
        expect(rowsOf(groups)).toEqual(several)
        for (const [row, group] of groups.groupOf.entries()) {
          expect(group >= 0).toBe(several.some(rows => rows.includes(row)))
        }
      }),
    )
  })

  test('propose the pairs that they are counted to, none over the limit', () => {
    fc.assert(
      fc.property(keyed, fc.integer({ min: 1, max: 8 }), (given, groupMax) => {
        const groups = groupsOf(keysFrom(given), 20)
        const plain = rowsOf(groups)
          .filter(rows => rows.length <= groupMax)
          .flatMap(rows => rows.flatMap((one, at) => rows.slice(0, at).map(other => [other, one])))
        expect(pairsIn(groups, groupMax)).toBe(plain.length)
        const all = samplePairs(groups, groupMax, 1e9)
        expect(Array.from(all.first, (one, at) => [one, all.second[at]])).toEqual(
          plain.filter(([one, other]) => one !== other),
        )
      }),
    )
  })

  test('are sampled evenly: every so manieth pair', () => {
    const groups = groupsOf(
      keysFrom(Array.from({ length: 300 }, (_none, at) => [at % 3, 0, at])),
      300,
    )
    const { first, second } = samplePairs(groups, 300, 500)
    expect(pairsIn(groups, 300)).toBe(3 * 4950)
    expect(first.length).toBe(495)
    const shares = [0, 1, 2].map(group => first.filter(row => row % 3 === group).length)
    expect(shares).toEqual([165, 165, 165])
    expect(first.every((one, at) => one % 3 === (second[at] ?? 0) % 3)).toBe(true)
  })
})

function keysFrom(given: readonly (readonly number[])[]) {
  const column = (place: number) => Int32Array.from(given, one => one[place] ?? 0)
  return { low: column(0), high: column(1), row: column(2), count: given.length }
}

function rowsOf({
  rows,
  starts,
  count,
}: ReturnType<typeof groupsOf>): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_none, at) => [
    ...rows.subarray(starts[at], starts[at + 1]),
  ])
}

function setsOf(sets: Iterable<ReadonlySet<number>>): readonly string[] {
  return Array.from(sets, set => [...set].sort((a, b) => a - b).join(' ')).sort()
}

function joined(low = 0, high = 0): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
}
