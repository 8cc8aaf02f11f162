import { MainstemError } from '@mainstem/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCatalogue } from './build-catalogue.ts'
import { findField } from './catalogue.ts'
import { nearestName } from './nearest-name.ts'
import { STANDARD_OBJECTS } from './standard-objects.ts'

const catalogue = buildCatalogue()
const objects = [...catalogue.objects.values()]

function randomCase(text: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map(upper =>
      Array.from(text, (c, at) => (upper[at] ? c.toUpperCase() : c.toLowerCase())).join(''),
    )
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof MainstemError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing thrown'
}

describe('the standard objects', () => {
  test('names of objects and fields resolve in any case, short or API', () => {
    const named = fc.constantFrom(...objects).chain(object => {
      const field = fc.constantFrom(...object.fields.values())
      return fc
        .tuple(fc.constant(object), field, fc.boolean())
        .chain(([o, f, isApi]) =>
          fc.tuple(
            fc.constant([o, f] as const),
            randomCase(isApi ? o.apiName : o.name),
            randomCase(isApi ? f.apiName : f.name),
          ),
        )
    })
    fc.assert(
      fc.property(named, ([[object, field], objectName, fieldName]) => {
        expect(catalogue.find(objectName)).toBe(object)
        expect(findField(object, fieldName)).toBe(field)
      }),
      { numRuns: 500 },
    )
  })

  test('every relationship starts at a key field and ends at a field of an object', () => {
    const broken = objects.flatMap(object =>
      object.relationships
        .filter(link => {
          const target = catalogue.objects.get(link.object)
          return !object.fields.get(link.field)?.isKey || !target?.fields.has(link.toField)
        })
        .map(link => `${object.name}.${link.field}`),
    )
    expect(broken).toEqual([])
  })

  test('event times, value fields and synonyms name fields that are there', () => {
    const missing = objects.flatMap(object => {
      const names = [...object.valueFields, ...object.synonyms.values(), object.primaryKey]
      if (object.category === 'Engagement') names.push(object.eventTime ?? 'event time')
      return names.filter(name => !object.fields.has(name)).map(name => `${object.name}.${name}`)
    })
    expect(missing).toEqual([])
  })

  test('names are unique, whatever their case', () => {
    const lower = objects.map(object => object.name.toLowerCase())
    expect(new Set(lower).size).toBe(objects.length)
    const twice = objects.filter(object => {
      const names = [...object.fields.keys()].map(name => name.toLowerCase())
      return new Set(names).size < names.length
    })
    expect(twice).toEqual([])
    expect(objects).toHaveLength(STANDARD_OBJECTS.length)
  })

  test('names of the semantics that people use are known', () => {
    expect(catalogue.find('std__IndividualDmo__dlm')?.name).toBe('Individual')
    expect(catalogue.find('Contact Point Email')?.name).toBe('ContactPointEmail')
    expect(findField(catalogue.object('SalesOrder'), 'OrderDate')?.name).toBe('PurchaseOrderDate')
    expect(findField(catalogue.object('ContactPointEmail'), 'Individual Id')?.name).toBe('PartyId')
  })

  test('an unknown name is answered with the nearest', () => {
    expect(codeOf(() => catalogue.object('ContactPointEmial'))).toBe(
      'OBJECT_NOT_FOUND: The model has no object "ContactPointEmial". Did you mean ContactPointEmail?',
    )
    expect(nearestName('Email', ['Name', 'EmailAddress'])).toBe('EmailAddress')
    expect(nearestName('zzzzzz', ['Name', 'EmailAddress'])).toBeUndefined()
    expect(catalogue.find('__proto__')).toBeUndefined()
    expect(catalogue.find('constructor')).toBeUndefined()
  })
})

describe('custom objects and fields', () => {
  const preference = {
    object: 'Preference',
    fields: { IndividualId: 'Text', Colour: 'Text', Size: 'Number', constructor: 'Text' },
    relationships: [{ field: 'individualid', to: 'individual' }],
  } as const

  test('merge into the catalogue under their API names', () => {
    const own = buildCatalogue([
      { ...preference, relationships: [...preference.relationships] },
      { object: 'ssot__Individual__dlm', fields: { Tier: 'Text', Since__c: 'Date' } },
    ])
    const object = own.object('preference__DLM')
    expect(object).toMatchObject({ apiName: 'Preference__dlm', category: null, primaryKey: 'Id' })
    expect(object.fields.get('Colour')).toMatchObject({ apiName: 'Colour__c', kind: 'text' })
    expect(object.fields.get('IndividualId')).toMatchObject({ isKey: true })
    expect(object.fields.get('constructor')?.apiName).toBe('constructor__c')
    expect(object.relationships).toEqual([
      { field: 'IndividualId', object: 'Individual', toField: 'Id', cardinality: 'ManyToOne' },
    ])
    const individual = own.object('Individual')
    expect(individual.fields.get('Since')).toMatchObject({ apiName: 'Since__c', kind: 'date' })
    expect(individual.fields.get('FirstName')?.apiName).toBe('ssot__FirstName__c')
    expect(catalogue.object('Individual').fields.has('Tier')).toBe(false)
  })

  test('are refused with the reason when a name breaks a rule or is taken', () => {
    const build = (object: string, fields: Record<string, 'Text'> = { A: 'Text' }) =>
      codeOf(() => buildCatalogue([{ object, fields }]))
    expect(build('2nd')).toContain(
      'NAME_INVALID: The object named "2nd" does not start with a letter',
    )
    expect(build('a__b')).toContain('two underscores')
    expect(build('Name_')).toContain('ends with an underscore')
    expect(build('x'.repeat(41))).toContain('longer than 40')
    expect(build('UnifiedIndividual')).toContain('objects that the platform makes')
    expect(build('Pet', Object.fromEntries([['__proto__', 'Text']]))).toContain('NAME_INVALID')
    expect(build('Individual', { firstname: 'Text' })).toContain('is there already')
    expect(build('Pet', { DataSourceId: 'Text' })).toContain('filled by the platform')
  })

  test('relationships to what is not there are refused with the nearest name', () => {
    const withLink = (field: string, to: string, toField?: string) =>
      codeOf(() =>
        buildCatalogue([
          {
            object: 'Pet',
            fields: { OwnerId: 'Text' },
            relationships: [{ field, to, ...(toField ? { toField } : {}) }],
          },
        ]),
      )
    expect(withLink('OwnerId', 'Individuel')).toContain('Did you mean Individual?')
    expect(withLink('OwnrId', 'Individual')).toContain('Did you mean OwnerId?')
    expect(withLink('OwnerId', 'Individual', 'FirstNam')).toContain('Did you mean FirstName?')
  })

  test('a standard object keeps its category and key', () => {
    const extend = (extra: object) =>
      codeOf(() => buildCatalogue([{ object: 'Account', fields: { Tier: 'Text' }, ...extra }]))
    expect(extend({ category: 'Other' })).toContain('leave its category out')
    expect(extend({ primaryKey: 'Number' })).toContain('leave primaryKey out')
    expect(extend({ category: 'Profile' })).toBe('nothing thrown')
  })
})
