import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SqlSession } from '../../lake/index.ts'
import type { FieldKind } from './field-kind.ts'
import { type FieldSource, type LoadedTable, loadTable } from './load-table.ts'
import { BLANK } from './score-table.ts'
import { randomNumbers } from './score.fixture.ts'
import { sqlSession } from './sql-session.fixture.ts'
import { recordForm } from './text-numbers.ts'
import { SEVERAL } from './value-form.ts'

const session = sqlSession()

const KINDS = ['firstName', 'email', 'phone'] as const satisfies readonly FieldKind[]
const SOURCES: readonly FieldSource[] = KINDS.map((kind, at) => ({
  name: `${kind}${at}`,
  kind,
  sql: `x${at}`,
}))

/** A record: its pid, and the text of each field. */
type Source = readonly [pid: number, ...texts: (string | null)[]]

/** Puts records into a table in the order that they are given in, and reads them as rows. */
async function loaded(records: readonly Source[], rows: number): Promise<LoadedTable> {
  await fill(session(), records)
  return await loadTable(session(), { relation: 'record', rows }, SOURCES)
}

async function fill(to: SqlSession, records: readonly Source[]): Promise<void> {
  const columns = KINDS.map((_kind, at) => `x${at} varchar`)
  await to.run(`create or replace table record (pid integer, ${columns.join(', ')})`)
  await to.load('record', [
    { name: 'pid', type: 'INTEGER', values: Int32Array.from(records, ([pid]) => pid) },
    ...KINDS.map((_kind, at) => ({
      name: `x${at}`,
      type: 'VARCHAR' as const,
      values: records.map(record => record[at + 1] ?? null) as (string | null)[],
    })),
  ])
}

/** The form of each field of a record, read aloud; a blank is an empty text. */
function formsOf([, ...texts]: Source): readonly string[] {
  return KINDS.map((kind, at) => recordForm(kind, texts[at] ?? '') ?? '')
}

/** The same out of a table. */
function formsAt({ table }: LoadedTable, row: number): readonly string[] {
  return table.fields.map((values, field) => {
    const value = table.column(field)[row] ?? BLANK
    return value === BLANK ? '' : values.text(value)
  })
}

/** The row of each pid: numbers are given to contents in the order in which pids first have them. */
function rowsAloud(records: readonly Source[], rows: number): readonly number[] {
  const numbers = new Map<string, number>()
  const byPid = new Map(records.map(record => [record[0], record]))
  return Array.from({ length: rows }, (_none, pid) => {
    const record = byPid.get(pid)
    if (!record) return -1
    const content = formsOf(record).join('\n')
    if (!numbers.has(content)) numbers.set(content, numbers.size)
    return numbers.get(content) ?? -1
  })
}

/** How many records have each value of each field. */
function countsAloud(records: readonly Source[]): readonly ReadonlyMap<string, number>[] {
  return KINDS.map((_kind, at) => {
    const counts = new Map<string, number>()
    for (const form of records.map(record => formsOf(record)[at] ?? ''))
      if (form !== '') counts.set(form, (counts.get(form) ?? 0) + 1)
    return counts
  })
}

function check(found: LoadedTable, records: readonly Source[], rows: number): void {
  expect([...found.rowOf]).toEqual(rowsAloud(records, rows))
  for (const record of records)
    expect(formsAt(found, found.rowOf[record[0]] ?? -1)).toEqual(formsOf(record))
  const counts = countsAloud(records)
  for (const [field, values] of found.table.fields.entries()) {
    const told = new Map(values.texts.map((text, value) => [text, values.count(value)]))
    expect(told).toEqual(counts[field])
    expect(values.filled).toBe([...told.values()].reduce((sum, count) => sum + count, 0))
  }
}

/** Different texts of one form, blanks of every sort, several values of one record, and quotes. */
const text = {
  firstName: fc.constantFrom(
    ...['Ann', ' ANN ', 'Åñn', "D'Arcy", 'n/a', '-', '', ' '],
    // What stands between texts on their way, and what is too long to go with others.
    ...['Ann\u001ELee', '\u001E', '\u001EAnn', `Ann ${'Lee '.repeat(400)}`],
  ),
  email: fc.constantFrom('a@x.com', 'A@X.com ', `b@x.com${SEVERAL}a@x.com`, `${SEVERAL}`, 'none'),
  phone: fc.constantFrom('020 7946 0001', '+44 20 7946 0001', '12', '0000000', `1${SEVERAL}2`),
}
const record = fc.tuple(
  fc.nat(15),
  fc.option(text.firstName),
  fc.option(text.email),
  fc.option(text.phone),
)
const records = fc.uniqueArray(record, { selector: ([pid]) => pid, maxLength: 12 })

describe('records as rows of a table', () => {
  test('are what their texts say, whatever their order, with gaps between their numbers', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.nat(3), async (given, more) => {
        const rows = Math.max(0, ...given.map(([pid]) => pid + 1)) + more
        check(await loaded(given, rows), given, rows)
        check(await loaded(given.toReversed(), rows), given, rows)
      }),
      { numRuns: 40 },
    )
  })

  test('are the same when they come in many batches', async () => {
    const random = randomNumbers(7)
    const pick = (of: number): number => Math.floor(random() * of)
    const rows = 9000
    const given = Array.from({ length: rows }, (_none, pid): Source => {
      const email = pick(4) === 0 ? null : `person${pick(5000)}@x.com`
      const long = pick(50) === 0 ? ' of the long house'.repeat(60) : ''
      return [pid, `Name ${pick(60)}${long}`, email, `+44 20 79${100_000 + pick(900_000)}`]
    }).filter(([pid]) => pid % 7 !== 3)
    check(await loaded(given.toReversed(), rows), given, rows)
  })

  test('are read by the SQL of each field, and leave nothing behind', async () => {
    await fill(session(), [
      [0, 'Ann', 'Lee', null],
      [1, 'Bob', null, null],
    ])
    const sources: readonly FieldSource[] = [
      { name: 'whole', kind: 'text', sql: "x0 || ' ' || x1" },
      { name: 'first', kind: 'text', sql: 'upper(x0)' },
    ]
    const read = async (): Promise<LoadedTable> =>
      await loadTable(session(), { relation: 'record', rows: 2 }, sources)
    const found = await read()
    expect([0, 1].map(pid => formsAt(found, found.rowOf[pid] ?? -1))).toEqual([
      ['ann lee', 'ann'],
      ['', 'bob'],
    ])
    expect(found.table.fields.map(({ field }) => field)).toEqual([
      { name: 'whole', kind: 'text' },
      { name: 'first', kind: 'text' },
    ])
    const left = await session().rows(
      "select table_name from duckdb_tables() where table_name like 'score_%'",
    )
    expect(left).toEqual([])
    expect([...(await read()).rowOf]).toEqual([0, 1])
  })
})
