import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Shadow, SqlEngine, SqlSession } from '../sql-session.ts'
import { openDuckDb } from './duckdb-engine.ts'

let folder: string
let engine: SqlEngine
let live: SqlSession
let shadow: Shadow
let session: SqlSession

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mainstem-shadow-'))
  const path = join(folder, 'lake.duckdb')
  engine = await openDuckDb({ path, schema: 'space_a', timeZone: 'Europe/Paris' })
  live = await engine.session()
  await live.run('create table link (pid integer, uid integer)')
  await live.run('insert into link values (1, 10), (2, 20)')
  await live.run('create table "odd name" (a integer)')
  await live.run('create view seen as select pid from link')
  await live.run('create schema space_a_q')
  await live.run('create view space_a_q.seen_by_people as select pid, 1 as one from seen')
  await live.run('create view space_a_q.links as select * from space_a.link')
  shadow = await engine.shadow()
  session = await shadow.open()
})

afterEach(async () => {
  await shadow.close()
  live.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const read = async (session: SqlSession, from: string): Promise<string> =>
  JSON.stringify(await session.rows(`from ${from} order by all`))

test('SH1: it sees what was committed when it was opened, and nothing later', async () => {
  const later = await engine.shadow()
  await live.run('insert into link values (3, 30)')
  await live.run('delete from link where pid = 1')
  expect(await read(await later.open(), 'link')).toBe('[[1,10],[2,20]]')
  await later.close()
  expect(await read(session, 'link')).toBe('[[1,10],[2,20]]')
  expect(await read(session, 'seen')).toBe('[[1],[2]]')
})

test.each<[string, readonly string[], string, string]>([
  ['an insert', ['insert into link values (3, 30)'], 'link', '[[1,10],[2,20],[3,30]]'],
  ['an insert by a quoted name', ['insert into "odd name" values (7)'], '"odd name"', '[[7]]'],
  ['an update', ['update link l set uid = 0 where l.pid = 1'], 'link', '[[1,0],[2,20]]'],
  ['a delete', ['delete from link l where l.pid = 1'], 'link', '[[2,20]]'],
  ['a delete of all', ['delete from link', 'insert into link values (5, 5)'], 'link', '[[5,5]]'],
  [
    'a table that is there',
    ['create table if not exists link (pid integer)'],
    'link',
    '[[1,10],[2,20]]',
  ],
  [
    'a table made anew',
    [
      'drop table link',
      'create table if not exists link (x integer)',
      'insert into link values (9)',
    ],
    'link',
    '[[9]]',
  ],
  [
    'a table in place of another',
    [
      'create or replace table link (x integer)',
      'insert into link values (9)',
      'delete from link where x > 9',
    ],
    'link',
    '[[9]]',
  ],
  ['a column', ['alter table link add column kind varchar'], 'link', '[[1,10,null],[2,20,null]]'],
  [
    'a new table',
    ['create table if not exists fresh (a integer)', 'insert into fresh values (1)'],
    'fresh',
    '[[1]]',
  ],
  ['a view', ['create or replace view seen as select uid from link'], 'seen', '[[10],[20]]'],
  [
    'a view of people',
    ['drop view space_a_q.links', 'create view space_a_q.links as select 4 as four'],
    'space_a_q.links',
    '[[4]]',
  ],
  [
    'views over what changed',
    ['delete from link where pid = 1'],
    'space_a_q.seen_by_people',
    '[[2,1]]',
  ],
  [
    'views over what changed, by a full name',
    ['delete from link where pid = 1'],
    'space_a_q.links',
    '[[2,20]]',
  ],
  [
    'a temporary table',
    ['create or replace temp table t as from link', 'delete from t where pid = 1'],
    't',
    '[[2,20]]',
  ],
])('SH2, SH3: %s is seen in the shadow alone', async (_what, statements, from, seen) => {
  const before = await stateOf(live)
  for (const sql of statements) await session.run(sql)
  expect(await read(session, from)).toBe(seen)
  expect(await stateOf(live)).toBe(before)
  await live.run('insert into link values (8, 80)')
  await shadow.close()
  expect(await read(live, 'link')).toBe('[[1,10],[2,20],[8,80]]')
  shadow = await engine.shadow()
  session = await shadow.open()
  expect(await read(session, 'link')).toBe('[[1,10],[2,20],[8,80]]')
})

test('SH2: columns are loaded aside, and what a statement returns is read', async () => {
  const columns = [
    { name: 'pid', type: 'INTEGER', values: Int32Array.of(4) },
    { name: 'uid', type: 'INTEGER', values: Int32Array.of(40) },
  ] as const
  await session.load('link', columns)
  const gone = await session.rows('delete from link where pid = 1 returning uid')
  expect(gone).toEqual([[10]])
  expect(await read(session, 'link')).toBe('[[2,20],[4,40]]')
  expect(await read(live, 'link')).toBe('[[1,10],[2,20]]')
})

test('SH3: a write that is not led aside fails, and the database stays as it is', async () => {
  await session.run('delete from link where pid = 1')
  await expect(session.run('delete from lake.space_a.link')).rejects.toThrow(/single/)
  expect(await read(live, 'link')).toBe('[[1,10],[2,20]]')
})

test('SH3: the file is folded and copied while a shadow is open', async () => {
  await session.run('insert into link values (3, 30)')
  await live.run('insert into link values (6, 60)')
  await live.run('checkpoint')
  expect(await read(live, 'link')).toBe('[[1,10],[2,20],[6,60]]')
})

async function stateOf(session: SqlSession): Promise<string> {
  const names = `select schema_name, table_name, sql from duckdb_tables() where not temporary
    union all select schema_name, view_name, sql from duckdb_views() where not internal order by all`
  return JSON.stringify([await session.rows(names), await read(session, 'link')])
}
