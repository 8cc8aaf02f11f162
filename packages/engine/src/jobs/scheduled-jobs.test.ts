import { expect, test } from 'vitest'
import { type RefreshedJob, scheduledJobs } from './scheduled-jobs.ts'

test('JB5: a job whose refresh cannot be read is told of, and the others are scheduled', () => {
  const jobs: readonly RefreshedJob[] = [
    { stage: 'streams', name: 'a', refresh: { every: '1h' } },
    { stage: 'streams', name: 'b', refresh: { every: '99999999999999d' } },
    { stage: 'insights', name: 'c', refresh: { cron: '0 0 30 2 *' } },
    { stage: 'segments', name: 'd', refresh: { cron: '0 2 * * *' } },
  ]
  const told: string[] = []
  const read = scheduledJobs(jobs, {
    timeZone: 'UTC',
    sinceMs: 7,
    onUnreadable: ({ name }, error) => told.push(`${name}: ${String(error)}`),
  })
  expect(read).toMatchObject([
    { stage: 'streams', name: 'a', schedule: { kind: 'every', everyMs: 3_600_000 }, sinceMs: 7 },
    { stage: 'segments', name: 'd', schedule: { kind: 'cron' }, sinceMs: 7 },
  ])
  expect(told).toEqual([expect.stringMatching(/^b: .*interval/), expect.stringMatching(/^c: /)])
})
