import type { MappingDefinition } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { buildCatalogue } from './catalogue/index.ts'
import { compileModel } from './compile-mapping.ts'
import { lakeOf } from './dlo-tables.contract.ts'
import { engagementUnionSql } from './engagement-union.ts'
import { phoneSources } from './phone-source.ts'
import type { StreamSchema } from './stream-schema.ts'

const catalogue = buildCatalogue()

describe('engagement by identity', () => {
  const events: StreamSchema = {
    name: 'EngagementEvent',
    category: 'Engagement',
    primaryKey: ['event_id'],
    eventTime: 'event_timestamp',
    identity: {
      email: 'customer_email',
      phone: 'raw',
      id: { field: 'member', name: 'Loyalty', type: 'Member' },
    },
    fields: [
      { name: 'event_id', type: 'Text' },
      { name: 'customer_email', type: 'Email' },
      { name: 'raw', type: 'Phone' },
      { name: 'member', type: 'Number' },
      { name: 'event_type', type: 'Text' },
      { name: 'event_timestamp', type: 'DateTime' },
      { name: 'known', type: 'Text' },
    ],
  }
  const base = { EngagementTypeId: 'event_type' }
  const at = '2026-04-19T10:00:00Z'
  const rows = {
    EngagementEvent: [
      {
        event_id: 'e1',
        customer_email: ' Lead@Example.com',
        event_type: 'lead_qualified',
        event_timestamp: at,
      },
      {
        event_id: 'e2',
        customer_email: 'lead@example.com',
        event_type: 'open',
        event_timestamp: at,
      },
      { event_id: 'e3', customer_email: ' ', raw: '', event_type: 'open', event_timestamp: at },
      { event_id: 'e4', raw: '0151-1', member: 7, event_type: 'x', event_timestamp: at },
      {
        event_id: 'e5',
        customer_email: 'z@example.com',
        known: '55',
        event_type: 'x',
        event_timestamp: at,
      },
    ],
  }

  test('makes a system record for each identity, which rows point to', async () => {
    const mappings = [
      { stream: 'EngagementEvent', objects: [{ object: 'MessageEngagement', fields: base }] },
    ]
    const plan = compileModel({ catalogue, streams: [events], mappings })
    const session = await lakeOf(plan, rows)
    const people = await session.rows(
      'select "Id", "KQ_Id", _system, "FirstName" from m_Individual order by _kh',
    )
    expect(people.map(row => row.slice(1))).toEqual([
      ['_identity', true, null],
      ['_identity', true, null],
      ['_identity', true, null],
    ])
    expect(people[0]?.[0]).toMatch(/^sys:[0-9a-f]{32}$/)
    const events2 = await session.rows(
      'select e."Id", i."Id" is not null, e."KQ_IndividualId", m."EmailAddress", e."IndividualId" = i."Id" from ' +
        'm_MessageEngagement e left join m_Individual i on i."_p_Id" = e."_p_IndividualId" ' +
        'left join m_ContactPointEmail m on m."_p_PartyId" = e."_p_IndividualId" order by 1',
    )
    expect(events2).toEqual([
      ['e1', true, '_identity', 'lead@example.com', true],
      ['e2', true, '_identity', 'lead@example.com', true],
      ['e3', false, null, null, null],
      ['e4', true, '_identity', null, true],
      ['e5', true, '_identity', 'z@example.com', true],
    ])
    expect(
      await session.rows('select "TelephoneNumber", "KQ_PartyId" from m_ContactPointPhone'),
    ).toEqual([['01511', '_identity']])
    expect(
      await session.rows('select "IdentificationNumber", "Name" from m_PartyIdentification'),
    ).toEqual([['7', 'Loyalty']])
    expect(phoneSources(plan)).toHaveLength(1)
  })

  test('a mapped key of the person wins over the identity values', async () => {
    const objects = [{ object: 'MessageEngagement', fields: { ...base, IndividualId: 'known' } }]
    const plan = compileModel({
      catalogue,
      streams: [events],
      mappings: [{ stream: 'EngagementEvent', objects }],
    })
    const session = await lakeOf(plan, rows)
    const found = await session.rows(
      `select e."IndividualId", e."KQ_IndividualId", p.id, p.kq from m_MessageEngagement e join party p ` +
        `on p.pid = e."_p_IndividualId" where e."Id" = 'e5'`,
    )
    expect(found).toEqual([['55', null, '55', null]])
    expect(await session.rows('select count(*) from m_Individual')).toEqual([[2n]])
  })

  test('a stream that is mapped to nothing still keeps its identities', async () => {
    const plan = compileModel({ catalogue, streams: [events], mappings: [] })
    const session = await lakeOf(plan, rows)
    expect(await session.rows('select count(*) from m_Individual')).toEqual([[3n]])
  })

  test('EngagementEvent names opens, visits and purchases as the seeds do', async () => {
    const stream = (name: string): StreamSchema => ({
      ...events,
      name,
      identity: { email: 'customer_email' },
    })
    const mapping = (name: string, object: string): MappingDefinition => ({
      stream: name,
      objects: [{ object, fields: base }],
    })
    const own = buildCatalogue([
      { object: 'EmailEngagement', fields: { EventType: 'Text' } },
      { object: 'Chat', fields: { When: 'DateTime' }, category: 'Engagement' },
    ])
    const plan = compileModel({
      catalogue: own,
      streams: ['mail', 'web', 'buy', 'chat', 'own'].map(stream),
      mappings: [
        mapping('mail', 'EmailEngagement'),
        mapping('web', 'WebsiteEngagement'),
        mapping('buy', 'ProductOrderEngagement'),
        { stream: 'chat', objects: [{ object: 'Chat', fields: {} }] },
        {
          stream: 'own',
          objects: [{ object: 'EmailEngagement', fields: { EventType: 'event_type' } }],
        },
      ],
    })
    const one = (event_type: string) => [
      { event_id: 'e', customer_email: 'a@b.c', event_type, event_timestamp: at },
    ]
    const session = await lakeOf(plan, {
      mail: one('Open'),
      web: one('x'),
      buy: one('x'),
      chat: one('x'),
      own: one('lead_qualified'),
    })
    const types = await session.rows(
      `select _stream, "EventType", "Object", "_p_IndividualId" is not null from (${engagementUnionSql(plan)}) order by 1`,
    )
    expect(types).toEqual([
      ['buy', 'Purchase', 'ProductOrderEngagement', true],
      ['chat', 'Chat', 'Chat', false],
      ['mail', 'EmailOpen', 'EmailEngagement', true],
      ['own', 'lead_qualified', 'EmailEngagement', true],
      ['web', 'WebVisit', 'WebsiteEngagement', true],
    ])
    expect(plan.notices.map(notice => [notice.code, notice.stream])).toEqual([
      ['NO_PERSON', 'chat'],
    ])
  })
})
