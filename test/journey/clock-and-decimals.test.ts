import { expect, test } from 'vitest'
import type { SqlSession } from '../../packages/engine/src/lake/index.ts'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { World, type SourceRecord } from './world.ts'

const T = '2025-06-01T00:00:00Z'
const AGE = {
  apiName: 'order_age',
  expression: `SELECT UnifiedIndividual.Id, MAX(DATEDIFF(day, SalesOrder.OrderDate, CURRENT_DATE)) AS days
    FROM UnifiedIndividual
    JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
    JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
    WHERE SalesOrder.OrderDate >= DATEADD(day, -90, NOW())
    GROUP BY UnifiedIndividual.Id`,
}
const SEGMENT = {
  developerName: 'recent',
  segmentOn: 'UnifiedIndividual',
  include: {
    all: [
      {
        related: 'SalesOrder',
        count: { atLeast: 1 },
        where: { all: [{ attribute: 'PurchaseOrderDate', op: 'lastNumberOfDays', value: 90 }] },
      },
    ],
  },
}
const FORBIDDEN =
  /\b(now|current_date|current_timestamp|current_time|today|random|uuid|gen_random_uuid|getdate|transaction_timestamp|localtimestamp)\b\s*(\(|\b(?!\s*:=))/i

/** Tells each statement that any session of an engine runs. */
function listen(world: World, told: string[]): void {
  const wrap = (session: SqlSession): SqlSession => {
    const run = session.run.bind(session)
    const rows = session.rows.bind(session)
    const batches = session.batches.bind(session)
    session.run = async (sql, values) => {
      told.push(sql)
      await run(sql, values)
    }
    session.rows = async (sql, values) => {
      told.push(sql)
      return await rows(sql, values)
    }
    session.batches = sql => {
      told.push(sql)
      return batches(sql)
    }
    return session
  }
  const { store, writer } = world.engine.parts
  wrap(writer)
  const open = store.engine.session.bind(store.engine)
  store.engine.session = async () => wrap(await open())
}

test('CD1: no statement that the engine runs asks for the time or for chance', async () => {
  await using world = await World.of({
    ...PEOPLE_PROJECT,
    'insights/age.yaml': AGE,
    'segments/recent.yaml': SEGMENT,
  })
  const told: string[] = []
  listen(world, told)
  await world.post('people', [
    { id: '1', first: 'Ana', last: 'A', email: 'a@x.example', phone: '020 7946 0001', changed: T },
  ])
  await world.post('orders', [{ id: 'o', person: '1', amount: '1.10', at: T }])
  await world.post('events', [{ id: 'e', email: 'n@x.example', kind: 'Open', at: T }])
  world.change({ 'rulesets/second.yaml': SECOND_RULES })
  await world.apply()
  expect((await world.run()).filter(({ status }) => status === 'ERROR')).toEqual([])
  for (const method of ['status', 'verify', 'doctor', 'plan', 'problems']) await world.ask(method)
  await world.ask('profile', { key: 'a@x.example' })
  await world.ask('query', { sql: 'SELECT CURRENT_DATE, NOW() FROM UnifiedIndividual' })
  await world.remove('orders', ['o'])
  expect(told.length).toBeGreaterThan(150)
  expect(told.filter(sql => FORBIDDEN.test(sql.replaceAll(/'(?:[^']|'')*'|"[^"]*"/g, '')))).toEqual(
    [],
  )
})

test('CD2: the run\'s clock decides what CURRENT_DATE is, and "--now" sets it', async () => {
  await using world = await World.of({
    ...PEOPLE_PROJECT,
    'insights/age.yaml': AGE,
    'segments/recent.yaml': SEGMENT,
  })
  await world.post('people', [{ id: '1', email: 'a@x.example', changed: T }])
  await world.post('orders', [{ id: 'o', person: '1', amount: '1.10', at: T }])
  const seen = async (now: string): Promise<unknown> => {
    await world.ask('run', { now })
    const days = await world.rows('select days::int from cio_order_age')
    const { segments, insights } = await world.ask('status')
    expect(
      insights.find((one: { apiName: string }) => one.apiName === 'order_age').asOf.slice(0, 10),
    ).toBe(now.slice(0, 10))
    return [days.flat(), segments[0].members]
  }
  expect(await seen('2025-06-11T12:00:00Z')).toEqual([[10], 1])
  expect(await seen('2025-06-12T00:00:00Z')).toEqual([[11], 1])
  expect(await seen('2025-11-01T12:00:00Z')).toEqual([[], 0])
})

test('CD3: sums are exact to the cent, whatever the order and the batches', async () => {
  await using one = await World.of(PEOPLE_PROJECT)
  await using other = await World.of(PEOPLE_PROJECT)
  const orders: SourceRecord[] = Array.from({ length: 300 }, (_, at) => ({
    id: `o${at}`,
    person: String(at % 7),
    amount: ((at * 7919) % 100_000) / 100 + (at % 3 === 0 ? 0.1 : 0.2),
    at: T,
  }))
  const people = Array.from({ length: 7 }, (_, at) => ({
    id: String(at),
    email: `p${at}@x.example`,
    changed: T,
  }))
  await one.post('people', people)
  await one.post('orders', orders)
  await other.accept('orders', orders.toReversed().slice(0, 111))
  await other.accept('people', people)
  await other.engine.catchUp()
  for (const [at] of [0, 1].entries())
    await other.post('orders', orders.slice(at * 100, at * 100 + 100))
  const cents = new Map<string, bigint>()
  for (const order of orders) {
    const amount = BigInt(Math.round(Number(order['amount']) * 100))
    cents.set(
      `p${String(order['person'])}@x.example`,
      (cents.get(`p${String(order['person'])}@x.example`) ?? 0n) + amount,
    )
  }
  const sums = `select u."Email", (v.lifetime_value * 100)::varchar from cio_lifetime_value v join unified__i_ u on u."Id" = v."Id" order by 1`
  const results: unknown[] = []
  for (const world of [one, other]) {
    await world.run({ stage: 'insights' })
    const [again] = await world.run({ stage: 'insights' })
    expect(again?.changed).toBe(0)
    results.push(await world.rows(sums))
  }
  expect(results[0]).toEqual(results[1])
  const told = (results[0] as string[][]).map(([email, sum]) => [email, BigInt(Number(sum))])
  expect(told).toEqual([...cents].toSorted())
  expect(await one.ask('verify')).toMatchObject({ differences: 0 })
})
