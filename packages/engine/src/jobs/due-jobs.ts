import { nextRunMs, type Schedule } from './schedule.ts'

/** Something that runs by itself. */
export interface ScheduledJob {
  readonly stage: string
  readonly name: string
  readonly schedule: Schedule
  /** Since when the schedule holds: a cron line that has never run waits for its first time. */
  readonly sinceMs: number
}

/** What is known of a job's runs. */
export interface LastRun {
  readonly startedMs: number
  readonly running: boolean
}

/** A job whose time has come. */
export interface DueJob {
  readonly job: ScheduledJob
  /** The time that it was wanted at; the first one, where several were missed. */
  readonly wantedMs: number
}

/** The name of a job among all jobs. */
export function jobKey(job: { readonly stage: string; readonly name: string }): string {
  return `${job.stage}/${job.name}`
}

/**
 * The jobs to start now, in their given order.
 *
 * - JB1 `continuous` and `onDemand` are never due: the pipeline and people start them.
 * - JB2 an interval that has never run is due at once; a cron line waits for its time.
 * - JB3 runs missed while nothing ran are made up by one run, not by as many.
 * - JB4 a job that is running is not due: overlaps are skipped, and the next time is taken.
 */
export function dueJobs(
  jobs: readonly ScheduledJob[],
  lastRuns: ReadonlyMap<string, LastRun>,
  nowMs: number,
): readonly DueJob[] {
  return jobs.flatMap(job => {
    if (lastRuns.get(jobKey(job))?.running) return []
    const wantedMs = wantedAt(job, lastRuns)
    return wantedMs !== undefined && wantedMs <= nowMs ? [{ job, wantedMs }] : []
  })
}

/** When the next job is wanted; undefined where none is by itself. */
export function nextWantedMs(
  jobs: readonly ScheduledJob[],
  lastRuns: ReadonlyMap<string, LastRun>,
): number | undefined {
  const times = jobs.map(job => wantedAt(job, lastRuns)).filter(time => time !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}

function wantedAt(job: ScheduledJob, lastRuns: ReadonlyMap<string, LastRun>): number | undefined {
  const last = lastRuns.get(jobKey(job))
  if (last) return nextRunMs(job.schedule, last.startedMs)
  return job.schedule.kind === 'every' ? job.sinceMs : nextRunMs(job.schedule, job.sinceMs)
}
