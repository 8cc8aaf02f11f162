import type { StreamDefinition } from '@mainstem/contracts'
import { MainstemError } from '@mainstem/contracts'
import type { ChangeKinds, PartyRef } from '../../lake/index.ts'
import { keyFields, type SchemaField, type StreamSchema } from '../../streams/index.ts'

/** A data stream, ready to take records in. */
export interface StreamRuntime {
  readonly definition: StreamDefinition
  readonly schema: StreamSchema
  readonly refs: readonly PartyRef[]
  readonly changes: ChangeKinds
}

/** The fields that a definition declares, with where each stands in a source record. */
export function declaredFields(definition: StreamDefinition): readonly SchemaField[] | undefined {
  if (!definition.fields) return undefined
  return Object.entries(definition.fields).map(([name, field]) =>
    typeof field === 'string'
      ? { name, type: field, path: name }
      : { name, type: field.type, path: field.path ?? name },
  )
}

/** How a stream takes records in when its file does not say. */
export function refreshModeOf(definition: StreamDefinition): StreamSchema['refreshMode'] {
  return definition.refreshMode ?? 'UPSERT'
}

/** A stream's schema from its definition and fields; a field given by its source path is found too. */
export function schemaOf(
  definition: StreamDefinition,
  fields: readonly SchemaField[],
): StreamSchema {
  const named = (given: string | undefined, key: string): string | undefined =>
    given === undefined ? undefined : fieldNamed(definition, fields, { given, key })
  const keys = Array.isArray(definition.primaryKey)
    ? definition.primaryKey
    : [definition.primaryKey]
  const schema: StreamSchema = {
    name: definition.name,
    category: definition.category,
    primaryKey: keys.map(given => fieldNamed(definition, fields, { given, key: 'primaryKey' })),
    refreshMode: refreshModeOf(definition),
    fields,
    eventTime: named(definition.eventTime, 'eventTime'),
    recordModified: named(definition.recordModified, 'recordModified'),
    keyQualifier: definition.keyQualifier,
    identity: definition.identity && {
      email: named(definition.identity.email, 'identity.email'),
      phone: named(definition.identity.phone, 'identity.phone'),
      id: definition.identity.id && {
        ...definition.identity.id,
        field: fieldNamed(definition, fields, {
          given: definition.identity.id.field,
          key: 'identity.id.field',
        }),
      },
    },
  }
  checkKeys(schema)
  return schema
}

function fieldNamed(
  definition: StreamDefinition,
  fields: readonly SchemaField[],
  { given, key }: { given: string; key: string },
): string {
  const field = fields.find(one => one.name === given) ?? fields.find(one => one.path === given)
  if (field) return field.name
  throw new MainstemError(
    'CONFIG_INVALID',
    `Stream "${definition.name}" names "${given}" as ${key}, but has no such field. Its fields are ${fields.map(one => one.name).join(', ')}.`,
    { key },
  )
}

function checkKeys(schema: StreamSchema): void {
  for (const name of keyFields(schema)) {
    const type = schema.fields.find(field => field.name === name)?.type
    if (name === schema.eventTime && type !== 'Date' && type !== 'DateTime') {
      throw new MainstemError(
        'CONFIG_INVALID',
        `Stream "${schema.name}" names "${name}" as eventTime, which is of type ${type}. Declare it as DateTime or Date.`,
        { key: 'eventTime' },
      )
    }
  }
}

/** Refuses what a saved stream may not change, and answers the fields it has from now on. */
export function evolvedFields(
  stored: StreamSchema,
  definition: StreamDefinition,
): readonly SchemaField[] {
  if (stored.category !== definition.category) {
    throw new MainstemError(
      'CATEGORY_FIXED',
      `Stream "${stored.name}" was saved with category ${stored.category}; a category cannot change. Make a new stream for ${definition.category}.`,
      { key: 'category' },
    )
  }
  const declared = declaredFields(definition)
  if (!declared) return stored.fields
  for (const field of stored.fields) {
    const now = declared.find(one => one.name === field.name)
    if (!now || now.type !== field.type) {
      throw new MainstemError(
        'SCHEMA_NOT_ADDITIVE',
        `Stream "${stored.name}" has the field "${field.name}" of type ${field.type}; fields may ` +
          `be added, not ${now ? 'retyped' : 'removed'}. Put it back as it was.`,
        { key: `fields.${field.name}` },
      )
    }
  }
  // The order stays, whatever the file's: the hash of a row's content is of its fields in their order.
  const kept = stored.fields.map(field => declared.find(one => one.name === field.name) ?? field)
  const added = declared.filter(field => !stored.fields.some(one => one.name === field.name))
  return [...kept, ...added]
}
