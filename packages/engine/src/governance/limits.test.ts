import { expect, test } from 'vitest'
import { isWithin } from './limit-range.ts'
import { LIMITS, limitsMarkdown, resolveLimits } from './limits.ts'

test('the profile open caps only what the seeds name as hard', () => {
  const open = resolveLimits('open')
  expect([open['ir.maxRulesetsPerOrg'], open['ingest.stream.maxRequestBytes']]).toEqual([
    2, 204_800,
  ])
  expect([
    open['seg.filtersPerTab'],
    open['seg.publishPer24h'],
    open['ir.jobsPer24h'],
    open['ingest.microBatch'],
  ]).toEqual([null, null, null, null])
})

test('naming rules, defaults and retention hold in both profiles', () => {
  for (const name of [
    'ir.rulesetIdMaxLen',
    'dlo.nameMax',
    'seg.lookback',
    'seg.historyDays',
    'ir.fuzzyThreshold',
    'auth.jwt.maxAheadSeconds',
  ] as const) {
    expect(resolveLimits('open')[name]).toBe(resolveLimits('data-cloud')[name])
  }
})

test('no profile is stricter than Data Cloud', () => {
  for (const { open, dataCloud } of Object.values(LIMITS))
    expect(open === null || open === dataCloud).toBe(true)
})

test('single limits are set by name, or taken away', () => {
  const limits = resolveLimits('data-cloud', {
    'ci.perOrg': 7,
    'seg.perOrg': null,
    'ci.nesting': 'unlimited',
  })
  expect([limits['ci.perOrg'], limits['seg.perOrg'], limits['ci.nesting']]).toEqual([7, null, null])
})

test.each<[RegExp, string, Record<string, unknown>]>([
  [/limits\.profile is opne; did you mean open\?$/, 'opne', {}],
  [/limits\.seg\.perOgr is no limit; did you mean seg\.perOrg\?/, 'open', { 'seg.perOgr': 1 }],
  [
    /limits\.__proto__ is no limit/,
    'open',
    JSON.parse('{"__proto__":1}') as Record<string, unknown>,
  ],
  [/must be a whole number, 0 or more \(segments\), or null/, 'open', { 'seg.perOrg': -1 }],
  [/must be a whole number, 0 or more \(segments\), or null/, 'open', { 'seg.perOrg': '10' }],
  [/must be a whole number, 0 or more \(segments\)/, 'open', { 'seg.perOrg': 1.5 }],
  [/must be a number from 0 to 1 \(score\)/, 'open', { 'ir.fuzzyThreshold': 2 }],
])('%s', (message, profile, overrides) => {
  expect(() => resolveLimits(profile, overrides)).toThrow(message)
})

test('every limit is of its own range, in both profiles', () => {
  for (const { open, dataCloud, range } of Object.values(LIMITS)) {
    expect(open === null || isWithin(open, range)).toBe(true)
    expect(isWithin(dataCloud, range)).toBe(true)
  }
})

test('the page of limits has a row for each', () => {
  const page = limitsMarkdown()
  for (const name of Object.keys(LIMITS)) expect(page).toContain(`| \`${name}\` |`)
  expect(page).toContain('| `seg.perOrg` | none | 9,950 | segments | Segments. |')
})
