import { type FieldType, MainstemError, type ObjectDefinition } from '@mainstem/contracts'
import { Catalogue, fieldHint, findField, quoted } from './catalogue.ts'
import { nameProblem, objectNameProblem } from './name-rules.ts'
import { didYouMean } from './nearest-name.ts'
import {
  type FieldKind,
  labelOf,
  type ModelField,
  type ModelObject,
  type Relationship,
  SYSTEM_FIELDS,
} from './object-shape.ts'
import { STANDARD_OBJECTS } from './standard-objects.ts'

/** The standard objects, with the project's own objects and fields merged in. */
export function buildCatalogue(custom: readonly ObjectDefinition[] = []): Catalogue {
  const objects = new Map(STANDARD_OBJECTS.map(object => [object.name.toLowerCase(), object]))
  for (const definition of custom) {
    const name = shortName(definition.object)
    const known = objects.get(name.toLowerCase())
    objects.set(name.toLowerCase(), known ? extended(known, definition) : created(name, definition))
  }
  const catalogue = new Catalogue(objects.values())
  return new Catalogue(Array.from(objects.values(), object => linked(object, catalogue)))
}

/** What a declared type of a stream or custom field holds. */
export function kindOf(type: FieldType): FieldKind {
  switch (type) {
    case 'Text':
    case 'Email':
    case 'Phone':
    case 'URL':
      return 'text'
    case 'Number':
    case 'Percent':
    case 'Currency':
      return 'number'
    case 'Date':
      return 'date'
    case 'DateTime':
      return 'dateTime'
    case 'Boolean':
      return 'boolean'
  }
}

/** Names under which the event time of a custom engagement object is looked for, best first. */
const EVENT_TIMES = ['engagementdatetm', 'eventdatetime', 'eventdate', 'eventtime', 'timestamp']

function created(name: string, definition: ObjectDefinition): ModelObject {
  const problem = objectNameProblem(name)
  if (problem) throw invalidName('object', name, problem)
  const fields = new Map<string, ModelField>()
  const keyName = shortName(definition.primaryKey ?? 'Id')
  if (!declares(definition, keyName)) fields.set(keyName, customField(keyName, 'text', true))
  const base: ModelObject = {
    name,
    apiName: `${name}__dlm`,
    label: definition.label ?? labelOf(name),
    category: definition.category ?? null,
    isCustom: true,
    primaryKey: keyName,
    fields,
    relationships: [],
    synonyms: new Map(),
    isContactPoint: false,
    valueFields: [],
    needsValue: false,
    derivesKey: definition.category === 'Engagement',
    isEvent: definition.category === 'Engagement',
    anyCategory: false,
  }
  const whole = extended(base, definition)
  const primaryKey = findField(whole, keyName)?.name ?? keyName
  return { ...whole, primaryKey, eventTime: eventTimeOf(whole) }
}

function extended(object: ModelObject, definition: ObjectDefinition): ModelObject {
  if (!object.isCustom) checkExtension(object, definition)
  const relationships = relationshipsOf(object, definition)
  const keys = new Set(relationships.map(relationship => relationship.field.toLowerCase()))
  keys.add(shortName(definition.primaryKey ?? object.primaryKey).toLowerCase())
  const fields = new Map(object.fields)
  for (const [written, type] of Object.entries(definition.fields)) {
    const name = shortName(written)
    const problem = nameProblem(name)
    if (problem) throw invalidName(`field of ${object.name}`, name, problem)
    if (SYSTEM_FIELDS.has(name)) throw invalidName('field', name, 'is filled by the platform')
    if (findField({ ...object, fields, synonyms: new Map() }, name)) {
      throw invalidName(`field of ${object.name}`, name, 'is there already')
    }
    fields.set(name, customField(name, kindOf(type), keys.has(name.toLowerCase())))
  }
  const all = [...object.relationships, ...relationships.map(link => spelled(link, fields))]
  return { ...object, label: definition.label ?? object.label, fields, relationships: all }
}

function checkExtension(object: ModelObject, definition: ObjectDefinition): void {
  if (definition.category !== undefined && definition.category !== object.category) {
    throw new MainstemError(
      'CONFIG_INVALID',
      `${object.name} is a standard object of category ${object.category ?? 'Other'}: leave its category out.`,
      { key: 'category', object: object.name },
    )
  }
  if (
    definition.primaryKey !== undefined &&
    shortName(definition.primaryKey) !== object.primaryKey
  ) {
    throw new MainstemError(
      'CONFIG_INVALID',
      `The primary key of ${object.name} is ${object.primaryKey}: leave primaryKey out.`,
      { key: 'primaryKey', object: object.name },
    )
  }
}

function relationshipsOf(object: ModelObject, definition: ObjectDefinition): Relationship[] {
  return (definition.relationships ?? []).map(link => {
    const field = shortName(link.field)
    const known = findField(object, field) !== undefined || declares(definition, field)
    if (!known) {
      const names = [...object.fields.keys(), ...Object.keys(definition.fields)]
      throw relationshipError(object, field, `names no field of it.${didYouMean(field, names)}`)
    }
    return {
      field,
      object: shortName(link.to),
      toField: shortName(link.toField ?? 'Id'),
      cardinality: link.cardinality ?? 'ManyToOne',
    }
  })
}

/** The relationship with its field spelled as declared. */
function spelled(link: Relationship, fields: ReadonlyMap<string, ModelField>): Relationship {
  const wanted = link.field.toLowerCase()
  const name = [...fields.keys()].find(field => field.toLowerCase() === wanted) ?? link.field
  const field = fields.get(name)
  if (field && field.kind !== 'text' && field.kind !== 'number') {
    throw new MainstemError(
      'CONFIG_INVALID',
      `Field ${name} relates to ${link.object}: make it Text.`,
      {
        key: 'relationships',
      },
    )
  }
  return { ...link, field: name }
}

/** The object with its relationships spelled as the objects they go to. */
function linked(object: ModelObject, catalogue: Catalogue): ModelObject {
  const relationships = object.relationships.map(link => {
    const target = catalogue.find(link.object)
    if (!target) {
      const hint = didYouMean(link.object, catalogue.objects.keys())
      const what = `goes to ${quoted(link.object)}, which is not there.${hint}`
      throw relationshipError(object, link.field, what)
    }
    const toField = findField(target, link.toField)
    if (!toField) {
      const hint = fieldHint(target, link.toField)
      const what = `goes to ${target.name}.${link.toField}, which is not there.${hint}`
      throw relationshipError(object, link.field, what)
    }
    return { ...link, object: target.name, toField: toField.name }
  })
  return { ...object, relationships }
}

/** Keys are text whatever the source holds, so that sources with numbers and with text meet. */
function customField(name: string, kind: FieldKind, isKey: boolean): ModelField {
  return {
    name,
    apiName: `${name}__c`,
    label: labelOf(name),
    kind: isKey ? 'text' : kind,
    isKey,
    isCustom: true,
  }
}

function eventTimeOf(object: ModelObject): string | undefined {
  const times = [...object.fields.values()].filter(
    field => field.kind === 'dateTime' || field.kind === 'date',
  )
  const named = EVENT_TIMES.flatMap(name =>
    times.filter(field => field.name.toLowerCase() === name),
  )
  return (named[0] ?? times[0])?.name
}

function declares(definition: ObjectDefinition, name: string): boolean {
  const wanted = name.toLowerCase()
  return Object.keys(definition.fields).some(field => shortName(field).toLowerCase() === wanted)
}

function shortName(name: string): string {
  return name.replace(/^ssot__/i, '').replace(/__(dlm|c)$/i, '')
}

function relationshipError(object: ModelObject, field: string, what: string): MainstemError {
  return new MainstemError(
    'CONFIG_INVALID',
    `The relationship of ${object.name} by ${quoted(field)} ${what}`,
    { key: 'relationships', object: object.name, field },
  )
}

function invalidName(what: string, name: string, problem: string): MainstemError {
  return new MainstemError('NAME_INVALID', `The ${what} named ${quoted(name)} ${problem}.`, {
    name: name.slice(0, 80),
    fix: 'Use at most 40 letters, digits and single underscores, starting with a letter.',
  })
}
