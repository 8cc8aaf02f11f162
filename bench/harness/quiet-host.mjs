// @ts-check
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** How busy the machine was in the last minute. */
export function loadAverage() {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100
}

/**
 * Waits until the machine has been idle for a while, or has kept us waiting long enough: figures of
 * a busy machine say more of its other work than of ours. Answers the load at the end.
 * @param {{ loadMax?: number, secondsMax?: number }} [how]
 */
export async function waitForQuiet({ loadMax = 0.7, secondsMax = 60 } = {}) {
  const until = Date.now() + secondsMax * 1000
  while (loadAverage() > loadMax && Date.now() < until) await sleep(1000)
  return loadAverage()
}
