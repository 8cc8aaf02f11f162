import type { MappingDefinition, ObjectMapping } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { must } from '../kernel/assert.ts'
import { buildCatalogue } from './catalogue/index.ts'
import { compileModel } from './compile-mapping.ts'
import { lakeOf } from './dlo-tables.contract.ts'
import { readiness, type ReadinessFacts } from './readiness.ts'
import { sharedIdsOf, sharedIdsSql } from './shared-ids.ts'
import type { StreamSchema } from './stream-schema.ts'

const person: ObjectMapping = {
  object: 'Individual',
  fields: { Id: 'id', FirstName: 'first', LastName: 'last' },
}
const email: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }

function stream(name: string, more: Partial<StreamSchema> = {}): StreamSchema {
  return {
    name,
    category: 'Profile',
    primaryKey: ['id'],
    fields: ['id', 'first', 'last', 'email'].map(field => ({ name: field, type: 'Text' })),
    ...more,
  }
}

function planOf(streams: StreamSchema[], mappings: MappingDefinition[]) {
  return compileModel({ catalogue: buildCatalogue(), streams, mappings })
}

function checks(objects: ObjectMapping[], facts?: ReadinessFacts) {
  const plan = planOf([stream('crm')], objects.length === 0 ? [] : [{ stream: 'crm', objects }])
  return readiness(plan, facts).map(check => [check.id, check.status])
}

describe('the checks of a stream', () => {
  test('all pass when person and contact point are mapped', () => {
    expect(checks([person, email])).toEqual([
      ['stream.individual', 'pass'],
      ['stream.contact-point', 'pass'],
      ['stream.match-fields', 'pass'],
      ['stream.relationship', 'pass'],
      ['stream.fields', 'pass'],
    ])
  })

  test('only Individual: the gap is named with its fix, the stream by name', () => {
    const plan = planOf([stream('crm')], [{ stream: 'crm', objects: [person] }])
    const gap = readiness(plan).find(check => check.status === 'fail')
    expect(gap).toMatchObject({ id: 'stream.contact-point', subject: 'crm' })
    expect(gap?.message).toContain('crm maps no contact point and no party identification')
    expect(gap?.fix).toContain('Map an e-mail address')
    expect(readiness(plan).find(check => check.id === 'stream.fields')?.message).toContain('email')
  })

  test('a missing last name, a missing person, a stream without mapping', () => {
    const nameless = { ...person, fields: { Id: 'id', FirstName: 'first' } }
    expect(checks([nameless, email])).toContainEqual(['stream.individual', 'fail'])
    const alone = { ...email, fields: { ...email.fields, PartyId: 'id' } }
    expect(checks([alone])).toContainEqual(['stream.individual', 'fail'])
    expect(checks([alone])).toContainEqual(['stream.relationship', 'fail'])
    expect(checks([])).toContainEqual(['stream.mapped', 'fail'])
  })

  test('a party identification stands for a contact point, and wants name and type', () => {
    const card: ObjectMapping = {
      object: 'PartyIdentification',
      fields: { IdentificationNumber: 'email' },
    }
    expect(checks([person, card])).toContainEqual(['stream.contact-point', 'pass'])
    expect(checks([person, card])).toContainEqual(['stream.match-fields', 'warn'])
  })

  test('keys with a qualifier that no person has reach nobody', () => {
    const orders = stream('orders', { category: 'Other', keyQualifier: 'shop' })
    const plan = planOf(
      [stream('crm'), orders],
      [
        { stream: 'crm', objects: [person, email] },
        {
          stream: 'orders',
          objects: [{ object: 'SalesOrder', fields: { Id: 'id', CustomerId: 'first' } }],
        },
      ],
    )
    const failed = readiness(plan).filter(check => check.status !== 'pass')
    expect(failed.map(check => check.id)).toContain('stream.relationship')
    expect(failed.map(check => check.id)).toContain('mapping.qualifier-one-sided')
  })
})

describe('ids shared by different people', () => {
  const streams = [
    stream('crm_contacts'),
    stream('shop_customers'),
    stream('shop_orders', { category: 'Other' }),
  ]
  const mappings: MappingDefinition[] = [
    { stream: 'crm_contacts', objects: [person, email] },
    { stream: 'shop_customers', objects: [person, email] },
    {
      stream: 'shop_orders',
      objects: [{ object: 'SalesOrder', fields: { Id: 'id', CustomerId: 'first' } }],
    },
  ]

  async function found(shop: Record<string, string | null>[]) {
    const plan = planOf(streams, mappings)
    const session = await lakeOf(plan, {
      crm_contacts: [
        { id: '1', first: 'Ann', last: 'A', email: 'a@x.org' },
        { id: '2', first: 'Bob', last: 'B', email: 'b@x.org' },
        { id: '3', first: 'Cleo', last: 'C', email: null },
      ],
      shop_customers: shop,
    })
    const rows = await session.rows(must(sharedIdsSql(plan), 'two streams can share ids'))
    const sharedIds = rows.map(sharedIdsOf)
    return {
      sharedIds,
      check: readiness(plan, { sharedIds }).find(one => one.id === 'keys.shared'),
    }
  }

  test('are named, with the qualifiers to set and every stream that needs one', async () => {
    const { check } = await found([
      { id: '1', first: 'Bob', last: 'B', email: 'b@x.org' },
      { id: '2', first: 'Cid', last: 'C', email: 'c@x.org' },
    ])
    expect(check?.status).toBe('fail')
    expect(check?.message).toContain('same ids for different people: 1, 2 (2 of 2 shared ids)')
    expect(check?.fix).toBe(
      'Set keyQualifier: crm in streams/crm_contacts.yaml and keyQualifier: shop in ' +
        'streams/shop_customers.yaml, streams/shop_orders.yaml.',
    )
  })

  test('the same people under the same ids are fine', async () => {
    const { sharedIds, check } = await found([
      { id: '1', first: 'Anna', last: 'A', email: 'A@x.org ' },
      { id: '3', first: 'Cleo', last: 'C', email: 'cleo@x.org' },
    ])
    expect(sharedIds).toEqual([
      { left: 'crm_contacts', right: 'shop_customers', shared: 2, differing: 0, ids: [] },
    ])
    expect(check).toBeUndefined()
  })

  test('names decide where there is no e-mail address', async () => {
    const { sharedIds } = await found([{ id: '3', first: 'Dora', last: 'D', email: null }])
    expect(sharedIds[0]).toMatchObject({ differing: 1, ids: ['3'] })
  })

  test('nothing to ask with qualifiers', () => {
    const qualified = streams.map(one =>
      stream(one.name, { category: one.category, keyQualifier: one.name.split('_')[0] }),
    )
    expect(sharedIdsSql(planOf(qualified, mappings))).toBeNull()
  })
})

describe('the checks of a project', () => {
  test('rulesets, insights, segments and deletes', () => {
    const facts: ReadinessFacts = {
      rulesets: { count: 3, max: 2 },
      unifiedProfiles: 0,
      insights: [
        { apiName: 'ltv', isOnUnified: true },
        { apiName: 'raw', isOnUnified: false },
      ],
      segments: [{ name: 'big', members: 0 }],
      activations: 1,
      deletingStreams: ['crm'],
    }
    expect(checks([person, email], facts).slice(5)).toEqual([
      ['rulesets.count', 'fail'],
      ['rulesets.profiles', 'fail'],
      ['insights.base', 'pass'],
      ['insights.base', 'warn'],
      ['segments.population', 'warn'],
      ['ingestion.deletes', 'warn'],
    ])
    const good: ReadinessFacts = {
      rulesets: { count: 1, max: 2 },
      unifiedProfiles: 5,
      deletingStreams: [],
    }
    expect(checks([person, email], good).every(([, status]) => status === 'pass')).toBe(true)
  })

  test('what fails or warns always says what to do', () => {
    const plan = planOf([stream('crm'), stream('x')], [{ stream: 'crm', objects: [person] }])
    const all = readiness(plan, {
      rulesets: { count: 0, max: 2 },
      insights: [{ apiName: 'i', isOnUnified: false }],
    })
    const mute = all.filter(
      check => check.message === '' || (check.status !== 'pass' && !check.fix),
    )
    expect(all.length).toBeGreaterThan(5)
    expect(mute).toEqual([])
  })
})
