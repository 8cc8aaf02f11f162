import type { Category } from '@mainstem/contracts'

/** What a field of the model holds. Standard objects use the first three only (semantics 2.1). */
export type FieldKind = 'text' | 'number' | 'dateTime' | 'date' | 'boolean'

/** A field of a data model object. */
export interface ModelField {
  readonly name: string
  /** `ssot__FirstName__c`, or `Tier__c` for a custom field. */
  readonly apiName: string
  readonly label: string
  readonly kind: FieldKind
  /** The primary key, or a field with a relationship: it has a key qualifier beside it. */
  readonly isKey: boolean
  readonly isCustom: boolean
  readonly description?: string | undefined
}

/** A field of one object that holds the key of another. Several for one field: polymorphic. */
export interface Relationship {
  readonly field: string
  readonly object: string
  readonly toField: string
  readonly cardinality: 'ManyToOne' | 'OneToOne'
}

/** A data model object: what a stream's records become. */
export interface ModelObject {
  readonly name: string
  /** `ssot__Individual__dlm`, or `Preference__dlm` for a custom object. */
  readonly apiName: string
  readonly label: string
  /** Null until the first stream is mapped to a custom object that names none. */
  readonly category: Category | null
  readonly isCustom: boolean
  readonly primaryKey: string
  /** Of an engagement: when it happened. */
  readonly eventTime?: string | undefined
  readonly fields: ReadonlyMap<string, ModelField>
  readonly relationships: readonly Relationship[]
  /** Other names that people use for a field, lower case → field. */
  readonly synonyms: ReadonlyMap<string, string>
  readonly isContactPoint: boolean
  /** Row is made only if one of these is filled. */
  readonly valueFields: readonly string[]
  /** Whether one of `valueFields` has to be mapped. */
  readonly needsValue: boolean
  /** `Id` may be left out of a mapping: it is made from the source key. */
  readonly derivesKey: boolean
  /** A row is one event of EngagementEvent. */
  readonly isEvent: boolean
  /** Whether the documents and the bundles disagree, so that every category may map to it. */
  readonly anyCategory: boolean
  readonly description?: string | undefined
}

/** How a standard object is written down: names in lists, the rest follows. */
export interface StandardObject {
  readonly name: string
  readonly category: Category
  readonly says?: string
  readonly text?: string
  readonly number?: string
  readonly dateTime?: string
  /** Field → object, or objects, whose `Id` it holds. */
  readonly to?: Readonly<Record<string, string>>
  readonly oneToOne?: string
  readonly eventTime?: string
  readonly synonyms?: Readonly<Record<string, string>>
  readonly fieldSays?: Readonly<Record<string, string>>
  readonly isContactPoint?: boolean
  readonly values?: string
  readonly needsValue?: boolean
  readonly derivesKey?: boolean
  readonly isEvent?: boolean
  readonly anyCategory?: boolean
}

/** Fields of every standard object (semantics 2.1). */
export const COMMON_FIELDS: readonly (readonly [string, FieldKind, string])[] = [
  ['Id', 'text', 'The primary key.'],
  ['CreatedDate', 'dateTime', 'When the record was made in its source.'],
  ['LastModifiedDate', 'dateTime', 'When the record last changed in its source.'],
  ['DataSourceId', 'text', 'System field: the source of the row.'],
  ['DataSourceObjectId', 'text', 'System field: the data lake object of the row.'],
  ['ExternalRecordId', 'text', 'The key of the record in an outside system.'],
  ['ExternalSourceId', 'text', 'The outside system of ExternalRecordId.'],
  ['InternalOrganizationId', 'text', 'System field: the organisation of the row.'],
]

/** Fields that the platform fills; a mapping may not. */
export const SYSTEM_FIELDS: ReadonlySet<string> = new Set([
  'DataSourceId',
  'DataSourceObjectId',
  'InternalOrganizationId',
  'DataSource',
  'DataSourceObject',
  'InternalOrganization',
])

/** `ContactPointEmail` → `Contact Point Email`. */
export function labelOf(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
}

/** The words of a list written as text. */
export function words(list: string | undefined): readonly string[] {
  return list === undefined ? [] : list.split(/\s+/).filter(word => word !== '')
}

/** A standard object, spelled out. */
export function standardObject(source: StandardObject): ModelObject {
  const relationships = relationshipsOf(source)
  const keys = new Set(['Id', ...relationships.map(relationship => relationship.field)])
  const fields = new Map<string, ModelField>()
  for (const [name, kind, description] of fieldsOf(source)) {
    const isKey = keys.has(name)
    const apiName = `ssot__${name}__c`
    fields.set(name, {
      name,
      apiName,
      label: labelOf(name),
      kind,
      isKey,
      isCustom: false,
      description,
    })
  }
  return {
    name: source.name,
    apiName: `ssot__${source.name}__dlm`,
    label: labelOf(source.name),
    category: source.category,
    isCustom: false,
    primaryKey: 'Id',
    eventTime: source.eventTime,
    fields,
    relationships,
    synonyms: synonymsOf(source),
    isContactPoint: source.isContactPoint ?? false,
    valueFields: words(source.values),
    needsValue: source.needsValue ?? false,
    derivesKey: source.derivesKey ?? false,
    isEvent: source.isEvent ?? false,
    anyCategory: source.anyCategory ?? false,
    description: source.says,
  }
}

function* fieldsOf(source: StandardObject): Iterable<[string, FieldKind, string | undefined]> {
  const says = new Map(Object.entries(source.fieldSays ?? {}))
  const seen = new Set<string>()
  for (const [name, kind, description] of COMMON_FIELDS) {
    seen.add(name)
    yield [name, kind, says.get(name) ?? description]
  }
  for (const kind of ['text', 'number', 'dateTime'] as const) {
    for (const name of words(source[kind])) {
      if (!seen.has(name)) yield [name, kind, says.get(name)]
      seen.add(name)
    }
  }
}

function relationshipsOf(source: StandardObject): readonly Relationship[] {
  const single = new Set(words(source.oneToOne))
  return Object.entries(source.to ?? {}).flatMap(([field, objects]) =>
    words(objects).map(object => ({
      field,
      object,
      toField: 'Id',
      cardinality: single.has(field) ? ('OneToOne' as const) : ('ManyToOne' as const),
    })),
  )
}

function synonymsOf(source: StandardObject): ReadonlyMap<string, string> {
  const pairs = Object.entries(source.synonyms ?? {})
  return new Map(pairs.map(([other, field]) => [other.toLowerCase(), field]))
}
