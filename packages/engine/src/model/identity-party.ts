import { MainstemError } from '@mainstem/contracts'
import { literal } from '../query/index.ts'
import { didYouMean, kindOf, quoted } from './catalogue/index.ts'
import { filledSql, textSql, trimmedSql } from './source-sql.ts'
import { type SchemaField, schemaField, type StreamSchema } from './stream-schema.ts'

/** The identity values of an engagement row, and the key of the party that they make. */
export interface IdentityValues {
  /** Null where all values are blank. */
  readonly idSql: string
  readonly emailSql: string | null
  readonly phoneSql: string | null
  readonly number: { readonly sql: string; readonly name: string; readonly type: string } | null
  readonly fields: readonly string[]
}

/** The identity of an engagement stream as SQL, or nothing when it names none. */
export function identityValues(stream: StreamSchema): IdentityValues | undefined {
  const { identity } = stream
  if (!identity || (!identity.email && !identity.phone && !identity.id)) return undefined
  checkCategory(stream)
  const email = identityField(stream, identity.email)
  const phone = identityField(stream, identity.phone)
  const number = identityField(stream, identity.id?.field)
  const fields = [email, phone, number].filter(field => field !== undefined)
  const emailSql = mapped(email, field => `lower(${trimmedSql(textSql(field))})`)
  const phoneSql = mapped(phone, field => `regexp_replace(${textSql(field)}, '[^0-9+]', '', 'g')`)
  const numberSql = filledOrNull(
    number,
    mapped(number, field => trimmedSql(textSql(field))),
  )
  const parts = [emailSql ?? `''`, phoneSql ?? `''`, ...numberParts(number, identity.id)]
  const tuple = parts.map(part => `coalesce(${part}, '')`).join(` || chr(31) || `)
  const isFilled = fields.map(filledSql).join(' or ')
  const { name = '', type = '' } = identity.id ?? {}
  return {
    idSql: `case when ${isFilled} then 'sys:' || md5(${tuple}) end`,
    emailSql: filledOrNull(email, emailSql),
    phoneSql: filledOrNull(phone, phoneSql),
    number: numberSql === null ? null : { sql: numberSql, name, type },
    fields: fields.map(field => field.name),
  }
}

function mapped(
  field: SchemaField | undefined,
  sql: (field: SchemaField) => string,
): string | null {
  return field ? sql(field) : null
}

function checkCategory(stream: StreamSchema): void {
  if (stream.category === 'Engagement') return
  throw new MainstemError(
    'CONFIG_INVALID',
    `Stream ${stream.name} names identity fields, and only Engagement streams may. Map the stream to ` +
      'Individual and its contact points instead.',
    { stream: stream.name, key: 'identity' },
  )
}

function numberParts(
  field: SchemaField | undefined,
  id: { readonly name: string; readonly type: string } | undefined,
): readonly string[] {
  if (!field || !id) return [`''`, `''`, `''`]
  const number = trimmedSql(textSql(field))
  return [
    `if(${filledSql(field)}, ${literal(id.name)}, '')`,
    `if(${filledSql(field)}, ${literal(id.type)}, '')`,
    number,
  ]
}

/**
 * The value as the party's key has it, or null when it is blank: a function of the key, so that a
 * further event of a known party, written another way, changes nothing of who they are.
 */
function filledOrNull(field: SchemaField | undefined, valueSql: string | null): string | null {
  if (!field || valueSql === null) return null
  return `case when ${filledSql(field)} then ${valueSql} end`
}

function identityField(stream: StreamSchema, name: string | undefined): SchemaField | undefined {
  if (name === undefined) return undefined
  const field = schemaField(stream, name)
  if (!field) {
    const hint = didYouMean(
      name,
      stream.fields.map(candidate => candidate.name),
    )
    throw new MainstemError(
      'CONFIG_INVALID',
      `The identity of stream ${stream.name} names ${quoted(name)}, which it does not have.${hint}`,
      { stream: stream.name, key: 'identity' },
    )
  }
  const kind = kindOf(field.type)
  if (kind === 'text' || kind === 'number') return field
  throw new MainstemError(
    'CONFIG_INVALID',
    `The identity of stream ${stream.name} names ${quoted(name)}, which is ${field.type}: use a Text field.`,
    { stream: stream.name, key: 'identity' },
  )
}
