import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isStale, nextRunMs, parseRefresh } from './schedule.ts'

const at = (text: string): number => Date.parse(text)
const next = (cron: string, timeZone: string, after: string): string => {
  const ms = nextRunMs(parseRefresh({ cron }, timeZone), at(after))
  return ms === undefined ? 'never' : new Date(ms).toISOString()
}

test('intervals are read in their units', () => {
  expect(['30s', '5m', '1h', '2d'].map(every => parseRefresh({ every }, 'UTC'))).toEqual(
    [30_000, 300_000, 3_600_000, 172_800_000].map(everyMs => ({ kind: 'every', everyMs })),
  )
  expect(parseRefresh('continuous', 'UTC')).toEqual({ kind: 'continuous' })
  expect(nextRunMs(parseRefresh('onDemand', 'UTC'), 0)).toBeUndefined()
})

test.each<object>([
  { every: '0m' },
  { every: '5 minutes' },
  { every: '99999d' },
  { cron: 'x' },
  { cron: '* * * * * *' },
  { cron: '0 0 31 2 *' },
  { cron: '61 * * * *' },
])('%j is refused with its key', refresh => {
  expect(() => parseRefresh(refresh as { every: string }, 'UTC')).toThrow(
    /refresh has (every|cron)/,
  )
})

describe('cron lines mean the clocks of the project’s zone', () => {
  test('in winter, in summer, and on the days between', () => {
    expect(next('0 2 * * *', 'Europe/Paris', '2024-01-10T00:00:00Z')).toBe(
      '2024-01-10T01:00:00.000Z',
    )
    expect(next('0 2 * * *', 'Europe/Paris', '2024-07-10T12:00:00Z')).toBe(
      '2024-07-11T00:00:00.000Z',
    )
  })
  test('a time that the clocks skip runs once they have jumped', () => {
    expect(next('30 2 * * *', 'Europe/Paris', '2024-03-30T23:00:00Z')).toBe(
      '2024-03-31T01:00:00.000Z',
    )
  })
  test('a time that the clocks show twice runs once', () => {
    const first = next('30 2 * * *', 'Europe/Paris', '2024-10-26T22:00:00Z')
    expect(first.slice(0, 10)).toBe('2024-10-27')
    expect(next('30 2 * * *', 'Europe/Paris', first).slice(0, 10)).toBe('2024-10-28')
  })
  test('the next run is always later, whatever the zone', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe')
    const crons = fc.constantFrom(
      '*/7 * * * *',
      '0 * * * *',
      '30 2 * * *',
      '0 0 1 * *',
      '15 3 * * 0',
    )
    fc.assert(
      fc.property(
        zones,
        crons,
        fc.integer({ min: at('2023-01-01'), max: at('2026-01-01') }),
        (zone, cron, ms) => {
          expect(nextRunMs(parseRefresh({ cron }, zone), ms)).toBeGreaterThan(ms)
        },
      ),
      { numRuns: 200 },
    )
  })
})

test('a success is stale when two whole rounds have passed without another', () => {
  const daily = parseRefresh({ every: '1d' }, 'UTC')
  expect(isStale(daily, at('2024-01-01'), at('2024-01-02T23:59:59Z'))).toBe(false)
  expect(isStale(daily, at('2024-01-01'), at('2024-01-03'))).toBe(true)
  expect(isStale(daily, undefined, 0)).toBe(true)
  expect(isStale(parseRefresh('onDemand', 'UTC'), undefined, 0)).toBe(false)
})
