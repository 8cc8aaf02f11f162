import { expect, test } from 'vitest'
import { definition, sources, useActivation } from '../activation.contract.ts'
import { beginPublish } from '../begin-publish.ts'
import type { DeliveryWorld } from '../deliver-publish.ts'
import { planActivation } from '../plan-activation.ts'
import { publishActivation } from '../publish-activation.ts'
import { KEY_NOT_FOUND } from './webhook-target.ts'

const at = useActivation()

test('sends who is reachable, signed both ways, in ASCII, with exact numbers and the chosen contact point', async () => {
  const state = await at.publish(at.webhook())
  expect(state).toMatchObject({
    status: 'SUCCESS',
    messages: 2,
    ledger: {
      segment: 3,
      withContactPoint: 2,
      consented: 2,
      notSuppressed: 2,
      sent: 2,
      accepted: 2,
    },
  })
  expect(at.receiver.counts()).toMatchObject({ requests: 1, refused: 0, events: 2, inserts: 2 })
  expect(at.bodies[0]).toMatch(/^[\x20-\x7e]*$/)
  expect(JSON.parse(at.bodies[0] ?? '')).toMatchObject({
    count: 2,
    activation: 'mailing',
    segment: 'big',
    refreshType: 'INCREMENTAL',
  })
  expect(at.events().map(event => event.PayloadCurrentValue)).toEqual([
    '{"Id":"U1","ContactPointEmailAddress":"z2@x.test","CustomerKey":"K1","FirstName":"Zoë",' +
      '"ltv.amount":1234.123456789012345678,"Born":"1990-01-02","Seen":"2024-01-01T00:30:00.000Z","Vip":true}',
    '{"Id":"U2","ContactPointEmailAddress":"c2@x.test","CustomerKey":"K2","FirstName":"=cmd()","ltv.amount":500,"Born":null,"Seen":null,"Vip":null}',
  ])
  for (const event of at.events())
    expect(Object.values(event).every(value => typeof value === 'string')).toBe(true)
  expect(await at.session.rows('select count(*) from outbox where body is not null')).toEqual([
    [0n],
  ])
  expect(await at.violated()).toEqual([])
})

test('an incremental publish sends the difference only; no difference is nothing to publish', async () => {
  await at.publish(at.webhook())
  at.bodies.length = 0
  expect(await at.publish(at.webhook())).toMatchObject({
    status: 'SUCCESS',
    messages: 0,
    reason: expect.stringMatching(/^Nothing to publish/),
  })
  expect(at.receiver.counts().requests).toBe(1)
  await at.session.run(`delete from segment_member where uid = 1`)
  await at.session.run(`update ltv set amount = 501 where owner = 'U2'`)
  await at.session.run(`update mail set value = 'n@x.test' where uid = 3`)
  await at.publish(at.webhook())
  expect(at.told()).toEqual([
    ['Delete', 'U1'],
    ['Update', 'U2'],
    ['Insert', 'U3'],
  ])
  expect(JSON.parse(at.events()[1]?.PayloadPrevValue ?? '')).toMatchObject({ 'ltv.amount': 500 })
  expect(await at.violated()).toEqual([])
})

test('a merge deletes the retired id', async () => {
  await at.publish(at.webhook())
  at.bodies.length = 0
  await at.session.run(`delete from profile where uid = 2`)
  await at.publish(at.webhook())
  expect(at.told()).toEqual([['Delete', 'U2']])
})

test('retries what can be cured, waits as asked, and records each attempt', async () => {
  at.answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '7' } }]
  expect(await at.publish(at.webhook())).toMatchObject({ status: 'SUCCESS' })
  expect(at.slept).toEqual([250, 7000])
  expect(
    await at.session.rows('select attempt, accepted, status from delivery order by attempt'),
  ).toEqual([
    [1, false, 503],
    [2, false, 429],
    [3, true, 204],
  ])
  expect(at.receiver.counts()).toMatchObject({ requests: 3, events: 2, repeated: 0 })
  expect(await at.violated()).toEqual([])
})

test('a refusal is final for its batch, and the others go on', async () => {
  at.answers = [{ status: 422 }]
  const state = await at.publish(at.webhook({ batchSize: 1 }))
  expect(state).toMatchObject({
    status: 'PARTNER_ERROR',
    reason: 'The target answered 422.',
    ledger: { sent: 2, accepted: 1 },
  })
  expect(at.slept).toEqual([])
  expect(at.told()).toEqual([['Insert', 'U2']])
  at.bodies.length = 0
  await at.publish(at.webhook())
  expect(at.told()).toEqual([['Update', 'U1']])
  expect(await at.violated()).toEqual([])
})

test('who may have been told is deleted again after leaving, though nothing was confirmed', async () => {
  at.answers = Array.from({ length: 3 }, () => ({ status: 500 }))
  expect(await at.publish(at.webhook({ batchSize: 1, retriesMax: 2 }))).toMatchObject({
    status: 'PARTNER_ERROR',
    ledger: { accepted: 0 },
  })
  expect(await at.session.rows('select id, state from audience')).toEqual([['U1', 'unconfirmed']])
  expect(await at.violated()).toEqual([])
  await at.session.run(`delete from segment_member where uid = 1`)
  await at.publish(at.webhook())
  expect(at.told()).toEqual([
    ['Delete', 'U1'],
    ['Insert', 'U2'],
  ])
  expect(await at.violated()).toEqual([])
})

test('without a key nothing is delivered and the mark is Data Cloud’s', async () => {
  expect(await at.publish(at.webhook({ signingKey: () => undefined }))).toMatchObject({
    status: 'PARTNER_ERROR',
    reason: KEY_NOT_FOUND,
    ledger: { accepted: 0 },
  })
  expect(at.receiver.counts().requests).toBe(0)
  expect(await at.session.rows('select state, attempts, last_error from outbox')).toEqual([
    ['failed', 0, KEY_NOT_FOUND],
  ])
  expect(await at.publish(at.webhook())).toMatchObject({
    status: 'SUCCESS',
    ledger: { accepted: 2 },
  })
})

test('a wrong key is refused by the receiver, and no storm follows', async () => {
  expect(await at.publish(at.webhook({ signingKey: () => 'other', batchSize: 1 }))).toMatchObject({
    status: 'PARTNER_ERROR',
  })
  expect(at.receiver.counts()).toMatchObject({ requests: 1, refused: 1, events: 0 })
})

test('redirects are not followed', async () => {
  at.answers = [{ status: 302, headers: { location: at.receiver.url } }]
  expect((await at.publish(at.webhook())).reason).toMatch(/redirects are not followed/)
  expect(at.receiver.counts().requests).toBe(1)
})

test('a target that does not answer in time, and one that is not there, are retried', async () => {
  await at.receiver.close()
  const state = await at.publish(at.webhook({ retriesMax: 1, timeoutMs: 200 }))
  expect(state).toMatchObject({
    status: 'PARTNER_ERROR',
    reason: expect.stringMatching(/could not be reached \(ECONN/),
  })
  expect(at.slept).toHaveLength(1)
})

test('a crash between commit and send, or after sending, repeats the same event ids', async () => {
  const plan = planActivation(definition(), sources)
  const target = at.webhook({ batchSize: 1 })
  await beginPublish(
    at.session,
    { plan, target },
    {
      asOf: new Date(Date.UTC(2024, 4, 1)),
      position: 1n,
      version: 1,
      segmentOn: 'UnifiedIndividual',
    },
  )
  // The process dies here, after the first batch was sent but before its answer was recorded.
  const [row] = await at.session.rows(`select id, body, publish_id from outbox where batch = 0`)
  const facts = {
    publishId: String(row?.[2]),
    activation: 'mailing',
    segment: 'big',
    refreshType: 'INCREMENTAL',
    asOf: new Date(),
    columns: plan.columns,
  } as const
  await target.send({
    id: String(row?.[0]),
    batch: 0,
    body: String(row?.[1]),
    events: 1,
    publish: facts,
  })
  expect(await at.publish(target)).toMatchObject({
    reason: expect.stringMatching(/^Nothing to publish/),
  })
  expect(at.receiver.counts()).toMatchObject({ requests: 3, events: 2, repeated: 1 })
  expect(await at.violated()).toEqual([])
})

test('being asked to stop leaves the rest for the next time', async () => {
  const stop = new AbortController()
  const plan = planActivation(definition(), sources)
  at.answers = [{ status: 503 }]
  const stopping: DeliveryWorld = {
    ...at.world,
    signal: stop.signal,
    sleep: () => Promise.resolve(stop.abort()),
  }
  const state = await publishActivation(
    at.session,
    { plan, target: at.webhook(), world: stopping },
    { asOf: new Date(0), position: 1n, version: 1, segmentOn: 'UnifiedIndividual' },
  )
  expect(state.status).toBe('PUBLISHING')
  await at.publish(at.webhook())
  expect(at.receiver.counts()).toMatchObject({ requests: 2, events: 2 })
})

test.each(['ftp://x.test/', 'http://user:pass@x.test/', 'nothing'])(
  'the URL %s is refused',
  url => {
    expect(() => at.webhook({ url })).toThrow(/url/)
  },
)
