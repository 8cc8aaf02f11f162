import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActivationDefinition } from '@mainstem/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../lake/index.ts'
import { ensureSegmentTables, type ProfileSchema } from '../segments/index.ts'
import { activationLaws } from './activation-laws.ts'
import { type ActivationState, activationStates } from './activation-state.ts'
import type { ActivationTarget } from './activation-target.ts'
import { FileTarget } from './adapters/file-target.ts'
import { startWebhookReceiver, type WebhookReceiver } from './adapters/webhook-receiver.ts'
import { KEY_NOT_FOUND, WebhookTarget } from './adapters/webhook-target.ts'
import {
  dropActivation,
  ensureActivationTables,
  retainActivationHistory,
} from './audience-tables.ts'
import { beginPublish } from './begin-publish.ts'
import type { DeliveryWorld } from './deliver-publish.ts'
import { type AudienceSources, planActivation } from './plan-activation.ts'
import { publishActivation } from './publish-activation.ts'

const KEY = 'a2V5LXdpdGgtw6ktYWNjZW50cw=='
let engine: SqlEngine
let session: SqlSession
let project: string
let receiver: WebhookReceiver
let bodies: string[]
let answers: { status: number; headers?: Record<string, string> }[]
let slept: number[]

beforeEach(async () => {
  engine = await openDuckDb({ path: ':memory:', timeZone: 'Europe/Paris', threads: 1 })
  session = await engine.session()
  await ensureSegmentTables(session)
  await ensureActivationTables(session)
  await session.run(
    `create table profile (uid INTEGER, "Id" VARCHAR, "CustomerKey" VARCHAR, "FirstName" VARCHAR, "Born" DATE, "Seen" TIMESTAMPTZ, "Vip" BOOLEAN)`,
  )
  await session.run(`create table ltv (owner VARCHAR, amount DECIMAL(38,18))`)
  await session.run(
    `create table mail (uid INTEGER, value VARCHAR, stream VARCHAR, "primaryFlag" BOOLEAN, rank INTEGER, modified TIMESTAMPTZ, id VARCHAR)`,
  )
  await session.run(
    `insert into segment_state (segment, segment_on, members, status, publish) values ('big', 'UnifiedIndividual', 3, 'ACTIVE', 1)`,
  )
  await session.run(`insert into profile values
    (1, 'U1', 'K1', 'Zoë', '1990-01-02', '2024-01-01T00:30:00Z', true), (2, 'U2', 'K2', '=cmd()', null, null, null), (3, 'U3', 'K3', 'O"Neil, 日', null, null, false)`)
  await session.run(`insert into ltv values ('U1', 1234.123456789012345678), ('U2', 500)`)
  await session.run(`insert into mail values
    (1, 'z1@x.test', 'crm', false, 1, '2024-01-01T00:00:00Z', 'a'), (1, 'z2@x.test', 'shop', false, 1, '2020-01-01T00:00:00Z', 'b'),
    (2, 'c1@x.test', 'crm', false, 2, null, 'c'), (2, 'c2@x.test', 'crm', true, 3, null, 'd'), (3, '', 'crm', true, 1, null, 'e')`)
  await session.run(
    `insert into segment_member values ('big', 1, 'U1'), ('big', 2, 'U2'), ('big', 3, 'U3')`,
  )
  project = await mkdtemp(join(tmpdir(), 'activation-'))
  bodies = []
  answers = []
  slept = []
  receiver = await startWebhookReceiver({
    key: KEY,
    answer: () => answers.shift(),
    onBody: body => bodies.push(body),
  })
})
afterEach(async () => {
  await receiver.close()
  session.close()
  await engine.close()
  await rm(project, { recursive: true })
})

const TYPES = {
  CustomerKey: 'text',
  FirstName: 'text',
  Born: 'date',
  Seen: 'dateTime',
  Vip: 'boolean',
  Id: 'text',
} as const
const schema: ProfileSchema = {
  segmentOn: 'UnifiedIndividual',
  from: 'select * from profile',
  attribute(name) {
    const type = TYPES[name as keyof typeof TYPES]
    return type && { type, sql: alias => `${alias}."${name}"` }
  },
  insight: (apiName, measure) =>
    apiName === 'ltv' && measure === 'amount'
      ? { type: 'number', from: 'select * from ltv', key: 'owner', sql: alias => `${alias}.amount` }
      : undefined,
  related: () => undefined,
  names: () => ({
    attributes: Object.keys(TYPES),
    insights: ['ltv.amount'],
    related: ['SalesOrder'],
  }),
}
const sources: AudienceSources = {
  schema,
  contactPoints: type =>
    type === 'Email' ? { from: 'select * from mail', streams: ['crm', 'shop'] } : undefined,
}
const definition = (more: Partial<ActivationDefinition> = {}): ActivationDefinition => ({
  name: 'mailing',
  segment: 'big',
  target: 't',
  contactPoint: { type: 'Email', sources: ['shop', 'crm'] },
  consent: { none: 'a test' },
  attributes: ['CustomerKey', 'FirstName', 'ltv.amount', 'Born', 'Seen', 'Vip'],
  ...more,
})
const world: DeliveryWorld = {
  clock: systemClock,
  sleep: ms => {
    slept.push(ms)
    return Promise.resolve()
  },
  random: () => 0,
}
const webhook = (
  more: Partial<ConstructorParameters<typeof WebhookTarget>[0]> = {},
): WebhookTarget =>
  new WebhookTarget({ name: 't', url: receiver.url, signingKey: () => KEY, ...more })
let day = 1
async function publish(
  target: ActivationTarget,
  more: Partial<ActivationDefinition> = {},
): Promise<ActivationState> {
  const plan = planActivation(definition(more), sources)
  const asOf = new Date(Date.UTC(2024, 4, day++, 10, 11, 12))
  return publishActivation(
    session,
    { plan, target, world },
    { asOf, position: 7n, version: 1, segmentOn: 'UnifiedIndividual' },
  )
}
const violated = async (): Promise<readonly string[]> =>
  (await activationLaws(session))
    .filter(check => check.violations > 0)
    .map(check => check.law.slice(0, 3))
interface Event {
  EventPrompt: string
  EventUuid: string
  PayloadCurrentValue: string
  PayloadPrevValue: string
}
const events = (): Event[] =>
  bodies.flatMap(body => (JSON.parse(body) as { events: Event[] }).events)
const told = (): [string, string][] =>
  events().map(event => [
    event.EventPrompt,
    (JSON.parse(event.PayloadCurrentValue) as { Id: string }).Id,
  ])

describe('webhook', () => {
  test('sends who is reachable, signed both ways, in ASCII, with exact numbers and the chosen contact point', async () => {
    const state = await publish(webhook())
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
    expect(receiver.counts()).toMatchObject({ requests: 1, refused: 0, events: 2, inserts: 2 })
    expect(bodies[0]).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      count: 2,
      activation: 'mailing',
      segment: 'big',
      refreshType: 'INCREMENTAL',
    })
    expect(events().map(event => event.PayloadCurrentValue)).toEqual([
      '{"Id":"U1","ContactPointEmailAddress":"z2@x.test","CustomerKey":"K1","FirstName":"Zoë","ltv.amount":1234.123456789012345678,"Born":"1990-01-02","Seen":"2024-01-01T00:30:00.000Z","Vip":true}',
      '{"Id":"U2","ContactPointEmailAddress":"c2@x.test","CustomerKey":"K2","FirstName":"=cmd()","ltv.amount":500,"Born":null,"Seen":null,"Vip":null}',
    ])
    for (const event of events())
      expect(Object.values(event).every(value => typeof value === 'string')).toBe(true)
    expect(await session.rows('select count(*) from outbox where body is not null')).toEqual([[0n]])
    expect(await violated()).toEqual([])
  })

  test('an incremental publish sends the difference only; no difference is nothing to publish', async () => {
    await publish(webhook())
    bodies.length = 0
    expect(await publish(webhook())).toMatchObject({
      status: 'SUCCESS',
      messages: 0,
      reason: expect.stringMatching(/^Nothing to publish/),
    })
    expect(receiver.counts().requests).toBe(1)
    await session.run(`delete from segment_member where uid = 1`)
    await session.run(`update ltv set amount = 501 where owner = 'U2'`)
    await session.run(`update mail set value = 'n@x.test' where uid = 3`)
    await publish(webhook())
    expect(told()).toEqual([
      ['Delete', 'U1'],
      ['Update', 'U2'],
      ['Insert', 'U3'],
    ])
    expect(JSON.parse(events()[1]?.PayloadPrevValue ?? '')).toMatchObject({ 'ltv.amount': 500 })
    expect(await violated()).toEqual([])
  })

  test('a merge deletes the retired id', async () => {
    await publish(webhook())
    bodies.length = 0
    await session.run(`delete from profile where uid = 2`)
    await publish(webhook())
    expect(told()).toEqual([['Delete', 'U2']])
  })

  test('retries what can be cured, waits as asked, and records each attempt', async () => {
    answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '7' } }]
    expect(await publish(webhook())).toMatchObject({ status: 'SUCCESS' })
    expect(slept).toEqual([250, 7000])
    expect(
      await session.rows('select attempt, accepted, status from delivery order by attempt'),
    ).toEqual([
      [1, false, 503],
      [2, false, 429],
      [3, true, 204],
    ])
    expect(receiver.counts()).toMatchObject({ requests: 3, events: 2, repeated: 0 })
    expect(await violated()).toEqual([])
  })

  test('a refusal is final for its batch, and the others go on', async () => {
    answers = [{ status: 422 }]
    const state = await publish(webhook({ batchSize: 1 }))
    expect(state).toMatchObject({
      status: 'PARTNER_ERROR',
      reason: 'The target answered 422.',
      ledger: { sent: 2, accepted: 1 },
    })
    expect(slept).toEqual([])
    expect(told()).toEqual([['Insert', 'U2']])
    bodies.length = 0
    await publish(webhook())
    expect(told()).toEqual([['Update', 'U1']])
    expect(await violated()).toEqual([])
  })

  test('who may have been told is deleted again after leaving, though nothing was confirmed', async () => {
    answers = Array.from({ length: 3 }, () => ({ status: 500 }))
    expect(await publish(webhook({ batchSize: 1, retriesMax: 2 }))).toMatchObject({
      status: 'PARTNER_ERROR',
      ledger: { accepted: 0 },
    })
    expect(await session.rows('select id, state from audience')).toEqual([['U1', 'unconfirmed']])
    expect(await violated()).toEqual([])
    await session.run(`delete from segment_member where uid = 1`)
    await publish(webhook())
    expect(told()).toEqual([
      ['Delete', 'U1'],
      ['Insert', 'U2'],
    ])
    expect(await violated()).toEqual([])
  })

  test('without a key nothing is delivered and the mark is Data Cloud’s', async () => {
    expect(await publish(webhook({ signingKey: () => undefined }))).toMatchObject({
      status: 'PARTNER_ERROR',
      reason: KEY_NOT_FOUND,
      ledger: { accepted: 0 },
    })
    expect(receiver.counts().requests).toBe(0)
    expect(await session.rows('select state, attempts, last_error from outbox')).toEqual([
      ['failed', 0, KEY_NOT_FOUND],
    ])
    expect(await publish(webhook())).toMatchObject({ status: 'SUCCESS', ledger: { accepted: 2 } })
  })

  test('a wrong key is refused by the receiver, and no storm follows', async () => {
    expect(await publish(webhook({ signingKey: () => 'other', batchSize: 1 }))).toMatchObject({
      status: 'PARTNER_ERROR',
    })
    expect(receiver.counts()).toMatchObject({ requests: 1, refused: 1, events: 0 })
  })

  test('redirects are not followed', async () => {
    answers = [{ status: 302, headers: { location: receiver.url } }]
    expect((await publish(webhook())).reason).toMatch(/redirects are not followed/)
    expect(receiver.counts().requests).toBe(1)
  })

  test('a target that does not answer in time, and one that is not there, are retried', async () => {
    await receiver.close()
    const state = await publish(webhook({ retriesMax: 1, timeoutMs: 200 }))
    expect(state).toMatchObject({
      status: 'PARTNER_ERROR',
      reason: expect.stringMatching(/could not be reached \(ECONN/),
    })
    expect(slept).toHaveLength(1)
  })

  test('a crash between commit and send, or after sending, repeats the same event ids', async () => {
    const plan = planActivation(definition(), sources)
    const target = webhook({ batchSize: 1 })
    await beginPublish(
      session,
      { plan, target },
      {
        asOf: new Date(Date.UTC(2024, 4, 1)),
        position: 1n,
        version: 1,
        segmentOn: 'UnifiedIndividual',
      },
    )
    // The process dies here, after the first batch was sent but before its answer was recorded.
    const [row] = await session.rows(`select id, body, publish_id from outbox where batch = 0`)
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
    expect(await publish(target)).toMatchObject({
      reason: expect.stringMatching(/^Nothing to publish/),
    })
    expect(receiver.counts()).toMatchObject({ requests: 3, events: 2, repeated: 1 })
    expect(await violated()).toEqual([])
  })

  test('being asked to stop leaves the rest for the next time', async () => {
    const stop = new AbortController()
    const plan = planActivation(definition(), sources)
    answers = [{ status: 503 }]
    const stopping: DeliveryWorld = {
      ...world,
      signal: stop.signal,
      sleep: () => Promise.resolve(stop.abort()),
    }
    const state = await publishActivation(
      session,
      { plan, target: webhook(), world: stopping },
      { asOf: new Date(0), position: 1n, version: 1, segmentOn: 'UnifiedIndividual' },
    )
    expect(state.status).toBe('PUBLISHING')
    await publish(webhook())
    expect(receiver.counts()).toMatchObject({ requests: 2, events: 2 })
  })

  test.each(['ftp://x.test/', 'http://user:pass@x.test/', 'nothing'])(
    'the URL %s is refused',
    url => {
      expect(() => webhook({ url })).toThrow(/url/)
    },
  )
})

describe('file', () => {
  const file = (format: 'CSV' | 'JSON' | 'Parquet' = 'CSV', path = 'out'): FileTarget =>
    new FileTarget({ name: 'files', projectFolder: project, path, format }, session)
  const read = (state: ActivationState, name: string): Promise<string> =>
    readFile(join(project, state.location ?? '', name), 'utf8')

  test('writes a folder that is whole: data, metadata, _SUCCESS', async () => {
    const state = await publish(file(), { dropWithoutContactPoint: false })
    expect(state.location).toMatch(/^out\/big\/mailing\/202405\d\dT101112Z$/)
    expect((await readdir(join(project, state.location ?? ''))).toSorted()).toEqual([
      '_SUCCESS',
      'data-000.csv',
      'metadata.json',
    ])
    expect(await read(state, 'data-000.csv')).toBe(
      [
        'Id,ContactPointEmailAddress,CustomerKey,FirstName,ltv.amount,Born,Seen,Vip,DeltaType',
        'U1,z2@x.test,K1,Zoë,1234.123456789012345678,1990-01-02,2024-01-01T00:30:00.000Z,true,added',
        "U2,c2@x.test,K2,'=cmd(),500,,,,added",
        'U3,,K3,"O""Neil, 日",,,,false,added',
        '',
      ].join('\n'),
    )
    expect(JSON.parse(await read(state, 'metadata.json'))).toMatchObject({
      segmentId: 'big',
      activationId: 'mailing',
      refreshType: 'INCREMENTAL',
      counts: { added: 3, updated: 0, deleted: 0 },
    })
    expect(await readdir(join(project, 'out/big/mailing'))).toHaveLength(1)
    expect(await violated()).toEqual([])
  })

  test('JSON lines are the records, and Parquet keeps types and every digit', async () => {
    const json = await read(await publish(file('JSON')), 'data-000.json')
    expect(
      json
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as unknown),
    ).toMatchObject([{ Id: 'U1', FirstName: 'Zoë', DeltaType: 'added' }, { Id: 'U2' }])
    expect(json).toContain('1234.123456789012345678')
    await dropActivation(session, 'mailing')
    const state = await publish(file('Parquet'), { refreshType: 'FULL_REFRESH' })
    const path = join(project, state.location ?? '', 'data-000.parquet')
    expect(
      await session.rows(
        `select "ltv.amount", "Born", "Seen" = TIMESTAMPTZ '2024-01-01T00:30:00Z', "Vip" from read_parquet('${path}') where "Id" = 'U1'`,
      ),
    ).toEqual([['1234.123456789012345678', '1990-01-02', true, true]])
    expect(
      (await session.describe(`select * from read_parquet('${path}')`)).map(column => column.name),
    ).not.toContain('DeltaType')
  })

  test('a full refresh writes everybody each time, and the empty one too', async () => {
    const full = { refreshType: 'FULL_REFRESH' } as const
    await publish(file(), full)
    expect(await publish(file(), full)).toMatchObject({
      messages: 2,
      ledger: { sent: 2, accepted: 2 },
    })
    await session.run('delete from segment_member')
    const empty = await publish(file(), full)
    expect(await read(empty, 'data-000.csv')).toMatch(/^Id,[^\n]*\n$/)
    expect(await session.rows('select count(*) from audience')).toEqual([[0n]])
    expect(await publish(file(), full)).toMatchObject({
      reason: expect.stringMatching(/^Nothing to publish/),
    })
    expect(await violated()).toEqual([])
  })

  test('two publishes at one moment are two folders', async () => {
    await publish(file())
    day--
    await session.run(`update ltv set amount = 1`)
    expect((await publish(file())).location).toMatch(/Z-2$/)
  })

  test('nothing is written outside the project: not by path, not by name, not by link', async () => {
    expect(() => file('CSV', '../elsewhere')).toThrow(/outside the project/)
    expect(() => file('CSV', '/tmp/elsewhere')).toThrow(/outside the project/)
    const outside = await mkdtemp(join(tmpdir(), 'outside-'))
    await symlink(outside, join(project, 'out'))
    expect(await publish(file())).toMatchObject({
      status: 'PARTNER_ERROR',
      reason: expect.stringMatching(/outside the project/),
    })
    await rm(join(project, 'out'))
    const state = await publish(file(), { name: '../../../up' })
    expect(state.location?.split('/').slice(0, 2)).toEqual(['out', 'big'])
    expect(state.status).toBe('SUCCESS')
    expect(await readdir(outside)).toEqual([])
    await rm(outside, { recursive: true })
  })

  test('phone numbers and numbers stay; what a spreadsheet would run does not', async () => {
    const names = ['+49301234', '-5', '@SUM(1)', '+cmd|x', '\t=1', '-2+3+cmd', 'a=b']
    await session.run('delete from profile')
    for (const [uid, name] of names.entries()) {
      await session.run(`insert into profile (uid, "Id", "FirstName") values ($1, $2, $3)`, [
        uid,
        `X${uid}`,
        name,
      ])
      await session.run(`insert into segment_member values ('big', $1, 'x')`, [uid])
    }
    await session.run('delete from segment_member where id <> $1', ['x'])
    const { contactPoint: _, ...rest } = definition({ attributes: ['FirstName'] })
    const plan = planActivation(rest, sources)
    const state = await publishActivation(
      session,
      { plan, target: file(), world },
      { asOf: new Date(0), position: 1n, version: 1, segmentOn: 'UnifiedIndividual' },
    )
    const cells = (await read(state, 'data-000.csv'))
      .split('\n')
      .slice(1, -1)
      .map(line => line.split(',')[1])
    expect(cells).toEqual(['+49301234', '-5', "'@SUM(1)", "'+cmd|x", "'\t=1", "'-2+3+cmd", 'a=b'])
  })
})

describe('what cannot be published says why', () => {
  const refused = (more: Partial<ActivationDefinition>): unknown => {
    try {
      return planActivation(definition(more), sources)
    } catch (error) {
      return error
    }
  }
  test('a consent purpose is refused, never ignored', () => {
    expect(refused({ consent: { purpose: 'Marketing' } })).toMatchObject({
      code: 'CONSENT_UNSUPPORTED',
      message: expect.stringContaining('Marketing'),
    })
  })
  test.each<[RegExp, Partial<ActivationDefinition>]>([
    [
      /names FirstNam, which UnifiedIndividual does not have; did you mean FirstName\?/,
      { attributes: ['FirstNam'] },
    ],
    [
      /names SalesOrder\.Total, of which a profile has many rows/,
      { attributes: ['SalesOrder.Total'] },
    ],
    [/names born twice/, { attributes: ['Born', 'born'] }],
    [/no data stream maps such contact points/, { contactPoint: { type: 'Phone' } }],
    [
      /names shopp, which has no Email; did you mean shop\?/,
      { contactPoint: { type: 'Email', sources: ['shopp'] } },
    ],
  ])('%s', (message, more) => {
    expect(refused(more)).toMatchObject({
      code: 'ACTIVATION_INVALID',
      message: expect.stringMatching(message),
    })
  })
  test('a segment that was never published, or that failed', async () => {
    expect(await publish(webhook(), { segment: 'other' })).toMatchObject({
      status: 'SEGMENT_ERROR',
      reason: 'Segment other has not been published yet.',
    })
    await session.run(`update segment_state set status = 'ERROR'`)
    expect(await publish(webhook())).toMatchObject({
      status: 'SEGMENT_ERROR',
      reason: 'The last publish of segment big failed.',
    })
    expect(receiver.counts().requests).toBe(0)
  })
  test('an insight with several rows a profile', async () => {
    await session.run(`insert into ltv values ('U1', 1)`)
    await expect(publish(webhook())).rejects.toMatchObject({
      code: 'ACTIVATION_INVALID',
      message: expect.stringContaining('several rows'),
    })
    expect(await activationStates(session)).toEqual([])
  })
})

describe('the laws see damage', () => {
  test.each([
    ['AC1', 'delete from delivery'],
    ['AC2', `update audience set hash = 1 where id = 'U1'`],
    ['AC2', `delete from audience where id = 'U1'`],
    ['AC3', `update audience set state = 'unconfirmed' where id = 'U1'`],
    ['AC4', 'insert into audience select * from audience'],
    ['AC5', `update outbox set body = 'x'`],
    ['AC6', 'update activation_publish set accepted = 9'],
  ])('%s: %s', async (law, damage) => {
    await publish(webhook())
    expect(await violated()).toEqual([])
    await session.run(damage)
    expect(await violated()).toContain(law)
  })
  test('retention keeps them', async () => {
    await publish(webhook())
    await session.run(`delete from segment_member where uid = 1`)
    await publish(webhook())
    await retainActivationHistory(session, new Date(Date.UTC(2030, 0, 1)), 30)
    expect(await session.rows('select id from audience_history')).toEqual([['U2']])
    expect(await violated()).toEqual([])
  })
})
