import type { StreamDefinition } from '@mainstem/contracts'
import { at, type Definitions, nearestAdvice, type Words } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import { pathFault } from './project-path.ts'
import type { Sourced } from './project.ts'
import type { KeyPath } from './read-yaml.ts'

type Stream = Sourced<StreamDefinition>

/** What the schema of a stream cannot say: how its keys fit each other. */
export function checkStreams(found: Definitions): readonly Mistake[] {
  const posted = new Map<string, Stream>()
  return found.streams.flatMap(stream => [
    ...categoryFaults(stream),
    ...modeFaults(stream),
    ...connectorFaults(stream),
    ...fieldNameFaults(stream),
    ...fieldReferences(stream),
    ...timeFieldFaults(stream),
    ...endpointFaults(stream, posted),
  ])
}

function categoryFaults(stream: Stream): readonly Mistake[] {
  const { category, eventTime, identity } = stream.definition
  if (category === 'Engagement') {
    if (eventTime !== undefined) return []
    const says = 'An Engagement stream needs "eventTime".'
    return [at(stream, ['category'], { says, fix: 'Name the field that says when it happened.' })]
  }
  const extra: readonly ('eventTime' | 'identity')[] = [
    ...(eventTime === undefined ? [] : (['eventTime'] as const)),
    ...(identity === undefined ? [] : (['identity'] as const)),
  ]
  return extra.map(key => {
    const says = `"${key}" is for Engagement streams, and this one is ${category}.`
    return at(stream, [key], { says, fix: `Take "${key}" out, or make the category Engagement.` })
  })
}

function modeFaults(stream: Stream): readonly Mistake[] {
  const { refreshMode, connector, recordModified, eventTime } = stream.definition
  const wrong = (words: Omit<Words, 'code'>): readonly Mistake[] => [
    at(stream, ['refreshMode'], { code: 'MODE_NOT_ALLOWED', ...words }),
  ]
  if (connector.type === 'File' && refreshMode === 'PARTIAL_UPDATE') {
    const fix = 'Use UPSERT: fields that a file leaves out become empty.'
    return wrong({ says: 'PARTIAL_UPDATE is for streams of the Ingestion API, not files.', fix })
  }
  const wholes = refreshMode === 'FULL_REFRESH' || refreshMode === 'INCREMENTAL'
  if (connector.type === 'IngestApi' && wholes) {
    const fix = 'Use UPSERT, PARTIAL_UPDATE or APPEND.'
    return wrong({ says: `${refreshMode} is for files; the Ingestion API sends changes.`, fix })
  }
  if (refreshMode === 'INCREMENTAL' && (recordModified ?? eventTime) === undefined) {
    const fix = 'Name the field in "recordModified".'
    return wrong({ says: 'INCREMENTAL needs a field that says when a record changed.', fix })
  }
  return []
}

function connectorFaults(stream: Stream): readonly Mistake[] {
  const { connector } = stream.definition
  const path = connector.type === 'File' ? connector.path : connector.schema
  const key: KeyPath = ['connector', connector.type === 'File' ? 'path' : 'schema']
  if (path === undefined) return []
  const fault = pathFault(path)
  const fix = 'Write it relative to the project; link to data that is kept elsewhere.'
  return fault === undefined ? [] : [at(stream, key, { says: `The path ${fault}.`, fix })]
}

/** Longest name of a field, as in the Ingestion API's own schemas. */
const FIELD_CHARACTERS_MAX = 80

function fieldNameFaults(stream: Stream): readonly Mistake[] {
  const taken = new Map<string, string>()
  return Object.keys(stream.definition.fields ?? {}).flatMap(name => {
    const fault = fieldNameFault(name)
    const fix = 'Choose another name, and give the name in the source as "path".'
    if (fault !== undefined) {
      const says = `The field name "${name.slice(0, FIELD_CHARACTERS_MAX)}" ${fault}.`
      return [at(stream, ['fields', name], { code: 'NAME_INVALID', says, fix })]
    }
    const other = taken.get(name.toLowerCase())
    taken.set(name.toLowerCase(), name)
    if (other === undefined) return []
    const says = `The fields "${other}" and "${name}" differ by letter case alone.`
    return [at(stream, ['fields', name], { code: 'NAME_INVALID', says, fix })]
  })
}

function fieldNameFault(name: string): string | undefined {
  if (name.includes('__')) return 'has a double underscore'
  if (name.length > FIELD_CHARACTERS_MAX) return `is longer than ${FIELD_CHARACTERS_MAX} characters`
  if (!/^[A-Za-z]/.test(name)) return 'does not start with a letter'
  if (/^[\w-]+$/.test(name)) return undefined
  return 'has other characters than letters, digits, "_" and "-"'
}

/** Keys of a stream that name a field must name a declared one, where fields are declared. */
function fieldReferences(stream: Stream): readonly Mistake[] {
  const { fields } = stream.definition
  if (fields === undefined) return []
  const names = Object.keys(fields)
  return namedFields(stream.definition)
    .filter(([, name]) => !names.includes(name))
    .map(([path, name]) => {
      const says = `The field "${name}" is not among the "fields" of this stream.`
      return at(stream, path, { says, fix: nearestAdvice(name, names, 'streams') })
    })
}

function namedFields(definition: StreamDefinition): (readonly [KeyPath, string])[] {
  const { primaryKey, recordModified, eventTime, identity } = definition
  const keys: (readonly [KeyPath, string])[] =
    typeof primaryKey === 'string'
      ? [[['primaryKey'], primaryKey]]
      : primaryKey.map((name, place) => [['primaryKey', place], name] as const)
  const rest: (readonly [KeyPath, string | undefined])[] = [
    [['recordModified'], recordModified],
    [['eventTime'], eventTime],
    [['identity', 'email'], identity?.email],
    [['identity', 'phone'], identity?.phone],
    [['identity', 'id', 'field'], identity?.id?.field],
  ]
  const given = rest.flatMap(([path, name]) => (name === undefined ? [] : [[path, name] as const]))
  return [...keys, ...given]
}

function timeFieldFaults(stream: Stream): readonly Mistake[] {
  const { fields, eventTime, recordModified } = stream.definition
  const times = [['eventTime', eventTime] as const, ['recordModified', recordModified] as const]
  return times.flatMap(([key, name]) => {
    const field = name === undefined ? undefined : fields?.[name]
    const type = typeof field === 'string' ? field : field?.type
    if (type === undefined || type === 'DateTime' || type === 'Date') return []
    const says = `"${key}" needs a field of type DateTime or Date; "${name}" is ${type}.`
    return [at(stream, [key], { says, fix: 'Change the type, or name another field.' })]
  })
}

/** Two streams of one source and object would both claim its requests. */
function endpointFaults(stream: Stream, posted: Map<string, Stream>): readonly Mistake[] {
  const { connector, name } = stream.definition
  if (connector.type !== 'IngestApi' || connector.source === undefined) return []
  const object = connector.object ?? name
  const endpoint = JSON.stringify([connector.source, object])
  const other = posted.get(endpoint)
  posted.set(endpoint, stream)
  if (other === undefined) return []
  const says = `${other.file} takes the object "${object}" of "${connector.source}" already.`
  return [
    at(stream, ['connector', 'object'], { says, fix: 'Post another object, or use one stream.' }),
  ]
}
