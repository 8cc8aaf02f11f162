import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScoreTable } from './score-table.ts'
import { tableOf } from './score.fixture.ts'

const KINDS = ['code', 'identifier', 'text'] as const
const value = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'))
const records = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 60 })

describe('a table of records', () => {
  test('has one row for all that are equal, and finds it again however many there are', () => {
    fc.assert(
      fc.property(records, given => {
        const { table, rowOf } = tableOf(KINDS, given)
        const texts = given.map(record => record.join())
        expect(table.rows).toBe(new Set(texts).size)
        for (const [at, text] of texts.entries()) {
          expect(rowOf[at]).toBe(rowOf[texts.indexOf(text)])
          const read = table.fields.map(
            (values, field) => values.texts[table.value(field, rowOf[at] ?? 0)] ?? null,
          )
          expect(read).toEqual(given[at])
        }
      }),
    )
  })

  test('counts the records that have a value, and how probably two share one', () => {
    fc.assert(
      fc.property(records, given => {
        const { table } = tableOf(KINDS, given)
        for (const [field, values] of table.fields.entries()) {
          const column = given.map(record => record[field]).filter(text => text !== null)
          expect(values.filled).toBe(column.length)
          for (const [number, text] of values.texts.entries()) {
            expect(values.count(number)).toBe(column.filter(one => one === text).length)
          }
          const pairs = column.flatMap((one, at) => column.slice(0, at).map(other => one === other))
          const same = pairs.filter(isSame => isSame).length
          expect(values.collision()).toBeCloseTo(pairs.length === 0 ? 0 : same / pairs.length, 12)
        }
      }),
    )
  })

  test('a row has the same hash in every table, and different rows different ones', () => {
    fc.assert(
      fc.property(records, given => {
        const one = tableOf(KINDS, given)
        const other = tableOf(KINDS, given.toReversed())
        const hashes = new Map<string, number>()
        for (const [at, record] of given.entries()) {
          const hash = one.table.contentHash(one.rowOf[at] ?? 0)
          expect(other.table.contentHash(other.rowOf[given.length - 1 - at] ?? 0)).toBe(hash)
          hashes.set(record.join(), hash)
        }
        expect(new Set(hashes.values()).size).toBe(hashes.size)
      }),
    )
  })

  test('grows to thousands of rows', () => {
    const table = new ScoreTable([{ name: 'code', kind: 'code' }])
    const rows = Array.from({ length: 5000 }, (_none, value) => table.rowOf([value]))
    expect(rows.every((row, at) => row === at)).toBe(true)
    expect(rows.every(row => table.rowOf([row]) === row)).toBe(true)
    expect(table.rows).toBe(5000)
  })
})

describe('a sample', () => {
  const many = Array.from({ length: 4000 }, (_none, at) => [`c${at % 50}`, `m${at}`, 'x'])

  test('is about as large as asked, the same every time, and counts only its own', () => {
    const { table, rowOf } = tableOf(KINDS, many)
    const one = table.sample(rowOf, 1000)
    expect(one.rowOf.length).toBeGreaterThan(850)
    expect(one.rowOf.length).toBeLessThan(1150)
    expect(table.sample(rowOf, 1000).rowOf).toEqual(one.rowOf)
    expect(one.table.fields.map(({ filled }) => filled)).toEqual(Array(3).fill(one.rowOf.length))
    expect(one.table.rows).toBe(one.rowOf.length)
  })

  test('of fewer records than asked for is all of them', () => {
    const { table, rowOf } = tableOf(KINDS, many)
    expect(table.sample(rowOf, 10_000).rowOf).toEqual(rowOf)
  })
})
