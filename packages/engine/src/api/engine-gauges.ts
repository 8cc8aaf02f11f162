import type { GaugeReading } from '../observability/index.ts'
import type { Edge } from './edge-deps.ts'

/** A scrape must not become a load: the engine's status is asked for at most this often. */
const STATUS_AGE_MS_MAX = 5_000
const STATUS_WAIT_MS_MAX = 1_000

/** Measures what the journal has and what the engine has made of it. */
export function gaugeEngine(edge: Edge): void {
  const status = statusReader(edge)
  const { meter } = edge
  meter.gauge(
    { name: 'mainstem_engine_ready', help: '1 while the engine answers questions.' },
    () => [{ value: edge.engine.ready().ready ? 1 : 0 }],
  )
  meter.gauge(
    { name: 'mainstem_journal_position', help: 'Position of the last accepted entry.' },
    () => [{ value: Number(edge.journal.end) }],
  )
  meter.gauge(
    { name: 'mainstem_applied_position', help: 'Position that every live stage has applied.' },
    async () => {
      const position = await appliedPosition(status)
      return position === undefined ? [] : [{ value: Number(position) }]
    },
  )
  meter.gauge(
    { name: 'mainstem_lag_entries', help: 'Entries accepted and not yet applied.' },
    async () => {
      const position = await appliedPosition(status)
      if (position === undefined) return []
      const lag = edge.journal.end - position
      return [{ value: Number(lag > 0n ? lag : 0n) }]
    },
  )
  for (const counter of STREAM_COUNTERS) {
    meter.gauge(
      {
        name: `mainstem_stream_${counter}`,
        help: `The counter "${counter}" of each data stream.`,
        labels: ['stream'],
      },
      async () => streamReadings(await status(), counter),
    )
  }
}

const STREAM_COUNTERS = [
  'rows',
  'processed',
  'added',
  'updated',
  'unchanged',
  'removed',
  'stale',
  'problems',
]

type StatusReader = () => Promise<unknown>

/** The engine's status as it last was; nothing while it is away. */
function statusReader(edge: Edge): StatusReader {
  let asked: { readonly atMs: number; readonly answer: Promise<unknown> } | undefined
  return () => {
    const atMs = performance.now()
    if (asked === undefined || atMs - asked.atMs > STATUS_AGE_MS_MAX) {
      asked = { atMs, answer: askStatus(edge) }
    }
    return asked.answer
  }
}

async function askStatus(edge: Edge): Promise<unknown> {
  if (!edge.engine.ready().ready) return undefined
  try {
    const answer = await edge.engine.call('status', {}, { timeoutMs: STATUS_WAIT_MS_MAX })
    return answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : undefined
  } catch {
    return undefined
  }
}

async function appliedPosition(status: StatusReader): Promise<bigint | undefined> {
  const position = memberOf(await status(), 'position')
  return typeof position === 'string' && /^\d+$/.test(position) ? BigInt(position) : undefined
}

function streamReadings(status: unknown, counter: string): readonly GaugeReading[] {
  const streams = memberOf(status, 'streams')
  if (!Array.isArray(streams)) return []
  return streams.flatMap(stream => {
    const name = memberOf(stream, 'name')
    const value = Number(memberOf(stream, counter))
    return typeof name === 'string' && Number.isFinite(value)
      ? [{ value, labels: { stream: name } }]
      : []
  })
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
