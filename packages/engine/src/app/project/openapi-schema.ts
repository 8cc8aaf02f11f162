import type { FieldType } from '@mainstem/contracts'
import { nearestName } from '../../kernel/nearest-name.ts'
import type { Mistake } from './mistake.ts'
import { type KeyPath, readYaml, type YamlFile } from './read-yaml.ts'
import { isRecord } from './schemas.ts'

/** The objects that an OpenAPI file declares, each with its fields and their types. */
export type OpenApiObjects = ReadonlyMap<string, Readonly<Record<string, FieldType>>>

/** Most fields of one object, as in Data Cloud's Ingestion API. */
export const OPENAPI_FIELDS_MAX = 1000
/** Longest name of an object or a field. */
const NAME_CHARACTERS_MAX = 80

/** Names of fields that Data Cloud keeps for itself. */
const RESERVED_FIELDS = new Set([
  'date_id',
  'location_id',
  'dat_account_currency',
  'dat_exchange_rate',
  'pacing_period',
  'pacing_end_date',
  'row_count',
  'version',
])

/** Type and format of OpenAPI → type of a field. A format that is not here changes nothing. */
const FORMATS: ReadonlyMap<string, FieldType> = new Map([
  ['string', 'Text'],
  ['string date', 'Date'],
  ['string date-time', 'DateTime'],
  ['string email', 'Email'],
  ['string phone', 'Phone'],
  ['string percent', 'Percent'],
  ['string url', 'URL'],
  ['string uri', 'URL'],
  ['number', 'Number'],
  ['number percent', 'Percent'],
  ['integer', 'Number'],
  ['boolean', 'Boolean'],
])

/**
 * Reads the schema file of an Ingestion API connector: OpenAPI 3.0 in YAML, of which only
 * `components.schemas` counts. Objects are flat; every rule it breaks is told with its line.
 */
export async function readOpenApi(root: string, file: string): Promise<OpenApiObjects | Mistake[]> {
  let source: YamlFile | Mistake[]
  try {
    source = await readYaml(root, file)
  } catch {
    const says = 'The schema file cannot be read.'
    return [{ code: 'SOURCE_MISSING', file, says, fix: 'Check the path in "connector.schema".' }]
  }
  return Array.isArray(source) ? source : openApiObjects(source)
}

/** The objects of an OpenAPI file that has been read, or its mistakes. */
export function openApiObjects(source: YamlFile): OpenApiObjects | Mistake[] {
  const mistakes: Mistake[] = []
  const tell = (path: KeyPath, says: string, fix: string): void => {
    const key = path.join('.')
    const line = source.lineOf(path)
    mistakes.push({ code: 'CONFIG_INVALID', file: source.file, line, key, says, fix })
  }
  const top = isRecord(source.value) ? source.value : {}
  if (!String(top['openapi']).startsWith('3.0.')) {
    tell(['openapi'], 'The file is not OpenAPI 3.0.', 'Start it with "openapi: 3.0.3".')
  }
  const components = isRecord(top['components']) ? top['components'] : {}
  const schemas = isRecord(components['schemas']) ? Object.entries(components['schemas']) : []
  if (schemas.length === 0) {
    tell(['components'], 'The file declares no object.', 'Add one under components.schemas.')
  }
  namesFault(['components', 'schemas'], schemas, tell)
  const objects = schemas.map(([name, schema]) => [name, fieldsOf(name, schema, tell)] as const)
  return mistakes.length > 0 ? mistakes : new Map(objects)
}

type Tell = (path: KeyPath, says: string, fix: string) => void

function fieldsOf(
  object: string,
  schema: unknown,
  tell: Tell,
): Readonly<Record<string, FieldType>> {
  const path: KeyPath = ['components', 'schemas', object]
  const properties = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {}
  const entries = Object.entries(properties)
  if (entries.length === 0) {
    tell(path, `The object "${object}" declares no field.`, 'Add them under "properties".')
  }
  if (entries.length > OPENAPI_FIELDS_MAX) {
    const says = `The object "${object}" declares more than ${OPENAPI_FIELDS_MAX} fields.`
    tell(path, says, 'Split it into several objects.')
  }
  namesFault([...path, 'properties'], entries, tell)
  const fields = entries.flatMap(([name, property]) => {
    const type = typeOf([...path, 'properties', name], property, tell)
    if (RESERVED_FIELDS.has(name.toLowerCase())) {
      tell([...path, 'properties', name], `The field name "${name}" is reserved.`, 'Rename it.')
    }
    return type === undefined ? [] : [[name, type] as const]
  })
  return Object.fromEntries(fields)
}

/** Rules for the names of objects and of fields alike. */
function namesFault(
  path: KeyPath,
  entries: readonly (readonly [string, unknown])[],
  tell: Tell,
): void {
  const seen = new Set<string>()
  for (const [name] of entries) {
    const at = [...path, name]
    const shown = name.slice(0, NAME_CHARACTERS_MAX)
    if (name.length > NAME_CHARACTERS_MAX) {
      tell(
        at,
        `The name "${shown}…" is longer than ${NAME_CHARACTERS_MAX} characters.`,
        'Shorten it.',
      )
    } else if (name.includes('__')) {
      tell(at, `The name "${shown}" has a double underscore.`, 'Use single ones.')
    } else if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      tell(at, `The name "${shown}" has a character that names may not have.`, NAME_FIX)
    } else if (seen.has(name.toLowerCase())) {
      tell(
        at,
        `The name "${shown}" is there twice, letter case not counted.`,
        'Rename one of them.',
      )
    }
    seen.add(name.toLowerCase())
  }
}

const NAME_FIX = 'Use letters, digits, "_" and "-".'

function typeOf(path: KeyPath, property: unknown, tell: Tell): FieldType | undefined {
  const record = isRecord(property) ? property : {}
  const type = String(record['type'])
  const format = typeof record['format'] === 'string' ? record['format'].toLowerCase() : ''
  const plain = FORMATS.get(type)
  if (plain === undefined) {
    const fix = 'Use string, number, integer or boolean: objects are flat.'
    tell(path, `The field has a type that is not read.`, fix)
    return undefined
  }
  const known = FORMATS.get(`${type} ${format}`)
  if (format === '' || known !== undefined) return known ?? plain
  const formats = [...FORMATS.keys()].map(name => name.split(' ')[1] ?? '')
  const near = nearestName(format, formats)
  if (near !== undefined && type === 'string') {
    tell([...path, 'format'], `The format "${format}" is not known.`, `Did you mean "${near}"?`)
  }
  return plain
}
