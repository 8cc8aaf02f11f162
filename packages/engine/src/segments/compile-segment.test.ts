import { type Condition, SEGMENT_OPERATORS, type SegmentOperator } from '@mainstem/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../lake/index.ts'
import { compileSegment, type CompiledSegment } from './compile-segment.ts'
import { operatorsFor } from './operator-catalogue.ts'
import {
  type Data,
  dataSet,
  evaluate,
  loadData,
  type Row,
  testSchema,
} from './plain-evaluator.contract.ts'
import type { AttributeType } from './profile-schema.ts'
import { countSegment } from './publish.ts'
import type { SegmentSettings } from './segment-settings.ts'

let engine: SqlEngine
let session: SqlSession
beforeAll(async () => {
  // The session's own zone is deliberately another one: the compiled SQL must not depend on it.
  engine = await openDuckDb({ path: ':memory:', timeZone: 'Pacific/Auckland', threads: 1 })
  session = await engine.session()
})
afterAll(async () => {
  session.close()
  await engine.close()
})

const compiled = (
  include: Condition,
  settings: SegmentSettings,
  exclude?: Condition,
): CompiledSegment =>
  compileSegment(
    {
      developerName: 's',
      segmentOn: 'UnifiedIndividual',
      include,
      ...(exclude ? { exclude } : {}),
    },
    testSchema,
    settings,
  )

const FIELD: Record<AttributeType, string> = {
  text: 'Name',
  number: 'Score',
  boolean: 'Active',
  date: 'Born',
  dateTime: 'Seen',
}

/** Zones whose clocks change near the moment: Paris in the night, São Paulo at midnight itself. */
const MOMENTS = [
  { timeZone: 'Europe/Paris', asOf: new Date('2024-03-31T09:30:00.000Z') },
  { timeZone: 'Europe/Paris', asOf: new Date('2024-10-27T00:30:00.000Z') },
  { timeZone: 'America/Sao_Paulo', asOf: new Date('2018-11-04T15:00:00.000Z') },
  { timeZone: 'Asia/Kolkata', asOf: new Date('2024-02-29T18:29:59.999Z') },
]

const texts = fc.constantFrom(
  '',
  ' ',
  'Anna',
  'ANNA',
  'anna b',
  'Ann',
  'É',
  'é',
  "O'Brien",
  'x_y',
  'a.b',
  'a-b',
  '%',
  'ann-a',
  '日本',
  'ÄÖ',
)
const days = fc.constantFrom(
  '2024-03-31',
  '2024-03-30',
  '2024-10-27',
  '2018-11-04',
  '2018-11-03',
  '2024-02-29',
  '2023-02-28',
  '2024-01-01',
)

function valueFor(op: SegmentOperator, type: AttributeType): fc.Arbitrary<Record<string, unknown>> {
  const of = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
    arbitrary.map(value => ({ value }))
  const scalar =
    type === 'text'
      ? texts
      : type === 'number'
        ? fc.integer({ min: -4, max: 8 }).map(n => n / 4)
        : days
  if (
    ['hasValue', 'hasNoValue', 'isTrue', 'isFalse'].includes(op) ||
    /^is(To|Yes|This|Last|Next)/.test(op)
  )
    return fc.constant({})
  if (op === 'isBetween' || op === 'isNotBetween')
    return fc.tuple(scalar, scalar).map(pair => ({
      value: type === 'number' ? pair.map(Number).toSorted((a, b) => a - b) : pair.toSorted(),
    }))
  if (op === 'isIn' || op === 'isNotIn') return of(fc.array(texts, { minLength: 1, maxLength: 3 }))
  if (op === 'matches' || op === 'doesNotMatch')
    return of(fc.constantFrom('^an+a', 'b$', '[é.]', '_', '^$'))
  if (/NumberOf/.test(op)) return of(fc.integer({ min: 0, max: 14 }))
  if (op === 'dayOfWeek') return of(fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }))
  if (op === 'monthOfTheYear') return of(fc.subarray([1, 2, 3, 10, 11, 12], { minLength: 1 }))
  if (op === 'dayOfMonth') return of(fc.subarray([1, 3, 4, 27, 29, 30, 31], { minLength: 1 }))
  return of(scalar)
}

function testOf(
  type: AttributeType,
  op: SegmentOperator,
  attribute = FIELD[type],
): fc.Arbitrary<Condition> {
  return valueFor(op, type).map(rest => ({ attribute, op, ...rest }) as Condition)
}

const anyTest = fc
  .constantFrom<AttributeType>('text', 'number', 'boolean', 'date', 'dateTime')
  .chain(type => fc.constantFrom(...operatorsFor(type)).chain(op => testOf(type, op)))
const anyInsight = fc
  .constantFrom(...operatorsFor('number'))
  .chain(op => testOf('number', op, 'value.Score'))
const rowConditions = fc.oneof(
  anyTest,
  fc
    .array(anyTest, { minLength: 1, maxLength: 2 })
    .chain(of => fc.constantFrom<Condition>({ all: of }, { any: of })),
)
const counts = fc.constantFrom<object>(
  {},
  { atLeast: 0 },
  { atLeast: 1 },
  { atLeast: 2 },
  { atMost: 0 },
  { atMost: 1 },
  { exactly: 0 },
  { exactly: 2 },
  { atLeast: 1, atMost: 2 },
)
const aggregates = fc.tuple(
  fc.constantFrom('sum', 'average', 'min', 'max'),
  fc
    .constantFrom<SegmentOperator>(
      'isEqualTo',
      'isNotEqualTo',
      'isLessThan',
      'isLessThanOrEqualTo',
      'isGreaterThan',
      'isGreaterThanOrEqualTo',
      'isBetween',
      'isNotBetween',
    )
    .chain(op => testOf('number', op)),
)
const containers = fc.oneof(
  fc
    .tuple(counts, rowConditions)
    .map(([count, where]) => ({ related: 'Order', count, where }) as Condition),
  fc.tuple(counts).map(([count]) => ({ related: 'Event', count }) as Condition),
  fc.tuple(aggregates, fc.option(rowConditions)).map(
    ([[name, test], where]) =>
      ({
        related: 'Order',
        aggregate: { function: name, ...test },
        ...(where ? { where } : {}),
      }) as Condition,
  ),
)
const tree: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    anyTest,
    anyInsight,
    containers,
    fc.array(tie('tree'), { maxLength: 3 }).map(all => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map(any => ({ any })),
  ),
})).tree

async function membersOf(segment: CompiledSegment): Promise<number[]> {
  const rows = await session.rows(`select uid from (${segment.sql}) order by uid`)
  return rows.map(row => Number(row[0]))
}

function plainly(
  data: Data,
  settings: SegmentSettings,
  tabs: { include: Condition; exclude?: Condition | undefined },
): number[] {
  const holds = (condition: Condition, row: Row): boolean =>
    evaluate(condition, { row, data, settings })
  return data.profiles
    .filter(row => holds(tabs.include, row) && !(tabs.exclude && holds(tabs.exclude, row)))
    .map(row => row.uid)
}

describe('SC1: compiled SQL means what the conditions say', () => {
  for (const moment of MOMENTS) {
    const settings: SegmentSettings = { ...moment, lookbackDays: 10 }
    test(`each operator alone, ${moment.timeZone} ${moment.asOf.toISOString()}`, async () => {
      const tried = new Set<string>()
      const data = fc.sample(dataSet(moment), { numRuns: 1, seed: 7 })[0] as Data
      await loadData(session, data)
      for (const type of Object.keys(FIELD) as AttributeType[])
        for (const op of operatorsFor(type)) {
          tried.add(op)
          for (const include of fc.sample(testOf(type, op), { numRuns: 6, seed: 11 })) {
            const members = await membersOf(compiled(include, settings))
            expect(members, JSON.stringify(include)).toEqual(plainly(data, settings, { include }))
          }
        }
      expect([...tried].toSorted()).toEqual([...SEGMENT_OPERATORS].toSorted())
    })

    test(`whole trees, ${moment.timeZone} ${moment.asOf.toISOString()}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          dataSet(moment),
          fc.array(fc.tuple(tree, fc.option(tree)), { minLength: 4, maxLength: 4 }),
          async (data, trees) => {
            await loadData(session, data)
            for (const [include, exclude] of trees) {
              const segment = compiled(include, settings, exclude ?? undefined)
              const expected = plainly(data, settings, { include, exclude: exclude ?? undefined })
              expect(await membersOf(segment)).toEqual(expected)
              expect((await countSegment(session, segment)).members).toBe(expected.length)
            }
          },
        ),
        { numRuns: 25 },
      )
    })
  }
})

describe('what does not fit is refused with its place', () => {
  const settings: SegmentSettings = {
    timeZone: 'UTC',
    asOf: new Date(0),
    lookbackDays: 90,
    filtersMax: 3,
    valuesMax: 2,
    depthMax: 2,
  }
  const cases: [string, Condition, RegExp][] = [
    [
      'unknown attribute',
      { all: [{ attribute: 'Nmae', op: 'hasValue' }] },
      /include\.all\[0\] names Nmae.*did you mean Name\?/,
    ],
    [
      'unknown measure',
      { attribute: 'value.Skore', op: 'hasValue' },
      /names value\.Skore.*did you mean value\.Score\?/,
    ],
    ['unknown related object', { related: 'Ordr' }, /names Ordr.*did you mean Order\?/],
    [
      'unknown attribute of a row',
      { related: 'Order', where: { all: [{ attribute: 'Scoore', op: 'hasValue' }] } },
      /include\.where\.all\[0\] names Scoore, which Order does not have/,
    ],
    [
      'operator of another type',
      { attribute: 'Score', op: 'contains', value: '1' },
      /uses contains on Score, which is number; these fit: hasValue, .*isBetween/,
    ],
    [
      'text without quotes',
      { attribute: 'Name', op: 'isEqualTo', value: 5 },
      /needs text; put the value in quotes/,
    ],
    [
      'no such day',
      { attribute: 'Born', op: 'isOn', value: '2023-02-29' },
      /needs a day written as yyyy-mm-dd/,
    ],
    [
      'a pair the wrong way round',
      { attribute: 'Score', op: 'isBetween', value: [9, 10, 11] },
      /needs two values/,
    ],
    [
      'descending pair',
      { attribute: 'Score', op: 'isBetween', value: [10, 9] },
      /smaller value first/,
    ],
    [
      'value where none belongs',
      { attribute: 'Name', op: 'hasValue', value: 'x' },
      /takes no value/,
    ],
    [
      'list over the limit',
      { attribute: 'Name', op: 'isIn', value: ['a', 'b', 'c'] },
      /limit seg\.textInValues is 2/,
    ],
    ['empty any', { any: [] }, /include\.any is empty/],
    [
      'too deep',
      { all: [{ any: [{ all: [{ attribute: 'Name', op: 'hasValue' }] }] }] },
      /deeper than 2/,
    ],
    [
      'too many',
      { all: Array.from({ length: 4 }, () => ({ attribute: 'Name', op: 'hasValue' as const })) },
      /more than 3 conditions/,
    ],
    [
      'container in a container',
      { related: 'Order', where: { related: 'Order' } },
      /container inside a container/,
    ],
    [
      'adding up text',
      {
        related: 'Order',
        aggregate: { function: 'sum', attribute: 'Name', op: 'isEqualTo', value: 1 },
      },
      /only numbers add up/,
    ],
    [
      'exactly and atLeast',
      { related: 'Order', count: { exactly: 1, atLeast: 1 } },
      /exactly beside/,
    ],
    [
      'long pattern',
      { attribute: 'Name', op: 'matches', value: 'a'.repeat(501) },
      /at most 500 characters/,
    ],
  ]
  test.each(cases)('%s', (_, include, says) => {
    let thrown: unknown
    try {
      compiled(include, settings)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'SEGMENT_INVALID', message: expect.stringMatching(says) })
    expect(String(thrown)).toContain('Segment s:')
  })

  test('a regular expression that RE2 cannot read is the segment’s error', async () => {
    const segment = compiled(
      { related: 'Order', where: { attribute: 'Name', op: 'matches', value: '(?=a)' } },
      settings,
    )
    await expect(countSegment(session, segment)).rejects.toMatchObject({
      code: 'SEGMENT_INVALID',
      message: expect.stringContaining('include.where'),
    })
  })
})

test('text of a definition is only ever a value', async () => {
  const moment = MOMENTS[0] as (typeof MOMENTS)[0]
  const nasty = `'); drop table profile; --`
  const data = fc.sample(dataSet(moment), { numRuns: 1, seed: 1 })[0] as Data
  await loadData(session, {
    ...data,
    profiles: data.profiles.map(row => ({ ...row, Name: nasty })),
  })
  for (const op of ['isEqualTo', 'contains', 'beginsWith', 'existsAsAWholeWord', 'isIn'] as const) {
    const segment = compiled(
      { attribute: 'Name', op, value: op === 'isIn' ? [nasty] : nasty },
      { ...moment, lookbackDays: null },
    )
    expect((await membersOf(segment)).length, op).toBe(data.profiles.length)
  }
})

describe('freshness says what time changes', () => {
  const settings: SegmentSettings = { timeZone: 'UTC', asOf: new Date(0), lookbackDays: 90 }
  test.each<[string, Condition]>([
    ['keyed', { attribute: 'Name', op: 'hasValue' }],
    ['keyed within a day', { attribute: 'Seen', op: 'isToday' }],
    ['keyed within a day', { attribute: 'Born', op: 'lastNumberOfDays', value: 3 }],
    ['whole', { attribute: 'Seen', op: 'lastNumberOfDays', value: 3 }],
    [
      'whole',
      {
        any: [
          { attribute: 'Seen', op: 'isToday' },
          { related: 'Order', where: { attribute: 'Seen', op: 'nextNumberOfDays', value: 3 } },
        ],
      },
    ],
    ['keyed within a day', { related: 'Event' }],
    ['keyed', { related: 'Order' }],
  ])('%s', (kind, include) => {
    const segment = compiled(include, settings)
    expect(segment.freshness.kind).toBe(kind)
    expect(segment.freshness.because).not.toHaveLength(0)
  })
  test('a lookback that applies, and a stale insight, are told', () => {
    expect(compiled({ related: 'Event' }, settings).notices).toEqual([
      expect.stringContaining('older than 90 days'),
    ])
    expect(compiled({ attribute: 'value.Score', op: 'hasValue' }, settings).notices).toEqual([
      expect.stringContaining('Insight value has never run'),
    ])
    expect(
      compiled(
        { related: 'Event', where: { attribute: 'Seen', op: 'isBefore', value: '2020-01-01' } },
        settings,
      ).notices,
    ).toEqual([])
  })
})
