import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runStages } from '../engine/run-stages.ts'
import { countersOf, countOf, folderWith, runningEngine } from './ingest-file-world.fixture.ts'
import { PROBLEM_CODES } from './problems-catalogue.ts'
import { cellsOfLine, recordOfLine } from './problems-line.ts'
import { reprocessProblems } from './problems-reprocess.ts'
import { problemLines, problems } from './problems.ts'
import { statusOf } from './status.ts'

const STREAM = `name: people
connector: { type: File, path: data/*.csv }
category: Profile
primaryKey: id
fields: { id: Text, name: Text, age: Number }
`

const HOSTILE = Buffer.concat([
  Buffer.from('id,name,age\n1,Ada,36\n2,Bob,old\n,Nobody,5\n3,Cy,4,extra\n4,Di\n'),
  Buffer.from('5,'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from(`,7\n6,${'x'.repeat(1_100_000)},8\n1,Ada again,37\n`),
])

function hostileProject(): string {
  return folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/a.csv': HOSTILE,
    'streams/people.yaml': STREAM,
  })
}

/** What is wrong with the lines of the hostile project. */
const HOSTILE_CODES = [
  'FIELD_TOO_LONG',
  'INVALID_ENCODING',
  'MISSING_COLUMNS',
  'MISSING_KEY',
  'TOO_MANY_COLUMNS',
  'TYPE_MISMATCH',
]

test('PR1: every line that is no record is listed with its code, sentence, fix and bytes', async () => {
  const engine = await runningEngine(hostileProject())
  const list = await problems(engine)
  const codes = list.rows.map(row => row.code).toSorted()
  expect(codes).toEqual(HOSTILE_CODES)
  expect(list.total).toBe(6)
  for (const row of list.rows) {
    expect(Object.keys(PROBLEM_CODES)).toContain(row.code)
    expect(row.reason).not.toContain('{field}')
    expect(row.fix.length).toBeGreaterThan(10)
    expect(row.origin).toBe('data/a.csv')
    expect(row.run).toBeGreaterThan(0)
  }
  const of = (code: string): (typeof list.rows)[number] | undefined =>
    list.rows.find(row => row.code === code)
  expect(of('INVALID_ENCODING')?.payload).toBe(
    `hex:${Buffer.from([0x35, 0x2c, 0xff, 0xfe, 0x2c, 0x37]).toString('hex').toUpperCase()}`,
  )
  expect(of('TYPE_MISMATCH')).toMatchObject({
    field: 'age',
    reason: expect.stringContaining('"age"'),
  })
  expect(of('TOO_MANY_COLUMNS')?.payload).toBe('3,Cy,4,extra')
  expect(of('FIELD_TOO_LONG')?.payload?.length).toBeLessThan(70_000)
  expect(of('FIELD_TOO_LONG')?.payloadBytes).toBeGreaterThan(1_100_000)
  expect(await countersOf(engine, 'people')).toEqual([8, 2, 6])
  const text = problemLines(list).join('\n')
  expect(text).toContain('6 problem records')
  expect(text.length).toBeLessThan(5000)
})

test('PR2: the list is of one stream, is cut where asked, and refuses unknown names', async () => {
  const engine = await runningEngine(hostileProject())
  expect(await problems(engine, { stream: 'people', limit: 2 })).toMatchObject({
    total: 6,
    rows: [{}, {}],
  })
  await expect(problems(engine, { stream: `x' or '1'='1` })).rejects.toMatchObject({
    code: 'STREAM_NOT_FOUND',
  })
})

test('PR3: what fails again fails again, counted once, and nothing is lost', async () => {
  const engine = await runningEngine(hostileProject())
  const done = await reprocessProblems(engine, { stream: 'people' })
  expect(done).toMatchObject({ reprocessed: 0, stillFailing: 6 })
  const again = await problems(engine)
  expect(again.rows.map(row => row.code).toSorted()).toEqual(HOSTILE_CODES)
  expect(await countOf(engine, `select count(*) from problem where state = 'reprocessed'`)).toBe(3)
  expect(await reprocessProblems(engine)).toMatchObject({ stillFailing: 6 })
  const [processed, good, bad] = await countersOf(engine, 'people')
  expect(processed).toBe((good ?? 0) + (bad ?? 0))
})

test('PR12: status says how many records there are, however often bad ones are sent again', async () => {
  const folder = folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/a.csv': 'id,name,age\n1,Ada,36\n2,Bob,old\n3,Cy,4\n',
    'streams/people.yaml': STREAM,
  })
  const engine = await runningEngine(folder)
  const counted = async (): Promise<unknown> => (await statusOf(engine))['streams']
  const bad = [{ rows: 2, processed: 3, added: 2, updated: 0, unchanged: 0, stale: 0, problems: 1 }]
  expect(await counted()).toMatchObject(bad)
  for (let time = 0; time < 2; time++) {
    await reprocessProblems(engine)
    expect(await counted()).toMatchObject(bad)
  }
  await engine.parts.writer.run(
    `update problem set payload = '{"id":"2","name":"Bob","age":7}'::blob where state = 'open'`,
  )
  await reprocessProblems(engine)
  const good = [
    { rows: 3, processed: 3, added: 3, updated: 0, unchanged: 0, stale: 0, problems: 0 },
  ]
  expect(await counted()).toMatchObject(good)
})

test('PR13: a line that is no JSON stays a problem record when it is sent again', async () => {
  const folder = folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/a.jsonl': '{"id":"15"}\n{"id":"16",}\n{"id":"17","age":NaN}\n',
    'streams/people.yaml': STREAM.replace('*.csv', '*.jsonl'),
  })
  const engine = await runningEngine(folder)
  expect(await countersOf(engine, 'people')).toEqual([3, 1, 2])
  expect(await reprocessProblems(engine)).toMatchObject({ reprocessed: 0, stillFailing: 2 })
})

test('PR4: a line is read by the header and the delimiter of the file that it came from', async () => {
  const folder = folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/a.csv': 'age;ID;name\n36;1;Ada\n7;2\n',
    'streams/people.yaml': STREAM,
  })
  const engine = await runningEngine(folder)
  expect((await problems(engine)).total).toBe(1)
  await engine.exclusive(async () => {
    await engine.parts.writer.run(
      `insert into problem select 2, 'people', 'BROKEN_QUOTES', null, encode('8;3;"Cy, the ""third"""'), 1, 3, 'data/a.csv', 0, now(), 'open'`,
    )
  })
  expect(await reprocessProblems(engine)).toMatchObject({ reprocessed: 1, stillFailing: 1 })
  const [row] = await engine.reading(session =>
    session.rows(`select name, age::integer, _origin from dlo_people where id = '3'`),
  )
  expect(row).toEqual(['Cy, the "third"', 8, 'data/a.csv'])
})

test('PR5: records that a field of the wrong type refused come in once they can', async () => {
  const folder = folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/a.csv': 'ID,full.name,age\n1,Ada,36\n2,Bob,7\n',
    'streams/people.yaml': STREAM.replace('name: Text', 'name: { type: Text, path: full.name }'),
  })
  const engine = await runningEngine(folder)
  expect(await countOf(engine, 'select count(*) from dlo_people where name is not null')).toBe(2)
  await engine.exclusive(async () => {
    const { writer } = engine.parts
    await writer.run(
      `insert into problem select 1, 'people', 'PROCESSING_FAILED', null, encode('{"ID":"3","full.name":"Cy","age":"12345678901234567890.5"}'), ` +
        `1, 3, 'data/a.csv', 0, now(), 'open'`,
    )
  })
  expect(await reprocessProblems(engine)).toMatchObject({ reprocessed: 1, stillFailing: 0 })
  const [row] = await engine.reading(session =>
    session.rows(`select name, age::varchar from dlo_people where id = '3'`),
  )
  expect(row).toEqual(['Cy', '12345678901234567890.500000000000000000'])
  expect((await problems(engine)).total).toBe(0)
  expect((await runStages(engine, {}))[0]).toMatchObject({ status: 'SUCCESS', changed: 0 })
})

test('PR6: a line is split as it was joined', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', ' ', 'ß', '\n') })
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1 }),
      fc.constantFrom(',', ';', '||'),
      (cells, delimiter) => {
        const line = cells.map(one => `"${one.replaceAll('"', '""')}"`).join(delimiter)
        expect(cellsOfLine(line, delimiter)).toEqual(cells)
      },
    ),
  )
  expect(cellsOfLine('a,"b', ',')).toBeUndefined()
  expect(cellsOfLine('a,"b"c', ',')).toBeUndefined()
  expect(cellsOfLine('', ',')).toEqual([''])
  const shape = { columns: ['__proto__', 'b'], delimiter: ',' }
  expect(recordOfLine('1,', shape)).toBe('{"__proto__":"1","b":null}')
  expect(recordOfLine('1', shape)).toBeUndefined()
})
