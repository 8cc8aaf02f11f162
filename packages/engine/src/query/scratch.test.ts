import { test } from 'vitest'
import { openWorld } from './sql-world.fixture.ts'
import { compileQuery } from './compile-query.ts'
import { SCOPE } from './sql-world.fixture.ts'
test('x', async () => {
  const w = await openWorld()
  const q = async (s: string) => { try { console.log(s, '=>', JSON.stringify(await w.query(s), (_, v) => typeof v === 'bigint' ? `${v}n` : v)) } catch (e) { console.log(s, '=> ERR', (e as Error).message); if (!/Mainstem/.test((e as Error).name)) try { console.log(compileQuery(s, SCOPE).sql) } catch { console.log((e as Error).stack) } } }
  const i = async (s: string) => { try { const r = await w.insight(s); console.log(s, '=>', JSON.stringify(r, (_, v) => typeof v === 'bigint' ? `${v}n` : v, 1)) } catch (e) { console.log(s, '=> ERR', (e as Error).message, (e as Error).stack) } }
  await q('SELECT IndividualId, FirstName, LastName, Email FROM UnifiedIndividual LIMIT 50')
  await q('SELECT IndividualId, Email FROM UnifiedIndividual LIMIT 1')
  await q('select * from salesorder o where "OrderDate" + interval \'9 hour\' > \'2026-02-03\' order by 1')
  await q("select DATEADD(day, -90, CURRENT_DATE), DATEADD(day, (-90), CURRENT_DATE()), DATEADD(CURRENT_DATE, 3), DATEDIFF(day, OrderDate, CURRENT_DATE), DATEDIFF(CURRENT_DATE, OrderDate), now(), current_timestamp from SalesOrder order by Id")
  await q("with a as (select customerid c, sum(totalamount) s from salesorder group by customerid) select c, s, rank() over (order by s desc) from a where s > 0.3 union all select 'x', 1, 2 order by 2 desc limit 3")
  await q("select firstname from unifiedindividual where firstname ilike 'a%' or lastname ~ '^Ü' order by 1")
  await q("select date_trunc('month', orderdate) m, count(*), sum(totalamount*quantity), avg(totalamount) from salesorder group by 1 order by m nulls first")
  await q("select id, row_number() over (order by currency) rn, string_agg(currency, ',') from salesorder group by id, currency")
  await q("select u.id, (select count(*) from unifiedlinkindividual l where l.unifiedindividualid = u.id) n from unifiedindividual u where exists (select 1 from unifiedlinkindividual x where x.unifiedindividualid = u.id) order by n desc")
  await q("select initcap('hello world'), repeat('ab', 3), lpad('x', 5, '0'), replace('aaa','a','bb'), 7/2, 7/2.0, 1/0, -7 % 3, '1' || 2, concat('a', null, 'b'), 1.50::varchar, cast('2.5' as decimal), extract(year from date '2020-02-01'), trim(both 'x' from 'xxaxx'), position('b' in 'abc'), substring('hello' from 2 for 3)")
  await i(`SELECT
UnifiedIndividual.Id,
SUM(SalesOrder.TotalAmount) AS lifetime_value,
COUNT(SalesOrder.Id) AS total_orders,
AVG(SalesOrder.TotalAmount) AS avg_order_value,
DATEDIFF(day, MIN(SalesOrder.OrderDate), CURRENT_DATE) AS customer_tenure_days
FROM UnifiedIndividual
JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
GROUP BY UnifiedIndividual.Id`)
  await i(`SELECT
UnifiedIndividual.Id,
SUM(CASE WHEN EngagementEvent.EventType = 'EmailOpen' THEN 2
WHEN EngagementEvent.EventType = 'WebVisit' THEN 1
WHEN EngagementEvent.EventType = 'Purchase' THEN 5
ELSE 0 END) AS engagement_score,
MAX(EngagementEvent.EventDate) AS last_engagement_date
FROM UnifiedIndividual
JOIN EngagementEvent ON UnifiedIndividual.Id = EngagementEvent.UnifiedIndividualId
WHERE EngagementEvent.EventDate >= DATEADD(day, -90, CURRENT_DATE)
GROUP BY UnifiedIndividual.Id`)
  await i(`SELECT sub.cust_id__c AS id__c,
       First(sub.rfm_recency__c*100 + sub.rfm_frequency__c*10 + sub.rfm_monetary__c) AS rfm_combined__c
FROM (SELECT UnifiedIndividual__dlm.ssot__Id__c AS cust_id__c,
        NTILE(4) OVER (ORDER BY MAX(ssot__SalesOrder__dlm.ssot__PurchaseOrderDate__c)) AS rfm_recency__c,
        NTILE(4) OVER (ORDER BY COUNT(ssot__SalesOrder__dlm.ssot__Id__c)) AS rfm_frequency__c,
        NTILE(4) OVER (ORDER BY AVG(ssot__SalesOrder__dlm.ssot__GrandTotalAmount__c)) AS rfm_monetary__c
      FROM ssot__SalesOrder__dlm
      LEFT JOIN IndividualIdentityLink__dlm ON ssot__SalesOrder__dlm.ssot__SoldToCustomerId__c = IndividualIdentityLink__dlm.SourceRecordId__c
      LEFT JOIN UnifiedIndividual__dlm ON UnifiedIndividual__dlm.ssot__Id__c = IndividualIdentityLink__dlm.UnifiedRecordId__c
      GROUP BY UnifiedIndividual__dlm.ssot__Id__c) AS sub
GROUP BY sub.cust_id__c                                   -- [CIEX/DC360]`)
  await i(`SELECT IndividualIdentityLink__dlm.ssot__DataSourceId__c AS DataSourceId__c,
       IndividualIdentityLink__dlm.ssot__DataSourceObjectId__c AS DataSourceObjectId__c,
       APPROX_COUNT_DISTINCT(IndividualIdentityLink__dlm.UnifiedRecordId__c) AS Unique_Unified_Individuals__c,
       COUNT(IndividualIdentityLink__dlm.SourceRecordId__c) AS Source_Record_Count__c,
       (1 - APPROX_COUNT_DISTINCT(IndividualIdentityLink__dlm.UnifiedRecordId__c)
          / COUNT(IndividualIdentityLink__dlm.SourceRecordId__c)) * 100 AS Consolidation_Rate__c
FROM IndividualIdentityLink__dlm GROUP BY DataSourceId__c, DataSourceObjectId__c`)
  await w.close()
})
