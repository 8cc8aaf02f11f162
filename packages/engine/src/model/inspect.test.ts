import type { FieldType } from '@mainstem/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { SqlSession } from '../lake/index.ts'
import { buildCatalogue } from './catalogue/index.ts'
import { columnStatistics, columnStatisticsSql, type SourceColumn } from './column-statistics.ts'
import { compileModel } from './compile-mapping.ts'
import { type Inspection, inspectColumns } from './inspect.ts'
import { NO_SHAPES } from './no-shapes.fixture.ts'

let session: SqlSession

beforeAll(async () => {
  const engine = await openDuckDb({ path: ':memory:', threads: 1 })
  session = await engine.session()
})
afterAll(() => session.close())

/** A table as `columns` (name → type) and rows of values. */
async function inspected(
  columns: Record<string, FieldType>,
  rows: readonly (readonly (string | number | null)[])[],
  stream = 'source',
): Promise<Inspection> {
  const list: SourceColumn[] = Object.entries(columns).map(([name, type]) => ({ name, type }))
  const names = list.map(column => `"${column.name}"`).join(', ')
  const engineTypes: Record<string, string> = {
    Number: 'decimal(38,18)',
    Date: 'date',
    DateTime: 'timestamptz',
  }
  const casts = list.map(
    ({ name, type }) => `cast("${name}" as ${engineTypes[type] ?? 'varchar'}) as "${name}"`,
  )
  const values = rows
    .map(row => `(${row.map(value => (value === null ? 'null' : `'${value}'`)).join(', ')})`)
    .join(', ')
  const relation = `(select ${casts.join(', ')} from (values ${values}) as t(${names}))`
  const found = await session.rows(columnStatisticsSql(relation, list))
  return inspectColumns(stream, columnStatistics(list, found))
}

function meanings(inspection: Inspection): Record<string, string | null> {
  return Object.fromEntries(inspection.columns.map(column => [column.name, column.meaning]))
}

/** Whatever is proposed can be used as it is. */
function compiles(inspection: Inspection, columns: Record<string, FieldType>): void {
  const { primaryKey, category, mapping, eventTime, recordModified, identity } = inspection.proposal
  if (!mapping) return
  const fields = Object.entries(columns).map(([name, type]) => ({ name, type }))
  const stream = {
    name: mapping.stream,
    category,
    primaryKey,
    eventTime,
    recordModified,
    identity,
    fields,
  }
  compileModel({ catalogue: buildCatalogue(), streams: [stream], mappings: [mapping] })
}

describe('statistics', () => {
  test('count rows, blanks, distinct values and shapes', async () => {
    const { rows, columns } = await inspected({ mail: 'Text', n: 'Number' }, [
      ['a@b.c', 1],
      ['A@b.c', 1],
      [' ', null],
      ['no', 3],
    ])
    expect(rows).toBe(4)
    expect(columns).toMatchObject([
      { blank: 1, distinct: 3, samples: ['A@b.c', 'a@b.c', 'no'] },
      { blank: 1, distinct: 2 },
    ])
  })
})

describe('values', () => {
  test('speak where the name does not, and against a name that lies', async () => {
    const result = await inspected({ x1: 'Text', email_sent: 'Text', x3: 'Text' }, [
      ['a@b.c', 'yes', '+49 151 123456'],
      ['d@e.f', 'no', '0151-1234567'],
    ])
    expect(meanings(result)).toEqual({ x1: 'email', email_sent: null, x3: 'phone' })
    expect(result.columns[0]?.why).toBe('100 % of the values look like e-mail addresses')
  })
})

describe('proposals', () => {
  test('people', async () => {
    const columns: Record<string, FieldType> = {
      contact_id: 'Number',
      first_name: 'Text',
      last_name: 'Text',
      email: 'Text',
      mobile_phone: 'Text',
      home_phone: 'Text',
      street: 'Text',
      city: 'Text',
      zip: 'Number',
      loyalty_no: 'Text',
      birth_date: 'Date',
      updated_at: 'DateTime',
    }
    const result = await inspected(
      columns,
      [
        [
          1,
          'Ann',
          'A',
          'a@x.org',
          '0151 1234567',
          '030 1234567',
          'S 1',
          'B',
          10115,
          'L1',
          '1980-01-01',
          '2026-01-01 00:00:00Z',
        ],
        [
          2,
          'Bob',
          'B',
          'b@x.org',
          null,
          null,
          'S 2',
          'B',
          10115,
          null,
          null,
          '2026-01-01 00:00:00Z',
        ],
      ],
      'crm',
    )
    expect(result.proposal).toMatchObject({
      primaryKey: ['contact_id'],
      category: 'Profile',
      recordModified: 'updated_at',
      mapping: {
        stream: 'crm',
        objects: [
          {
            object: 'Individual',
            fields: { Id: 'contact_id', FirstName: 'first_name', BirthDate: 'birth_date' },
          },
          { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
          { object: 'ContactPointPhone', as: 'mobile_phone' },
          { object: 'ContactPointPhone', as: 'home_phone_2' },
          {
            object: 'ContactPointAddress',
            fields: { AddressLine1: 'street', PostalCodeText: 'zip' },
          },
          { object: 'PartyIdentification', fields: { IdentificationNumber: 'loyalty_no' } },
        ],
      },
    })
    compiles(result, columns)
  })

  test('orders, by customer key or by e-mail', async () => {
    const byKey: Record<string, FieldType> = {
      order_id: 'Text',
      customer_id: 'Number',
      total: 'Number',
      order_date: 'DateTime',
    }
    const orders = await inspected(byKey, [
      ['o1', 1, 10, '2026-01-01 00:00:00Z'],
      ['o2', 1, 20, '2026-01-02 00:00:00Z'],
    ])
    expect(orders.proposal).toMatchObject({
      primaryKey: ['order_id'],
      category: 'Other',
      mapping: {
        objects: [
          {
            object: 'SalesOrder',
            fields: { SoldToCustomerId: 'customer_id', TotalAmount: 'total' },
          },
        ],
      },
    })
    compiles(orders, byKey)
    const byMail: Record<string, FieldType> = {
      order_id: 'Text',
      email: 'Text',
      total: 'Number',
      order_date: 'DateTime',
    }
    const guests = await inspected(byMail, [['o1', 'a@b.c', 10, '2026-01-01 00:00:00Z']])
    expect(guests.proposal).toMatchObject({
      category: 'Engagement',
      eventTime: 'order_date',
      identity: { email: 'email' },
    })
    compiles(guests, byMail)
  })

  test('lines of orders that only two columns tell apart', async () => {
    const columns: Record<string, FieldType> = {
      InvoiceNo: 'Text',
      StockCode: 'Text',
      Quantity: 'Number',
      UnitPrice: 'Number',
      InvoiceDate: 'DateTime',
      CustomerID: 'Number',
    }
    const lines = await inspected(columns, [
      ['1', 'A', 1, 2, '2026-01-01 00:00:00Z', 7],
      ['1', 'B', 1, 2, '2026-01-01 00:00:00Z', 7],
    ])
    expect(lines.proposal).toMatchObject({
      primaryKey: ['InvoiceNo', 'StockCode'],
      category: 'Engagement',
      mapping: {
        objects: [{ object: 'ProductOrderEngagement', fields: { IndividualId: 'CustomerID' } }],
      },
    })
    compiles(lines, columns)
  })

  test('the event of the seeds', async () => {
    const columns: Record<string, FieldType> = {
      event_id: 'Text',
      customer_email: 'Email',
      event_type: 'Text',
      event_timestamp: 'DateTime',
      conversation_id: 'Text',
      channel: 'Text',
    }
    const events = await inspected(
      columns,
      [
        [
          'evt_12345',
          'lead@example.com',
          'lead_qualified',
          '2026-04-19T10:00:00Z',
          'conv_67890',
          'whatsapp',
        ],
      ],
      'EngagementEvent',
    )
    expect(events.proposal).toMatchObject({
      primaryKey: ['event_id'],
      category: 'Engagement',
      eventTime: 'event_timestamp',
      identity: { email: 'customer_email' },
      mapping: {
        objects: [{ object: 'MessageEngagement', fields: { EngagementTypeId: 'event_type' } }],
      },
    })
    compiles(events, columns)
  })

  test('tickets reach their person', async () => {
    const columns: Record<string, FieldType> = {
      ticket_id: 'Number',
      'requester.email': 'Text',
      subject: 'Text',
      status: 'Text',
      created_at: 'DateTime',
    }
    const tickets = await inspected(columns, [[1, 'a@b.c', 'Help', 'open', '2026-01-01 00:00:00Z']])
    expect(tickets.proposal).toMatchObject({
      category: 'Engagement',
      identity: { email: 'requester.email' },
      mapping: {
        objects: [{ object: 'Case', fields: { Subject: 'subject', CaseStatusId: 'status' } }],
      },
    })
    compiles(tickets, columns)
  })

  test('a source without a key gets no mapping, and is told why', async () => {
    const result = await inspected({ a: 'Text' }, [['x'], ['x']])
    expect(result.proposal).toMatchObject({ primaryKey: [], mapping: null })
    expect(result.proposal.why.join(' ')).toContain('No column tells the rows apart')
  })

  test('whatever the columns are, a proposal can be used as it is', () => {
    const names = fc.constantFrom(
      'id',
      'email',
      'email2',
      'customer_id',
      'order_id',
      'first_name',
      'Name',
      'phone',
      'tel',
      'total',
      'sku',
      'qty',
      'order_date',
      'event_type',
      'event_time',
      'url',
      'company',
      'status',
      'subject',
      'zip',
      'city',
      '__proto__',
      'loyalty_id',
      'passport_no',
      'member_no',
      'created_at',
      'updated_at',
      'birth_date',
      'country',
      'ticket_id',
      'account_id',
    )
    const type = fc.constantFrom<FieldType[]>(
      'Text',
      'Number',
      'Date',
      'DateTime',
      'Boolean',
      'Email',
    )
    const column = fc.record({ name: names, type, isUnique: fc.boolean() })
    const columns = fc.uniqueArray(column, {
      selector: one => one.name,
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(columns, list => {
        const statistics = list.map(({ name, type: kind, isUnique }) => ({
          name,
          type: kind,
          rows: 10,
          blank: 0,
          distinct: isUnique ? 10 : 3,
          samples: [],
          shapes: {
            ...NO_SHAPES,
            email: name.startsWith('email') ? 1 : 0,
            phone: /phone|tel/.test(name) ? 1 : 0,
          },
        }))
        const result = inspectColumns('s', statistics)
        const types = Object.fromEntries(list.map(({ name, type: kind }) => [name, kind]))
        expect(() => compiles(result, types)).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})
