import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DAY_RATES, daysFrom, writeDays } from './days.mjs'
import { generate } from './generate.mjs'

type Row = NonNullable<ReturnType<ReturnType<typeof generate>['next']>['value']>

const directory = mkdtempSync(join(tmpdir(), 'days-'))
afterAll(() => rmSync(directory, { recursive: true }))

const RECORDS = 8_000
const DAYS = 10
const made = daysFrom({ records: RECORDS, inserts: 200 })

/** The first load and all days up to one, taken in as a receiver would. */
function replayed(days: number): Map<string, Row> {
  const rows = new Map<string, Row>()
  for (const row of generate({ records: RECORDS })) rows.set(row.recordId, row)
  for (let day = 1; day <= days; day++) {
    for (const change of made.changes(day)) {
      if (change.op === 'insert') {
        expect(rows.has(change.row.recordId)).toBe(false)
      } else if (change.op === 'update') {
        expect(rows.get(change.row.recordId)?.updatedAt < change.row.updatedAt).toBe(true)
      } else {
        expect(rows.delete(change.previousId)).toBe(true)
      }
      if (change.op !== 'delete') rows.set(change.row.recordId, change.row)
    }
  }
  return rows
}

describe('day files', () => {
  it('replay to the labels and to the records of each day', () => {
    for (const day of [1, 2, DAYS]) {
      const rows = replayed(day)
      const labels = [...made.labels(day)].map(
        ({ recordId, entity }) => [recordId, entity] as const,
      )
      expect(new Map(labels)).toEqual(new Map([...rows].map(([id, row]) => [id, row.entity])))
      expect(labels).toHaveLength(rows.size)
      const kept = new Map([...made.rows(day)].map(row => [row.recordId, row]))
      for (const [id, row] of rows) {
        // A new key does not make a record newer; all else is as if it were written that day.
        expect(kept.get(id)).toEqual(row)
      }
    }
  })

  it('bring each kind of change about as often as its rate says', () => {
    const counts = { insert: 0, update: 0, delete: 0, rekey: 0 }
    for (let day = 1; day <= DAYS; day++) {
      for (const { op } of made.changes(day)) counts[op] += 1
    }
    const rate = (count: number): number => count / DAYS / RECORDS
    expect(rate(counts.update) / DAY_RATES.updated).toBeGreaterThan(0.85)
    expect(rate(counts.update) / DAY_RATES.updated).toBeLessThan(1.15)
    expect(rate(counts.rekey) / DAY_RATES.rekeyed).toBeGreaterThan(0.6)
    expect(rate(counts.rekey) / DAY_RATES.rekeyed).toBeLessThan(1.4)
    const gone = DAY_RATES.deleted + DAY_RATES.erased
    expect(rate(counts.delete) / gone).toBeGreaterThan(0.6)
    expect(rate(counts.delete) / gone).toBeLessThan(1.4)
    expect(counts.insert / DAYS).toBeGreaterThan(190)
  })

  it('erase people wholly: none of their records stays or comes again', () => {
    const before = new Map([...made.labels(0)].map(({ recordId, entity }) => [recordId, entity]))
    const after = new Set([...made.labels(DAYS)].map(({ entity }) => entity))
    const gone = [...new Set(before.values())].filter(entity => !after.has(entity))
    const several = gone.filter(entity => [...before.values()].filter(e => e === entity).length > 2)
    expect(several.length).toBeGreaterThan(0)
  })

  it('give the same bytes for the same seed, and a day alone the same as among others', () => {
    const days = writeDays({ records: 2_000, seed: 5, days: 3, directory })
    expect(days).toHaveLength(3)
    const text = readFileSync(join(directory, 'day-003.csv'))
    expect(createHash('sha256').update(text).digest('hex')).toBe(DAY_SHA256)
    const alone = [...daysFrom({ records: 2_000, seed: 5 }).changes(3)]
    expect(alone).toHaveLength(days[2]?.changes ?? 0)
  })
})

const DAY_SHA256 = '9ae6065639a6aa9c12bb2cb2a609cd699192401a27381d5765c66db22b2eebea'
