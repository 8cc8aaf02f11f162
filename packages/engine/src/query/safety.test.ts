import { MainstemError } from '@mainstem/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileInsight } from './compile-insight.ts'
import { compileQuery } from './compile-query.ts'
import { assertSafe } from './second-gate.ts'
import { openWorld, SCOPE } from './sql-world.fixture.ts'

let world: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const refusals = (sql: string): unknown[] =>
  [compileQuery, compileInsight].map(compile => thrownBy(() => compile(sql, SCOPE)))

function thrownBy(work: () => unknown): unknown {
  try {
    work()
    return 'nothing'
  } catch (error) {
    return error
  }
}

describe('what is no query over objects of the data space is refused', () => {
  test.each(
    [
      "select * from read_csv('/etc/passwd')",
      "select * from 'x.csv'",
      'select * from "x.csv"',
      'select * from `x.csv`',
      "select * from '/etc/passwd'",
      "select * from query('select 1')",
      "select * from query_table('dlo_secret')",
      "select getenv('HOME')",
      'select * from duckdb_tables()',
      'select * from duckdb_settings()',
      'select * from information_schema.tables',
      'select * from pg_catalog.pg_class',
      'select * from sqlite_master',
      "select * from pragma_table_info('x')",
      'select * from dlo_secret',
      'select * from sales.dlo_secret',
      'select * from sales.orders',
      'select * from other.secret',
      'select * from "other"."secret"',
      'select * from memory.other.secret',
      'select 1; select 2',
      'select 1 -- x\n; drop table sales.orders',
      'select 1 /* ; */ ; delete from SalesOrder',
      "attach 'x.db'",
      "copy SalesOrder to 'x.csv'",
      'install httpfs',
      'load httpfs',
      'pragma version',
      "set memory_limit = '1TB'",
      'reset all',
      'create table t as select 1',
      'insert into SalesOrder select * from SalesOrder',
      'update SalesOrder set Id = 1',
      'delete from SalesOrder',
      'drop table SalesOrder',
      'explain analyze select 1',
      'describe SalesOrder',
      'show tables',
      'summarize SalesOrder',
      'call pragma_version()',
      'checkpoint',
      'begin',
      'values (1)',
      'table SalesOrder',
      'from SalesOrder',
      'with x as (delete from SalesOrder returning *) select * from x',
      'select Id into t from SalesOrder',
      'select Id from SalesOrder for update',
      'select * from SalesOrder pivot (sum(TotalAmount) for Currency in (1))',
      'select * from SalesOrder tablesample 10 percent',
      'select * from SalesOrder, lateral (select 1) x',
      'select * from SalesOrder asof join UnifiedIndividual on true',
      'select * from SalesOrder natural join UnifiedIndividual',
      'select * from generate_series(1, 1000000000)',
      'select unnest(range(1000000000))',
      'with recursive a(x) as (select 1 union all select x + 1 from a) select * from a',
      "select repeat('x', 1000000000)",
      "select repeat('x', 1e9)",
      'select repeat(Id, Age) from UnifiedIndividual',
      "select lpad('x', 999999999)",
      'select list_sort(range(50000000))',
      'select random()',
      'select uuid()',
      'select gen_random_uuid()',
      "select json_execute_serialized_sql('x')",
      "select write_log('x')",
      "select nextval('s')",
      'select current_user',
      'select version()',
      "select current_setting('x')",
      "select * from glob('*')",
      "select content from read_text('x')",
      'select $1',
      'select ?',
      'select :x',
      'select @x',
      'select {x: 1}',
      'select [1,2]',
      'select x -> y from SalesOrder',
      'select $$a$$',
      "select x'41'",
      'select Id collate "de" from SalesOrder',
      'select 1::hugeint',
      'select Id::regclass from SalesOrder',
      'select columns(*) from SalesOrder',
      `select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
      `select ${'- '.repeat(9000)}1`,
      `select ${'not '.repeat(9000)}true`,
      `select ${'1+'.repeat(30_000)}1`,
      `select ${'9'.repeat(5000)}`,
      `select '${'x'.repeat(140_000)}'`,
      `select 1${' union all select 1'.repeat(600)}`,
      "select 'a' like '%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%b'",
      'select 1 union select 2 intersect select 3',
      "select 'a",
      'select "a',
      'select /* a',
      'select (1',
      'select 1)',
      '',
      ';',
      '-- only a comment',
      'select \u0000',
      "select 'a\u0000b'",
      'select \u202e1',
      "select s__0 from SalesOrder where Id = 'x'",
      'select f__sum(Age) from UnifiedIndividual',
      'select "q__0" from SalesOrder',
      'select __proto__ from SalesOrder',
      'select constructor(1)',
      'select toString(1)',
      'select hasOwnProperty from __proto__',
      'select "__proto__"(1)',
    ].map(sql => ({ name: sql.slice(0, 60), sql })),
  )('$name', ({ sql }) => {
    expect(refusals(sql)).toEqual([expect.any(MainstemError), expect.any(MainstemError)])
  })
})

test('an object with a schema is named back as it was written', () => {
  for (const name of ['lake.main.i_', 'main.i_']) {
    expect(() => compileQuery(`select * from ${name}`, SCOPE)).toThrow(`a schema, not ${name} (`)
  }
})

test('SOQL is recognised and named', () => {
  for (const sql of [
    'SELECT Id FROM Contact WHERE CreatedDate = LAST_N_DAYS:30',
    'SELECT FIELDS(ALL) FROM SalesOrder',
    'SELECT Id, (SELECT Id FROM Contacts__r) FROM UnifiedIndividual',
    'SELECT Id FROM SalesOrder WITH SECURITY_ENFORCED',
    'SELECT Account__r.Name FROM SalesOrder',
  ]) {
    expect(() => compileQuery(sql, SCOPE)).toThrow(/SOQL/)
  }
  expect(() => compileQuery('SELECT Id FROM Contact', SCOPE)).toThrow(/SOQL/)
  expect(() =>
    compileQuery("SELECT 'LAST_N_DAYS:30 fields(ALL)' FROM SalesOrder", SCOPE),
  ).not.toThrow()
})

test('an error says what is wrong, where, and what is near', () => {
  const error = (sql: string): unknown => thrownBy(() => compileQuery(sql, SCOPE))
  expect(error('select 1,\n  summ(TotalAmount) from SalesOrder')).toMatchObject({
    code: 'SQL_NOT_ALLOWED',
    message: 'There is no function SUMM (line 2, column 3). Did you mean sum?',
    details: { line: 2, column: 3 },
  })
  expect(error('select TotalAmout from SalesOrder')).toMatchObject({
    code: 'SQL_INVALID',
    message: 'There is no field TotalAmout (line 1, column 8). Did you mean TotalAmount?',
  })
  expect(error('select o.x from SalesOrder o')).toMatchObject({
    message: expect.stringContaining('SalesOrder has no field x'),
  })
  expect(error('select Id from SalesOrders')).toMatchObject({
    message: expect.stringContaining('Did you mean SalesOrder?'),
  })
  expect(error('select Id from SalesOrder where Id = = 1')).toMatchObject({
    code: 'SQL_INVALID',
    message: expect.stringContaining('line 1'),
  })
  expect(error("select dateadd(fortnight, 1, date '2026-01-01')")).toMatchObject({
    message: expect.stringContaining('no unit of time fortnight'),
  })
  expect(error('select Id from SalesOrder a, UnifiedIndividual b')).toMatchObject({
    message: expect.stringContaining('More than one source has a field Id'),
  })
})

describe('the second gate, alone', () => {
  const allowed = ['"sales"."orders"', 'sales.unified']
  const gate = (sql: string): Promise<void> => assertSafe(world.session, sql, allowed)

  test.each([
    'select * from "sales"."orders" o join SALES.Unified u on true',
    'with "with__1"("a") as (select 1) select upper(\'x\') from "with__1"',
    'select 1 union all select 2',
  ])('lets pass %s', async sql => {
    await expect(gate(sql)).resolves.toBeUndefined()
  })

  test.each([
    'select * from orders',
    'select * from sales.link',
    'select * from other.secret',
    'select * from memory.sales.orders',
    "select * from read_csv('x')",
    "select * from 'x.csv'",
    "select * from query('select 1')",
    "select getenv('HOME')",
    'select random()',
    'select now()',
    'select current_date',
    'show tables',
    'describe sales.orders',
    'summarize sales.orders',
    'pivot sales.orders on "Id"',
    'select 1; select 2',
    'drop table sales.orders',
    "attach 'x'",
    'select * from sales.orders tablesample 10%',
    'values (1)',
    'with x as (select 1) select * from y',
    'select unnest([1])',
    'select columns(*) from sales.orders',
    'select * from (values (1))',
    'from duckdb_tables()',
    'select * from with__1',
    'select (select x from other.secret)',
    'select 1 where exists (from other.secret)',
    'select sum(1) over (order by (select x from other.secret))',
    'not sql at all',
    '',
    "select repeat(getenv('x'), 2)",
    'select * from sales.orders at (version => 1)',
    "copy (select 1) to 'x'",
    'select ? ',
    'with recursive a as (select 1 union all select * from a) select * from a',
  ])('stops %s', async sql => {
    await expect(gate(sql)).rejects.toThrow(MainstemError)
  })
})

describe('whatever is sent, only a refusal is thrown', () => {
  const words = fc.constantFrom(
    ..."select from where group by having order limit offset union all except intersect with as join left on using and or not in is null like between case when then else end distinct count sum over partition ( ) , . ; * + - / = < > || :: ~ ' \" ` -- /* */ 1 1.5 'a' SalesOrder UnifiedIndividual Id TotalAmount OrderDate current_date now() dateadd datediff day interval cast date __proto__ é \\ $ values exists filter window rows".split(
      ' ',
    ),
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 30 }).map(list => list.join(' ')),
    fc.array(words, { maxLength: 20 }).map(list => `select ${list.join(' ')} from SalesOrder`),
  )

  test('by random text', () => {
    const property = fc.property(texts, fc.boolean(), (sql, isInsight) => {
      const compile = isInsight ? compileInsight : compileQuery
      const thrown = thrownBy(() => compile(sql, SCOPE))
      return thrown === 'nothing' || thrown instanceof MainstemError
    })
    expect(fc.check(property, { numRuns: 1000 })).toMatchObject({ failed: false })
  })

  test('and what compiles passes the second gate', async () => {
    const allowed = ['sales.orders', 'sales.unified']
    await fc.assert(
      fc.asyncProperty(texts, async sql => {
        let compiled: string
        try {
          compiled = compileQuery(sql, SCOPE).sql
        } catch {
          return
        }
        await expect(assertSafe(world.session, compiled, allowed)).resolves.toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})

test('statements made to be slow are refused or read in a moment', () => {
  const slow = [
    `select ${'1,'.repeat(60_000)}1`,
    `select '${String.raw`\'`.repeat(60_000)}`,
    `select interval '${' '.repeat(120_000)}x'`,
    `select to_char(now(), '${'y'.repeat(120_000)}')`,
    `select ${'abs('.repeat(25)}1${')'.repeat(25)}${', abs(1)'.repeat(1600)}`,
    `select 1 where ${'Id = 1 or '.repeat(9000)}true`,
    `select 1 from ${'SalesOrder,'.repeat(9000)}SalesOrder`,
    `select ${'a.'.repeat(40_000)}b`,
    "'".repeat(131_001),
  ]
  const started = performance.now()
  for (const sql of slow)
    for (const error of refusals(sql))
      expect(error === 'nothing' || error instanceof MainstemError).toBe(true)
  expect(performance.now() - started).toBeLessThan(15_000)
})

test('a text survives any quoting as the value that it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async text => {
      fc.pre(!text.includes('\0'))
      const quoted = `'${text.replaceAll("'", "''")}'`
      expect(
        await world.query(`select ${quoted}, count(*) from SalesOrder where ${quoted} = ${quoted}`),
      ).toEqual([[text, 5]])
    }),
    { numRuns: 100 },
  )
})
