import { type Category, MainstemError, type MappingDefinition } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import { ErrorList } from '../kernel/error-list.ts'
import { buildBranch, type BranchScope, PartyColumns, systemIdSql } from './build-branch.ts'
import { type Catalogue, didYouMean, type ModelObject, quoted } from './catalogue/index.ts'
import { deriveFields, moveIndividualEmails } from './derive-fields.ts'
import { type IdentityValues, identityValues } from './identity-party.ts'
import { personField } from './person-field.ts'
import {
  IDENTITY_QUALIFIER,
  type ModelNotice,
  type ModelPlan,
  type StreamPlan,
  type SystemParty,
} from './plan.ts'
import { lintQualifiers } from './qualifier-lint.ts'
import { mappingError, resolveMappings, type ResolvedMapping } from './resolve-mapping.ts'
import type { StreamSchema } from './stream-schema.ts'

/** What a model is compiled from. */
export interface ModelSource {
  readonly catalogue: Catalogue
  readonly streams: readonly StreamSchema[]
  readonly mappings: readonly MappingDefinition[]
  /** The country of phone numbers that name none; ISO 3166-1 alpha-2. */
  readonly region?: string | undefined
  /** Where a date mapped to a time begins; IANA name. */
  readonly timeZone?: string | undefined
}

/** From mapping definitions and stream schemas to a plan. Throws MAPPING_INVALID, of all that is wrong at once. */
export function compileModel(source: ModelSource): ModelPlan {
  for (const mapping of source.mappings) checkStreamIsKnown(source.streams, mapping)
  const catalogue = withCategories(source)
  const notices: ModelNotice[] = []
  const errors = new ErrorList()
  const streams = source.streams.flatMap(stream => {
    const compiled = errors.try(() => compileStream({ ...source, catalogue }, stream))
    notices.push(...(compiled?.notices ?? []))
    return compiled ? [compiled.plan] : []
  })
  errors.end()
  const branches = streams.flatMap(stream => stream.branches)
  notices.push(...lintQualifiers(catalogue, branches))
  return { catalogue, streams, notices, region: source.region ?? 'US' }
}

function checkStreamIsKnown(streams: readonly StreamSchema[], mapping: MappingDefinition): void {
  if (streams.some(stream => stream.name === mapping.stream)) return
  const hint = didYouMean(
    mapping.stream,
    streams.map(stream => stream.name),
  )
  throw new MainstemError(
    'MAPPING_INVALID',
    `A mapping is for stream ${quoted(mapping.stream)}, and there is no such stream.${hint}`,
    { stream: mapping.stream.slice(0, 80), key: 'stream' },
  )
}

/** A custom object that names no category takes that of the first stream mapped to it. */
function withCategories({ catalogue, streams, mappings }: ModelSource): Catalogue {
  let result = catalogue
  for (const mapping of mappings) {
    const stream = must(
      streams.find(one => one.name === mapping.stream),
      'the stream is known',
    )
    for (const { object: name } of mapping.objects) {
      const object = result.find(name)
      if (object?.category === null) result = result.with(categorised(object, stream.category))
    }
  }
  for (const object of result.objects.values()) {
    if (object.category === null) result = result.with(categorised(object, 'Other'))
  }
  return result
}

function categorised(object: ModelObject, category: Category): ModelObject {
  const isEvent = category === 'Engagement'
  return { ...object, category, isEvent, derivesKey: isEvent }
}

interface CompiledStream {
  readonly plan: StreamPlan
  readonly notices: readonly ModelNotice[]
}

function compileStream(source: ModelSource, stream: StreamSchema): CompiledStream {
  const definitions = source.mappings.filter(mapping => mapping.stream === stream.name)
  checkQualifier(stream)
  const written = resolveMappings(stream, definitions, source.catalogue)
  const errors = new ErrorList()
  for (const [at, { object }] of written.entries())
    errors.try(() => checkCategory(stream, object), `objects[${at}]`)
  errors.end()
  const emailObject = source.catalogue.object('ContactPointEmail')
  const moved = moveIndividualEmails(stream, written, emailObject)
  const mappings = moved.mappings.map(one => deriveFields(stream, one, moved.mappings))
  const identity = identityValues(stream)
  const refs = new PartyColumns()
  const scope: BranchScope = { stream, mappings, refs, identity, zone: source.timeZone ?? 'UTC' }
  const branches = mappings.flatMap(
    (mapping, at) => errors.try(() => [buildBranch(scope, mapping)], `objects[${at}]`) ?? [],
  )
  errors.end()
  const system = identity ? systemParty(scope, identity) : null
  const unmappedFields = unusedFields(stream, mappings, identity)
  const plan = { schema: stream, partyRefs: refs.all, branches, system, unmappedFields }
  return { plan, notices: [...moved.notices, ...nobody(scope)] }
}

function checkQualifier(stream: StreamSchema): void {
  if (stream.keyQualifier !== IDENTITY_QUALIFIER) return
  throw new MainstemError(
    'CONFIG_INVALID',
    `Stream ${stream.name} has the key qualifier ${IDENTITY_QUALIFIER}, which the platform keeps for identity ` +
      'values. Choose another.',
    { stream: stream.name, key: 'keyQualifier' },
  )
}

/** Profile and Other go to Profile and Other, Engagement to Engagement (semantics 2.2). */
function checkCategory(stream: StreamSchema, object: ModelObject): void {
  if (object.anyCategory) return
  const isEngagement = stream.category === 'Engagement'
  if (isEngagement === (object.category === 'Engagement')) return
  const allowed = isEngagement ? 'Engagement objects only' : 'Profile and Other objects only'
  const problem =
    `the stream has category ${stream.category} and may map to ${allowed}; ` +
    `${object.name} has category ${object.category ?? 'Other'}.`
  const fix = isEngagement
    ? 'Name the person by `identity` in the stream, or read the source by a second stream of category Profile.'
    : 'Read the source by a stream of category Engagement, with an eventTime.'
  throw mappingError({ stream: stream.name, object: object.name }, problem, fix)
}

function systemParty(scope: BranchScope, identity: IdentityValues): SystemParty {
  const idSql = systemIdSql(scope)
  const reference = { object: 0 as const, idSql, qualifier: IDENTITY_QUALIFIER, isSystem: true }
  const column = scope.refs.column(reference)
  return { stream: scope.stream.name, column, ...identity }
}

/** Objects that could tell whose they are, and do not. */
function nobody(scope: BranchScope): readonly ModelNotice[] {
  const { stream, identity } = scope
  return scope.mappings.flatMap(({ object, sources }): ModelNotice[] => {
    const field = personField(object)
    if (field === undefined && object.isEvent) {
      const message = `Rows of ${object.name} from stream ${stream.name} reach no person: the object relates to none.`
      const fix = `Give ${object.name} a field with a relationship to Individual, in model/.`
      return [
        { code: 'NO_PERSON', stream: stream.name, object: object.name, field: '', message, fix },
      ]
    }
    if (field === undefined || identity || reachesParty(object, sources)) return []
    const message = `Rows of ${object.name} from stream ${stream.name} reach no person: ${field} is not mapped.`
    const fix = `Map ${field}${stream.category === 'Engagement' ? ', or name identity fields in the stream' : ''}.`
    return [{ code: 'NO_PERSON', stream: stream.name, object: object.name, field, message, fix }]
  })
}

function reachesParty(object: ModelObject, sources: ResolvedMapping['sources']): boolean {
  return object.relationships.some(
    link => (link.object === 'Individual' || link.object === 'Account') && sources.has(link.field),
  )
}

function unusedFields(
  stream: StreamSchema,
  mappings: readonly ResolvedMapping[],
  identity: IdentityValues | undefined,
): readonly string[] {
  const used = new Set([...stream.primaryKey, ...(identity?.fields ?? [])])
  for (const name of [stream.eventTime, stream.recordModified])
    if (name !== undefined) used.add(name)
  for (const { sources, filter } of mappings) {
    if (filter) used.add(filter.field)
    for (const source of sources.values()) if (source.kind === 'field') used.add(source.field)
  }
  return stream.fields.map(field => field.name).filter(name => !used.has(name))
}
