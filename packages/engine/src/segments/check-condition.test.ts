import type { Condition } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { compiled } from './compiled.contract.ts'
import type { SegmentSettings } from './segment-settings.ts'

describe('what does not fit is refused with its place', () => {
  const settings: SegmentSettings = {
    timeZone: 'UTC',
    asOf: new Date(0),
    lookbackDays: 90,
    filtersMax: 3,
    valuesMax: 2,
    depthMax: 2,
  }
  const cases: [string, Condition, RegExp][] = [
    [
      'unknown attribute',
      { all: [{ attribute: 'Nmae', op: 'hasValue' }] },
      /include\.all\[0\] names Nmae.*did you mean Name\?$/,
    ],
    [
      'unknown measure',
      { attribute: 'value.Skore', op: 'hasValue' },
      /names value\.Skore.*did you mean value\.Score\?/,
    ],
    ['unknown related object', { related: 'Ordr' }, /names Ordr.*did you mean Order\?/],
    [
      'unknown attribute of a row',
      { related: 'Order', where: { all: [{ attribute: 'Scoore', op: 'hasValue' }] } },
      /include\.where\.all\[0\] names Scoore, which Order does not have/,
    ],
    [
      'operator of another type',
      { attribute: 'Score', op: 'contains', value: '1' },
      /uses contains on Score, which is number; these fit: hasValue, .*isBetween/,
    ],
    [
      'text without quotes',
      { attribute: 'Name', op: 'isEqualTo', value: 5 },
      /needs text; put the value in quotes/,
    ],
    [
      'no such day',
      { attribute: 'Born', op: 'isOn', value: '2023-02-29' },
      /needs a day written as yyyy-mm-dd/,
    ],
    [
      'a pair the wrong way round',
      { attribute: 'Score', op: 'isBetween', value: [9, 10, 11] },
      /needs two values/,
    ],
    [
      'descending pair',
      { attribute: 'Score', op: 'isBetween', value: [10, 9] },
      /smaller value first/,
    ],
    [
      'value where none belongs',
      { attribute: 'Name', op: 'hasValue', value: 'x' },
      /takes no value/,
    ],
    [
      'list over the limit',
      { attribute: 'Name', op: 'isIn', value: ['a', 'b', 'c'] },
      /limit seg\.textInValues is 2/,
    ],
    ['empty any', { any: [] }, /include\.any is empty/],
    ['empty all', { all: [] }, /include\.all is empty, so everybody would meet it/],
    ['empty all inside', { any: [{ all: [] }] }, /include\.any\[0\]\.all is empty/],
    [
      'too deep',
      { all: [{ any: [{ all: [{ attribute: 'Name', op: 'hasValue' }] }] }] },
      /deeper than 2/,
    ],
    [
      'too many',
      { all: Array.from({ length: 4 }, () => ({ attribute: 'Name', op: 'hasValue' as const })) },
      /more than 3 conditions/,
    ],
    [
      'container in a container',
      { related: 'Order', where: { related: 'Order' } },
      /container inside a container/,
    ],
    [
      'adding up text',
      {
        related: 'Order',
        aggregate: { function: 'sum', attribute: 'Name', op: 'isEqualTo', value: 1 },
      },
      /only numbers add up/,
    ],
    [
      'exactly and atLeast',
      { related: 'Order', count: { exactly: 1, atLeast: 1 } },
      /exactly beside/,
    ],
    [
      'long pattern',
      { attribute: 'Name', op: 'matches', value: 'a'.repeat(501) },
      /at most 500 characters/,
    ],
  ]
  test.each(cases)('%s', (_, include, says) => {
    let thrown: unknown
    try {
      compiled(include, settings)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'SEGMENT_INVALID', message: expect.stringMatching(says) })
    expect(String(thrown)).toContain('Segment s:')
  })
})

describe('freshness says what time changes', () => {
  const settings: SegmentSettings = { timeZone: 'UTC', asOf: new Date(0), lookbackDays: 90 }
  test.each<[string, Condition]>([
    ['keyed', { attribute: 'Name', op: 'hasValue' }],
    ['keyed within a day', { attribute: 'Seen', op: 'isToday' }],
    ['keyed within a day', { attribute: 'Born', op: 'lastNumberOfDays', value: 3 }],
    ['whole', { attribute: 'Seen', op: 'lastNumberOfDays', value: 3 }],
    [
      'whole',
      {
        any: [
          { attribute: 'Seen', op: 'isToday' },
          { related: 'Order', where: { attribute: 'Seen', op: 'nextNumberOfDays', value: 3 } },
        ],
      },
    ],
    ['keyed within a day', { related: 'Event' }],
    ['keyed', { related: 'Order' }],
  ])('%s', (kind, include) => {
    const segment = compiled(include, settings)
    expect(segment.freshness.kind).toBe(kind)
    expect(segment.freshness.because).not.toHaveLength(0)
  })
  test('a lookback that applies, and a stale insight, are told', () => {
    expect(compiled({ related: 'Event' }, settings).notices).toEqual([
      expect.stringContaining('older than 90 days'),
    ])
    expect(compiled({ attribute: 'value.Score', op: 'hasValue' }, settings).notices).toEqual([
      expect.stringContaining('Insight value has never run'),
    ])
    expect(
      compiled(
        { related: 'Event', where: { attribute: 'Seen', op: 'isBefore', value: '2020-01-01' } },
        settings,
      ).notices,
    ).toEqual([])
  })
})
