import { findField, kindOf, type ModelObject } from './catalogue/index.ts'
import { needsParty, partyFields, personField } from './person-field.ts'
import type { FieldSource, ModelNotice } from './plan.ts'
import { mappingError, type ResolvedMapping } from './resolve-mapping.ts'
import { schemaField, type StreamSchema } from './stream-schema.ts'

/** Turns `Individual.EmailAddress` into a Contact Point Email of the same person. */
export function moveIndividualEmails(
  stream: StreamSchema,
  mappings: readonly ResolvedMapping[],
  emailObject: ModelObject,
): { readonly mappings: readonly ResolvedMapping[]; readonly notices: readonly ModelNotice[] } {
  const notices: ModelNotice[] = []
  const all = [...mappings]
  for (const mapping of mappings) {
    const source = mapping.sources.get('EmailAddress')
    if (mapping.object.name !== 'Individual' || !source) continue
    if (mapping.object.fields.has('EmailAddress')) continue
    mapping.sources.delete('EmailAddress')
    const existing = all.find(other => isSameEmail(other, source))
    if (!existing) all.push(emailMapping(emailObject, { mapping, source, all }))
    notices.push(emailNotice(stream, existing !== undefined))
  }
  return { mappings: all, notices }
}

/** Fills in what a mapping may leave out, and checks that what it may not is there. */
export function deriveFields(
  stream: StreamSchema,
  mapping: ResolvedMapping,
  siblings: readonly ResolvedMapping[],
): ResolvedMapping {
  const qualifiers = new Map(mapping.qualifiers)
  const whole: ResolvedMapping = { ...mapping, sources: new Map(mapping.sources), qualifiers }
  deriveParty({ stream, mapping: whole, siblings, qualifiers })
  deriveKey(stream, whole)
  deriveTimes(stream, whole)
  checkComplete(stream, whole)
  return whole
}

function isSameEmail(mapping: ResolvedMapping, source: FieldSource): boolean {
  if (mapping.object.name !== 'ContactPointEmail') return false
  const mapped = mapping.sources.get('EmailAddress')
  if (mapped?.kind === 'field' && source.kind === 'field') return mapped.field === source.field
  return false
}

interface EmailOfIndividual {
  readonly mapping: ResolvedMapping
  readonly source: FieldSource
  readonly all: readonly ResolvedMapping[]
}

function emailMapping(object: ModelObject, from: EmailOfIndividual): ResolvedMapping {
  const { mapping, source, all } = from
  const taken = new Set(
    all.filter(other => other.object.name === object.name).map(other => other.as.toLowerCase()),
  )
  const wanted = mapping.as
  const as = taken.has(wanted.toLowerCase()) ? `${wanted}Individual` : wanted
  const sources = new Map<string, FieldSource>([['EmailAddress', source]])
  const key = mapping.sources.get('Id')
  if (key) sources.set('PartyId', key.kind === 'field' ? { ...key, isDerived: true } : key)
  const qualifiers = new Map<string, string | null>()
  const qualifier = mapping.qualifiers.get('Id')
  if (qualifier !== undefined) qualifiers.set('PartyId', qualifier)
  return { object, as, sources, qualifiers, filter: mapping.filter }
}

function emailNotice(stream: StreamSchema, isMerged: boolean): ModelNotice {
  const how = isMerged
    ? 'it is the one that is mapped already'
    : 'it is stored as Contact Point Email'
  return {
    code: 'EMAIL_MOVED',
    stream: stream.name,
    object: 'Individual',
    field: 'EmailAddress',
    message: `An Individual has no e-mail address of its own (stream ${stream.name}): ${how}.`,
    fix: 'Map the field to ContactPointEmail.EmailAddress instead.',
  }
}

interface PartyDerivation {
  readonly stream: StreamSchema
  readonly mapping: ResolvedMapping
  readonly siblings: readonly ResolvedMapping[]
  readonly qualifiers: Map<string, string | null>
}

/** The party is the Individual, else the Account, that the same stream is mapped to. */
function deriveParty({ stream, mapping, siblings, qualifiers }: PartyDerivation): void {
  const { object, sources } = mapping
  const field = personField(object)
  if (field === undefined || sources.has(field)) return
  const party =
    partyOf(stream, mapping, { siblings, party: 'Individual' }) ??
    (partyFields(object, 'Account').includes(field)
      ? partyOf(stream, mapping, { siblings, party: 'Account' })
      : undefined)
  const key = party?.sources.get('Id')
  if (party && key) {
    sources.set(field, key.kind === 'field' ? { ...key, isDerived: true } : key)
    const qualifier = party.qualifiers.get('Id')
    if (qualifier !== undefined && !qualifiers.has(field)) qualifiers.set(field, qualifier)
    return
  }
  if (!needsParty(object)) return
  throw mappingError(
    { stream: stream.name, object: object.name, field },
    'nothing says whose it is.',
    `Map ${field} to the field that holds the person's key, or map the stream to Individual with an Id.`,
  )
}

interface PartySearch {
  readonly siblings: readonly ResolvedMapping[]
  readonly party: 'Individual' | 'Account'
}

function partyOf(
  stream: StreamSchema,
  mapping: ResolvedMapping,
  { siblings, party }: PartySearch,
): ResolvedMapping | undefined {
  const candidates = siblings.filter(other => other.object.name === party)
  const same = candidates.find(other => other.as === mapping.as)
  if (same || candidates.length < 2) return same ?? candidates[0]
  throw mappingError(
    { stream: stream.name, object: mapping.object.name, field: personField(mapping.object) ?? '' },
    `the stream is mapped to ${party} ${candidates.length} times, and nothing says whose this is.`,
    `Map the field, or give this mapping the \`as\` of its ${party}.`,
  )
}

function deriveKey(stream: StreamSchema, { object, sources }: ResolvedMapping): void {
  const key = object.primaryKey
  if (sources.has(key)) return
  if (object.name === 'PartyIdentification') {
    sources.set(key, { kind: 'made', how: 'identification' })
  } else if (object.derivesKey && !object.isEvent) {
    sources.set(key, { kind: 'made', how: 'rowKey' })
  } else if (stream.isAppend === true || stream.primaryKey.length > 1) {
    if (object.category !== 'Profile') sources.set(key, { kind: 'made', how: 'sourceKey' })
  } else if (object.isEvent) {
    const [field] = stream.primaryKey
    if (field !== undefined) sources.set(key, { kind: 'field', field, isDerived: true })
  }
}

function deriveTimes(stream: StreamSchema, { object, sources }: ResolvedMapping): void {
  const derive = (target: string | undefined, name: string | undefined): void => {
    if (target === undefined || name === undefined || sources.has(target)) return
    const wanted = findField(object, target)
    const source = schemaField(stream, name)
    if (!wanted || !source) return
    const from = kindOf(source.type)
    if (from !== wanted.kind && !(from === 'date' && wanted.kind === 'dateTime')) return
    sources.set(target, { kind: 'field', field: name, isDerived: true })
  }
  derive(object.eventTime, stream.eventTime)
  derive('LastModifiedDate', stream.recordModified)
}

function checkComplete(stream: StreamSchema, { object, sources }: ResolvedMapping): void {
  const place = { stream: stream.name, object: object.name }
  const key = object.primaryKey
  if (!sources.has(key)) {
    const from = stream.primaryKey.join(', ')
    const fix = `Map ${key}; the primary key of the stream is ${from}.`
    throw mappingError(
      { ...place, field: key },
      'the primary key of the object is not mapped.',
      fix,
    )
  }
  const needsTime = object.category === 'Engagement' && stream.category === 'Engagement'
  if (needsTime && object.eventTime !== undefined && !sources.has(object.eventTime)) {
    const problem = 'the event time of the object is not mapped.'
    const fix = `Map ${object.eventTime} to a DateTime field, or name eventTime in the stream.`
    throw mappingError({ ...place, field: object.eventTime }, problem, fix)
  }
  if (needsTime && object.eventTime === undefined) {
    const problem = 'an engagement object needs a time, and this has no DateTime field.'
    throw mappingError(place, problem, `Add one to model/${object.name}.yaml.`)
  }
  if (object.needsValue && !object.valueFields.some(name => sources.has(name))) {
    const fields = object.valueFields.join(' or ')
    throw mappingError(
      { ...place, field: object.valueFields[0] ?? key },
      'nothing is mapped that it is made of.',
      `Map ${fields}.`,
    )
  }
}
