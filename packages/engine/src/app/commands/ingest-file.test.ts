import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { countersOf, countOf, folderWith, runningEngine } from './ingest-file-world.fixture.ts'
import { ingestFile, ingestLines } from './ingest-file.ts'
import { problems } from './problems.ts'

const POSTED = `name: events
connector: { type: IngestApi, source: web }
category: Other
primaryKey: id
fields: { id: Text, who: { type: Text, path: requester.email }, amount: Currency }
`

async function world(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = folderWith({
    'mainstem.yaml': 'name: events\n',
    'streams/events.yaml': POSTED,
    ...files,
  })
  const engine = await runningEngine(folder)
  return { engine, at: (name: string) => join(folder, name), folder }
}

test('IF1: lines of JSON are posted in requests within the limit, each kept or a problem record', async () => {
  const good = Array.from({ length: 3000 }, (_, at) =>
    JSON.stringify({
      id: `e${at}`,
      requester: { email: `p${at}@mail.example` },
      amount: at,
      note: 'x'.repeat(200),
    }),
  )
  const lines = [
    ...good,
    '{"id": "broken"',
    '[1,2]',
    '"text"',
    '{"amount": 5}',
    '{"id":"big","amount":"much"}',
    '{"id":"proto","__proto__":{"polluted":true}}',
    '{"id":"digits","amount":12345678901234567.25}',
    `{"id":"long","requester":{"email":"${'y'.repeat(10_000_000)}"}}`,
    '',
  ]
  const bytes = Buffer.concat([
    Buffer.from(lines.join('\n')),
    Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
  ])
  const { engine, at } = await world({ 'in.jsonl': bytes })
  const done = await ingestFile(engine, 'events', at('in.jsonl'))
  expect(done).toMatchObject({ accepted: 3002, problems: 7 })
  expect(await countOf(engine, 'select count(*) from dlo_events')).toBe(3002)
  expect(await countOf(engine, `select count(distinct _pos) from dlo_events`)).toBeGreaterThan(3)
  expect(await countersOf(engine, 'events')).toEqual([3009, 3002, 7])
  const list = await problems(engine)
  expect(list.rows.map(row => row.code).toSorted()).toEqual([
    'FIELD_TOO_LONG',
    'INVALID_ENCODING',
    'MALFORMED_RECORD',
    'MALFORMED_RECORD',
    'MALFORMED_RECORD',
    'MISSING_KEY',
    'TYPE_MISMATCH',
  ])
  expect(list.rows.find(row => row.code === 'INVALID_ENCODING')?.payload).toBe('hex:7BFF7D')
  expect(list.rows.find(row => row.payload === '{"id": "broken"')?.row).toBe(3001)
  const [row] = await engine.reading(session =>
    session.rows(`select amount::varchar from dlo_events where id = 'digits'`),
  )
  expect(row).toEqual(['12345678901234567.250000000000000000'])
  expect(ingestLines(done).join(' ')).toContain('mainstem problems events')
})

test('IF2: a CSV and a compressed one are posted as records with nested fields', async () => {
  const { engine, at } = await world({
    'in.csv':
      'ID,Requester.Email,amount,odd\n1,a@mail.example,1.50,x\n2,b@mail.example,abc,\n3,c@mail.example,3,z,surplus\n',
    'in.csv.gz': gzipSync('id,amount\n7,1\n8,2\n'),
  })
  expect(await ingestFile(engine, 'events', at('in.csv'))).toMatchObject({
    accepted: 1,
    problems: 2,
  })
  const [row] = await engine.reading(session =>
    session.rows('select id, who, _overflow from dlo_events'),
  )
  expect(row).toEqual(['1', 'a@mail.example', '{"odd":"x"}'])
  expect(await ingestFile(engine, 'events', at('in.csv.gz'))).toMatchObject({
    accepted: 2,
    problems: 0,
  })
  expect(await countersOf(engine, 'events')).toEqual([5, 3, 2])
})

test('IF3: a JSON array is posted; one that is none is refused and nothing is taken in', async () => {
  const { engine, at } = await world({
    'in.json': JSON.stringify([{ id: 'a', amount: 1 }, { id: 'a', amount: 2 }, { amount: 3 }]),
    'bad.json': '[{"id": "a"',
    'bad.txt2': 'x',
  })
  expect(await ingestFile(engine, 'events', at('in.json'))).toMatchObject({
    accepted: 2,
    problems: 1,
  })
  await expect(ingestFile(engine, 'events', at('bad.json'))).rejects.toMatchObject({
    code: 'SOURCE_UNREADABLE',
  })
  await expect(ingestFile(engine, 'events', at('bad.txt2'))).rejects.toMatchObject({
    code: 'SOURCE_UNREADABLE',
  })
  await expect(ingestFile(engine, 'events', at('none.csv'))).rejects.toMatchObject({
    code: 'SOURCE_MISSING',
  })
  await expect(ingestFile(engine, 'Events', at('in.json'))).rejects.toThrow('events')
  expect(await countOf(engine, 'select count(*) from dlo_events')).toBe(1)
})

test('IF4: a stream of files takes the file as its refresh would, once', async () => {
  const folder = folderWith({
    'mainstem.yaml': 'name: people\n',
    'streams/people.yaml':
      'name: people\nconnector: { type: File, path: data/*.csv }\ncategory: Other\nprimaryKey: id\nfields: { id: Text, age: Number }\n',
    'data/a.csv': 'id,age\n1,2\n',
  })
  const engine = await runningEngine(folder)
  const more = join(folder, 'more.csv')
  writeFileSync(more, 'id,age\n2,3\n3,old\n1,9\n4\n')
  expect(await ingestFile(engine, 'people', more)).toMatchObject({
    accepted: 2,
    problems: 2,
    alreadyTaken: false,
  })
  expect(await ingestFile(engine, 'people', more)).toMatchObject({
    accepted: 0,
    problems: 0,
    alreadyTaken: true,
  })
  writeFileSync(more, 'age\n2\n')
  await expect(ingestFile(engine, 'people', more)).rejects.toMatchObject({ code: 'COLUMN_MISSING' })
  expect(await countersOf(engine, 'people')).toEqual([5, 3, 2])
})
