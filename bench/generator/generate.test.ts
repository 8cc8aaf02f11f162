import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { generate, RECORD_COLUMNS, writeFiles } from './generate.mjs'
import { ERROR_RATES, type PRESETS, SOURCES, TRAP_RATES, TRAPS, USUAL_TRAPS } from './rates.mjs'
import { recordsFrom } from './record.mjs'
import { loadTables } from './tables.mjs'

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
    const { recordsPath, truthPath, records } = writeFiles({ records: 9_999, directory })
    const rows = lines(recordsPath)
    expect(rows[0]).toBe(RECORD_COLUMNS)
    expect(new Set(rows.map(row => row.split(',').length))).toEqual(new Set([12]))
    const ids = rows.slice(1).map(row => row.split(',')[0])
    expect(
      lines(truthPath)
        .slice(1)
        .map(row => row.split(',')[0]),
    ).toEqual(ids)
    expect([records, new Set(ids).size]).toEqual([9_999, 9_999])
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

  it('makes any range of records alone', () => {
    for (const [first, records] of [
      [0, 10],
      [16_000, 2_000],
      [40_001, 19_999],
    ] as const) {
      expect([...generate({ first, records })]).toEqual(sample.slice(first, first + records))
    }
  })

  it('makes each error and each trap about as often as its rate says, where there is what it is made in', () => {
    for (const [name, rate] of Object.entries({ ...ERROR_RATES, ...TRAP_RATES })) {
      const rows = sample.filter(row => concerns(name, row))
      const seen = rows.filter(row => row.errors.some(error => error === name)).length / rows.length
      const wanted = rate * (SHARE_MADE[name] ?? 1)
      // What a trap takes the place of is not told, hence a hundredth.
      const tolerance = 4 * Math.sqrt((wanted * (1 - wanted)) / rows.length) + wanted / 100
      expect({ name, seen, near: Math.abs(seen - wanted) < tolerance }).toMatchObject({
        near: true,
      })
    }
  })

  it('tells only of errors that are there to be seen', () => {
    const clean = new Map(
      [...generate({ records: 60_000, traps: [], preset: 'clean' })]
        .filter(row => row.errors.length === 0)
        .map(row => [row.recordId, row]),
    )
    const seen = sample.filter(row => row.errors.length > 0 && clean.has(row.recordId))
    expect(seen.length).toBeGreaterThan(5_000)
    for (const row of seen) {
      const { errors: _, updatedAt: __, ...without } = clean.get(row.recordId) ?? row
      expect(row).not.toMatchObject(without)
    }
  })

  it('makes more errors in a dirtier preset, as often as it says, and the same traps', () => {
    const count = (preset: keyof typeof PRESETS, name: string): number =>
      [...generate({ records: 12_000, preset })].filter(row =>
        row.errors.some(error => error === name),
      ).length
    const [clean, normal, dirty] = (['clean', 'normal', 'dirty'] as const).map(preset =>
      count(preset, 'lastTypo'),
    ) as [number, number, number]
    expect(clean / normal).toBeCloseTo(0.3, 1)
    expect(dirty / normal).toBeGreaterThan(2.6)
    expect(dirty / normal).toBeLessThan(3.4)
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

  it('sets each trap, and none that is switched off', () => {
    const on = TRAPS.filter((_, index) => index % 2 === 0)
    const rows = [...generate({ records: 20_000, traps: on })]
    for (const trap of Object.keys(TRAP_RATES)) {
      const has = (row: (typeof rows)[number]): boolean => row.errors.some(error => error === trap)
      expect([trap, sample.some(has)]).toEqual([trap, true])
      expect([trap, rows.some(has)]).toEqual([trap, on.some(name => name === trap)])
    }
  })

  it('lets a shop’s tablets be the device of many people, and else a device be of one', () => {
    const owners = new Map<string, Set<number>>()
    for (const row of sample.filter(each => each.deviceId !== '')) {
      owners.set(row.deviceId, (owners.get(row.deviceId) ?? new Set()).add(row.entity))
    }
    for (const [device, people] of owners) {
      if (device.startsWith('kiosk-')) expect(people.size).toBeGreaterThan(1)
      else expect(people.size).toBe(1)
    }
    expect([...owners.keys()].filter(device => device.startsWith('kiosk-')).length).toBeGreaterThan(
      5,
    )
  })

  it('houses forty people at one address where dormitories are on', () => {
    const largest = (traps: typeof TRAPS): number => {
      const people = new Map<string, Set<number>>()
      for (const row of generate({ records: 16_000, traps })) {
        if (row.street === '' || row.errors.includes('moved')) continue
        const address = `${row.city} ${row.postcode}`
        people.set(address, (people.get(address) ?? new Set()).add(row.entity))
      }
      return Math.max(...[...people.values()].map(({ size }) => size))
    }
    expect(largest(USUAL_TRAPS)).toBeGreaterThan(15)
    expect(largest([])).toBeLessThan(8)
  })

  it('writes 5,000 records of the test account, where it is asked for', () => {
    const rows = [...generate({ first: 45_000, records: 35_000, traps: TRAPS })]
    const tests = rows.filter(row => row.errors.includes('testAccount'))
    expect(tests).toHaveLength(5_000)
    expect(new Set(tests.map(row => row.entity)).size).toBe(1)
    expect(new Set(rows.map(row => row.recordId)).size).toBe(rows.length)
    expect(sample.some(row => row.errors.includes('testAccount'))).toBe(false)
  })

  it('makes twins of one birth date and parents and children of one name', () => {
    const { personOf } = recordsFrom({
      ...{ seed: 1, preset: 'normal', traps: USUAL_TRAPS },
      tables: loadTables(),
    })
    const people = Array.from({ length: 20_000 }, (_, household) =>
      [6, 8, 9].map(place => personOf(household * 10 + place)),
    )
    const juniors = people.filter(([, child]) => child?.suffix === 'Jr')
    const twins = people.filter(([, one, other]) => one?.birthDay === other?.birthDay)
    expect(juniors.length / people.length).toBeCloseTo(0.02, 2)
    expect(twins.length / people.length).toBeCloseTo(0.02, 2)
    for (const [parent, child] of juniors) {
      expect([parent?.firstName, parent?.lastName, parent?.suffix]).toEqual([
        ...[child?.firstName, child?.lastName, 'Sr'],
      ])
      expect((child?.birthDay ?? 0) - (parent?.birthDay ?? 0)).toBeGreaterThan(7000)
    }
    const alike = twins.filter(([, one, other]) => one?.firstName.at(0) === other?.firstName.at(0))
    expect(alike.length / twins.length).toBeGreaterThan(0.4)
    expect(twins.some(([, one, other]) => one?.firstName === other?.firstName)).toBe(false)
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

/** The value that each error and each trap is made in. */
const FIELD_OF: Readonly<
  Record<string, 'lastName' | 'email' | 'phone' | 'street' | 'birthDate' | 'deviceId'>
> = {
  ...{ firstTypo: 'lastName', lastTypo: 'lastName', nickname: 'lastName', initial: 'lastName' },
  ...{ swapped: 'lastName', married: 'lastName', streetTypo: 'street', moved: 'street' },
  ...{ emailTypo: 'email', secondEmail: 'email', emailCase: 'email', placeholderEmail: 'email' },
  ...{ newPhone: 'phone', phoneDigit: 'phone', placeholderPhone: 'phone', recycledPhone: 'phone' },
  ...{ birthYear: 'birthDate', birthSwap: 'birthDate', defaultBirthDate: 'birthDate' },
  ...{ companyMailbox: 'email', kioskDevice: 'deviceId' },
}

/** Only names in the table have a nickname; only a day up to the 12th that is not its month's number can be swapped. */
const SHARE_MADE: Readonly<Record<string, number>> = { nickname: 0.666, birthSwap: 0.347 }

/** Whether a record has the value that an error is made in. */
function concerns(error: string, row: (typeof sample)[number]): boolean {
  const field = FIELD_OF[error]
  if (field === undefined) throw new Error(`${error}: which field is it made in?`)
  return row[field] !== ''
}

const RECORDS_SHA256 = '1c5b4deb6cdf6c49ae1e7f9694ef563f259d082d91906c6b8b4cb3d690a248d4'
const TRUTH_SHA256 = 'd2456503cfdc0f02fe28906c6765055c7a420f08349db715d3831e002d366792'
