import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonRowsSql, metadataJson, plainColumnsJson, plainRowsSql } from './encode.ts'
import { openWorld } from './sql-world.fixture.ts'

let world: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const VALUES = `select 'a"b\\é
' as t, 150::decimal(38,18) as d, 12::bigint as b, 3::integer as i, sum(5) as h, 1.5::double as f, 'nan'::double as nan, true as yes,
  date '2026-01-02' as day, timestamptz '2026-03-01 23:30:00.5+00' as at, timestamp '2026-03-01 23:30:00' as local, time '10:00:00' as clock, ['x', null] as list, null::varchar as nothing, null::decimal(4,2) as none,
  100::decimal(38,0) as whole, 0::decimal(5,2) as zero, 9007199254740993::bigint as big`

async function rows(write: typeof jsonRowsSql, sql: string): Promise<string[]> {
  const columns = await world.session.describe(sql)
  return (await world.session.rows(write(sql, columns))).map(row => String(row[0]))
}

test('rows of the Query APIs are JSON arrays with the types of the wire', async () => {
  const [row = ''] = await rows(jsonRowsSql, VALUES)
  expect(row).toContain('9007199254740993]')
  expect(JSON.parse(row).slice(0, -1)).toEqual([
    'a"b\\é\n',
    '150.000000000000000000',
    12,
    3,
    '5',
    1.5,
    null,
    true,
    '2026-01-02',
    '2026-03-01 23:30:00.500 UTC',
    '2026-03-01 23:30:00.000',
    '10:00:00',
    ['x', null],
    null,
    null,
    '100',
    '0.00',
  ])
})

test('rows for people have short decimals and times of ISO 8601', async () => {
  const [row = ''] = await rows(plainRowsSql, VALUES)
  expect(JSON.parse(row).slice(0, -1)).toEqual([
    'a"b\\é\n',
    '150',
    12,
    3,
    '5',
    1.5,
    null,
    true,
    '2026-01-02',
    '2026-03-01T23:30:00.500Z',
    '2026-03-01T23:30:00.000',
    '10:00:00',
    ['x', null],
    null,
    null,
    '100',
    '0',
  ])
})

test('rows keep the order of the statement', async () => {
  const texts = await rows(jsonRowsSql, 'select range as n from range(20000) order by hash(range)')
  const plain = await world.session.rows('select range as n from range(20000) order by hash(range)')
  expect(texts).toEqual(plain.map(row => `[${String(row[0])}]`))
})

test('metadata gives each column its type, place and number', async () => {
  const columns = await world.session.describe(VALUES)
  const metadata = JSON.parse(metadataJson(columns)) as Record<string, unknown>
  expect(metadata).toMatchObject({
    t: { type: 'VARCHAR', placeInOrder: 0, typeCode: 12 },
    d: { type: 'DECIMAL', placeInOrder: 1, typeCode: 3 },
    b: { type: 'BIGINT', typeCode: -5 },
    i: { type: 'INTEGER', typeCode: 4 },
    h: { type: 'DECIMAL', typeCode: 3 },
    f: { type: 'DOUBLE', typeCode: 8 },
    yes: { type: 'BOOLEAN', typeCode: 16 },
    day: { type: 'DATE', typeCode: 91 },
    at: { type: 'TIMESTAMP WITH TIME ZONE', typeCode: 2014 },
    local: { type: 'TIMESTAMP', typeCode: 93 },
    list: { type: 'ARRAY', typeCode: 2003 },
  })
  expect(metadataJson([{ name: '__proto__', type: 'VARCHAR' }])).toBe(
    '{"__proto__":{"type":"VARCHAR","placeInOrder":0,"typeCode":12}}',
  )
  expect(JSON.parse(plainColumnsJson(columns))[1]).toEqual({ name: 'd', type: 'DECIMAL' })
})
