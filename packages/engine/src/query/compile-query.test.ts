import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileQuery } from './compile-query.ts'
import { openWorld, SCOPE } from './sql-world.fixture.ts'

let world: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** One row of values, computed by the statement alone. */
const values = async (list: string): Promise<unknown> => (await world.query(`select ${list}`))[0]
const money = (text: string): string =>
  `${text}${'0'.repeat(18 - (text.split('.')[1]?.length ?? 0))}`

test('the statements of seed 003 run as they are written', async () => {
  expect(
    await world.query(
      'SELECT IndividualId, FirstName, LastName, Email FROM UnifiedIndividual LIMIT 50',
    ),
  ).toEqual([
    ['u1', 'Ann', 'Lee', 'ann@x.com'],
    ['u2', 'Bob', 'Ray', null],
    ['u3', 'Zoë', 'Ünal', 'z@x.com'],
  ])
  expect(await world.query('SELECT IndividualId, Email FROM UnifiedIndividual LIMIT 1')).toEqual([
    ['u1', 'ann@x.com'],
  ])
})

test('names are found whatever their case, and a star shows the columns of the object', async () => {
  expect(
    await world.query(
      'SELECT * FROM unifiedLINKindividual WHERE datasource = \'crm\' ORDER BY "SourceRecordId"',
    ),
  ).toEqual([
    ['u1', 'c1', 'crm'],
    ['u2', 'c3', 'crm'],
  ])
  expect(
    await world.query(
      "select UnifiedIndividual.firstname from unifiedindividual as u where u.id = 'u3'",
    ),
  ).toEqual([['Zoë']])
})

test('dates are moved by negative, positive, computed and two-argument amounts', async () => {
  expect(
    await values(
      "DATEADD(day, -90, CURRENT_DATE), DATEADD(day, (-90), CURRENT_DATE()), dateadd('month', 1 - 2, date '2026-03-31'), DATEADD(CURRENT_DATE, 3), DATE_ADD(date '2026-01-01', -1), DATE_SUB(date '2026-01-01', 1), date_add(week, -1, date '2026-01-08')",
    ),
  ).toEqual([
    '2026-01-01',
    '2026-01-01',
    '2026-02-28',
    '2026-04-04',
    '2025-12-31',
    '2025-12-31',
    '2026-01-01',
  ])
})

test('differences count what lies between two days, in the direction of their form', async () => {
  expect(
    await values(
      "DATEDIFF(day, date '2026-01-01', date '2026-01-31'), DATEDIFF(date '2026-01-31', date '2026-01-01'), DATEDIFF(month, date '2026-01-31', date '2026-02-01'), datediff(hour, timestamp '2026-01-01 00:00:00', timestamp '2026-01-02 01:00:00'), DATEDIFF('year', date '2026-12-31', date '2025-01-01')",
    ),
  ).toEqual([30, 30, 1, 25, -1])
})

test('the clock is the asOf of the run, in the time zone of the organisation', async () => {
  expect(
    await values('CURRENT_DATE, current_date(), now(), current_timestamp, localtimestamp'),
  ).toEqual([
    '2026-04-01',
    '2026-04-01',
    '2026-03-31 22:30:00+00',
    '2026-03-31 22:30:00+00',
    '2026-04-01 00:30:00',
  ])
})

test('intervals are added to fields and taken from them', async () => {
  const text =
    "select Id from SalesOrder where OrderDate + interval '9 hour' >= '2026-02-03' and OrderDate - interval '1 day 2 hours' < date '2026-02-03' order by 1"
  expect(await world.query(text)).toEqual([['o4']])
  expect(
    await values(
      "date '2026-01-31' + interval 1 month, date '2026-01-01' + 3, date '2026-01-05' - date '2026-01-01'",
    ),
  ).toEqual(['2026-02-28 00:00:00', '2026-01-04', 4])
})

test('days begin at midnight of the organisation', async () => {
  expect(
    await world.query(
      "select Id, OrderDate::date, date_trunc('month', OrderDate), extract(day from OrderDate) from SalesOrder where Id = 'o2'",
    ),
  ).toEqual([['o2', '2026-03-02', '2026-02-28 23:00:00+00', 2]])
})

test('patterns match as they do in PostgreSQL', async () => {
  const names = async (where: string): Promise<unknown> =>
    (await world.query(`select FirstName from UnifiedIndividual where ${where} order by 1`)).flat()
  expect(await names("FirstName ILIKE 'a%'")).toEqual(['Ann'])
  expect(await names("LastName ~ '^Ü'")).toEqual(['Zoë'])
  expect(await names("LastName !~* '^ü'")).toEqual(['Ann', 'Bob'])
  expect(await names("FirstName NOT LIKE '%o%'")).toEqual(['Ann'])
  expect(await names("Email LIKE '%!_%' ESCAPE '!'")).toEqual([])
  expect(await names("NOT (FirstName LIKE 'A%') AND Email IS NOT NULL")).toEqual(['Zoë'])
})

test('operators bind as they do in SQL', async () => {
  expect(await values('1 + 2 * 3 - 4, (1 + 2) * 3, -2 * 3, 2 - (3 - 4), 8 / 2 / 2, - -1')).toEqual([
    3, 9, -6, 3, 2, 1,
  ])
  expect(
    await values(
      'true or false and false, not true or true, not 1 = 2, 1 < 2 and not 2 in (3), 5 between 1 and 6 and true',
    ),
  ).toEqual([true, true, true, true, true])
  expect(
    await values(
      "'a' || 'b' = 'ab', null is distinct from 1, 1 is not distinct from null, case 2 when 1 then 'x' else 'y' end",
    ),
  ).toEqual([true, true, false, 'y'])
})

test('whole numbers divide to whole numbers, decimals keep their digits, by zero is null', async () => {
  expect(
    await values(
      "7 / 2, -7 / 2, 7 / 2.0, 1 / 0, 7 % 3, 1.50::varchar, cast('2.5' as decimal), round(2.345, 2)",
    ),
  ).toEqual([3, -3, 3.5, null, 1, '1.5', money('2.5'), '2.35'])
})

test('products of two amounts fit, and sums are exact', async () => {
  expect(
    await world.query(
      'select sum(TotalAmount * Quantity), sum(TotalAmount), sum(TotalAmount * 1.1) from SalesOrder where Quantity > 0',
    ),
  ).toEqual([[money('251.4'), money('150.3'), '165.3300000000000000000']])
})

test('joins, subqueries, WITH and set operations give what SQL says', async () => {
  const text = `with spend as (select CustomerId c, sum(TotalAmount) s from SalesOrder group by CustomerId),
      people(person, total) as (select l.UnifiedIndividualId, sum(s) from spend join UnifiedLinkIndividual l on l.SourceRecordId = spend.c group by 1)
    select u.FirstName, p.total, (select count(*) from EngagementEvent e where e.UnifiedIndividualId = u.Id) events
    from UnifiedIndividual u left join people p on p.person = u.Id order by 2 desc nulls last, 1`
  expect(await world.query(text)).toEqual([
    ['Ann', money('150.0'), 3],
    ['Bob', money('0.3'), 1],
    ['Zoë', null, 0],
  ])
  expect(
    await world.query(
      "select Id from UnifiedIndividual except select UnifiedIndividualId from EngagementEvent union select 'x' order by 1",
    ),
  ).toEqual([['u3'], ['x']])
  expect(
    await world.query(
      'select Id from UnifiedIndividual where Id not in (select UnifiedIndividualId from EngagementEvent)',
    ),
  ).toEqual([['u3']])
  expect(
    await world.query('select count(*) from UnifiedIndividual a cross join UnifiedIndividual b'),
  ).toEqual([[9]])
  expect(
    await world.query(
      "select UnifiedIndividualId, EventType, SourceRecordId from EngagementEvent join UnifiedLinkIndividual using (UnifiedIndividualId) where EventType = 'Other'",
    ),
  ).toEqual([['u2', 'Other', 'c3']])
  expect(await world.query('select distinct Currency from SalesOrder order by Currency')).toEqual([
    ['EUR'],
    ['USD'],
    ['XTS'],
    [null],
  ])
})

test('a comma binds looser than JOIN', async () => {
  const text =
    "select count(a.Id), count(b.Id), count(c.Id) from UnifiedIndividual a, SalesOrder b right join EngagementEvent c on b.Id = c.Id and c.Id = 'no'"
  expect(await world.query(text)).toEqual([[12, 0, 12]])
  const turned =
    'select count(*) from UnifiedIndividual a join UnifiedLinkIndividual l on a.Id = l.UnifiedIndividualId, ' +
    'EngagementEvent e where e.UnifiedIndividualId = a.Id'
  expect(await world.query(turned)).toEqual([[7]])
})

test('a nested SELECT sees the names around it, and its own first', async () => {
  const text =
    'select Id from UnifiedIndividual u where Age > (select avg(Age) from UnifiedIndividual where FirstName <> u.FirstName and Id <> u.Id)'
  expect(await world.query(text)).toEqual([['u2']])
})

test('grouping takes fields, names and positions, and HAVING chooses groups', async () => {
  expect(
    await world.query(
      'select Currency as c, count(*) n from SalesOrder group by c having count(*) > 1',
    ),
  ).toEqual([['EUR', 2]])
  expect(
    await world.query(
      'select upper(Currency) u, count(distinct CustomerId), count(*) filter (where TotalAmount > 1) from SalesOrder group by 1 having true order by 1',
    ),
  ).toEqual([
    ['EUR', 2, 1],
    ['USD', 1, 1],
    ['XTS', 1, 0],
    [null, 0, 1],
  ])
})

test('windows have a total order, so that ties are not broken by chance', async () => {
  expect(
    await world.query(
      'select Id, row_number() over (order by Currency), rank() over (order by Currency), lag(Id) ' +
        'over (order by Currency) from SalesOrder where Currency is not null order by 1',
    ),
  ).toEqual([
    ['o1', 1, 1, null],
    ['o2', 3, 3, 'o3'],
    ['o3', 2, 1, 'o1'],
    ['o4', 4, 4, 'o2'],
  ])
  expect(
    await world.query(
      "select Id, sum(TotalAmount) over w from SalesOrder where CustomerId = 'c3' window w as (order by Id rows between unbounded preceding and current row) order by Id",
    ),
  ).toEqual([
    ['o3', money('0.1')],
    ['o4', money('0.3')],
  ])
})

test('LIMIT and OFFSET cut the same rows every time', async () => {
  const text =
    'select DataSource from UnifiedLinkIndividual order by UnifiedIndividualId limit 2 offset 1'
  expect(await world.query(text)).toEqual([['shop'], ['crm']])
  expect(await world.query('select Id from SalesOrder fetch first 2 rows only')).toEqual([
    ['o1'],
    ['o2'],
  ])
  expect(
    await world.query(
      "select string_agg(Id, '-' order by TotalAmount desc), first(Id order by TotalAmount desc) from SalesOrder",
    ),
  ).toEqual([['o1-o2-o5-o4-o3', 'o1']])
})

test('nulls stand where PostgreSQL puts them', async () => {
  expect((await world.query('select Email from UnifiedIndividual order by Email')).flat()).toEqual([
    'ann@x.com',
    'z@x.com',
    null,
  ])
  expect(
    (await world.query('select Email from UnifiedIndividual order by Email desc')).flat(),
  ).toEqual([null, 'z@x.com', 'ann@x.com'])
})

test('names of any script and names of JavaScript are only names', async () => {
  expect(
    await world.query(
      'select Id as "größe", FirstName as "__proto__", Age as naïve from UnifiedIndividual where Id = \'u1\'',
    ),
  ).toEqual([['u1', 'Ann', 30]])
  expect(
    await world.query(
      'select x."constructor", x."a""b" from (select \'q\'\'; drop table t; --\' as "constructor", E\'l\\n2\' as "a""b") x',
    ),
  ).toEqual([["q'; drop table t; --", 'l\n2']])
})

test('names of a result are different from each other', () => {
  const { sql } = compileQuery(
    'select Id, Id, Id as id_2, count(*), count(*) from SalesOrder group by Id',
    SCOPE,
  )
  expect(Array.from(sql.matchAll(/ AS "(\w+)"[, ]/g), found => found[1])).toEqual([
    'Id',
    'Id_3',
    'id_2',
    'count',
    'count_2',
    'SalesOrder',
  ])
})

test('the objects that a statement reads are reported', () => {
  const text =
    'select 1 from salesorder o where exists (select 1 from UNIFIEDINDIVIDUAL where Id = o.CustomerId)'
  expect(compileQuery(text, SCOPE).relations).toEqual(['SalesOrder', 'UnifiedIndividual'])
})
