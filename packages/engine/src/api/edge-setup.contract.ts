import type { FastifyInstance } from 'fastify'
import { MemoryJournal } from '../journal/adapters/memory-journal.ts'
import type { JournalEntry } from '../journal/index.ts'
import { fixedClock } from '../kernel/clock.ts'
import { MemoryLog } from '../observability/adapters/memory-log.ts'
import { PrometheusMeter } from '../observability/adapters/prometheus-meter.ts'
import { hashToken } from './access.ts'
import { buildServer } from './build-server.ts'
import type { EdgeDeps, EdgeSettings, IngestStream } from './edge-deps.ts'
import type {
  EngineAnswer,
  EngineCallOptions,
  EngineClient,
  EngineMethod,
  EngineParams,
} from './engine-client.ts'

/** The token of every server in the tests. */
export const TOKEN = 'river-token'

/** Headers of a caller that may. */
export const ASKING = { authorization: `Bearer ${TOKEN}` }

/** Headers of a caller that sends JSON. */
export const SENDING = { ...ASKING, 'content-type': 'application/json' }

/** An engine whose answers the test writes. */
export class ScriptedEngine implements EngineClient {
  readonly asked: {
    readonly method: EngineMethod
    readonly params: EngineParams
  }[] = []
  readonly #answers: (method: EngineMethod, options: EngineCallOptions) => Promise<EngineAnswer>
  away: string | undefined

  constructor(
    answers: (method: EngineMethod, options: EngineCallOptions) => Promise<EngineAnswer>,
  ) {
    this.#answers = answers
  }

  call(
    method: EngineMethod,
    params: EngineParams,
    options: EngineCallOptions = {},
  ): Promise<EngineAnswer> {
    this.asked.push({ method, params })
    return this.#answers(method, options)
  }

  ready(): { ready: boolean; reason?: string } {
    return this.away === undefined ? { ready: true } : { ready: false, reason: this.away }
  }
}

/** An answer of JSON. */
export function jsonAnswer(value: unknown, status = 200): EngineAnswer {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: Buffer.from(JSON.stringify(value)),
  }
}

/** Streams of each kind that the edge tells apart. */
export const STREAMS: readonly IngestStream[] = [
  stream({
    name: 'EngagementEvent',
    source: 'web',
    object: 'EngagementEvent',
    primaryKey: ['event_id'],
  }),
  stream({
    name: 'shop_orders',
    source: 'shop',
    object: 'orders',
    deletes: true,
    primaryKey: ['order_id'],
  }),
  stream({
    name: 'tickets',
    primaryKey: ['id'],
    deletes: true,
    fields: [{ name: 'id', path: 'ticket.id' }],
  }),
  stream({ name: 'stock', primaryKey: ['shop', 'item'], deletes: true }),
  stream({ name: 'crm_contacts', primaryKey: ['contact_id'], refreshMode: 'FULL_REFRESH' }),
]

function stream(
  some: Partial<IngestStream> & Pick<IngestStream, 'name' | 'primaryKey'>,
): IngestStream {
  const fields = some.primaryKey.map(name => ({ name }))
  return { fields, refreshMode: 'UPSERT', deletes: false, ...some }
}

/** A server and what is behind it. */
export interface EdgeUnderTest {
  readonly app: FastifyInstance
  readonly journal: MemoryJournal
  readonly engine: ScriptedEngine
  readonly log: MemoryLog
  readonly entries: () => Promise<readonly JournalEntry[]>
}

/** A server on a real journal, with an engine that the test scripts. */
export function edgeUnderTest(
  how: Partial<EdgeDeps> & {
    settings?: EdgeSettings
    engine?: ScriptedEngine
    limits?: EdgeSettings['limits']
  } = {},
): EdgeUnderTest {
  const journal = new MemoryJournal()
  const log = new MemoryLog()
  const engine = how.engine ?? new ScriptedEngine(() => Promise.resolve(jsonAnswer({ fine: true })))
  const settings: EdgeSettings = how.settings ?? {
    project: 'river',
    version: '0.1.0',
    space: 'default',
    host: '127.0.0.1',
    tokenHashes: [hashToken(TOKEN)],
    limits: how.limits,
  }
  const app = buildServer({
    journal: how.journal ?? journal,
    engine,
    streams: () => STREAMS,
    settings,
    clock: fixedClock(Date.UTC(2026, 3, 19, 10)),
    log,
    meter: new PrometheusMeter({ processBasics: false }),
  })
  const entries = (): Promise<readonly JournalEntry[]> =>
    journal.read(0n, { entriesMax: 1_000, bytesMax: 100_000_000 })
  return { app, journal, engine, log, entries }
}

/** A journal whose one append waits until the test says that it is durable. */
export class HeldJournal {
  readonly end = 0n
  #durable: (() => void) | undefined
  #called: () => void = () => {}
  readonly asked: Promise<void> = new Promise(resolve => (this.#called = resolve))

  append(): Promise<bigint> {
    this.#called()
    return new Promise(resolve => (this.#durable = () => resolve(7n)))
  }

  makeDurable(): void {
    this.#durable?.()
  }
}

/** Resolves once something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 2))
}
