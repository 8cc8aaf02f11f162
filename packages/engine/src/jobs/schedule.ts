import { MainstemError, type Refresh } from '@mainstem/contracts'
import { Cron } from 'croner'

/** When something runs, read from a `refresh`. */
export type Schedule =
  | { readonly kind: 'onDemand' }
  | { readonly kind: 'continuous' }
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string }

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A longer interval is a mistake of units. */
const EVERY_MS_MAX = 3_660 * UNIT_MS.d

/** Reads a `refresh`. Throws `CONFIG_INVALID` for an interval or cron line that cannot be read. */
export function parseRefresh(refresh: Refresh, timeZone: string): Schedule {
  if (refresh === 'onDemand' || refresh === 'continuous') return { kind: refresh }
  if ('every' in refresh) return { kind: 'every', everyMs: everyMs(refresh.every) }
  return { kind: 'cron', cron: cronLine(refresh.cron, timeZone), timeZone }
}

function everyMs(text: string): number {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text)
  const unit = match?.[2]
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd') {
    const ms = Number(match?.[1]) * UNIT_MS[unit]
    if (ms <= EVERY_MS_MAX) return ms
  }
  throw new MainstemError(
    'CONFIG_INVALID',
    `refresh has every: ${text}, which is no interval; write 30s, 5m, 1h or 1d.`,
    { key: 'refresh.every' },
  )
}

function cronLine(cron: string, timeZone: string): string {
  if (cron.trim().split(/\s+/).length === 5) {
    try {
      if (new Cron(cron, { timezone: timeZone, paused: true }).nextRun()) return cron
    } catch {
      // Said below, in our words.
    }
  }
  throw new MainstemError(
    'CONFIG_INVALID',
    `refresh has cron: ${JSON.stringify(cron)}, which never runs or cannot be read; write five fields, such as "0 2 * * *" for 02:00 every day.`,
    { key: 'refresh.cron' },
  )
}

/**
 * The next time a schedule wants a run after `afterMs`; undefined where it never does by itself.
 * A time that the clocks skip runs when they have jumped; one they show twice runs once.
 */
export function nextRunMs(schedule: Schedule, afterMs: number): number | undefined {
  switch (schedule.kind) {
    case 'onDemand':
    case 'continuous':
      return undefined
    case 'every':
      return afterMs + schedule.everyMs
    default: {
      const job = new Cron(schedule.cron, { timezone: schedule.timeZone, paused: true })
      return job.nextRun(new Date(afterMs))?.getTime()
    }
  }
}

/** Whether the last success is older than the schedule allows: two whole rounds without one. */
export function isStale(
  schedule: Schedule,
  lastSuccessMs: number | undefined,
  nowMs: number,
): boolean {
  if (schedule.kind === 'onDemand' || schedule.kind === 'continuous') return false
  if (lastSuccessMs === undefined) return true
  const first = nextRunMs(schedule, lastSuccessMs)
  const second = first === undefined ? undefined : nextRunMs(schedule, first)
  return second !== undefined && second <= nowMs
}
