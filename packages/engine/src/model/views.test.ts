import type { MappingDefinition } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { buildCatalogue } from './catalogue/index.ts'
import { compileModel } from './compile-mapping.ts'
import { lakeOf } from './dlo-tables.contract.ts'
import { phoneSources } from './phone-source.ts'
import type { StreamSchema } from './stream-schema.ts'

const catalogue = buildCatalogue()

function people(name: string, keyQualifier?: string): StreamSchema {
  return {
    name,
    category: 'Profile',
    primaryKey: ['id'],
    keyQualifier,
    recordModified: 'updated',
    fields: [
      { name: 'id', type: 'Number' },
      { name: 'FirstName', type: 'Text' },
      { name: 'LastName', type: 'Text' },
      { name: 'email', type: 'Email' },
      { name: 'mobile', type: 'Phone' },
      { name: 'home', type: 'Phone' },
      { name: 'card', type: 'Text' },
      { name: 'born', type: 'Date' },
      { name: 'updated', type: 'DateTime' },
    ],
  }
}

function peopleMapping(stream: string): MappingDefinition {
  return {
    stream,
    objects: [
      {
        object: 'Individual',
        fields: { Id: 'id', FirstName: 'FirstName', LastName: 'LastName', BirthDate: 'born' },
      },
      { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
      { object: 'ContactPointPhone', as: 'mobile', fields: { TelephoneNumber: 'mobile' } },
      {
        object: 'ContactPointPhone',
        as: 'home',
        fields: { TelephoneNumber: 'home' },
        constants: { CountryId: 'fr' },
      },
      {
        object: 'PartyIdentification',
        fields: { IdentificationNumber: 'card' },
        constants: { Name: 'Loyalty', PartyIdentificationTypeId: 'Member' },
      },
    ],
  }
}

const orders: StreamSchema = {
  name: 'shop_orders',
  category: 'Other',
  primaryKey: ['no'],
  keyQualifier: 'shop',
  fields: [
    { name: 'no', type: 'Text' },
    { name: 'customer', type: 'Number' },
    { name: 'total', type: 'Currency' },
    { name: 'at', type: 'DateTime' },
  ],
}
const ordersMapping: MappingDefinition = {
  stream: 'shop_orders',
  objects: [
    {
      object: 'SalesOrder',
      fields: { Id: 'no', CustomerId: 'customer', GrandTotalAmount: 'total', OrderDate: 'at' },
    },
  ],
}

describe('a record becomes rows of several objects', () => {
  const plan = compileModel({
    catalogue,
    streams: [people('crm')],
    mappings: [peopleMapping('crm')],
    region: 'DE',
  })
  const rows = {
    crm: [
      {
        id: 17,
        FirstName: 'Ada',
        LastName: 'Byron',
        email: 'ada@x.org',
        mobile: '0151 1',
        home: '01 42',
        card: 'L1',
        born: '1815-12-10',
      },
      { id: 18, FirstName: 'Bob', LastName: ' ', email: '  ', mobile: null, home: '', card: ' ' },
    ],
  }

  test('several contact points a record, none for blank values', async () => {
    const session = await lakeOf(plan, rows)
    const phones = await session.rows(
      'select "Id", "PartyId", "TelephoneNumber", _as, "_p_PartyId" from m_ContactPointPhone order by 1',
    )
    expect(phones).toEqual([
      ['crm:17:home', '17', '01 42', 'home', 1],
      ['crm:17:mobile', '17', '0151 1', 'mobile', 1],
    ])
    expect(await session.rows('select "Id", "EmailAddress" from m_ContactPointEmail')).toEqual([
      ['crm:17', 'ada@x.org'],
    ])
    const [[id] = []] = await session.rows('select "Id" from m_PartyIdentification')
    expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('unmapped fields are nulls of their type', async () => {
    const session = await lakeOf(plan, rows)
    const [row] = await session.rows(
      'select typeof("NetWorth"), typeof("DeathDate"), typeof("Occupation"), typeof("_p_PrimaryAccountId"), ' +
        '"NetWorth", cast("BirthDate" as date), "DataSourceId", "DataSourceObjectId" from m_Individual where "Id" = \'17\'',
    )
    expect(row).toEqual([
      'DECIMAL(38,18)',
      'TIMESTAMP WITH TIME ZONE',
      'VARCHAR',
      'INTEGER',
      null,
      '1815-12-10',
      'crm',
      'crm__dll',
    ])
    expect(await session.rows('select count(*) from m_Voucher')).toEqual([[0n]])
  })

  test('numbers in E.164 come from the dictionary, by the country of the mapping or the project', async () => {
    const session = await lakeOf(plan, rows)
    const sources = phoneSources(plan)
    const raw = await session.rows(
      sources
        .map(
          one =>
            `select ${one.rawSql} as raw, ${one.regionSql} as region from dlo_${one.stream} where _kh = 1`,
        )
        .join(' union all ') + ' order by 1',
    )
    expect(raw).toEqual([
      ['01 42', 'FR'],
      ['0151 1', 'DE'],
    ])
    await session.run(
      `insert into phone_e164 values ('01 42', 'FR', '+33142'), ('01 42', 'DE', '+49142')`,
    )
    const formatted = await session.rows(
      'select _as, "FormattedE164PhoneNumber" from m_ContactPointPhone order by 1',
    )
    expect(formatted).toEqual([
      ['home', '+33142'],
      ['mobile', null],
    ])
  })

  test('source fields that are called like other fields of the object are not confused', async () => {
    const swapped = compileModel({
      catalogue,
      streams: [people('crm')],
      mappings: [
        {
          stream: 'crm',
          objects: [
            {
              object: 'Individual',
              fields: { Id: 'id', FirstName: 'LastName', LastName: 'FirstName' },
            },
            { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
          ],
        },
      ],
    })
    const session = await lakeOf(swapped, rows)
    expect(
      await session.rows('select "FirstName", "LastName" from m_Individual order by "Id"'),
    ).toEqual([
      ['Byron', 'Ada'],
      [' ', 'Bob'],
    ])
  })

  test('the alias of Individual has the e-mail address of the person', async () => {
    const session = await lakeOf(plan, rows)
    expect(
      await session.rows(
        'select Id, EmailAddress, DataSource from default_q.Individual order by Id',
      ),
    ).toEqual([
      ['17', 'ada@x.org', 'crm'],
      ['18', null, 'crm'],
    ])
  })
})

describe('two sources that reuse ids', () => {
  const rows = {
    crm: [
      { id: 1, FirstName: 'A', LastName: 'A' },
      { id: 2, FirstName: 'B', LastName: 'B' },
    ],
    shop: [
      { id: 1, FirstName: 'B', LastName: 'B' },
      { id: 2, FirstName: 'C', LastName: 'C' },
    ],
    shop_orders: [
      { no: 'o1', customer: 1, total: 100 },
      { no: 'o2', customer: 1, total: 50 },
      { no: 'o3', customer: 2, total: 30 },
    ],
  }
  const mappings = [peopleMapping('crm'), peopleMapping('shop'), ordersMapping]

  test('stay apart with key qualifiers, also for joins as the seeds write them', async () => {
    const plan = compileModel({
      catalogue,
      streams: [people('crm', 'crm'), people('shop', 'shop'), orders],
      mappings,
    })
    expect(plan.notices).toEqual([])
    const session = await lakeOf(plan, rows)
    const sums = await session.rows(
      'select Individual.Id, sum(SalesOrder.TotalAmount)::integer from default_q.Individual join ' +
        'default_q.SalesOrder on Individual.Id = SalesOrder.CustomerId group by 1 order by 1',
    )
    expect(sums).toEqual([
      ['shop:1', 150],
      ['shop:2', 30],
    ])
    const apiNames = await session.rows(
      'select i.ssot__FirstName__c, sum(o.ssot__GrandTotalAmount__c)::integer from ' +
        'default_q.ssot__Individual__dlm i join default_q.ssot__SalesOrder__dlm o on ' +
        "i.ssot__Id__c = o.ssot__SoldToCustomerId__c and coalesce(i.KQ_Id__c, '') = " +
        "coalesce(o.KQ_SoldToCustomerId__c, '') group by 1 order by 1",
    )
    expect(apiNames).toEqual([
      ['B', 150],
      ['C', 30],
    ])
    const pids = await session.rows(
      'select count(distinct "_p_Id") from m_Individual where "_p_Id" in (select "_p_SoldToCustomerId" from m_SalesOrder)',
    )
    expect(pids).toEqual([[2n]])
  })

  test('are one person without, and a qualifier on one side only is told', async () => {
    const plan = compileModel({
      catalogue,
      streams: [people('crm'), people('shop'), orders],
      mappings,
    })
    const session = await lakeOf(plan, rows)
    expect(await session.rows('select count(distinct "_p_Id") from m_Individual')).toEqual([[2n]])
    expect(plan.notices.map(notice => notice.code)).toEqual(['QUALIFIER_ONE_SIDED'])
    expect(plan.notices[0]?.message).toContain('SalesOrder.SoldToCustomerId of stream shop_orders')
  })
})

describe('data lake objects', () => {
  test('are seen under their names with the fields and system fields of the standard', async () => {
    const plan = compileModel({
      catalogue,
      streams: [people('crm', 'crm')],
      mappings: [peopleMapping('crm')],
    })
    const session = await lakeOf(plan, { crm: [{ id: 17, FirstName: 'Ada' }] })
    expect(
      await session.rows(
        'select id__c::integer, KQ_id__c, DataSource__c, DataSourceObject__c from default_q.crm__dll',
      ),
    ).toEqual([[17, 'crm', 'crm', 'crm__dll']])
  })
})

describe('look-ups of a few people stay fast', () => {
  test('a filter on the party goes down into each branch', async () => {
    const plan = compileModel({
      catalogue,
      streams: [people('crm', 'crm'), people('shop', 'shop')],
      mappings: [peopleMapping('crm'), peopleMapping('shop')],
    })
    const session = await lakeOf(plan, { crm: [{ id: 1 }], shop: [{ id: 1 }] })
    for (const [view, column] of [
      ['m_Individual', '_p_Id'],
      ['m_ContactPointPhone', '_p_PartyId'],
    ]) {
      const rows = await session.rows(
        `explain select * from ${view} where "${column}" in (1, 2, 3)`,
      )
      const text = String(rows[0]?.[1])
      const union = text.indexOf('UNION')
      expect(union).toBeGreaterThan(0)
      expect(text.slice(0, union)).not.toContain('FILTER')
      expect(text.slice(union).match(/_p\d[^│]*(IN|>=|=)/g)?.length ?? 0).toBeGreaterThanOrEqual(2)
    }
  })
})
