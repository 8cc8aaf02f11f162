import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import type { StreamSchema } from '../streams/index.ts'
import { openDuckDb } from './adapters/duckdb-engine.ts'
import {
  ChangeSet,
  CONTROL_TABLES,
  ensureDloTable,
  takeRejectedLines,
  type Intake,
  openFile,
  type PartyRef,
  type SqlSession,
  stageRows,
  takeIn,
} from './index.ts'

let session: SqlSession
let changes: ChangeSet
const schema: StreamSchema = {
  name: 'crm',
  category: 'Profile',
  primaryKey: ['id'],
  recordModified: 'updated',
  refreshMode: 'UPSERT',
  fields: [
    { name: 'id', type: 'Text', path: 'id' },
    { name: 'amount', type: 'Number', path: 'amount' },
    { name: 'updated', type: 'DateTime', path: 'updated' },
  ],
}
const refs: readonly PartyRef[] = [{ column: '_p0', object: 0, idSql: '"id"', qualifier: null }]
const folder = mkdtempSync(join(tmpdir(), 'intake-'))
let files = 0
let rejected = 0

beforeEach(async () => {
  const engine = await openDuckDb({ path: ':memory:', schema: 'space' })
  session = await engine.session()
  for (const ddl of CONTROL_TABLES) await session.run(ddl)
  changes = new ChangeSet()
})

/** A text as some editors save it. */
function utf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, 'utf16le')
}

async function take(text: string | Uint8Array, over: Partial<Intake> = {}, name = 'a.csv') {
  const path = join(folder, `${++files}-${name}`)
  writeFileSync(path, text)
  const format = name.endsWith('.jsonl') ? 'JSONL' : name.endsWith('.json') ? 'JSON' : 'CSV'
  const file = await openFile(session, { path, label: name, format, compression: 'none' })
  const intake: Intake = {
    schema,
    refs,
    source: file.rows(schema.fields, { position: BigInt(files), atMs: 1_000 }),
    mode: 'UPSERT',
    shiftDays: 0,
    runId: 1n,
    shrinkMax: 0.3,
    changes: { added: 'touched', removed: 'touched' },
    ...over,
  }
  await ensureDloTable(session, intake.schema, refs)
  return await session.transaction(async () => {
    await stageRows(session, intake)
    const place = { position: BigInt(files), atMs: 1_000 }
    const source = { path, label: name, format, compression: 'none' } as const
    const readBytes = (from: string, offset: number, length: number) =>
      readFileSync(from).subarray(offset, offset + length)
    rejected = await takeRejectedLines(session, {
      file: source,
      opened: file,
      place,
      intake,
      readBytes,
    })
    return await takeIn(session, intake, changes)
  })
}

const stored = async () =>
  await session.rows('select id, amount::varchar, _p0 from dlo_crm order by id')

describe('intake', () => {
  test('every row is counted in exactly one place', async () => {
    const first = await take('id,amount,updated\n1,10,2026-01-01\n2,20.5,2026-01-01\n')
    expect(first).toMatchObject({ processed: 2, added: 2, problems: 0 })
    const second = await take(
      'id,amount,updated\n1,10,2026-01-01\n2,21,2026-01-02\n2,9,2025-01-01\n3,x,2026-01-01\n,4,\n4,5,\n',
    )
    expect(second).toEqual({
      processed: 6,
      added: 1,
      updated: 1,
      unchanged: 1,
      stale: 1,
      problems: 2,
      removed: 0,
    })
    expect(await stored()).toEqual([
      ['1', '10.000000000000000000', 0],
      ['2', '21.000000000000000000', 1],
      ['4', '5.000000000000000000', 2],
    ])
  })

  test('an older version never overwrites a newer one', async () => {
    await take('id,amount,updated\n1,10,2026-02-01\n')
    expect(await take('id,amount,updated\n1,5,2026-01-01\n')).toMatchObject({
      stale: 1,
      updated: 0,
    })
  })

  test.each([
    ['2026-02-01', true],
    ['2026/2/1', true],
    ['0999-12-31 10:00:00', true],
    ['9999-12-31T23:59:59.999999Z', true],
    ['2026-02-01 10:00:00 Europe/Berlin', true],
    ['infinity', false],
    ['-infinity', false],
    ['epoch', false],
    ['0000-01-01', false],
    ['0044-03-15 (BC)', false],
    ['10000-01-01', false],
    ['2026-02-30', false],
  ])('a moment is written out, in our era: %s', async (updated, isOne) => {
    const counts = await take(`id,amount,updated\n1,10,${updated}\n`)
    expect(counts).toMatchObject({ added: isOne ? 1 : 0, problems: isOne ? 0 : 1 })
  })

  test('a bad record keeps its bytes and its reason', async () => {
    await take('{"id":"1","amount":1}\nnot json\n[1]\n{"id":"2","amount":"abc"}\n', {}, 'a.jsonl')
    const rows = await session.rows(
      `select code, field, decode(payload), source_row from problem order by id`,
    )
    expect(rows).toEqual([
      ['MALFORMED_RECORD', null, 'not json', 2n],
      ['MALFORMED_RECORD', null, '[1]', 3n],
      ['TYPE_MISMATCH', 'amount', '{"id":"2","amount":"abc"}', 4n],
    ])
  })

  test.each([
    ['{"id":"1",}', false],
    ['{"id":"1","more":[1, ]}', false],
    ['{"id":"1","more":NaN}', false],
    ['{"id":"1","more":[-Infinity]}', false],
    ['{"id":"1","more":"a,] :NaN \\",}"}', true],
    ['{"id":"1","nan":1,"info":null}', true],
  ])('what RFC 8259 does not allow is no record: %s', async (line, isRecord) => {
    await take(`${line}\n`, {}, 'a.jsonl')
    const rows = await session.rows('select code, decode(payload) from problem')
    expect(rows).toEqual(isRecord ? [] : [['MALFORMED_RECORD', line]])
  })

  test.each([
    ['a.csv', '', 'it is empty'],
    ['a.json', '', 'it is empty'],
    ['a.jsonl', '', 'it is empty'],
    ['a.json', '{"data":[{"id":"1"}]}', 'it is JSON, but no array of records'],
    ['a.json', '{"id":"1"}\n{"id":"2"}\n', 'save one record a line as .jsonl'],
    ['a.json', '{"data":[{"id"', 'it is not valid JSON'],
    ['a.csv', utf16('id,amount\r\n1,2\r\n'), 'Save it as UTF-8'],
    ['a.csv', utf16('id;amount\n1;2\n').swap16(), 'Save it as UTF-8'],
    ['a.csv', '\nid,amount\n', 'its first line is empty'],
  ])('a file %s of %j is refused, and the sentence says why', async (name, text, says) => {
    await expect(take(text, {}, name)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining(says),
    })
  })

  test.each(['a.csv', 'a.json', 'a.jsonl'])('damaged gzip of %s is told as that', async name => {
    const path = join(folder, `${++files}-${name}.gz`)
    const whole = gzipSync('id,amount\n1,2\n'.repeat(1000))
    writeFileSync(path, Buffer.concat([whole.subarray(0, 12), Buffer.alloc(40, 7)]))
    const format = name === 'a.csv' ? 'CSV' : name === 'a.json' ? 'JSON' : 'JSONL'
    const opened = openFile(session, { path, label: name, format, compression: 'gzip' })
    await expect(opened).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('gzip data are damaged'),
    })
  })

  test('unknown fields are kept, and absent is not null in a partial update', async () => {
    await take(
      '{"id":"1","amount":7,"__proto__":{"x":1},"updated":"2026-01-01T00:00:00Z"}\n',
      {},
      'a.jsonl',
    )
    expect(await session.rows('select _overflow from dlo_crm')).toEqual([['{"__proto__":{"x":1}}']])
    const partial = { ...schema, refreshMode: 'PARTIAL_UPDATE' as const }
    const counts = await take(
      '{"id":"1","updated":"2026-01-02T00:00:00Z"}\n',
      { schema: partial, mode: 'PARTIAL_UPDATE' },
      'b.jsonl',
    )
    expect(counts).toMatchObject({ processed: 1, updated: 1 })
    expect(await stored()).toEqual([['1', '7.000000000000000000', 0]])
    await take(
      '{"id":"1","amount":null,"updated":"2026-01-03T00:00:00Z"}\n',
      { schema: partial, mode: 'PARTIAL_UPDATE' },
      'c.jsonl',
    )
    expect(await stored()).toEqual([['1', null, 0]])
    const folded = await take(
      '{"id":"1","amount":1,"updated":"2026-01-04T00:00:00Z"}\n{"id":"1","updated":"2026-01-05T00:00:00Z"}\n{"id":"1","amount":9,"updated":"2020-01-05T00:00:00Z"}\n',
      { schema: partial, mode: 'PARTIAL_UPDATE' },
      'd.jsonl',
    )
    expect(folded).toMatchObject({ processed: 3, updated: 1, stale: 2 })
    expect(await stored()).toEqual([['1', '1.000000000000000000', 0]])
  })

  test('no digit of a long number is lost', async () => {
    await take('{"id":"1","amount":12345678901234567.123456789012345678}\n', {}, 'a.jsonl')
    expect(await stored()).toEqual([['1', '12345678901234567.123456789012345678', 0]])
  })

  test('a full refresh removes what is gone, unless that is too much', async () => {
    await take('id,amount,updated\n1,1,\n2,2,\n3,3,\n4,4,\n')
    await expect(take('id,amount,updated\n1,1,\n2,2,\n', { mode: 'FULL_REFRESH' })).rejects.toThrow(
      'REFRESH_SHRINK'.length ? /would remove 2 of 4/ : '',
    )
    expect(
      await take('id,amount,updated\n1,1,\n2,2,\n3,9,\n', { mode: 'FULL_REFRESH' }),
    ).toMatchObject({ updated: 1, unchanged: 2, removed: 1 })
    const touched = new Set(changes.of(0).touched.flatMap(pids => [...pids]))
    expect([...touched].sort()).toEqual([0, 1, 2, 3])
  })

  test('lines that are no CSV records keep their bytes, and rows after them their place', async () => {
    const text = Buffer.concat([
      Buffer.from('id,amount,updated\n1,1,\n2,2\n3,3,,4\n4,'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(',\n5,5,\n'),
    ])
    expect(await take(text)).toMatchObject({ processed: 2, added: 2 })
    expect(rejected).toBe(3)
    expect(await session.rows('select id, _row from dlo_crm order by id')).toEqual([
      ['1', 1n],
      ['5', 5n],
    ])
    expect(
      await session.rows('select code, source_row, hex(payload) from problem order by id'),
    ).toEqual([
      ['MISSING_COLUMNS', 2n, Buffer.from('2,2').toString('hex').toUpperCase()],
      ['TOO_MANY_COLUMNS', 3n, Buffer.from('3,3,,4').toString('hex').toUpperCase()],
      ['INVALID_ENCODING', 4n, '342CFFFE2C'],
    ])
  })

  test('append keeps every row', async () => {
    await take('id,amount,updated\n1,1,\n1,1,\n', { mode: 'APPEND' })
    await take('id,amount,updated\n1,1,\n', { mode: 'APPEND' })
    expect(await session.rows('select count(*) from dlo_crm')).toEqual([[3n]])
  })
})
