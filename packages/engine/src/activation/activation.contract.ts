import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActivationDefinition } from '@mainstem/contracts'
import { afterEach, beforeEach } from 'vitest'
import { must } from '../kernel/assert.ts'
import { systemClock } from '../kernel/clock.ts'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../lake/index.ts'
import { ensureSegmentTables, type ProfileSchema } from '../segments/index.ts'
import { activationLaws } from './activation-laws.ts'
import type { ActivationState } from './activation-state.ts'
import type { ActivationTarget } from './activation-target.ts'
import { startWebhookReceiver, type WebhookReceiver } from './adapters/webhook-receiver.ts'
import { WebhookTarget } from './adapters/webhook-target.ts'
import { ensureActivationTables } from './audience-tables.ts'
import type { DeliveryWorld } from './deliver-publish.ts'
import { type AudienceSources, planActivation } from './plan-activation.ts'
import { publishActivation } from './publish-activation.ts'

/** Not ASCII once decoded, which the signatures must not mind. */
const KEY = 'a2V5LXdpdGgtw6ktYWNjZW50cw=='

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
/** What the small profiles have. */
export const sources: AudienceSources = {
  schema,
  contactPoints: type =>
    type === 'Email' ? { from: 'select * from mail', streams: ['crm', 'shop'] } : undefined,
}
/** An activation over the small profiles. */
export const definition = (more: Partial<ActivationDefinition> = {}): ActivationDefinition => ({
  name: 'mailing',
  segment: 'big',
  target: 't',
  contactPoint: { type: 'Email', sources: ['shop', 'crm'] },
  consent: { none: 'a test' },
  attributes: ['CustomerKey', 'FirstName', 'ltv.amount', 'Born', 'Seen', 'Vip'],
  ...more,
})
interface Event {
  readonly EventPrompt: string
  readonly EventUuid: string
  readonly PayloadCurrentValue: string
  readonly PayloadPrevValue: string
}

/** Three profiles in a published segment, a receiver that listens, and a project's folder. */
export class ActivationFixture {
  bodies: string[] = []
  /** What the receiver answers next, instead of taking a request. */
  answers: { status: number; headers?: Record<string, string> }[] = []
  slept: number[] = []
  day = 1
  #engine: SqlEngine | undefined
  #session: SqlSession | undefined
  #receiver: WebhookReceiver | undefined
  #project: string | undefined

  readonly world: DeliveryWorld = {
    clock: systemClock,
    sleep: ms => {
      this.slept.push(ms)
      return Promise.resolve()
    },
    random: () => 0,
  }

  get session(): SqlSession {
    return must(this.#session, 'the fixture is set up')
  }

  get receiver(): WebhookReceiver {
    return must(this.#receiver, 'the fixture is set up')
  }

  get project(): string {
    return must(this.#project, 'the fixture is set up')
  }

  async setUp(): Promise<void> {
    this.#engine = await openDuckDb({ path: ':memory:', timeZone: 'Europe/Paris', threads: 1 })
    const session = await this.#engine.session()
    this.#session = session
    await fill(session)
    this.#project = await mkdtemp(join(tmpdir(), 'activation-'))
    this.bodies = []
    this.answers = []
    this.slept = []
    this.#receiver = await startWebhookReceiver({
      key: KEY,
      answer: () => this.answers.shift(),
      onBody: body => this.bodies.push(body),
    })
  }

  async tearDown(): Promise<void> {
    await this.receiver.close()
    this.session.close()
    await this.#engine?.close()
    await rm(this.project, { recursive: true })
  }

  webhook(more: Partial<ConstructorParameters<typeof WebhookTarget>[0]> = {}): WebhookTarget {
    return new WebhookTarget({ name: 't', url: this.receiver.url, signingKey: () => KEY, ...more })
  }

  publish(
    target: ActivationTarget,
    more: Partial<ActivationDefinition> = {},
  ): Promise<ActivationState> {
    const plan = planActivation(definition(more), sources)
    const asOf = new Date(Date.UTC(2024, 4, this.day++, 10, 11, 12))
    const options = { asOf, position: 7n, version: 1, segmentOn: 'UnifiedIndividual' }
    return publishActivation(this.session, { plan, target, world: this.world }, options)
  }

  /** The ids of the laws that do not hold. */
  async violated(): Promise<readonly string[]> {
    const checks = await activationLaws(this.session)
    return checks.filter(check => check.violations > 0).map(check => check.law.slice(0, 3))
  }

  /** The events that the receiver took. */
  events(): Event[] {
    return this.bodies.flatMap(body => (JSON.parse(body) as { events: Event[] }).events)
  }

  /** What the receiver was told, and of whom. */
  told(): [string, string][] {
    return this.events().map(event => [
      event.EventPrompt,
      (JSON.parse(event.PayloadCurrentValue) as { Id: string }).Id,
    ])
  }
}

/** A fresh fixture for each test of a file. */
export function useActivation(): ActivationFixture {
  const fixture = new ActivationFixture()
  beforeEach(() => fixture.setUp())
  afterEach(() => fixture.tearDown())
  return fixture
}

async function fill(session: SqlSession): Promise<void> {
  await ensureSegmentTables(session)
  await ensureActivationTables(session)
  await session.run(
    `create table profile (uid INTEGER, "Id" VARCHAR,
      "CustomerKey" VARCHAR, "FirstName" VARCHAR, "Born" DATE, "Seen" TIMESTAMPTZ, "Vip" BOOLEAN)`,
  )
  await session.run(`create table ltv (owner VARCHAR, amount DECIMAL(38,18))`)
  await session.run(
    `create table mail (uid INTEGER, value VARCHAR, stream VARCHAR, "primaryFlag" BOOLEAN,
      rank INTEGER, modified TIMESTAMPTZ, id VARCHAR)`,
  )
  await session.run(
    `insert into segment_state (segment, segment_on, members, status, publish) values ('big', 'UnifiedIndividual', 3, 'ACTIVE', 1)`,
  )
  await session.run(`insert into profile values
    (1, 'U1', 'K1', 'Zoë', '1990-01-02', '2024-01-01T00:30:00Z', true),
    (2, 'U2', 'K2', '=cmd()', null, null, null),
    (3, 'U3', 'K3', 'O"Neil, 日', null, null, false)`)
  await session.run(`insert into ltv values ('U1', 1234.123456789012345678), ('U2', 500)`)
  await session.run(`insert into mail values
    (1, 'z1@x.test', 'crm', false, 1, '2024-01-01T00:00:00Z', 'a'),
    (1, 'z2@x.test', 'shop', false, 1, '2020-01-01T00:00:00Z', 'b'),
    (2, 'c1@x.test', 'crm', false, 2, null, 'c'), (2, 'c2@x.test', 'crm', true, 3, null, 'd'),
    (3, '', 'crm', true, 1, null, 'e')`)
  await session.run(
    `insert into segment_member values ('big', 1, 'U1'), ('big', 2, 'U2'), ('big', 3, 'U3')`,
  )
}
