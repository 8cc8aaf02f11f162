import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import { type CompiledInsight, compileInsight, type InsightOptions } from './compile-insight.ts'
import { compileQuery } from './compile-query.ts'
import type { Relation, SqlScope } from './scope.ts'
import { scopeOf } from './scope.ts'
import { assertSafe } from './second-gate.ts'

/** Tables of a small shop, with a table that nobody was given. */
const TABLES = `
  create schema sales; create schema other;
  create table sales.unified as select * from (values
    ('u1', 'u1', 'Ann', 'Lee', 'ann@x.com', 30), ('u2', 'u2', 'Bob', 'Ray', null, 41), ('u3', 'u3', 'Zoë', 'Ünal', 'z@x.com', null)
  ) t("Id", "IndividualId", "FirstName", "LastName", "Email", "Age");
  create table sales.link as select * from (values ('u1', 'c1', 'crm'), ('u1', 'c2', 'shop'), ('u2', 'c3', 'crm'), ('u3', 'c4', 'shop'))
    t("UnifiedIndividualId", "SourceRecordId", "DataSource");
  create table sales.orders ("Id" varchar, "CustomerId" varchar, "TotalAmount" decimal(38,18), "OrderDate" timestamptz, "Currency" varchar, "Quantity" decimal(38,18));
  insert into sales.orders values
    ('o1', 'c1', 100.50, '2026-01-10 10:00:00+00', 'EUR', 2), ('o2', 'c2', 49.50, '2026-03-01 23:30:00+00', 'USD', 1),
    ('o3', 'c3', 0.10, '2026-02-02 00:00:00+00', 'EUR', 3), ('o4', 'c3', 0.20, '2026-02-03 00:00:00+00', 'XTS', 3),
    ('o5', null, 7, null, null, null);
  create table sales.events as select * from (values
    ('e1', 'u1', 'EmailOpen', timestamptz '2026-03-20 08:00:00+00'), ('e2', 'u1', 'Purchase', timestamptz '2026-03-25 08:00:00+00'),
    ('e3', 'u1', 'WebVisit', timestamptz '2025-01-01 08:00:00+00'), ('e4', 'u2', 'Other', timestamptz '2026-03-25 08:00:00+00')
  ) t("Id", "UnifiedIndividualId", "EventType", "EventDate");
  create table sales.dlo_secret as select 'internal' as x;
  create table other.secret as select 'of another space' as x;
`

const UNIFIED = [
  ['Id', 'VARCHAR'],
  ['IndividualId', 'VARCHAR'],
  ['FirstName', 'VARCHAR'],
  ['LastName', 'VARCHAR'],
  ['Email', 'VARCHAR'],
  ['Age', 'INTEGER'],
]
const ORDERS = [
  ['Id', 'VARCHAR'],
  ['CustomerId', 'VARCHAR'],
  ['TotalAmount', 'DECIMAL(38,18)'],
  ['OrderDate', 'TIMESTAMP WITH TIME ZONE'],
  ['Currency', 'VARCHAR'],
  ['Quantity', 'DECIMAL(38,18)'],
]
const LINK = [
  ['UnifiedIndividualId', 'VARCHAR'],
  ['SourceRecordId', 'VARCHAR'],
  ['DataSource', 'VARCHAR'],
]
const EVENTS = [
  ['Id', 'VARCHAR'],
  ['UnifiedIndividualId', 'VARCHAR'],
  ['EventType', 'VARCHAR'],
  ['EventDate', 'TIMESTAMP WITH TIME ZONE'],
]

function relation(
  name: string,
  sql: string,
  shape: { kind: Relation['kind']; columns: string[][] },
): Relation {
  return {
    name,
    sql,
    kind: shape.kind,
    columns: shape.columns.map(([column = '', type = '']) => ({ name: column, type })),
  }
}

/** The same table under API names, as Data Cloud's examples use them. */
function asApi(
  table: string,
  columns: readonly (readonly [string, string, string])[],
): { sql: string; columns: string[][] } {
  const list = columns.map(([api, own]) => `"${own}" as "${api}"`).join(', ')
  return {
    sql: `(select ${list} from "sales"."${table}")`,
    columns: columns.map(([api, , type]) => [api, type]),
  }
}

const apiOrders = asApi('orders', [
  ['ssot__Id__c', 'Id', 'VARCHAR'],
  ['ssot__SoldToCustomerId__c', 'CustomerId', 'VARCHAR'],
  ['ssot__GrandTotalAmount__c', 'TotalAmount', 'DECIMAL(38,18)'],
  ['ssot__PurchaseOrderDate__c', 'OrderDate', 'TIMESTAMP WITH TIME ZONE'],
])
const apiLink = asApi('link', [
  ['UnifiedRecordId__c', 'UnifiedIndividualId', 'VARCHAR'],
  ['SourceRecordId__c', 'SourceRecordId', 'VARCHAR'],
  ['ssot__DataSourceId__c', 'DataSource', 'VARCHAR'],
  ['ssot__DataSourceObjectId__c', 'DataSource', 'VARCHAR'],
])
const apiUnified = asApi('unified', [
  ['ssot__Id__c', 'Id', 'VARCHAR'],
  ['ssot__FirstName__c', 'FirstName', 'VARCHAR'],
])

export const RELATIONS: readonly Relation[] = [
  relation('UnifiedIndividual', '"sales"."unified"', { kind: 'alias', columns: UNIFIED }),
  relation('UnifiedLinkIndividual', '"sales"."link"', { kind: 'alias', columns: LINK }),
  relation('SalesOrder', '"sales"."orders"', { kind: 'alias', columns: ORDERS }),
  relation('EngagementEvent', '"sales"."events"', { kind: 'alias', columns: EVENTS }),
  relation('orders__dll', '"sales"."orders"', { kind: 'dlo', columns: ORDERS }),
  relation('ssot__SalesOrder__dlm', apiOrders.sql, { kind: 'dmo', columns: apiOrders.columns }),
  relation('IndividualIdentityLink__dlm', apiLink.sql, { kind: 'link', columns: apiLink.columns }),
  relation('UnifiedIndividual__dlm', apiUnified.sql, {
    kind: 'unified',
    columns: apiUnified.columns,
  }),
]

export const SCOPE: SqlScope = scopeOf(RELATIONS, {
  asOf: new Date('2026-03-31T22:30:00.000Z'),
  timeZone: 'Europe/Paris',
  rates: { corporate: 'EUR', rates: { USD: 0.9 } },
})

const ALLOWED = ['"sales"."unified"', '"sales"."link"', '"sales"."orders"', 'sales.events']

/** Opens the small shop on a real engine. */
export async function openWorld() {
  const engine = await openDuckDb({ path: ':memory:', timeZone: 'Europe/Paris', threads: 2 })
  const session = await engine.session()
  for (const sql of TABLES.split(';\n')) if (sql.trim()) await session.run(sql)
  const checked = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    await assertSafe(session, sql, ALLOWED)
    const rows = await session.rows(sql)
    return rows.map(row => row.map(cell => (typeof cell === 'bigint' ? Number(cell) : cell)))
  }
  return {
    session,
    close: async () => {
      session.close()
      await engine.close()
    },
    /** Rows of a statement of the Query API, through both gates. */
    query: (text: string) => checked(compileQuery(text, SCOPE).sql),
    /** Rows of an insight, through both gates, sorted because an insight has no order. */
    insight: async (text: string, options: InsightOptions = {}) => {
      const compiled: CompiledInsight = compileInsight(text, SCOPE, options)
      const rows = await checked(compiled.sql)
      return {
        compiled,
        rows: rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      }
    },
  }
}
