import { MainstemError, type MappingDefinition, type ObjectMapping } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { buildCatalogue, type Catalogue } from './catalogue/index.ts'
import { compileModel } from './compile-mapping.ts'
import { lakeOf } from './dlo-tables.contract.ts'
import { branchesOf, type ModelPlan } from './plan.ts'
import { relationsOf } from './relations.ts'
import type { StreamSchema } from './stream-schema.ts'

const catalogue = buildCatalogue()

const crm: StreamSchema = {
  name: 'crm',
  category: 'Profile',
  primaryKey: ['id'],
  fields: [
    { name: 'id', type: 'Text' },
    { name: 'first', type: 'Text' },
    { name: 'last', type: 'Text' },
    { name: 'email', type: 'Email' },
    { name: 'email2', type: 'Email' },
    { name: 'account', type: 'Text' },
    { name: 'age', type: 'Number' },
    { name: 'vip', type: 'Boolean' },
    { name: 'born', type: 'Date' },
    { name: '__proto__', type: 'Text' },
  ],
}
const events: StreamSchema = {
  ...crm,
  name: 'events',
  category: 'Engagement',
  eventTime: 'at',
  fields: [...crm.fields, { name: 'at', type: 'DateTime' }],
}

const person: ObjectMapping = {
  object: 'Individual',
  fields: { Id: 'id', FirstName: 'first', LastName: 'last' },
}

function plan(objects: ObjectMapping[], stream = crm, model: Catalogue = catalogue): ModelPlan {
  return compileModel({
    catalogue: model,
    streams: [stream],
    mappings: [{ stream: stream.name, objects }],
  })
}

function refusal(objects: ObjectMapping[], stream = crm): string {
  try {
    plan(objects, stream)
  } catch (error) {
    if (error instanceof MainstemError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('a mapping is refused', () => {
  test('when a name is not there, with the nearest one', () => {
    expect(refusal([{ object: 'Individul' }])).toBe(
      'MAPPING_INVALID: Mapping of crm to Individul: the model has no such object. Did you mean Individual? ' +
        'Custom objects go in model/.',
    )
    expect(refusal([{ object: 'Individual', fields: { FristName: 'first' } }])).toContain(
      'Did you mean FirstName?',
    )
    expect(refusal([{ object: 'Individual', fields: { Id: 'idd' } }])).toContain(
      'Mapping of crm to Individual.Id: the stream has no field "idd". Did you mean id?',
    )
    expect(refusal([{ object: '__proto__' }])).toContain('no such object')
    const proto = Object.fromEntries([['__proto__', 'first']])
    expect(refusal([{ object: 'Individual', fields: proto }])).toContain('no such field')
  })

  test('when the stream it is for is not there', () => {
    const mapping: MappingDefinition = { stream: 'crn', objects: [person] }
    expect(() => compileModel({ catalogue, streams: [crm], mappings: [mapping] })).toThrow(
      'Did you mean crm?',
    )
  })

  test('when a field of the object is mapped twice', () => {
    const fields = { ...person.fields, ssot__FirstName__c: 'last' }
    expect(refusal([{ object: 'Individual', fields }])).toContain(
      'Individual.FirstName: the field is mapped twice',
    )
    const both = { ...person, constants: { FirstName: 'x' } }
    expect(refusal([both])).toContain('mapped twice')
  })

  test('when types do not match; only numbers become text, and dates times', () => {
    expect(refusal([{ ...person, fields: { ...person.fields, ChildrenCount: 'first' } }])).toBe(
      'MAPPING_INVALID: Mapping of crm to Individual.ChildrenCount: field "first" is Text, and the target is ' +
        'number. Types have to match (only Number goes to text and Date to dateTime): declare first as Number ' +
        'in the stream, or map another field.',
    )
    expect(refusal([{ ...person, fields: { ...person.fields, IsAnonymous: 'vip' } }])).toContain(
      'declare vip as Text',
    )
    expect(refusal([{ ...person, fields: { ...person.fields, Occupation: 'born' } }])).toContain(
      'born as Text',
    )
    const fine = { ...person.fields, Occupation: 'age', BirthDate: 'born', PhotoURL: 'email' }
    expect(refusal([{ ...person, fields: fine }])).toBe('accepted')
  })

  test('when the primary key, event time or value is not mapped', () => {
    expect(refusal([{ object: 'Individual', fields: { FirstName: 'first' } }])).toContain(
      'Individual.Id: the primary key of the object is not mapped. Map Id; the primary key of the stream is id.',
    )
    const { eventTime: _, ...timeless } = events
    expect(refusal([{ object: 'EmailEngagement' }], timeless)).toContain('Map EngagementDateTm')
    expect(refusal([person, { object: 'ContactPointEmail' }])).toContain('Map EmailAddress')
  })

  test('when nothing says whose a contact point is', () => {
    expect(refusal([{ object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }])).toContain(
      'ContactPointEmail.PartyId: nothing says whose it is. Map PartyId',
    )
    const two: ObjectMapping[] = [person, { ...person, as: 'spouse' }]
    const email: ObjectMapping = {
      object: 'ContactPointEmail',
      as: 'x',
      fields: { EmailAddress: 'email' },
    }
    expect(refusal([...two, email])).toContain('2 times, and nothing says whose')
    expect(refusal([...two, { ...email, as: 'spouse' }])).toBe('accepted')
  })

  test('when the categories do not fit', () => {
    expect(refusal([{ object: 'EmailEngagement' }])).toContain('the stream has category Profile')
    expect(refusal([person], events)).toContain('Name the person by `identity`')
    const order: ObjectMapping = { object: 'SalesOrder', fields: { Id: 'id' } }
    const ticket: ObjectMapping = { object: 'Case', fields: { Id: 'id' } }
    for (const stream of [crm, events, { ...crm, category: 'Other' as const }]) {
      expect(refusal([order], stream)).toBe('accepted')
      expect(refusal([ticket], stream)).toBe('accepted')
    }
  })

  test('when a source key goes to Party Identification Id', () => {
    const number = {
      object: 'PartyIdentification',
      fields: { Id: 'id', IdentificationNumber: 'email' },
    }
    expect(refusal([person, number])).toContain('a source key in it corrupts the object')
    expect(refusal([person, { ...number, fields: { ...number.fields, Id: 'email2' } }])).toBe(
      'accepted',
    )
  })

  test('when two mappings of an object cannot be told apart', () => {
    const email: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }
    expect(refusal([person, email, email])).toContain('Give each its own `as`')
  })

  test('when it sets what the platform sets, or qualifies what is no key', () => {
    expect(refusal([{ ...person, constants: { DataSourceId: 'x' } }])).toContain(
      'the platform fills this field',
    )
    expect(refusal([{ ...person, keyQualifiers: { FirstName: 'x' } }])).toContain(
      'Key fields are Id',
    )
    expect(refusal([{ ...person, constants: { ChildrenCount: 'many' } }])).toContain(
      'the constant is not a number',
    )
    expect(
      refusal([{ ...person, filter: { field: 'age', op: 'isEqualTo', value: 'old' } }]),
    ).toContain('Number')
  })

  test('when identity fields are not there, or not on engagement', () => {
    expect(refusal([], { ...crm, identity: { email: 'email' } })).toContain(
      'only Engagement streams may',
    )
    expect(refusal([], { ...events, identity: { email: 'emial' } })).toContain(
      'Did you mean email?',
    )
  })
})

describe('what a mapping leaves out is derived', () => {
  test('an e-mail of an Individual becomes a Contact Point Email, with a notice', async () => {
    const compiled = plan([{ ...person, fields: { ...person.fields, EmailAddress: 'email' } }])
    expect(compiled.notices).toMatchObject([{ code: 'EMAIL_MOVED', stream: 'crm' }])
    const session = await lakeOf(compiled, { crm: [{ id: '7', email: 'a@b.c' }] })
    expect(await session.rows('select "EmailAddress", "PartyId" from m_ContactPointEmail')).toEqual(
      [['a@b.c', '7']],
    )
  })

  test('and is one with an explicit mapping of the same field', () => {
    const withEmail = { ...person, fields: { ...person.fields, EmailAddress: 'email' } }
    const same: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }
    const other: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email2' } }
    expect(branchesOf(plan([withEmail, same]), 'ContactPointEmail')).toHaveLength(1)
    expect(
      branchesOf(plan([withEmail, other]), 'ContactPointEmail').map(branch => branch.as),
    ).toEqual(['', 'Individual'])
  })

  test('the party is the Individual, and an Account where there is only that', () => {
    const account: ObjectMapping = { object: 'Account', fields: { Id: 'account' } }
    const email: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }
    const parties = (objects: ObjectMapping[]) =>
      branchesOf(plan(objects), 'ContactPointEmail').map(branch => [
        branch.values.get('PartyId'),
        branch.partyObjects.get('PartyId'),
      ])
    expect(parties([person, account, email])[0]?.[1]).toBe(0)
    expect(parties([account, email])[0]?.[1]).toBe(1)
    expect(
      parties([account, { ...email, fields: { ...email.fields, PartyId: 'account' } }])[0]?.[1],
    ).toBe(1)
    expect(parties([{ ...email, fields: { ...email.fields, PartyId: 'id' } }])[0]?.[1]).toBe(0)
  })

  test("qualifiers are the stream's, else the mapping's, and the party takes that of the person", () => {
    const stream = { ...crm, keyQualifier: 'crm' }
    const own: ObjectMapping = { ...person, keyQualifiers: { Id: 'erp' } }
    const email: ObjectMapping = { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } }
    const branch = branchesOf(plan([own, email], stream), 'ContactPointEmail')[0]
    expect(branch?.qualifiers.get('PartyId')).toBe('erp')
    expect(branch?.qualifiers.get('Id')).toBe('crm')
    const bare = branchesOf(
      plan([{ ...person, keyQualifiers: { Id: '' } }], stream),
      'Individual',
    )[0]
    expect(bare?.qualifiers.get('Id')).toBeNull()
  })

  test('a stream has one column for each party it refers to', () => {
    const objects: ObjectMapping[] = [
      person,
      { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
      { object: 'AccountContact', fields: { Id: 'id', AccountId: 'account' } },
      { object: 'Account', fields: { Id: 'account' } },
    ]
    const refs = plan(objects).streams[0]?.partyRefs
    expect(refs?.map(reference => [reference.column, reference.object])).toEqual([
      ['_p0', 0],
      ['_p1', 1],
    ])
  })

  test('a key of several fields is made of them, and never of two records the same', async () => {
    const stream: StreamSchema = { ...crm, category: 'Other', primaryKey: ['first', 'last'] }
    const session = await lakeOf(plan([{ object: 'SalesOrder' }], stream), {
      crm: [
        { first: 'a|', last: 'b' },
        { first: 'a', last: '|b' },
        { first: 'a\\', last: '|b' },
      ],
    })
    expect(await session.rows('select count(distinct "Id") from m_SalesOrder')).toEqual([[3n]])
  })

  test('times and numbers in a key of several fields are written the same each time', async () => {
    const stream: StreamSchema = { ...events, primaryKey: ['age', 'at', 'born', 'vip'] }
    const session = await lakeOf(
      plan([{ object: 'EmailEngagement', fields: { IndividualId: 'id' } }], stream),
      {
        events: [{ age: 10.5, at: '2026-01-02 03:04:05.678+02', born: '2000-01-01', vip: true }],
      },
    )
    await session.run("set TimeZone = 'Asia/Tokyo'")
    expect(await session.rows('select "Id" from m_EmailEngagement')).toEqual([
      ['10.5|2026-01-02T01:04:05.678Z|2000-01-01|true'],
    ])
  })

  test('an appended row is known by its place in the journal', async () => {
    const stream: StreamSchema = { ...events, isAppend: true }
    const session = await lakeOf(
      plan([{ object: 'EmailEngagement', fields: { IndividualId: 'id' } }], stream),
      {
        events: [{ id: '1' }, { id: '1' }],
      },
    )
    expect(await session.rows('select "Id" from m_EmailEngagement order by 1')).toEqual([
      ['1.0'],
      ['2.1'],
    ])
  })

  test('a field called __proto__ is a field like others', async () => {
    const compiled = plan([{ ...person, fields: { ...person.fields, Occupation: '__proto__' } }])
    const row = Object.fromEntries([
      ['id', '1'],
      ['__proto__', 'smith'],
    ])
    const session = await lakeOf(compiled, { crm: [row] })
    expect(await session.rows('select "Occupation" from m_Individual')).toEqual([['smith']])
  })

  test('only records that pass the filter become rows', async () => {
    const rows = {
      crm: [
        { id: '1', age: 5, vip: true },
        { id: '2', age: 6 },
        { id: '3', first: ' ' },
      ],
    }
    const ids = async (filter: NonNullable<ObjectMapping['filter']>) => {
      const session = await lakeOf(plan([{ ...person, filter }]), rows)
      return (await session.rows('select "Id" from m_Individual order by 1')).flat()
    }
    expect(await ids({ field: 'age', op: 'isEqualTo', value: 5 })).toEqual(['1'])
    expect(await ids({ field: 'age', op: 'isNotEqualTo', value: 5 })).toEqual(['2', '3'])
    expect(await ids({ field: 'vip', op: 'isEqualTo', value: true })).toEqual(['1'])
    expect(await ids({ field: 'first', op: 'hasValue' })).toEqual([])
  })

  test('fields that nothing uses are told', () => {
    expect(plan([person]).streams[0]?.unmappedFields).toEqual([
      'email',
      'email2',
      'account',
      'age',
      'vip',
      'born',
      '__proto__',
    ])
  })
})

describe('a custom object', () => {
  const model = buildCatalogue([
    {
      object: 'Preference',
      fields: { IndividualId: 'Text', Colour: 'Text', ChosenAt: 'DateTime' },
      relationships: [{ field: 'IndividualId', to: 'Individual' }],
    },
  ])
  const mapping: ObjectMapping = { object: 'Preference', fields: { Id: 'id', Colour: 'first' } }

  test('takes the category of the first stream mapped to it, and then keeps to it', () => {
    expect(plan([mapping], crm, model).catalogue.object('Preference').category).toBe('Profile')
    expect(plan([mapping], events, model).catalogue.object('Preference').category).toBe(
      'Engagement',
    )
    expect(() =>
      compileModel({
        catalogue: model,
        streams: [crm, events],
        mappings: [
          { stream: 'crm', objects: [mapping] },
          { stream: 'events', objects: [mapping] },
        ],
      }),
    ).toThrow('Preference has category Profile')
  })

  test('that relates to Individual is an extension of the profile', () => {
    const relation = relationsOf(plan([person, mapping], crm, model)).find(
      one => one.object === 'Preference',
    )
    expect(relation).toMatchObject({
      keyColumn: '_p_IndividualId',
      isExtension: true,
      isMapped: true,
      isMain: true,
    })
    const orders = relationsOf(plan([person])).filter(one => one.object === 'SalesOrder')
    expect(orders).toMatchObject([
      {
        to: 'Individual',
        keyColumn: '_p_SoldToCustomerId',
        dateField: 'PurchaseOrderDate',
        isExtension: false,
      },
      { to: 'Account', keyColumn: '_p_BillToAccountId' },
    ])
  })
})
