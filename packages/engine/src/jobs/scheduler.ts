import type { Clock } from '../kernel/clock.ts'
import { dueJobs, jobKey, type LastRun, nextWantedMs, type ScheduledJob } from './due-jobs.ts'

/** A timer that can be taken back. */
export interface Timer {
  after(ms: number, fire: () => void): { cancel(): void }
}

/** What a scheduler is made of. */
export interface SchedulerParts {
  readonly clock: Clock
  readonly timer: Timer
  /** Does one job. Its failure is the job's, never the scheduler's. */
  readonly run: (job: ScheduledJob) => Promise<void>
  /** Told of a job that threw, after which it waits for its next time like any other. */
  readonly onFailure: (job: ScheduledJob, error: unknown) => void
}

/** The longest sleep: a clock that was set, or a machine that slept, is noticed by then. */
const SLEEP_MS_MAX = 30_000

/**
 * Starts jobs when their time has come, one after the other: stages follow each other in the order
 * of the jobs, and the engine has one writer.
 */
export class Scheduler {
  readonly #parts: SchedulerParts
  readonly #lastRuns = new Map<string, LastRun>()
  #jobs: readonly ScheduledJob[] = []
  #waiting: { cancel(): void } | undefined
  #working: Promise<void> | undefined
  #stopped = true

  constructor(parts: SchedulerParts) {
    this.#parts = parts
  }

  /** Begins, with the starts of earlier runs by `jobKey`; a missed run is made up at once. */
  start(jobs: readonly ScheduledJob[], startedMs: ReadonlyMap<string, number>): void {
    for (const [key, at] of startedMs) this.#lastRuns.set(key, { startedMs: at, running: false })
    this.#jobs = jobs
    this.#stopped = false
    this.#sleep()
  }

  /** Takes changed definitions. */
  replace(jobs: readonly ScheduledJob[]): void {
    this.#jobs = jobs
    if (!this.#stopped && !this.#working) this.#sleep()
  }

  /** Tells that a job was run by hand, so that its next time counts from there. */
  noteRun(job: { readonly stage: string; readonly name: string }): void {
    this.#lastRuns.set(jobKey(job), { startedMs: this.#parts.clock.nowMs(), running: false })
  }

  /** Stops; resolves when the job at work has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#waiting?.cancel()
    await this.#working
  }

  #sleep(): void {
    this.#waiting?.cancel()
    const wanted = nextWantedMs(this.#jobs, this.#lastRuns)
    const ms = wanted === undefined ? SLEEP_MS_MAX : wanted - this.#parts.clock.nowMs()
    this.#waiting = this.#parts.timer.after(Math.min(Math.max(ms, 0), SLEEP_MS_MAX), () => {
      this.#working = this.#work().finally(() => {
        this.#working = undefined
        if (!this.#stopped) this.#sleep()
      })
    })
  }

  async #work(): Promise<void> {
    for (const { job } of dueJobs(this.#jobs, this.#lastRuns, this.#parts.clock.nowMs())) {
      if (this.#stopped) return
      const key = jobKey(job)
      const startedMs = this.#parts.clock.nowMs()
      this.#lastRuns.set(key, { startedMs, running: true })
      try {
        await this.#parts.run(job)
      } catch (error) {
        this.#parts.onFailure(job, error)
      } finally {
        this.#lastRuns.set(key, { startedMs, running: false })
      }
    }
  }
}
