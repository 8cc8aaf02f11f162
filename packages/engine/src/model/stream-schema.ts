import type { Category, FieldType } from '@mainstem/contracts'

/** A column of a stream's table. */
export interface SchemaField {
  readonly name: string
  readonly type: FieldType
}

/** Engagement only: the fields that tell who did it. */
export interface StreamIdentity {
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly id?: { readonly field: string; readonly name: string; readonly type: string } | undefined
}

/** What the model has to know of a stream. */
export interface StreamSchema {
  readonly name: string
  readonly category: Category
  readonly primaryKey: readonly string[]
  readonly eventTime?: string | undefined
  readonly recordModified?: string | undefined
  readonly keyQualifier?: string | undefined
  readonly identity?: StreamIdentity | undefined
  /** Append streams: a row's key is its journal position, so keys of rows are made from that. */
  readonly isAppend?: boolean | undefined
  readonly fields: readonly SchemaField[]
}

/** The field of a stream, by its exact name. */
export function schemaField(stream: StreamSchema, name: string): SchemaField | undefined {
  return stream.fields.find(field => field.name === name)
}
