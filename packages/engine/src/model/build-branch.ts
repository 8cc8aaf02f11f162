import { must } from '../kernel/assert.ts'
import { ident, literal } from '../query/index.ts'
import { kindOf, type ModelField, type ModelObject, targetsOf } from './catalogue/index.ts'
import type { IdentityValues } from './identity-party.ts'
import { isToKey, personField } from './person-field.ts'
import {
  type FieldSource,
  IDENTITY_QUALIFIER,
  type ObjectBranch,
  type PartyObject,
  type PartyReference,
  partyNumber,
} from './plan.ts'
import type { ResolvedMapping } from './resolve-mapping.ts'
import { filledSql, keySql, sourceKeySql, sqlTypeOf, trimmedSql, valueSql } from './source-sql.ts'
import { type SchemaField, schemaField, type StreamSchema } from './stream-schema.ts'

/** What is known while the branches of one stream are built. */
export interface BranchScope {
  readonly stream: StreamSchema
  readonly mappings: readonly ResolvedMapping[]
  readonly refs: PartyColumns
  readonly identity: IdentityValues | undefined
  readonly zone: string
}

/** Gives each distinct party that a stream refers to its column. */
export class PartyColumns {
  readonly #refs = new Map<string, PartyReference>()

  /** The column of a party reference, the same for the same reference. */
  column(reference: Omit<PartyReference, 'column'>): string {
    const { object, idSql, qualifier, isSystem } = reference
    const key = JSON.stringify([object, idSql, qualifier, isSystem])
    const known = this.#refs.get(key)
    if (known) return known.column
    const column = `_p${this.#refs.size}`
    this.#refs.set(key, { ...reference, column })
    return column
  }

  get all(): readonly PartyReference[] {
    return [...this.#refs.values()]
  }
}

/** SQL of the id of the party behind the identity values: a row's own key of a person wins. */
export function systemIdSql(scope: Pick<BranchScope, 'stream' | 'mappings' | 'identity'>): string {
  const identity = must(scope.identity, 'the stream names identity fields')
  const explicit = new Set<string>()
  for (const { object, sources } of scope.mappings) {
    const source = sources.get(personField(object) ?? '')
    if (source) explicit.add(keyValue(scope.stream, source))
  }
  if (explicit.size === 0) return identity.idSql
  return `case when coalesce(${[...explicit, 'null'].join(', ')}) is null then (${identity.idSql}) end`
}

/** The branch of an object's view that a resolved mapping becomes. */
export function buildBranch(scope: BranchScope, mapping: ResolvedMapping): ObjectBranch {
  const draft: Draft = {
    values: new Map(),
    qualifiers: new Map(),
    qualifierSql: new Map(),
    parties: new Map(),
    partyObjects: new Map(),
  }
  for (const field of mapping.object.fields.values()) {
    const source = mapping.sources.get(field.name)
    if (source?.kind === 'made' || !source) continue
    if (field.isKey) addKey({ scope, mapping, draft }, field, keyValue(scope.stream, source))
    else draft.values.set(field.name, plainValue(scope, source, field))
  }
  addIdentity({ scope, mapping, draft })
  addMadeKey({ scope, mapping, draft })
  const { object, as, sources } = mapping
  return {
    stream: scope.stream.name,
    object: object.name,
    as,
    sources,
    ...draft,
    where: whereOf(scope.stream, mapping),
  }
}

interface Draft {
  readonly values: Map<string, string>
  readonly qualifiers: Map<string, string | null>
  readonly qualifierSql: Map<string, string>
  readonly parties: Map<string, string>
  readonly partyObjects: Map<string, PartyObject>
}

interface Building {
  readonly scope: BranchScope
  readonly mapping: ResolvedMapping
  readonly draft: Draft
}

function addKey({ scope, mapping, draft }: Building, field: ModelField, sql: string): void {
  const given = mapping.qualifiers.get(field.name)
  const qualifier = given === undefined ? (scope.stream.keyQualifier ?? null) : given
  draft.values.set(field.name, sql)
  draft.qualifiers.set(field.name, qualifier)
  draft.qualifierSql.set(field.name, textLiteral(qualifier))
  const object = partyObjectOf(scope, mapping, field.name)
  if (object === undefined) return
  const reference = { object, idSql: sql, qualifier, isSystem: false }
  draft.parties.set(field.name, ident(scope.refs.column(reference)))
  draft.partyObjects.set(field.name, object)
}

/** Rows of engagement streams fall back on the party of their identity values. */
function addIdentity({ scope, mapping, draft }: Building): void {
  const field = personField(mapping.object)
  if (!scope.identity || field === undefined) return
  const idSql = systemIdSql(scope)
  const reference = { object: 0 as const, idSql, qualifier: IDENTITY_QUALIFIER, isSystem: true }
  const column = ident(scope.refs.column(reference))
  const own = draft.values.get(field)
  const ownParty = draft.parties.get(field)
  const ownQualifier = draft.qualifierSql.get(field)
  draft.values.set(field, own === undefined ? idSql : `coalesce(${own}, ${idSql})`)
  draft.parties.set(field, ownParty === undefined ? column : `coalesce(${ownParty}, ${column})`)
  draft.partyObjects.set(field, 0)
  const system = `if(${column} is null, null, '${IDENTITY_QUALIFIER}')`
  const both = `case when ${own ?? 'null'} is not null then ${ownQualifier ?? 'null'} else ${system} end`
  draft.qualifierSql.set(field, own === undefined ? system : both)
  if (own === undefined) draft.qualifiers.set(field, IDENTITY_QUALIFIER)
}

function addMadeKey({ scope, mapping, draft }: Building): void {
  const { object, as, sources } = mapping
  const source = sources.get(object.primaryKey)
  if (source?.kind !== 'made') return
  const field = must(object.fields.get(object.primaryKey), 'an object has its key field')
  const key = sourceKeySql(scope.stream)
  const prefix = literal(`${scope.stream.name}:`)
  const suffix = as === '' ? '' : ` || ${literal(`:${as}`)}`
  const sql =
    source.how === 'identification'
      ? identificationSql(draft)
      : source.how === 'rowKey'
        ? `${prefix} || ${key}${suffix}`
        : `${key}${suffix}`
  addKey({ scope, mapping, draft }, field, sql)
}

/** Party Identification Id: the same party, type, name and number give the same key. */
function identificationSql({ values, qualifierSql }: Draft): string {
  return madeIdentificationId({
    qualifier: qualifierSql.get('PartyId') ?? 'null',
    party: values.get('PartyId') ?? 'null',
    type: values.get('PartyIdentificationTypeId') ?? 'null',
    name: values.get('Name') ?? 'null',
    number: values.get('IdentificationNumber') ?? 'null',
  })
}

/** SQL of the parts that a Party Identification Id is made from. */
export interface IdentificationParts {
  readonly qualifier: string
  readonly party: string
  readonly type: string
  readonly name: string
  readonly number: string
}

/** The made key of a party identification. */
export function madeIdentificationId(parts: IdentificationParts): string {
  const { qualifier, party, type, name, number } = parts
  const texts = [qualifier, party, type, name, trimmedSql(number)]
  return `md5(${texts.map(text => `coalesce(cast(${text} as varchar), '')`).join(` || chr(31) || `)})`
}

/**
 * The party object that a key field refers to here. A field that may hold either (PartyId) refers
 * to an Account when the stream uses the same source field as the key of an Account, and not as
 * that of an Individual.
 */
function partyObjectOf(
  { mappings }: BranchScope,
  { object, sources }: ResolvedMapping,
  field: string,
): PartyObject | undefined {
  if (field === object.primaryKey) {
    const own = partyNumber(object.name)
    if (own !== undefined) return own
  }
  const links = object.relationships.filter(link => link.field === field && isToKey(link))
  const targets = new Set(links.map(link => partyNumber(link.object)))
  if (!targets.has(1)) return targets.has(0) ? 0 : undefined
  if (!targets.has(0)) return 1
  const source = sources.get(field)
  if (source?.kind !== 'field') return 0
  const uses = (party: string): boolean =>
    mappings.some(other => usesAs(other, source.field, party))
  return uses('Account') && !uses('Individual') ? 1 : 0
}

/** Whether a mapping uses a source field as the key of this party and of no other. */
function usesAs({ object, sources }: ResolvedMapping, source: string, party: string): boolean {
  for (const [name, from] of sources) {
    if (from.kind !== 'field' || from.field !== source) continue
    if (name === object.primaryKey && object.name === party) return true
    const targets = targetsOf(object, name)
    if (targets.length === 1 && targets[0] === party) return true
  }
  return false
}

function keyValue(stream: StreamSchema, source: FieldSource): string {
  if (source.kind === 'constant') return textLiteral(String(source.value))
  return source.kind === 'field' ? keySql(fieldOf(stream, source.field)) : 'null'
}

function plainValue(scope: BranchScope, source: FieldSource, field: ModelField): string {
  if (source.kind === 'constant') return constantSql(source.value, field, scope.zone)
  if (source.kind === 'made') return 'null'
  return valueSql(fieldOf(scope.stream, source.field), field.kind, scope.zone)
}

function constantSql(value: string | number | boolean, field: ModelField, zone: string): string {
  const text = literal(String(value))
  if (field.kind !== 'dateTime') return `cast(${text} as ${sqlTypeOf(field.kind)})`
  const hasOffset = /([zZ]|[+-]\d\d(:?\d\d)?)$/.test(String(value).slice(10))
  const time = `cast(${text} as timestamp)`
  return hasOffset ? `cast(${text} as timestamptz)` : `${time} at time zone ${literal(zone)}`
}

function textLiteral(value: string | null): string {
  return `cast(${literal(value)} as varchar)`
}

function whereOf(
  stream: StreamSchema,
  { object, sources, filter }: ResolvedMapping,
): string | null {
  const conditions: string[] = []
  const key = sources.get(object.primaryKey)
  const isStreamKey = stream.primaryKey.length === 1 && stream.isAppend !== true
  if (key?.kind === 'field' && !(isStreamKey && stream.primaryKey[0] === key.field)) {
    conditions.push(`${keySql(fieldOf(stream, key.field))} is not null`)
  }
  const filled = filledValues(stream, { object, sources })
  if (filled !== undefined) conditions.push(`(${filled})`)
  if (filter) conditions.push(filterSql(fieldOf(stream, filter.field), filter))
  return conditions.length === 0 ? null : conditions.join(' and ')
}

/** A contact point with nothing in it is no contact point. */
function filledValues(
  stream: StreamSchema,
  { object, sources }: { object: ModelObject; sources: ReadonlyMap<string, FieldSource> },
): string | undefined {
  const values = object.valueFields.flatMap(name => sources.get(name) ?? [])
  if (values.length === 0 || values.some(value => value.kind === 'constant')) return undefined
  const names = values.flatMap(value => (value.kind === 'field' ? [value.field] : []))
  return [...new Set(names)].map(name => filledSql(fieldOf(stream, name))).join(' or ')
}

function filterSql(field: SchemaField, filter: NonNullable<ResolvedMapping['filter']>): string {
  if (filter.op === 'hasValue') return `(${filledSql(field)})`
  const kind = kindOf(field.type)
  const value = `cast(${literal(String(filter.value))} as ${sqlTypeOf(kind)})`
  const op = filter.op === 'isEqualTo' ? 'is not distinct from' : 'is distinct from'
  return `(${ident(field.name)} ${op} ${value})`
}

function fieldOf(stream: StreamSchema, name: string): SchemaField {
  return must(schemaField(stream, name), `stream ${stream.name} has the field that was looked up`)
}
