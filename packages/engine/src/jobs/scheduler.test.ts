import { describe, expect, test } from 'vitest'
import { dueJobs, jobKey, type LastRun, type ScheduledJob } from './due-jobs.ts'
import { parseRefresh } from './schedule.ts'
import { Scheduler, type Timer } from './scheduler.ts'

const HOUR = 3_600_000
const hourly: ScheduledJob = {
  stage: 'segments',
  name: 'a',
  schedule: parseRefresh({ every: '1h' }, 'UTC'),
  sinceMs: 0,
}
const nightly: ScheduledJob = {
  stage: 'insights',
  name: 'b',
  schedule: parseRefresh({ cron: '0 2 * * *' }, 'UTC'),
  sinceMs: 0,
}
const live: ScheduledJob = {
  stage: 'rulesets',
  name: 'c',
  schedule: { kind: 'continuous' },
  sinceMs: 0,
}
const manual: ScheduledJob = {
  stage: 'rulesets',
  name: 'd',
  schedule: { kind: 'onDemand' },
  sinceMs: 0,
}

const due = (runs: [ScheduledJob, LastRun][], nowMs: number): string[] =>
  dueJobs(
    [nightly, hourly, live, manual],
    new Map(runs.map(([job, run]) => [jobKey(job), run])),
    nowMs,
  ).map(({ job }) => job.name)

describe('dueJobs', () => {
  test('JB1: continuous and onDemand are never due', () => {
    expect(due([], 1e12)).toEqual(['b', 'a'])
  })
  test('JB2: an interval that never ran is due at once, a cron line at its time', () => {
    expect(due([], 0)).toEqual(['a'])
    expect(due([], 2 * HOUR - 1)).toEqual(['a'])
    expect(due([], 2 * HOUR)).toEqual(['b', 'a'])
  })
  test('JB3: after ten missed runs there is one', () => {
    expect(due([[hourly, { startedMs: 0, running: false }]], 10 * HOUR + 1)).toEqual(['b', 'a'])
    expect(
      due(
        [
          [hourly, { startedMs: 10 * HOUR, running: false }],
          [nightly, { startedMs: 10 * HOUR, running: false }],
        ],
        10 * HOUR + 1,
      ),
    ).toEqual([])
  })
  test('JB4: what is running is not due', () => {
    expect(due([[hourly, { startedMs: 0, running: true }]], 10 * HOUR)).toEqual(['b'])
  })
})

/** A clock and a timer that move only when told. */
class TestTime implements Timer {
  now = 0
  readonly #waiting = new Set<{ at: number; fire: () => void }>()
  after(ms: number, fire: () => void): { cancel(): void } {
    const waiting = { at: this.now + ms, fire }
    this.#waiting.add(waiting)
    return { cancel: () => void this.#waiting.delete(waiting) }
  }
  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    for (;;) {
      const [first] = [...this.#waiting].toSorted((a, b) => a.at - b.at)
      if (!first || first.at > end) break
      this.#waiting.delete(first)
      this.now = Math.max(this.now, first.at)
      first.fire()
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
    this.now = end
  }
}

describe('the scheduler', () => {
  const made = (
    run: (job: ScheduledJob, time: TestTime) => Promise<void>,
  ): { time: TestTime; scheduler: Scheduler; failures: string[] } => {
    const time = new TestTime()
    const failures: string[] = []
    const scheduler = new Scheduler({
      clock: { nowMs: () => time.now },
      timer: time,
      run: job => run(job, time),
      onFailure: job => failures.push(job.name),
    })
    return { time, scheduler, failures }
  }

  test('runs each job at its time, makes up one missed run at the start, and goes on after failures', async () => {
    const starts: [string, number][] = []
    const { time, scheduler, failures } = made((job, { now }) => {
      starts.push([job.name, now / HOUR])
      return job.name === 'a' && starts.length === 1
        ? Promise.reject(new Error('x'))
        : Promise.resolve()
    })
    time.now = 7.5 * HOUR
    scheduler.start(
      [nightly, hourly],
      new Map([
        [jobKey(hourly), 2 * HOUR],
        [jobKey(nightly), 2 * HOUR],
      ]),
    )
    await time.advance(2 * HOUR)
    expect(starts).toEqual([
      ['a', 7.5],
      ['a', 8.5],
      ['a', 9.5],
    ])
    expect(failures).toEqual(['a'])
    scheduler.noteRun(hourly)
    await time.advance(0.75 * HOUR)
    expect(starts).toHaveLength(3)
    await scheduler.stop()
    await time.advance(48 * HOUR)
    expect(starts).toHaveLength(3)
  })

  test('a run longer than its interval is not started a second time', async () => {
    let running = 0
    let most = 0
    const { time, scheduler } = made(async (_, clock) => {
      most = Math.max(most, ++running)
      await new Promise<void>(resolve => void clock.after(3 * HOUR, resolve))
      running--
    })
    scheduler.start([hourly], new Map())
    await time.advance(12 * HOUR)
    expect(most).toBe(1)
  })

  test('changed definitions are taken without a restart', async () => {
    const starts: string[] = []
    const { time, scheduler } = made(job => Promise.resolve(void starts.push(job.name)))
    scheduler.start([], new Map())
    await time.advance(HOUR)
    scheduler.replace([hourly])
    await time.advance(1)
    expect(starts).toEqual(['a'])
    await scheduler.stop()
  })
})
