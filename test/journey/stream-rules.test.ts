import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { World, type ProjectFiles } from './world.ts'

const FIELDS = { id: 'Text', name: 'Text', n: 'Number', changed: 'DateTime' }

/** A stream that reads a file. */
const fileStream = (more: object = {}): object => ({
  name: 'things',
  connector: { type: 'File', path: 'things.csv' },
  category: 'Other',
  primaryKey: 'id',
  fields: FIELDS,
  ...more,
})
const apiStream = (more: object = {}): object =>
  fileStream({ connector: { type: 'IngestApi' }, ...more })
const filed = (more: object, csv: string): ProjectFiles => ({
  'streams/things.yaml': fileStream(more),
  'things.csv': csv,
})
const csv = (...rows: string[]): string => `id,name,n,changed\n${rows.join('\n')}\n`
const at = (day: number): string => `2025-01-0${day}T00:00:00Z`
const things = 'select id, name, n::int from dlo_things order by id, name'
const put = (world: World, text: string): void =>
  writeFileSync(join(world.folder, 'things.csv'), text)

test('SR1: the same content again processes 0 rows, under any name; new content only itself', async () => {
  await using world = await World.of(
    filed({ connector: { type: 'File', path: '*.csv' } }, csv('1,a,1,', '2,b,2,')),
  )
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ rowsIn: 2, changed: 2 }])
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ rowsIn: 0, changed: 0 }])
  writeFileSync(join(world.folder, 'another.csv'), csv('1,a,1,', '2,b,2,'))
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ rowsIn: 0, changed: 0 }])
  writeFileSync(join(world.folder, 'more.csv'), csv('2,B,2,', '3,c,3,', '1,a,1,'))
  expect(await world.run({ stage: 'streams' })).toMatchObject([
    { rowsIn: 3, changed: 2, counts: { added: 1, updated: 1, unchanged: 1 } },
  ])
})

test('SR2: a full refresh takes away what its source no longer has, and is seen whole or not at all', async () => {
  const rows = Array.from({ length: 10 }, (_, n) => `${n},x,${n},`)
  await using world = await World.of(filed({ refreshMode: 'FULL_REFRESH' }, csv(...rows)))
  await world.run()
  put(world, csv(...rows.slice(0, 8).map(row => row.replace('x', 'y'))))
  const seen = new Set<string>()
  const watch = { isOn: true }
  const watching = (async () => {
    while (watch.isOn) {
      const [row] = await world.rows(
        `select count(*), count(*) filter (where name = 'y') from dlo_things`,
      )
      seen.add(String(row))
      await new Promise(resolve => setTimeout(resolve, 1))
    }
  })()
  expect(await world.run({ stage: 'streams' })).toMatchObject([
    { status: 'SUCCESS', counts: { updated: 8, removed: 2 }, rowsOut: 8 },
  ])
  watch.isOn = false
  await watching
  expect([...seen].filter(one => one !== '10,0' && one !== '8,8')).toEqual([])
})

test('SR3: a refresh that would remove more than 30 % stops with REFRESH_SHRINK and changes nothing', async () => {
  const rows = Array.from({ length: 10 }, (_, n) => `${n},x,${n},`)
  await using world = await World.of(filed({ refreshMode: 'FULL_REFRESH' }, csv(...rows)))
  await world.run()
  const before = await world.rows(things)
  put(world, csv(...rows.slice(0, 6), '11,new,11,'))
  const [result] = await world.run({ stage: 'streams' })
  expect(result).toMatchObject({ status: 'ERROR' })
  expect(result?.error).toContain('would remove 4 of 10 rows')
  expect(await world.rows(things)).toEqual(before)
  expect(await world.count('problem')).toBe(0)
  expect(await world.run({ stage: 'streams', allowShrink: true })).toMatchObject([
    { status: 'SUCCESS', counts: { removed: 4, added: 1, unchanged: 6 }, rowsOut: 7 },
  ])
})

test('SR4: exactly 30 % is allowed, and shrinkMax moves the line', async () => {
  const rows = Array.from({ length: 10 }, (_, n) => `${n},x,${n},`)
  await using world = await World.of(filed({ refreshMode: 'FULL_REFRESH' }, csv(...rows)))
  await world.run()
  put(world, csv(...rows.slice(0, 7)))
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ status: 'SUCCESS', rowsOut: 7 }])
  world.change({ 'streams/things.yaml': fileStream({ refreshMode: 'FULL_REFRESH', shrinkMax: 1 }) })
  await world.apply()
  put(world, csv(rows[0] ?? ''))
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ status: 'SUCCESS', rowsOut: 1 }])
})

test('SR5: a missing column fails the run, names the column, and commits nothing', async () => {
  await using world = await World.of(filed({}, csv('1,a,1,')))
  await world.run()
  put(world, 'id,name,changed\n1,z,\n2,b,\n')
  const [result] = await world.run({ stage: 'streams' })
  expect(result).toMatchObject({ status: 'ERROR', rowsIn: 0 })
  expect(result?.error).toContain('lacks the column "n"')
  expect(await world.rows(things)).toEqual([['1', 'a', 1]])
  put(world, csv('1,z,1,'))
  expect(await world.run({ stage: 'streams' })).toMatchObject([{ status: 'SUCCESS', changed: 1 }])
})

test('SR5: a gzip file that is cut off is refused whole, and taken in when all of it is there', async () => {
  const connector = { type: 'File', path: 'things.csv.gz' }
  await using world = await World.of({ 'streams/things.yaml': fileStream({ connector }) })
  const packed = gzipSync(
    csv(...Array.from({ length: 5000 }, (_, n) => `${n},name ${n * n},${n},`)),
  )
  const path = join(world.folder, 'things.csv.gz')
  writeFileSync(path, packed.subarray(0, packed.length / 2))
  const [result] = await world.run({ stage: 'streams' })
  expect(result).toMatchObject({ status: 'ERROR', rowsIn: 0 })
  expect(result?.error).toContain('things.csv.gz cannot be read: its gzip data are damaged or cut')
  expect(await world.count('dlo_things')).toBe(0)
  writeFileSync(path, packed)
  expect(await world.run({ stage: 'streams' })).toMatchObject([
    { status: 'SUCCESS', changed: 5000 },
  ])
})

test('SR6: fields may be added, not retyped or removed; a category is fixed; a refused project changes nothing', async () => {
  await using world = await World.of({ 'streams/things.yaml': apiStream() })
  await world.post('things', [{ id: '1', name: 'a', n: 1, size: 'L' }])
  const before = await world.rows(`select name, version, body from definition order by all`)
  for (const [change, code] of [
    [apiStream({ category: 'Profile' }), 'CATEGORY_FIXED'],
    [apiStream({ fields: { ...FIELDS, n: 'Text' } }), 'SCHEMA_NOT_ADDITIVE'],
    [
      apiStream({ fields: { id: 'Text', name: 'Text', changed: 'DateTime' } }),
      'SCHEMA_NOT_ADDITIVE',
    ],
  ] as const) {
    world.change({ 'streams/things.yaml': change })
    await expect(world.apply()).rejects.toMatchObject({ code })
    await expect(world.ask('plan')).rejects.toMatchObject({ code })
    expect(await world.rows(`select name, version, body from definition order by all`)).toEqual(
      before,
    )
  }
  await world.post('things', [{ id: '2', name: 'b', n: 2 }])
  expect(await world.rows(things)).toEqual([
    ['1', 'a', 1],
    ['2', 'b', 2],
  ])
})

test('SR7: unknown fields are kept, and fill the column when the field is added later', async () => {
  await using world = await World.of({ 'streams/things.yaml': apiStream() })
  await world.post('things', [
    { id: '1', name: 'a', size: 'L', weight: 1.5, deep: { at: 7 } },
    { id: '2', name: 'b' },
    { id: '3', size: 'not a number' },
  ])
  const more = {
    ...FIELDS,
    size: 'Text',
    weight: 'Number',
    depth: { type: 'Number', path: 'deep.at' },
  }
  world.change({ 'streams/things.yaml': apiStream({ fields: more }) })
  await world.apply()
  const rows = `select id, size, weight::double, depth::int from dlo_things order by id`
  expect(await world.rows(rows)).toEqual([
    ['1', 'L', 1.5, 7],
    ['2', null, null, null],
    ['3', 'not a number', null, null],
  ])
  await world.post('things', [{ id: '1', name: 'a', size: 'L', weight: 1.5, deep: { at: 7 } }])
  const [last] = world.batches.slice(-1)
  expect(last?.streams).toMatchObject([{ unchanged: 1, updated: 0 }])
})

test('SR8: an upsert sets absent fields to null; a partial update leaves them, and takes null as null', async () => {
  await using world = await World.of({
    'streams/things.yaml': apiStream(),
    'streams/parts.yaml': apiStream({ name: 'parts', refreshMode: 'PARTIAL_UPDATE' }),
  })
  for (const stream of ['things', 'parts']) {
    await world.post(stream, [{ id: '1', name: 'a', n: 1 }])
    await world.post(stream, [{ id: '1', n: 2 }])
  }
  expect(await world.rows(things)).toEqual([['1', null, 2]])
  const parts = 'select id, name, n::int from dlo_parts'
  expect(await world.rows(parts)).toEqual([['1', 'a', 2]])
  await world.post('parts', [
    { id: '1', name: null },
    { id: '1', n: 3 },
  ])
  expect(await world.rows(parts)).toEqual([['1', null, 3]])
})

test('SR9: appended twice is two rows, each with its journal position', async () => {
  await using world = await World.of({
    'streams/things.yaml': apiStream({ refreshMode: 'APPEND' }),
  })
  await world.accept('things', [
    { id: '1', name: 'a' },
    { id: '1', name: 'a' },
  ])
  await world.accept('things', [{ id: '1', name: 'a' }])
  await world.engine.catchUp()
  expect(await world.rows('select id, _pos, _row from dlo_things order by all')).toEqual([
    ['1', 1n, 1n],
    ['1', 1n, 2n],
    ['1', 2n, 1n],
  ])
  expect(await world.count('(select distinct _kh from dlo_things)')).toBe(3)
})

test('SR10: an older version never overwrites a newer one, and counts as stale; so does one overtaken in its batch', async () => {
  await using world = await World.of({
    'streams/things.yaml': apiStream({ recordModified: 'changed' }),
  })
  await world.post('things', [{ id: '1', name: 'new', changed: at(5) }])
  await world.post('things', [
    { id: '1', name: 'old', changed: at(4) },
    { id: '2', name: 'late', changed: at(3) },
    { id: '2', name: 'early', changed: at(2) },
  ])
  expect(world.batches.at(-1)?.streams).toMatchObject([{ processed: 3, added: 1, stale: 2 }])
  expect(await world.rows(things)).toEqual([
    ['1', 'new', null],
    ['2', 'late', null],
  ])
  await world.post('things', [{ id: '1', name: 'same time', changed: at(5) }])
  expect(await world.rows(things)).toMatchObject([
    ['1', 'same time', null],
    ['2', 'late', null],
  ])
})

test('SR11: an incremental load looks only at what is as new as the newest one taken in', async () => {
  const stream = { refreshMode: 'INCREMENTAL', recordModified: 'changed' }
  await using world = await World.of(filed(stream, csv(`1,a,1,${at(1)}`, `2,b,2,${at(3)}`)))
  await world.run()
  put(
    world,
    csv(
      `1,changed without notice,1,${at(1)}`,
      `2,b,2,${at(3)}`,
      `3,same time,3,${at(3)}`,
      `4,d,4,${at(4)}`,
    ),
  )
  expect(await world.run({ stage: 'streams' })).toMatchObject([
    { rowsIn: 3, counts: { added: 2, unchanged: 1 } },
  ])
  expect(await world.rows(things)).toEqual([
    ['1', 'a', 1],
    ['2', 'b', 2],
    ['3', 'same time', 3],
    ['4', 'd', 4],
  ])
})

test('SR12: replaying the journal changes nothing: exactly once in effect', async () => {
  await using world = await World.of({
    'streams/things.yaml': apiStream({ refreshMode: 'APPEND' }),
  })
  await world.post('things', [{ id: '1', name: 'a' }])
  await world.accept('things', [{ id: '2', name: 'b' }])
  await world.close()
  await world.open()
  await world.close()
  await world.open()
  expect(await world.rows('select id from dlo_things order by id')).toEqual([['1'], ['2']])
  expect(await world.rows('select sum(processed)::int from stream_counter')).toEqual([[2]])
})
