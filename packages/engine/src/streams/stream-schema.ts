import type { Category, FieldType, RefreshMode } from '@mainstem/contracts'

/** One field of a data lake object. */
export interface SchemaField {
  readonly name: string
  readonly type: FieldType
  /** Where it stands in a source record: a column's name, or a JSON path such as `requester.email`. */
  readonly path: string
}

/** Who did an engagement event: the fields that tell, and the party identification's name and type. */
export interface StreamIdentity {
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly id?: { readonly field: string; readonly name: string; readonly type: string } | undefined
}

/** What a data stream's records look like, once its definition and its first batch have been read. */
export interface StreamSchema {
  readonly name: string
  readonly category: Category
  readonly primaryKey: readonly string[]
  readonly eventTime?: string | undefined
  readonly recordModified?: string | undefined
  readonly refreshMode: RefreshMode
  readonly keyQualifier?: string | undefined
  readonly identity?: StreamIdentity | undefined
  readonly fields: readonly SchemaField[]
}

/** The engine's type for each field type (semantics 2.1). Numbers are decimals, never doubles. */
export const ENGINE_TYPES: Readonly<Record<FieldType, string>> = {
  Text: 'VARCHAR',
  Email: 'VARCHAR',
  Phone: 'VARCHAR',
  URL: 'VARCHAR',
  Number: 'DECIMAL(38,18)',
  Percent: 'DECIMAL(38,18)',
  Currency: 'DECIMAL(38,18)',
  Date: 'DATE',
  DateTime: 'TIMESTAMPTZ',
  Boolean: 'BOOLEAN',
}

/** The fields whose values make a row's key: the primary key, and for engagement the event time. */
export function keyFields(schema: StreamSchema): readonly string[] {
  if (schema.category !== 'Engagement' || schema.eventTime === undefined) return schema.primaryKey
  return schema.primaryKey.includes(schema.eventTime)
    ? schema.primaryKey
    : [...schema.primaryKey, schema.eventTime]
}
