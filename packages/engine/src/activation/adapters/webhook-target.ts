import { MainstemError } from '@mainstem/contracts'
import { must } from '../../kernel/assert.ts'
import { type Clock, systemClock } from '../../kernel/clock.ts'
import type { ActivationTarget, OutgoingBatch, Receipt } from '../activation-target.ts'
import { asciiJson } from '../envelope.sql.ts'
import { isRetryable, retryAfterMs } from '../retry-policy.ts'
import { signatureHeaders } from './webhook-signature.ts'

/** A webhook target's settings, its secret read. */
export interface WebhookSettings {
  readonly name: string
  readonly url: string
  /** The signing key now; undefined where there is none. Read at every send: keys rotate. */
  readonly signingKey: () => string | undefined
  readonly batchSize?: number | undefined
  readonly retriesMax?: number | undefined
  readonly timeoutMs?: number | undefined
  /** Real time, not the run's: receivers compare it with their own. */
  readonly clock?: Clock | undefined
}

/** What a call without a key is marked with, in Data Cloud's words. */
export const KEY_NOT_FOUND = 'Signing Key Not Found'

/** Sends batches of events to a URL, signed. */
export class WebhookTarget implements ActivationTarget {
  readonly wantsBody = true
  readonly batchRowsMax: number
  readonly retriesMax: number
  readonly #settings: WebhookSettings
  readonly #url: URL

  constructor(settings: WebhookSettings) {
    this.#settings = settings
    this.#url = webhookUrl(settings)
    this.batchRowsMax = settings.batchSize ?? 100
    this.retriesMax = settings.retriesMax ?? 5
  }

  refusal(): string | undefined {
    return this.#settings.signingKey() ? undefined : KEY_NOT_FOUND
  }

  async send(batch: OutgoingBatch): Promise<Receipt> {
    const key = this.#settings.signingKey()
    if (!key) return { kind: 'refused', of: 'target', error: KEY_NOT_FOUND }
    const clock = this.#settings.clock ?? systemClock
    // Exactly the bytes that are signed are the bytes that are sent.
    const body = asciiJson(must(batch.body, 'a webhook batch has a body'))
    const at = new Date(clock.nowMs())
    let response: Response
    try {
      response = await fetch(this.#url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Mainstem',
          ...signatureHeaders(key, { id: batch.id, at, body }),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#settings.timeoutMs ?? 10_000),
      })
    } catch (error) {
      return { kind: 'retry', error: transportError(error) }
    }
    // Nothing in the answer's body is wanted, however long it is.
    await response.body?.cancel().catch(() => undefined)
    return receiptOf(response, clock.nowMs())
  }
}

/** Refusals that no batch of this target would escape. */
const TARGET_WIDE = new Set([401, 403, 404, 405, 410])

function receiptOf(response: Response, nowMs: number): Receipt {
  const { status } = response
  if (response.ok) return { kind: 'accepted', status }
  if (isRetryable(status)) {
    const afterMs = retryAfterMs(response.headers.get('retry-after'), nowMs)
    return {
      kind: 'retry',
      error: `The target answered ${status}.`,
      status,
      ...(afterMs === undefined ? {} : { afterMs }),
    }
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      of: 'target',
      error: `The target answered ${status}; redirects are not followed.`,
      status,
    }
  }
  const of = TARGET_WIDE.has(status) ? 'target' : 'batch'
  return { kind: 'refused', of, error: `The target answered ${status}.`, status }
}

function transportError(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return 'The target did not answer in time.'
  const cause = error instanceof Error ? error.cause : undefined
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return `The target could not be reached${typeof code === 'string' ? ` (${code})` : ''}.`
}

function webhookUrl({ name, url }: WebhookSettings): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const says = !parsed
    ? 'is not a URL'
    : parsed.protocol !== 'http:' && parsed.protocol !== 'https:'
      ? 'is neither http nor https'
      : parsed.username !== '' || parsed.password !== ''
        ? 'has a user name or password in it; targets are authenticated by signature'
        : undefined
  if (parsed && says === undefined) return parsed
  throw new MainstemError('ACTIVATION_INVALID', `Target ${name}: url ${says}.`, {
    key: 'url',
    target: name,
  })
}
