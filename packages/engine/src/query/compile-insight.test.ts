import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileInsight } from './compile-insight.ts'
import { openWorld, SCOPE } from './sql-world.fixture.ts'

let world: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const LTV = `SELECT
UnifiedIndividual.Id,
SUM(SalesOrder.TotalAmount) AS lifetime_value,
COUNT(SalesOrder.Id) AS total_orders,
AVG(SalesOrder.TotalAmount) AS avg_order_value,
DATEDIFF(day, MIN(SalesOrder.OrderDate), CURRENT_DATE) AS customer_tenure_days
FROM UnifiedIndividual
JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
GROUP BY UnifiedIndividual.Id`

const ENGAGEMENT = `SELECT
UnifiedIndividual.Id,
SUM(CASE WHEN EngagementEvent.EventType = 'EmailOpen' THEN 2
WHEN EngagementEvent.EventType = 'WebVisit' THEN 1
WHEN EngagementEvent.EventType = 'Purchase' THEN 5
ELSE 0 END) AS engagement_score,
MAX(EngagementEvent.EventDate) AS last_engagement_date
FROM UnifiedIndividual
JOIN EngagementEvent ON UnifiedIndividual.Id = EngagementEvent.UnifiedIndividualId
WHERE EngagementEvent.EventDate >= DATEADD(day, -90, CURRENT_DATE)
GROUP BY UnifiedIndividual.Id`

const RFM = `SELECT sub.cust_id__c AS id__c,
       First(sub.rfm_recency__c*100 + sub.rfm_frequency__c*10 + sub.rfm_monetary__c) AS rfm_combined__c
FROM (SELECT UnifiedIndividual__dlm.ssot__Id__c AS cust_id__c,
        NTILE(4) OVER (ORDER BY MAX(ssot__SalesOrder__dlm.ssot__PurchaseOrderDate__c)) AS rfm_recency__c,
        NTILE(4) OVER (ORDER BY COUNT(ssot__SalesOrder__dlm.ssot__Id__c)) AS rfm_frequency__c,
        NTILE(4) OVER (ORDER BY AVG(ssot__SalesOrder__dlm.ssot__GrandTotalAmount__c)) AS rfm_monetary__c
      FROM ssot__SalesOrder__dlm
      LEFT JOIN IndividualIdentityLink__dlm ON ssot__SalesOrder__dlm.ssot__SoldToCustomerId__c = IndividualIdentityLink__dlm.SourceRecordId__c
      LEFT JOIN UnifiedIndividual__dlm ON UnifiedIndividual__dlm.ssot__Id__c = IndividualIdentityLink__dlm.UnifiedRecordId__c
      GROUP BY UnifiedIndividual__dlm.ssot__Id__c) AS sub
GROUP BY sub.cust_id__c                                   -- [CIEX/DC360]`

const CONSOLIDATION = `SELECT IndividualIdentityLink__dlm.ssot__DataSourceId__c AS DataSourceId__c,
       IndividualIdentityLink__dlm.ssot__DataSourceObjectId__c AS DataSourceObjectId__c,
       APPROX_COUNT_DISTINCT(IndividualIdentityLink__dlm.UnifiedRecordId__c) AS Unique_Unified_Individuals__c,
       COUNT(IndividualIdentityLink__dlm.SourceRecordId__c) AS Source_Record_Count__c,
       (1 - APPROX_COUNT_DISTINCT(IndividualIdentityLink__dlm.UnifiedRecordId__c)
          / COUNT(IndividualIdentityLink__dlm.SourceRecordId__c)) * 100 AS Consolidation_Rate__c
FROM IndividualIdentityLink__dlm GROUP BY DataSourceId__c, DataSourceObjectId__c        -- [HARPER], second dimension completed`

const base =
  'FROM UnifiedIndividual JOIN EngagementEvent ON UnifiedIndividual.Id = EngagementEvent.UnifiedIndividualId'

describe('the examples of the sources run as they are written', () => {
  test('customer lifetime value of seed 001', async () => {
    const { compiled, rows } = await world.insight(LTV)
    expect(rows).toEqual([
      ['u1', '150.000000000000000000', 2, 75, 81],
      ['u2', '0.300000000000000000', 2, 0.15, 58],
    ])
    expect(compiled).toMatchObject({
      dimensions: [{ name: 'Id', source: 'UnifiedIndividual.Id' }],
      measures: [
        { name: 'lifetime_value', aggregatable: true, function: 'sum' },
        { name: 'total_orders', aggregatable: true, function: 'count' },
        { name: 'avg_order_value', aggregatable: true, function: 'avg' },
        { name: 'customer_tenure_days', aggregatable: false, function: 'expression' },
      ],
      relations: ['UnifiedIndividual', 'UnifiedLinkIndividual', 'SalesOrder'],
      base: 'UnifiedIndividual',
      freshness: 'keyedWithinDay',
      keyDimension: 'Id',
    })
    expect(compiled.notices.join(' ')).toMatch(
      /lifetime_value__c.*TRY_CONVERT_CURRENCY\(SalesOrder.TotalAmount, SalesOrder.Currency\)/,
    )
  })

  test('engagement score of seed 001', async () => {
    const { compiled, rows } = await world.insight(ENGAGEMENT)
    expect(rows).toEqual([
      ['u1', 7, '2026-03-25 08:00:00+00'],
      ['u2', 0, '2026-03-25 08:00:00+00'],
    ])
    expect(compiled.freshness).toBe('keyedWithinDay')
  })

  test('recency, frequency and money with NTILE in a subquery', async () => {
    const { compiled, rows } = await world.insight(RFM)
    expect(rows).toEqual([
      ['u1', 323],
      ['u2', 231],
      [null, 112],
    ])
    expect(compiled).toMatchObject({
      base: 'ssot__SalesOrder__dlm',
      freshness: 'whole',
      measures: [{ function: 'first' }],
    })
    expect(compiled.notices).toHaveLength(1)
  })

  test('consolidation rate by source, grouped by the names of dimensions', async () => {
    const { compiled, rows } = await world.insight(CONSOLIDATION)
    expect(rows).toEqual([
      ['crm', 'crm', 2, 2, 0],
      ['shop', 'shop', 2, 2, 0],
    ])
    expect(compiled.measures.map(measure => measure.aggregatable)).toEqual([false, true, false])
  })

  test('ranks over sums, buckets over sums, NOT IN, and truncated times', async () => {
    const ranked = await world.insight(
      'SELECT CustomerId AS c__c, SUM(TotalAmount) AS s__c, RANK() OVER (ORDER BY SUM(TotalAmount) ' +
        'DESC) AS r__c, CASE WHEN SUM(TotalAmount) > 20 THEN "high" ELSE \'low\' END AS b__c FROM ' +
        'SalesOrder WHERE CustomerId NOT IN (SELECT SourceRecordId FROM UnifiedLinkIndividual WHERE ' +
        'DataSource = "shop") GROUP BY CustomerId',
    )
    expect(ranked.rows).toEqual([
      ['c1', '100.500000000000000000', 1, 'high'],
      ['c3', '0.300000000000000000', 2, 'low'],
    ])
    expect(ranked.compiled.dimensions).toEqual([{ name: 'c__c', source: 'SalesOrder.CustomerId' }])
    const timed = await world.insight(
      "SELECT CDPMonth(EventDate) AS m__c, COUNT(Id) AS n__c FROM EngagementEvent WHERE EventType RLIKE '^E|\\\\w+hase$' AND EventType NOT REGEXP 'x' AND EventDate > DATE_SUB(CURRENT_DATE, 30) AND DATEDIFF(CURRENT_DATE, EventDate) < 30 GROUP BY CDPMonth(EventDate)",
    )
    expect(timed.rows).toEqual([['2026-02-28 23:00:00+00', 2]])
  })
})

test('currencies are converted by the table of rates, and an unknown one is null', async () => {
  const { rows } = await world.insight(
    "SELECT Id AS id__c, SUM(TRY_CONVERT_CURRENCY(TotalAmount, Currency)) AS eur__c, MAX(TRY_CONVERT_CURRENCY(TotalAmount, Currency, 'USD')) AS usd__c FROM SalesOrder WHERE Currency IS NOT NULL GROUP BY Id",
  )
  expect(rows).toEqual([
    ['o1', '100.500000000000000000', '111.666666667000000000'],
    ['o2', '44.550000000000000000', '49.500000000000000000'],
    ['o3', '0.100000000000000000', '0.111111111000000000'],
    ['o4', null, null],
  ])
})

describe('rules of calculated insights', () => {
  const cases: readonly (readonly [rule: string, sql: string, says: RegExp])[] = [
    [
      'a measure',
      `SELECT UnifiedIndividual.Id ${base} GROUP BY UnifiedIndividual.Id`,
      /at least one measure/,
    ],
    [
      'dimensions in GROUP BY',
      `SELECT FirstName, COUNT(EventType) AS n ${base} GROUP BY UnifiedIndividual.Id, FirstName`,
      /not selected/,
    ],
    [
      'ungrouped dimension',
      `SELECT FirstName, COUNT(EventType) AS n ${base}`,
      /neither grouped nor aggregated \(line 1, column 8\)/,
    ],
    ['names', `SELECT FirstName, COUNT(EventType) ${base} GROUP BY FirstName`, /has no name/],
    [
      'two names',
      `SELECT FirstName AS x, COUNT(EventType) AS X ${base} GROUP BY FirstName`,
      /are called X/,
    ],
    [
      'no nesting',
      `SELECT FirstName, SUM(COUNT(EventType)) AS n ${base} GROUP BY FirstName`,
      /COUNT stands inside SUM/,
    ],
    ['no COUNT(*)', `SELECT FirstName, COUNT(*) AS n ${base} GROUP BY FirstName`, /COUNT\(\*\)/],
    [
      'no DISTINCT',
      `SELECT DISTINCT FirstName, COUNT(EventType) AS n ${base} GROUP BY FirstName`,
      /SELECT DISTINCT/,
    ],
    [
      'no ORDER BY',
      `SELECT FirstName, COUNT(EventType) AS n ${base} GROUP BY FirstName ORDER BY 1`,
      /ORDER BY/,
    ],
    [
      'no LIMIT',
      `SELECT FirstName, COUNT(EventType) AS n ${base} GROUP BY FirstName LIMIT 3`,
      /LIMIT/,
    ],
    [
      'no aggregate in WHERE',
      `SELECT FirstName, COUNT(EventType) AS n ${base} WHERE COUNT(EventType) > 1 GROUP BY FirstName`,
      /WHERE cannot use COUNT/,
    ],
    [
      'no measure in GROUP BY',
      `SELECT FirstName, COUNT(EventType) AS n ${base} GROUP BY FirstName, n`,
      /GROUP BY names n, which is a measure/,
    ],
    [
      'no lake object',
      'SELECT Id, SUM(TotalAmount) AS s FROM orders__dll GROUP BY Id',
      /orders__dll is a data lake object/,
    ],
    [
      'one SELECT',
      'SELECT Id, COUNT(Id) AS n FROM SalesOrder GROUP BY Id UNION SELECT Id, COUNT(Id) AS n FROM SalesOrder GROUP BY Id',
      /without UNION/,
    ],
    ['no star', `SELECT * ${base}`, /star/],
    ['SQL that can be read', 'SELECT FROM WHERE', /INSIGHT_INVALID|cannot be read|no field|stands/],
  ]
  test.each(cases)('%s', (_, sql, says) => {
    expect(() => compileInsight(sql, SCOPE)).toThrow(
      expect.objectContaining({ code: 'INSIGHT_INVALID', message: expect.stringMatching(says) }),
    )
  })

  test('limits and strict names are options', () => {
    expect(() => compileInsight(LTV, SCOPE, { measuresMax: 3 })).toThrow(/at most 3 measures/)
    expect(() => compileInsight(RFM, SCOPE, { dimensionsMax: 0 })).toThrow(/at most 0 dimensions/)
    expect(() => compileInsight(LTV, SCOPE, { strictNames: true })).toThrow(
      /Id does not end in __c/,
    )
    expect(() => compileInsight(`${LTV}${' '.repeat(131_021)}`, SCOPE)).toThrow(/at most 131021/)
    expect(compileInsight(RFM, SCOPE, { strictNames: true }).dimensions).toHaveLength(1)
  })
})

test('a cast of a text that a query would refuse is null, and the author is told so once', async () => {
  const of = (cast: string): string =>
    `SELECT u.Id AS id__c, SUM(${cast}) AS s__c FROM UnifiedIndividual u GROUP BY u.Id`
  const { compiled, rows } = await world.insight(of('CAST(u.FirstName AS INTEGER)'))
  expect(rows[0]).toEqual(['u1', null])
  expect(compiled.notices).toEqual([
    expect.stringMatching(/^CAST\(FirstName …\) is null where .*TRY_CAST says that this is meant/),
  ])
  for (const cast of ['TRY_CAST(u.FirstName AS INTEGER)', 'LENGTH(CAST(u.FirstName AS STRING))']) {
    expect(compileInsight(of(cast), SCOPE).notices).toEqual([])
  }
})

describe('freshness', () => {
  const select = 'SELECT UnifiedIndividual.Id AS id, COUNT(EngagementEvent.Id) AS n'
  const group = 'GROUP BY UnifiedIndividual.Id'
  const cases: readonly (readonly [sql: string, freshness: string, reason: RegExp])[] = [
    [`${select} ${base} ${group}`, 'keyed', /rows of its own/],
    [`${select} ${base.replace(' JOIN', ' LEFT JOIN')} ${group}`, 'keyed', /rows of its own/],
    [`${select} ${base} WHERE EventDate > CURRENT_DATE ${group}`, 'keyedWithinDay', /midnight/],
    [`${select} ${base} WHERE EventDate < NOW() ${group}`, 'whole', /NOW/],
    [
      `${select}, RANK() OVER (ORDER BY COUNT(EngagementEvent.Id)) AS r ${base} ${group}`,
      'whole',
      /RANK OVER/,
    ],
    [
      `SELECT FirstName AS f, COUNT(EngagementEvent.Id) AS n ${base} GROUP BY FirstName`,
      'whole',
      /not among/,
    ],
    [`${select} ${base.replace(' JOIN', ' RIGHT JOIN')} ${group}`, 'whole', /RIGHT/],
    [
      `${select} FROM EngagementEvent LEFT JOIN UnifiedIndividual ON UnifiedIndividual.Id = EngagementEvent.UnifiedIndividualId ${group}`,
      'whole',
      /LEFT JOIN/,
    ],
    [
      `${select} FROM UnifiedIndividual JOIN EngagementEvent ON EngagementEvent.EventDate > '2026-01-01' ${group}`,
      'whole',
      /equality/,
    ],
    [
      `${select} ${base} WHERE UnifiedIndividual.Age > (SELECT AVG(Age) FROM UnifiedIndividual x) ${group}`,
      'whole',
      /subquery/,
    ],
    [
      `${select} ${base} JOIN UnifiedIndividual other ON other.Age = UnifiedIndividual.Age ${group}`,
      'whole',
      /more than once/,
    ],
    [
      `${select} ${base} JOIN (SELECT CustomerId, SUM(TotalAmount) s FROM SalesOrder GROUP BY CustomerId) o ON o.CustomerId = UnifiedIndividual.Id ${group}`,
      'whole',
      /groups/,
    ],
    [
      `${select} ${base} JOIN (SELECT CustomerId FROM SalesOrder ORDER BY 1 LIMIT 1) o ON o.CustomerId = UnifiedIndividual.Id ${group}`,
      'whole',
      /LIMIT/,
    ],
  ]
  test.each(cases)('%s', (sql, freshness, reason) => {
    const compiled = compileInsight(sql, SCOPE)
    expect(compiled.freshness).toBe(freshness)
    expect(compiled.freshnessReason).toMatch(reason)
    expect(compiled.keyDimension).toBe(freshness === 'whole' ? undefined : 'id')
  })

  test.each([LTV, ENGAGEMENT, `${select} ${base.replace(' JOIN', ' LEFT JOIN')} ${group}`])(
    'computed person by person, a keyed insight is the same',
    async sql => {
      const { rows } = await world.insight(sql)
      const parts: unknown[] = []
      for (const list of ["('u1')", "('u2', 'u9')", "('u3')"]) {
        parts.push(
          ...(
            await world.insight(sql, {
              onlyKeys: { relation: 'UnifiedIndividual', column: 'Id', sqlList: list },
            })
          ).rows,
        )
      }
      expect(parts).toEqual(rows)
    },
  )

  test('an insight that is not keyed cannot be computed for some keys', () => {
    const onlyKeys = {
      relation: 'UnifiedIndividual__dlm',
      column: 'ssot__Id__c',
      sqlList: "('u1')",
    }
    expect(() => compileInsight(RFM, SCOPE, { onlyKeys })).toThrow('Broken assumption')
  })
})
