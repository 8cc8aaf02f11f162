import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { generate, RECORD_COLUMNS, writeFiles } from './generate.mjs'
import { ERROR_RATES, type PRESETS, SOURCES, TRAP_RATES } from './rates.mjs'

const directory = mkdtempSync(join(tmpdir(), 'generator-'))
afterAll(() => rmSync(directory, { recursive: true }))

const sha256 = (text: Buffer | string): string => createHash('sha256').update(text).digest('hex')
const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n')
const sample = [...generate({ records: 60_000 })]

describe('the generator', () => {
  it('gives the same bytes for the same seed, on every machine', () => {
    const { recordsPath, truthPath } = writeFiles({ records: 20_000, seed: 7, directory })
    expect(sha256(readFileSync(recordsPath))).toBe(RECORDS_SHA256)
    expect(sha256(readFileSync(truthPath))).toBe(TRUTH_SHA256)
  })

  it('gives other people for another seed', () => {
    const [one] = [...generate({ records: 1, seed: 1 })]
    const [two] = [...generate({ records: 1, seed: 2 })]
    expect(one?.recordId).not.toBe(two?.recordId)
  })

  it('makes a smaller number of records a prefix of a larger', () => {
    const short = writeFiles({ records: 5_000, seed: 3, directory: join(directory, 'short') })
    const long = writeFiles({ records: 25_000, seed: 3, directory: join(directory, 'long') })
    expect(
      readFileSync(long.recordsPath, 'utf8').startsWith(readFileSync(short.recordsPath, 'utf8')),
    ).toBe(true)
    expect(
      readFileSync(long.truthPath, 'utf8').startsWith(readFileSync(short.truthPath, 'utf8')),
    ).toBe(true)
  })

  it('writes the columns it promises, with a truth for each record and no id twice', () => {
    const { recordsPath, truthPath, records, entities } = writeFiles({ records: 9_999, directory })
    const rows = lines(recordsPath)
    expect(rows[0]).toBe(RECORD_COLUMNS)
    expect(new Set(rows.map(row => row.split(',').length))).toEqual(new Set([11]))
    const ids = rows.slice(1).map(row => row.split(',')[0])
    expect(
      lines(truthPath)
        .slice(1)
        .map(row => row.split(',')[0]),
    ).toEqual(ids)
    expect([records, new Set(ids).size]).toEqual([9_999, 9_999])
    expect(entities).toBeGreaterThan(4_000)
  })

  it('writes ASCII without quotes', () => {
    expect(readFileSync(writeFiles({ records: 20_000, directory }).recordsPath, 'utf8')).toMatch(
      /^[ -!#-~\n]*$/u,
    )
  })

  it('makes about two records a person', () => {
    // The last block of people is cut off, so that the mean is told from the whole blocks before it.
    const whole = sample.filter(row => row.entity < 3 * 8192)
    expect(whole.length / (3 * 8192)).toBeGreaterThan(1.99)
    expect(whole.length / (3 * 8192)).toBeLessThan(2.09)
  })

  it('does not lay the records of a person side by side', () => {
    const beside = sample.filter((row, index) => row.entity === sample[index + 1]?.entity)
    expect(beside.length).toBeLessThan(60)
  })

  it('makes each error and each trap about as often as its rate says', () => {
    for (const [name, rate] of Object.entries({ ...ERROR_RATES, ...TRAP_RATES })) {
      const seen =
        sample.filter(row => row.errors.some(error => error === name)).length / sample.length
      const tolerance = 4 * Math.sqrt((rate * (1 - rate)) / sample.length)
      expect({ name, near: Math.abs(seen - rate) < tolerance }).toEqual({ name, near: true })
    }
  })

  it('makes more errors in a dirtier preset, and the same traps', () => {
    const count = (preset: keyof typeof PRESETS, name: string): number =>
      [...generate({ records: 20_000, preset })].filter(row =>
        row.errors.some(error => error === name),
      ).length
    expect(count('clean', 'lastTypo') * 2).toBeLessThan(count('normal', 'lastTypo'))
    expect(count('normal', 'lastTypo') * 2).toBeLessThan(count('dirty', 'lastTypo'))
    expect(count('dirty', 'placeholderPhone')).toBe(count('clean', 'placeholderPhone'))
  })

  it('leaves out what a source does not know', () => {
    for (const source of SOURCES) {
      const rows = sample.filter(row => row.source === source.name)
      const filled = rows.filter(row => row.phone !== '').length / rows.length
      expect(Math.abs(rows.length / sample.length - source.share)).toBeLessThan(0.02)
      expect(Math.abs(filled - source.phone)).toBeLessThan(0.03)
    }
  })

  it('gives people without an error on it their own e-mail address', () => {
    const owners = new Map<string, Set<number>>()
    for (const row of sample.filter(each => each.email !== '' && each.errors.length === 0)) {
      owners.set(row.email, (owners.get(row.email) ?? new Set()).add(row.entity))
    }
    const shared = [...owners.values()].filter(people => people.size > 1)
    expect(shared.length / owners.size).toBeLessThan(0.03)
    expect(
      shared.every(
        people => new Set([...people].map(person => Math.floor(person / 10))).size === 1,
      ),
    ).toBe(true)
  })
})

const RECORDS_SHA256 = 'cfaa0df0d7b3e55cd598178b86b07e439f14eba5397755664aca463060ad6796'
const TRUTH_SHA256 = 'e786c5486d42fc71e57103d3c0114600aa97be741e450a6f5f51f52c6eecad7e'
