import { MainstemError, type MappingDefinition, type ObjectMapping } from '@mainstem/contracts'
import { ErrorList } from '../kernel/error-list.ts'
import {
  type Catalogue,
  didYouMean,
  fieldHint,
  type FieldKind,
  findField,
  kindOf,
  type ModelField,
  type ModelObject,
  quoted,
  SYSTEM_FIELDS,
} from './catalogue/index.ts'
import type { FieldSource } from './plan.ts'
import { type SchemaField, schemaField, type StreamSchema } from './stream-schema.ts'

/** A mapping whose names are known to be there and whose types fit. */
export interface ResolvedMapping {
  readonly object: ModelObject
  readonly as: string
  readonly sources: Map<string, FieldSource>
  /** Key field → qualifier that the mapping gives; null takes the stream's away. */
  readonly qualifiers: ReadonlyMap<string, string | null>
  readonly filter: ObjectMapping['filter']
}

/** Where a mapping is wrong, for errors. */
export interface MappingPlace {
  readonly stream: string
  readonly object: string
  readonly field?: string
}

/** A mapping that does not fit. The sentence names stream, object and field. */
export function mappingError(place: MappingPlace, problem: string, fix: string): MainstemError {
  const target = place.field === undefined ? place.object : `${place.object}.${place.field}`
  return new MainstemError(
    'MAPPING_INVALID',
    `Mapping of ${place.stream} to ${target}: ${problem} ${fix}`,
    {
      stream: place.stream,
      object: place.object,
      field: place.field,
      fix,
    },
  )
}

/** Looks every name of a stream's mappings up, and checks that what is mapped fits. */
export function resolveMappings(
  stream: StreamSchema,
  definitions: readonly MappingDefinition[],
  catalogue: Catalogue,
): readonly ResolvedMapping[] {
  const errors = new ErrorList()
  const resolved = definitions.flatMap(definition =>
    definition.objects.flatMap((mapping, at) => {
      const place = `objects[${at}]`
      return errors.try(() => [resolved1(stream, mapping, { catalogue, place })], place) ?? []
    }),
  )
  errors.end()
  const seen = new Set<string>()
  for (const [at, { object, as }] of resolved.entries()) {
    const row = `${object.name}\n${as.toLowerCase()}`
    if (seen.has(row)) {
      const place = { stream: stream.name, object: object.name }
      const problem = `the object is mapped twice${as === '' ? '' : ` as ${quoted(as)}`}.`
      errors.try(() => {
        throw mappingError(place, problem, 'Give each its own `as`, such as `as: mobile`.')
      }, `objects[${at}]`)
    }
    seen.add(row)
  }
  errors.end()
  return resolved
}

function resolved1(
  stream: StreamSchema,
  mapping: ObjectMapping,
  { catalogue, place: key }: { readonly catalogue: Catalogue; readonly place: string },
): ResolvedMapping {
  const object = knownObject(stream, mapping, catalogue)
  const as = mapping.as ?? ''
  if (as !== '' && !/^[A-Za-z][A-Za-z0-9_]*$/.test(as)) {
    const place = { stream: stream.name, object: object.name }
    throw mappingError(
      place,
      `\`as: ${as.slice(0, 40)}\` is not a name.`,
      'Use letters, digits and _.',
    )
  }
  const scope: Scope = { stream, object }
  const sources = new Map<string, FieldSource>()
  const errors = new ErrorList()
  for (const [target, source] of Object.entries(mapping.fields ?? {})) {
    errors.try(() => {
      const field = targetField(scope, target, sources)
      sources.set(field.name, mappedField(scope, field, source))
    }, `${key}.fields.${target}`)
  }
  for (const [target, value] of Object.entries(mapping.constants ?? {})) {
    errors.try(() => {
      const field = targetField(scope, target, sources)
      sources.set(field.name, constantOf(scope, field, value))
    }, `${key}.constants.${target}`)
  }
  const { filter } = mapping
  if (filter) errors.try(() => checkFilter(scope, filter), `${key}.filter`)
  const qualifiers = errors.try(() => qualifiersOf(scope, mapping), `${key}.keyQualifiers`)
  errors.end()
  return { object, as, sources, qualifiers: qualifiers ?? new Map(), filter }
}

interface Scope {
  readonly stream: StreamSchema
  readonly object: ModelObject
}

function knownObject(
  stream: StreamSchema,
  mapping: ObjectMapping,
  catalogue: Catalogue,
): ModelObject {
  const object = catalogue.find(mapping.object)
  if (object) return object
  const hint = didYouMean(mapping.object, catalogue.objects.keys())
  const place = { stream: stream.name, object: mapping.object.slice(0, 80) }
  throw mappingError(place, `the model has no such object.${hint}`, 'Custom objects go in model/.')
}

/** The e-mail of an Individual is a field that people map to and the model does not have. */
const INDIVIDUAL_EMAIL: ModelField = {
  name: 'EmailAddress',
  apiName: 'ssot__EmailAddress__c',
  label: 'Email Address',
  kind: 'text',
  isKey: false,
  isCustom: false,
}

function targetField(scope: Scope, name: string, taken: Map<string, FieldSource>): ModelField {
  const { stream, object } = scope
  const place = { stream: stream.name, object: object.name, field: name.slice(0, 80) }
  const isEmail = object.name === 'Individual' && /^(ssot__)?emailaddress(__c)?$/i.test(name)
  const field = findField(object, name) ?? (isEmail ? INDIVIDUAL_EMAIL : undefined)
  if (!field || SYSTEM_FIELDS.has(field.name)) {
    if (field) throw mappingError(place, 'the platform fills this field.', 'Leave it out.')
    const fix = `Custom fields of ${object.name} go in model/.`
    throw mappingError(place, `the object has no such field.${fieldHint(object, name)}`, fix)
  }
  if (taken.has(field.name)) {
    throw mappingError(
      { ...place, field: field.name },
      'the field is mapped twice.',
      'Keep one source field.',
    )
  }
  return field
}

function mappedField(scope: Scope, target: ModelField, name: string): FieldSource {
  const { stream, object } = scope
  const place = { stream: stream.name, object: object.name, field: target.name }
  const source = knownSource(stream, name, place)
  if (object.name === 'PartyIdentification' && target.name === 'Id') refuseSourceKey(stream, source)
  if (!fits(kindOf(source.type), target.kind)) {
    const problem = `field ${quoted(name)} is ${source.type}, and the target is ${target.kind}.`
    throw mappingError(place, problem, typeFix(source, target))
  }
  return { kind: 'field', field: source.name, isDerived: false }
}

/** Types must match; a number may become text, and a date the beginning of its day. */
function fits(from: FieldKind, to: FieldKind): boolean {
  if (from === to) return true
  return (from === 'number' && to === 'text') || (from === 'date' && to === 'dateTime')
}

function typeFix(source: SchemaField, target: ModelField): string {
  const wanted = {
    text: 'Text',
    number: 'Number',
    dateTime: 'DateTime',
    date: 'Date',
    boolean: 'Boolean',
  }
  return (
    `Types have to match (only Number goes to text and Date to dateTime): declare ${source.name} as ` +
    `${wanted[target.kind]} in the stream, or map another field.`
  )
}

function knownSource(stream: StreamSchema, name: string, place: MappingPlace): SchemaField {
  const field = schemaField(stream, name)
  if (field) return field
  const hint = didYouMean(
    name,
    stream.fields.map(candidate => candidate.name),
  )
  const problem = `the stream has no field ${quoted(name)}.${hint}`
  throw mappingError(place, problem, 'Names of stream fields are case-sensitive.')
}

function refuseSourceKey(stream: StreamSchema, source: SchemaField): void {
  if (!stream.primaryKey.includes(source.name)) return
  throw mappingError(
    { stream: stream.name, object: 'PartyIdentification', field: 'Id' },
    `${source.name} is the primary key of the stream, and Party Identification Id is an internal key of the ` +
      'platform: a source key in it corrupts the object and gives wrong identity resolution.',
    `Map ${source.name} to IdentificationNumber and leave Id out; it is made from party, type, name and number.`,
  )
}

function constantOf(
  scope: Scope,
  target: ModelField,
  value: string | number | boolean,
): FieldSource {
  const place = { stream: scope.stream.name, object: scope.object.name, field: target.name }
  const text = String(value)
  const numberText = /^[+-]?\d{1,20}(\.\d{1,18})?$/
  const ok =
    target.kind === 'text' ||
    (target.kind === 'number' && numberText.test(text)) ||
    (target.kind === 'boolean' && (text === 'true' || text === 'false')) ||
    ((target.kind === 'date' || target.kind === 'dateTime') && isTime(text, target.kind))
  if (ok) return { kind: 'constant', value }
  throw mappingError(place, `the constant is not a ${target.kind}.`, 'Give a value of that type.')
}

function isTime(text: string, kind: 'date' | 'dateTime'): boolean {
  const shape = kind === 'date' ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/
  return shape.test(text) && !Number.isNaN(Date.parse(text))
}

function qualifiersOf(scope: Scope, mapping: ObjectMapping): ReadonlyMap<string, string | null> {
  const qualifiers = new Map<string, string | null>()
  for (const [name, value] of Object.entries(mapping.keyQualifiers ?? {})) {
    const place = { stream: scope.stream.name, object: scope.object.name, field: name.slice(0, 80) }
    const field = findField(scope.object, name)
    if (!field?.isKey) {
      const keys = [...scope.object.fields.values()].filter(key => key.isKey).map(key => key.name)
      const problem = `a qualifier belongs to a key field, and this is none.${didYouMean(name, keys)}`
      throw mappingError(place, problem, `Key fields are ${keys.join(', ')}.`)
    }
    if (value === '_identity') {
      throw mappingError(place, 'this qualifier is kept for identity values.', 'Choose another.')
    }
    qualifiers.set(field.name, value === '' ? null : value)
  }
  return qualifiers
}

function checkFilter(scope: Scope, filter: NonNullable<ObjectMapping['filter']>): void {
  const place = { stream: scope.stream.name, object: scope.object.name, field: 'filter' }
  const source = knownSource(scope.stream, filter.field, place)
  if (filter.op === 'hasValue') return
  if (filter.value === undefined) {
    throw mappingError(place, `${filter.op} has nothing to compare with.`, 'Give it a `value`.')
  }
  const kind = kindOf(source.type)
  const text = String(filter.value)
  const ok =
    kind === 'text' ||
    (kind === 'number' && /^[+-]?\d{1,20}(\.\d{1,18})?$/.test(text)) ||
    (kind === 'boolean' && (text === 'true' || text === 'false')) ||
    ((kind === 'date' || kind === 'dateTime') && isTime(text, kind))
  if (ok) return
  const problem = `${quoted(filter.field)} is ${source.type}, and the value to compare with is not.`
  throw mappingError(place, problem, `Give a value of type ${source.type}.`)
}
