import { type Condition, SEGMENT_OPERATORS } from '@mainstem/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../lake/index.ts'
import type { CompiledSegment } from './compile-segment.ts'
import { compiled } from './compiled.contract.ts'
import { FIELD, testOf, tree } from './conditions.contract.ts'
import { operatorsFor } from './operator-catalogue.ts'
import { type Data, dataSet, evaluate, loadData, type Row } from './plain-evaluator.contract.ts'
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

/** Zones whose clocks change near the moment: Paris in the night, São Paulo at midnight itself. */
const MOMENTS = [
  { timeZone: 'Europe/Paris', asOf: new Date('2024-03-31T09:30:00.000Z') },
  { timeZone: 'Europe/Paris', asOf: new Date('2024-10-27T00:30:00.000Z') },
  { timeZone: 'America/Sao_Paulo', asOf: new Date('2018-11-04T15:00:00.000Z') },
  { timeZone: 'Asia/Kolkata', asOf: new Date('2024-02-29T18:29:59.999Z') },
]

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
      const data = fc.sample(dataSet(moment, 300), { numRuns: 1, seed: 7 })[0] as Data
      await loadData(session, data)
      for (const type of Object.keys(FIELD) as AttributeType[])
        for (const op of operatorsFor(type)) {
          tried.add(op)
          for (const include of fc.sample(testOf(type, op), { numRuns: 8, seed: 11 })) {
            const members = await membersOf(compiled(include, settings))
            expect({ include, members }).toEqual({
              include,
              members: plainly(data, settings, { include }),
            })
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

describe('by example', () => {
  const settings: SegmentSettings = { timeZone: 'UTC', asOf: new Date(0), lookbackDays: null }
  const empty = { Name: null, Score: null, Active: null, Born: null, Seen: null }
  test('a word is whole between what is no letter, mark, digit or underscore', async () => {
    const names = [
      'anna',
      'Anna b',
      'b-ANNA',
      'annaé',
      'éanna',
      'anna_1',
      '1anna',
      'anna\u0301',
      '(anna)',
      'hannah',
    ]
    const profiles = names.map((Name, uid) => ({ ...empty, uid, Name }))
    await loadData(session, { profiles, orders: [], events: [], insight: [] })
    const segment = compiled(
      { attribute: 'Name', op: 'existsAsAWholeWord', value: 'Anna' },
      settings,
    )
    const found = (await membersOf(segment)).map(uid => names[uid])
    expect(found).toEqual(['anna', 'Anna b', 'b-ANNA', '(anna)'])
  })
  test('an average is that of the values there are', async () => {
    const order = { ...empty, uid: 0 }
    const orders = [{ ...order, Score: 1 }, { ...order, Score: 2 }, order, order]
    await loadData(session, { profiles: [{ ...empty, uid: 0 }], orders, events: [], insight: [] })
    const aggregate = {
      function: 'average',
      attribute: 'Score',
      op: 'isEqualTo',
      value: 1.5,
    } as const
    expect(await membersOf(compiled({ related: 'Order', aggregate }, settings))).toEqual([0])
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
    expect({ op, found: (await membersOf(segment)).length }).toEqual({
      op,
      found: data.profiles.length,
    })
  }
})
