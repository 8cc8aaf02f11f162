import type { Clock } from '../kernel/clock.ts'
import type { SqlSession } from '../lake/index.ts'
import type { ActivationTarget, OutgoingBatch, PublishFacts, Receipt } from './activation-target.ts'
import { retryDelayMs, type RetryPolicy } from './retry-policy.ts'

/** What delivery needs of the world. */
export interface DeliveryWorld {
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<void>
  /** 0 ≤ r < 1; only for jitter. */
  readonly random: () => number
  readonly retryPolicy?: RetryPolicy | undefined
  /** Delivery stops between attempts; what is pending is sent by the next resume. */
  readonly signal?: AbortSignal | undefined
}

/** What became of the outbox of a publish; `stopped` where it was asked to stop before the end. */
export type DeliveryEnd =
  | { readonly kind: 'done'; readonly location?: string }
  | { readonly kind: 'stopped' }

/**
 * Sends the pending batches of a publish, in order. Each answer is recorded before the next batch,
 * so that a crash repeats at most one batch, with the same ids (at least once).
 */
export async function deliverPublish(
  session: SqlSession,
  { target, publish }: { readonly target: ActivationTarget; readonly publish: PublishFacts },
  world: DeliveryWorld,
): Promise<DeliveryEnd> {
  const refusal = target.refusal()
  if (refusal !== undefined) {
    await abandon(session, publish.publishId, refusal)
    return { kind: 'done' }
  }
  let location: string | undefined
  for (;;) {
    const batch = await nextBatch(session, publish)
    if (!batch) return { kind: 'done', ...(location === undefined ? {} : { location }) }
    const receipt = await sendWithRetries({ session, target, batch, world })
    if (!receipt) return { kind: 'stopped' }
    if (receipt.kind === 'accepted') location = receipt.location ?? location
    // What fails after all retries, or at the door, would fail for every batch: no storm of tries.
    if (receipt.kind === 'retry' || (receipt.kind === 'refused' && receipt.of === 'target')) {
      await abandon(session, publish.publishId, `Not sent: ${receipt.error}`)
    }
  }
}

async function abandon(session: SqlSession, publishId: string, error: string): Promise<void> {
  await session.run(
    `update outbox set state = 'failed', last_error = $2, body = null where publish_id = $1 and state = 'pending'`,
    [publishId, error],
  )
}

async function nextBatch(
  session: SqlSession,
  publish: PublishFacts,
): Promise<(OutgoingBatch & { attempts: number }) | undefined> {
  const [row] = await session.rows(
    `select id, batch, body, events, attempts from outbox
     where publish_id = $1 and state = 'pending' order by batch limit 1`,
    [publish.publishId],
  )
  if (!row) return undefined
  const [id, batch, body, events, attempts] = row
  return {
    id: String(id),
    batch: Number(batch),
    body: typeof body === 'string' ? body : null,
    events: Number(events),
    attempts: Number(attempts),
    publish,
  }
}

interface Sending {
  readonly session: SqlSession
  readonly target: ActivationTarget
  readonly batch: OutgoingBatch & { readonly attempts: number }
  readonly world: DeliveryWorld
}

/** The last answer, or undefined where delivery was asked to stop. */
async function sendWithRetries(sending: Sending): Promise<Receipt | undefined> {
  const { target, batch, world } = sending
  for (let attempt = batch.attempts + 1; ; attempt++) {
    if (world.signal?.aborted) return undefined
    const startedMs = world.clock.nowMs()
    const receipt = await target.send(batch)
    const last = receipt.kind !== 'retry' || attempt > target.retriesMax
    const delayMs = last
      ? 0
      : retryDelayMs({ attempt, afterMs: receipt.afterMs }, world.random, world.retryPolicy)
    await record(sending, { receipt, attempt, startedMs, last, delayMs })
    if (last) return receipt
    await world.sleep(delayMs)
  }
}

interface Attempt {
  readonly receipt: Receipt
  readonly attempt: number
  readonly startedMs: number
  readonly last: boolean
  readonly delayMs: number
}

async function record({ session, batch, world }: Sending, made: Attempt): Promise<void> {
  const { receipt, attempt, startedMs, last, delayMs } = made
  const nowMs = world.clock.nowMs()
  const accepted = receipt.kind === 'accepted'
  const error = accepted ? null : receipt.error
  const status = receipt.status ?? null
  const state = accepted ? 'delivered' : last ? 'failed' : 'pending'
  await session.transaction(async () => {
    await session.run(
      `insert into delivery values ($1, $2, $3, $4, $5, $6::TIMESTAMPTZ, $7, $8, $9, $10, $11)`,
      [
        batch.id,
        batch.publish.activation,
        batch.publish.publishId,
        batch.batch,
        attempt,
        new Date(startedMs).toISOString(),
        accepted,
        status,
        error,
        (nowMs - startedMs) / 1000,
        batch.events,
      ],
    )
    // A body holds people's data: it is kept only while it may still be sent.
    await session.run(
      `update outbox set state = $2, attempts = $3, last_status = $4::INTEGER, last_error = $5::VARCHAR,
         next_at = $6::TIMESTAMPTZ, delivered_at = case when $2 = 'delivered' then $7::TIMESTAMPTZ end,
         body = case when $2 = 'pending' then body end where id = $1`,
      [
        batch.id,
        state,
        attempt,
        status,
        error,
        new Date(nowMs + delayMs).toISOString(),
        new Date(nowMs).toISOString(),
      ],
    )
  })
}
