import type { Refresh } from '@mainstem/contracts'
import type { ScheduledJob } from './due-jobs.ts'
import { parseRefresh } from './schedule.ts'

/** Something that a project refreshes. */
export interface RefreshedJob {
  readonly stage: string
  readonly name: string
  readonly refresh: Refresh
}

/** What jobs have in common. */
export interface JobSetting {
  readonly timeZone: string
  readonly sinceMs: number
  /** Told of a job whose `refresh` cannot be read. */
  readonly onUnreadable: (job: RefreshedJob, error: unknown) => void
}

/** Reads the schedules, in the given order. JB5: one that cannot be read keeps no other from running. */
export function scheduledJobs(
  jobs: readonly RefreshedJob[],
  { timeZone, sinceMs, onUnreadable }: JobSetting,
): readonly ScheduledJob[] {
  return jobs.flatMap(job => {
    try {
      const { stage, name, refresh } = job
      return [{ stage, name, schedule: parseRefresh(refresh, timeZone), sinceMs }]
    } catch (error) {
      onUnreadable(job, error)
      return []
    }
  })
}
