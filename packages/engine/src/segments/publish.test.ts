import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../lake/index.ts'
import { compileSegment, type CompiledSegment } from './compile-segment.ts'
import { compiled } from './compiled.contract.ts'
import { testSchema } from './plain-evaluator.contract.ts'
import { latestMembershipSql, membershipHistorySql } from './publish.sql.ts'
import {
  countSegment,
  dropSegment,
  ensureSegmentTables,
  failSegment,
  publishSegment,
  retainSegmentHistory,
  segmentStates,
} from './publish.ts'
import { segmentLaws } from './segment-laws.ts'

let engine: SqlEngine
let session: SqlSession
beforeEach(async () => {
  engine = await openDuckDb({ path: ':memory:', timeZone: 'UTC', threads: 1 })
  session = await engine.session()
  await ensureSegmentTables(session)
  await session.run(
    `create table profile (uid INTEGER, "Id" VARCHAR, owner VARCHAR, "Name" VARCHAR,
      "Score" DECIMAL(38,18), "Active" BOOLEAN, "Born" DATE, "Seen" TIMESTAMPTZ)`,
  )
})
afterEach(async () => {
  session.close()
  await engine.close()
})

const asOf = (day: number): Date => new Date(Date.UTC(2024, 0, day, 12))
const active = (name = 's', exclude = false): CompiledSegment =>
  compileSegment(
    {
      developerName: name,
      segmentOn: 'UnifiedIndividual',
      include: { attribute: 'Active', op: 'isTrue' },
      ...(exclude ? { exclude: { attribute: 'Active', op: 'hasValue' } } : {}),
    },
    testSchema,
    { asOf: asOf(1), timeZone: 'UTC', lookbackDays: null },
  )
async function setActive(uids: readonly number[], all = 6): Promise<void> {
  await session.run('delete from profile')
  for (let uid = 0; uid < all; uid++)
    await session.run(`insert into profile (uid, "Id", "Active") values ($1, $2, $3)`, [
      uid,
      `u${uid}`,
      uids.includes(uid),
    ])
}
const options = (day: number, more: object = {}): Parameters<typeof publishSegment>[2] => ({
  asOf: asOf(day),
  position: BigInt(day),
  version: 1,
  ...more,
})
const members = async (): Promise<unknown> =>
  (await session.rows('select uid from segment_member order by uid')).map(row => row[0])
const violated = async (): Promise<readonly string[]> =>
  (await segmentLaws(session))
    .filter(check => check.violations > 0)
    .map(check => check.law.slice(0, 3))

test('a publish replaces the membership and tells the difference', async () => {
  await setActive([1, 2, 3])
  expect(await publishSegment(session, active(), options(1))).toEqual({
    members: 3,
    added: 3,
    removed: 0,
    persisted: 0,
  })
  await setActive([2, 3, 4])
  expect(await publishSegment(session, active(), options(2))).toEqual({
    members: 3,
    added: 1,
    removed: 1,
    persisted: 2,
  })
  expect(await members()).toEqual([2, 3, 4])
  const history = await session.rows(
    `select delta, uid from segment_history where position = 2 order by delta, uid`,
  )
  expect(history).toEqual([
    ['added', 4],
    ['persisted', 2],
    ['persisted', 3],
    ['removed', 1],
  ])
  expect(await segmentStates(session)).toEqual([
    {
      name: 's',
      members: 3,
      status: 'ACTIVE',
      lastPublish: '2024-01-02T12:00:00.000Z',
      position: '2',
      asOf: '2024-01-02T12:00:00.000Z',
      version: 1,
    },
  ])
  expect(await countSegment(session, active())).toEqual({
    profiles: 6,
    included: 3,
    excluded: 0,
    members: 3,
  })
})

test('nobody has a reason', async () => {
  expect((await publishSegment(session, active(), options(1))).reason).toBe(
    'There are no profiles of UnifiedIndividual yet.',
  )
  await setActive([])
  expect((await publishSegment(session, active(), options(2))).reason).toMatch(
    /None of the 6 profiles/,
  )
  await setActive([1])
  expect((await publishSegment(session, active('s', true), options(3))).reason).toMatch(
    /All 1 profiles .* exclude/,
  )
})

test('a failed publish changes nothing, alone or inside the caller’s transaction', async () => {
  await setActive([1])
  await publishSegment(session, active(), options(1))
  const broken = { ...active(), sql: 'select uid, id from nowhere' }
  await expect(publishSegment(session, broken, options(2))).rejects.toThrow(/nowhere/)
  await setActive([1, 2])
  await expect(
    session.transaction(async () => {
      await publishSegment(session, active(), options(3, { insideTransaction: true }))
      throw new Error('later work fails')
    }),
  ).rejects.toThrow('later work fails')
  expect(await members()).toEqual([1])
  await failSegment(session, active(), 'The publish failed.')
  expect(await segmentStates(session)).toMatchObject([
    { members: 1, status: 'ERROR', reason: 'The publish failed.' },
  ])
  expect(await violated()).toEqual([])
})

test('SG1–SG5 hold after any publishes and retention, with the clock standing still too', async () => {
  const step = fc.record({
    uids: fc.subarray([0, 1, 2, 3, 4, 5]),
    days: fc.constantFrom(0, 1, 20, 40),
    persisted: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
      await dropSegment(session, 's')
      let day = 1
      for (const { uids, days, persisted } of steps) {
        day += days
        await setActive(uids)
        await publishSegment(
          session,
          active(),
          options(day, { historyDays: 30, recordPersisted: persisted }),
        )
        expect(await members()).toEqual(uids)
        expect(await violated()).toEqual([])
      }
    }),
    { numRuns: 15 },
  )
})

describe('the laws see damage', () => {
  test.each([
    ['SG1', `delete from segment_history where uid = 1`],
    ['SG1', `update segment_member set id = 'x' where uid = 1`],
    ['SG2', `update segment_state set members = 9`],
    ['SG3', `insert into segment_member select * from segment_member where uid = 1`],
    [
      'SG4',
      `insert into segment_history select * replace ('added' as delta, 7 as publish) from segment_history where uid = 1`,
    ],
    ['SG5', `update segment_history set publish = 9 where uid = 1`],
  ])('%s: %s', async (law, damage) => {
    await setActive([1, 2])
    await publishSegment(session, active(), options(1))
    await session.run(damage)
    expect(await violated()).toContain(law)
  })
})

test('history is kept for its days, but never loses why a member is one', async () => {
  await setActive([1, 2])
  await publishSegment(session, active(), options(1, { recordPersisted: false }))
  await setActive([1])
  await publishSegment(session, active(), options(2, { recordPersisted: false }))
  await retainSegmentHistory(session, asOf(60), 30)
  expect(await session.rows('select uid, delta from segment_history')).toEqual([[1, 'added']])
})

test('the public views show the fields of Data Cloud, for the segments of one object', async () => {
  await setActive([1])
  await publishSegment(session, active(), options(1, { versionAt: asOf(1) }))
  const names = async (sql: string): Promise<unknown> =>
    (await session.describe(sql)).map(column => column.name)
  expect(await names(latestMembershipSql('UnifiedIndividual'))).toEqual([
    'Id__c',
    'KQ_Id__c',
    'Segment_Id__c',
    'Snapshot_Type__c',
    'Timestamp__c',
    'Version_Stamp__c',
  ])
  expect(await names(membershipHistorySql('UnifiedIndividual'))).toContain('Delta_Type__c')
  expect(
    await session.rows(
      `select "Id__c", "Segment_Id__c" from (${latestMembershipSql('UnifiedIndividual')})`,
    ),
  ).toEqual([['u1', 's']])
  expect(await session.rows(latestMembershipSql('UnifiedAccount'))).toEqual([])
})

test('a regular expression that RE2 cannot read is the segment’s error', async () => {
  const segment = compiled(
    { related: 'Order', where: { attribute: 'Name', op: 'matches', value: '(?=a)' } },
    { asOf: asOf(1), timeZone: 'UTC', lookbackDays: null },
  )
  await expect(countSegment(session, segment)).rejects.toMatchObject({
    code: 'SEGMENT_INVALID',
    message: expect.stringContaining('include.where'),
  })
})
