/** How long to wait before trying again. */
export interface RetryPolicy {
  readonly baseMs: number
  readonly delayMsMax: number
}

/** Half a second, doubling, at most a minute. */
export const RETRY_POLICY: RetryPolicy = { baseMs: 500, delayMsMax: 60_000 }

/** What came of the attempt before. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly attempt: number
  /** What the target asked for with Retry-After. */
  readonly afterMs?: number | undefined
}

/**
 * Exponential back-off with jitter: between half and all of the doubled delay, so that many
 * senders do not come back at once. The target's own wish is honoured where it is longer, up to
 * `delayMsMax`; `random` gives 0 ≤ r < 1.
 */
export function retryDelayMs(
  { attempt, afterMs = 0 }: FailedAttempt,
  random: () => number,
  policy: RetryPolicy = RETRY_POLICY,
): number {
  const doubled = Math.min(policy.baseMs * 2 ** Math.min(attempt - 1, 30), policy.delayMsMax)
  const jittered = doubled / 2 + (doubled / 2) * random()
  return Math.ceil(Math.max(jittered, Math.min(afterMs, policy.delayMsMax)))
}

/** Statuses that another attempt can cure. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/** `Retry-After` as seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
