import { compileInsight } from '../../packages/engine/src/query/compile-insight.ts'
import { compileQuery } from '../../packages/engine/src/query/compile-query.ts'
import { statementOf } from '../../packages/engine/src/query/function-calls.fixture.ts'
import { FUNCTIONS } from '../../packages/engine/src/query/function-catalogue.ts'
import { SCOPE } from '../../packages/engine/src/query/sql-world.fixture.ts'

/** Statements of the Query APIs: one for each thing that a SELECT can be made of. */
const QUERIES = [
  'select * from SalesOrder',
  'select distinct Currency from SalesOrder order by Currency desc nulls first limit 3 offset 1',
  'select distinct on (CustomerId) CustomerId, TotalAmount from SalesOrder order by CustomerId, TotalAmount desc',
  `select o.Id, u.FirstName || ' ' || u.LastName as name from SalesOrder o
    left join UnifiedLinkIndividual l on l.SourceRecordId = o.CustomerId
    full join UnifiedIndividual u on u.Id = l.UnifiedIndividualId where o.TotalAmount * 2 >= 10 - 1`,
  'select a.Id from UnifiedIndividual a cross join UnifiedIndividual b where a.Age is distinct from b.Age',
  'select o.Currency from SalesOrder o join EngagementEvent e using (Id)',
  'with big as (select * from SalesOrder where TotalAmount > 50), few as (select Id from big) select count(*) from few',
  'select Id from SalesOrder union all select Id from EngagementEvent except select Id from UnifiedIndividual',
  'select Id from SalesOrder intersect select Id from EngagementEvent order by 1 limit 5',
  `select case Currency when 'EUR' then 1 else 0 end, case when Quantity > 1 then 'many' end from SalesOrder`,
  `select Id from SalesOrder where Currency in ('EUR', 'USD') and Quantity not between 1 and 2 and not (Id is null)`,
  `select Id from UnifiedIndividual where FirstName like 'A%' or LastName not like '%_e' or Email ilike '%@x.com'`,
  `select Id from UnifiedIndividual where FirstName like 'a!%' escape '!'`,
  `select Id from UnifiedIndividual u where exists (select 1 from EngagementEvent e where e.UnifiedIndividualId = u.Id)`,
  `select Id from SalesOrder where CustomerId in (select SourceRecordId from UnifiedLinkIndividual)`,
  `select Id from SalesOrder where TotalAmount > (select avg(TotalAmount) from SalesOrder)`,
  `select Id from SalesOrder where Quantity >= all (select Quantity from SalesOrder) or Quantity = any (select 1)`,
  'select Currency, count(*) filter (where Quantity > 1), sum(distinct Quantity) from SalesOrder group by 1 having count(*) > 1',
  'select row_number() over (partition by Currency order by OrderDate desc) as n, Id from SalesOrder',
  `select sum(TotalAmount) over (order by OrderDate rows between 2 preceding and current row),
    avg(TotalAmount) over (partition by Currency order by OrderDate range between unbounded preceding and current row)
    from SalesOrder`,
  `select cast(Quantity as varchar), cast(Quantity as varchar(3)), cast(Quantity as integer), cast(Quantity as bigint),
    cast(Quantity as double precision), cast(Quantity as decimal(10,2)), cast(Quantity as numeric),
    cast(OrderDate as date), cast(OrderDate as timestamp), cast('10:00' as time), cast('true' as boolean),
    cast('2026-01-01' as timestamptz), Quantity::text from SalesOrder`,
  `select 1, -2, 1.5, 1e3, 'it''s', true, null, date '2026-01-01', timestamp '2026-01-01 10:00:00'`,
  `select OrderDate + interval '9 hour', OrderDate - interval '1 month 2 day', OrderDate at time zone 'Asia/Tokyo',
    extract(year from OrderDate), extract(epoch from OrderDate), OrderDate - OrderDate from SalesOrder`,
  `select Quantity / 2, 7 / 2, 7 % 2, Quantity * TotalAmount, -Quantity, date '2026-01-02' - date '2026-01-01' from SalesOrder`,
  `select first_value(Id) over w from (select Id from SalesOrder) s window w as (order by Id)`,
  `select (1, 2) in ((1, 2), (3, 4)), (Currency, Quantity) = ('EUR', 2) from SalesOrder`,
  'select count(distinct Currency), count(Currency) from orders__dll where Quantity is not null',
  `select string_agg(distinct Currency, ', ' order by Currency) from SalesOrder`,
  `select array_agg(Id order by OrderDate desc) filter (where Quantity > 1) from SalesOrder`,
  `select Quantity is true, Age is not null from UnifiedIndividual, SalesOrder`,
]

/** Statements of insights, in Spark: what it has of its own, and what means something else in it. */
const INSIGHTS = [
  `SELECT UnifiedIndividual.Id, SUM(SalesOrder.TotalAmount) AS total, COUNT(SalesOrder.Id) AS n FROM UnifiedIndividual
    JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
    JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
    WHERE SalesOrder.OrderDate >= DATE_SUB(CURRENT_DATE, 90) GROUP BY UnifiedIndividual.Id`,
  `SELECT SalesOrder.Currency, MAX(CAST(SalesOrder.Id AS INT)) AS n, AVG(SalesOrder.Quantity / 2) AS half,
    MAX(DATE_ADD(SalesOrder.OrderDate, 3)) AS later, MAX(LOG(SalesOrder.Quantity)) AS l FROM SalesOrder
    GROUP BY SalesOrder.Currency`,
  `SELECT EngagementEvent.EventType, COLLECT_SET(EngagementEvent.Id) AS ids,
    MAX(CONCAT(EngagementEvent.Id, '-', EngagementEvent.EventType)) AS label,
    MAX(REGEXP_EXTRACT(EngagementEvent.Id, '(\\\\d+)')) AS number,
    MAX(EngagementEvent.EventDate RLIKE '^2026') AS recent FROM EngagementEvent GROUP BY EngagementEvent.EventType`,
  `SELECT SalesOrder.Currency, SUM(TRY_CONVERT_CURRENCY(SalesOrder.TotalAmount, SalesOrder.Currency, 'USD')) AS usd
    FROM SalesOrder WHERE SalesOrder.OrderDate > NOW() - INTERVAL 30 DAY GROUP BY SalesOrder.Currency`,
]

/** What the compilers write for these, and for a call of each function of the catalogue. */
export function peopleSql(): readonly string[] {
  const calls = Array.from(FUNCTIONS.keys(), name => {
    const statement = statementOf(name, '(select Quantity as n from SalesOrder) v')
    if (statement === undefined) throw new Error(`no call of ${name} in function-calls.fixture.ts`)
    return statement
  })
  return [
    ...[...calls, ...QUERIES].map(text => compileQuery(text, SCOPE).sql),
    ...INSIGHTS.map(text => compileInsight(text, SCOPE).sql),
  ]
}
