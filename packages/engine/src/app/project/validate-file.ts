import type {
  ActivationDefinition,
  InsightDefinition,
  MappingDefinition,
  ObjectDefinition,
  ProjectDefinition,
  ResolveDefinition,
  RulesetDefinition,
  ScoreModelDefinition,
  SegmentDefinition,
  StreamDefinition,
  TargetDefinition,
} from '@mainstem/contracts'
import { Ajv, type ErrorObject } from 'ajv'
import { nearestName } from '../../kernel/nearest-name.ts'
import { LATER_KEYS } from './later-features.ts'
import type { Mistake } from './mistake.ts'
import { narrowSchema, TYPE_WORDS } from './narrow-schema.ts'
import type { KeyPath, YamlFile } from './read-yaml.ts'
import { isRecord, type JsonSchema, type Kind, JSON_SCHEMAS } from './schemas.ts'

/** What a value of each kind is, once it fits its schema. */
export interface Fitting {
  readonly project: ProjectDefinition
  readonly stream: StreamDefinition
  readonly mapping: MappingDefinition
  readonly ruleset: RulesetDefinition
  readonly insight: InsightDefinition
  readonly segment: SegmentDefinition
  readonly target: TargetDefinition
  readonly activation: ActivationDefinition
  readonly object: ObjectDefinition
  readonly resolve: ResolveDefinition
  readonly score: ScoreModelDefinition
}

/** Whether a value fits the schema of its kind. */
export function fits<K extends Kind>(kind: K, value: unknown): value is Fitting[K] {
  return validators[kind](value)
}

/** Looks at a file with the schema of its kind: no mistakes means that it fits. */
export function mistakesIn(kind: Kind, source: YamlFile): readonly Mistake[] {
  if (validators[kind](source.value)) return []
  const explain = ajv.compile(narrowSchema(JSON_SCHEMAS[kind], source.value))
  explain(source.value)
  const told = (explain.errors ?? []).map(error => explained(kind, source, error))
  if (told.length > 0) return told
  const says = `The file does not fit the schema of ${KIND_WORDS[kind]}.`
  const fix = `See docs/reference/schemas/${kind}.schema.json.`
  return [{ code: 'CONFIG_INVALID', file: source.file, line: 1, says, fix }]
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, addUsedSchema: false })
ajv.addFormat('uri', text => URL.canParse(text))

/** The published schemas, compiled: what `explain` narrows is only for better sentences. */
const validators: { readonly [K in Kind]: (value: unknown) => value is Fitting[K] } = {
  project: ajv.compile<Fitting['project']>(JSON_SCHEMAS.project),
  stream: ajv.compile<Fitting['stream']>(JSON_SCHEMAS.stream),
  mapping: ajv.compile<Fitting['mapping']>(JSON_SCHEMAS.mapping),
  ruleset: ajv.compile<Fitting['ruleset']>(JSON_SCHEMAS.ruleset),
  insight: ajv.compile<Fitting['insight']>(JSON_SCHEMAS.insight),
  segment: ajv.compile<Fitting['segment']>(JSON_SCHEMAS.segment),
  target: ajv.compile<Fitting['target']>(JSON_SCHEMAS.target),
  activation: ajv.compile<Fitting['activation']>(JSON_SCHEMAS.activation),
  object: ajv.compile<Fitting['object']>(JSON_SCHEMAS.object),
  resolve: ajv.compile<Fitting['resolve']>(JSON_SCHEMAS.resolve),
  score: ajv.compile<Fitting['score']>(JSON_SCHEMAS.score),
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  project: 'mainstem.yaml',
  stream: 'a stream',
  mapping: 'a mapping',
  ruleset: 'a ruleset',
  insight: 'an insight',
  segment: 'a segment',
  target: 'a target',
  activation: 'an activation',
  object: 'a model object',
  resolve: 'the rules of mainstem resolve',
  score: 'the model of a scored rule',
}

function explained(kind: Kind, source: YamlFile, error: ErrorObject): Mistake {
  const above = pathOf(error.instancePath)
  const last = unknownKeyOf(error)
  const path = last === undefined ? above : [...above, last]
  const { code = 'CONFIG_INVALID', says, fix } = sentences(kind, keyText(above), error)
  const line = source.lineOf(path)
  return { code, file: source.file, line, key: keyText(path) || undefined, says, fix }
}

interface Sentences {
  readonly code?: 'NOT_SUPPORTED' | 'CONFIG_INVALID'
  readonly says: string
  readonly fix: string
}

function sentences(kind: Kind, key: string, error: ErrorObject): Sentences {
  const schema: JsonSchema = isRecord(error.parentSchema) ? error.parentSchema : {}
  const place = key === '' ? KIND_WORDS[kind] : `"${key}"`
  const unknownKey = unknownKeyOf(error)
  if (unknownKey !== undefined) return unknownKeySentences(unknownKey, place, { kind, key, schema })
  if (error.keyword === 'required') return missingSentences(error, place, schema)
  if (error.data === null) {
    return { says: `${capital(place)} has no value.`, fix: 'Give it one, or leave the key out.' }
  }
  const expected = expectedBy(error, schema)
  const fix = fixFor(error, schema)
  return { says: `${capital(place)} must be ${expected}.`, fix }
}

interface KeyPlace {
  readonly kind: Kind
  readonly key: string
  readonly schema: JsonSchema
}

function unknownKeySentences(unknownKey: string, place: string, at: KeyPlace): Sentences {
  const later = at.key === '' ? LATER_KEYS.get(`${at.kind}.${unknownKey}`) : undefined
  if (later !== undefined) return { code: 'NOT_SUPPORTED', ...later }
  const known = isRecord(at.schema['properties']) ? Object.keys(at.schema['properties']) : []
  const near = nearestName(unknownKey, known)
  const says = `"${shown(unknownKey)}" is not a key of ${place}.`
  return { says, fix: near === undefined ? `Its keys are ${known.join(', ')}.` : didYouMean(near) }
}

function missingSentences(error: ErrorObject, place: string, schema: JsonSchema): Sentences {
  const missing = textOf(error.params, 'missingProperty')
  const property = isRecord(schema['properties']) ? schema['properties'][missing] : undefined
  const about = isRecord(property) ? textOf(property, 'description') : ''
  const fix = `Add "${missing}"${about === '' ? '.' : `: ${withStop(about)}`}`
  return { says: `${capital(place)} lacks the key "${missing}".`, fix }
}

/** What the value must be, as the end of a sentence. */
function expectedBy(error: ErrorObject, schema: JsonSchema): string {
  const word = EXPECTED.get(error.keyword)
  if (word === undefined) return `as its schema says (${error.keyword})`
  return word(schema, String(isRecord(error.params) ? error.params['limit'] : ''))
}

type Expected = (schema: JsonSchema, limit: string) => string

const EXPECTED: ReadonlyMap<string, Expected> = new Map<string, Expected>([
  ['type', schema => TYPE_WORDS.get(String(schema['type'])) ?? String(schema['type'])],
  ['enum', schema => `one of ${listOf(schema['enum']).join(', ')}`],
  ['const', schema => JSON.stringify(schema['const'])],
  ['not', schema => textOf(schema, 'words')],
  ['minimum', (_, limit) => `${limit} or more`],
  ['maximum', (_, limit) => `${limit} or less`],
  ['exclusiveMinimum', (_, limit) => `more than ${limit}`],
  ['minLength', (_, limit) => (limit === '1' ? 'not empty' : `${limit} characters or more`)],
  ['maxLength', (_, limit) => `${limit} characters or fewer`],
  ['minItems', (_, limit) => (limit === '1' ? 'not empty' : `${limit} long or longer`)],
  ['maxItems', (_, limit) => `${limit} long or shorter`],
  ['format', () => 'a URL'],
  // The schema has a sentence for editors; nobody is to read a regular expression.
  ['pattern', schema => textOf(schema, 'patternErrorMessage').replace(/^Must be |\.$/g, '')],
])

function fixFor(error: ErrorObject, schema: JsonSchema): string {
  if (error.keyword === 'enum' && typeof error.data === 'string') {
    const near = nearestName(error.data, listOf(schema['enum']))
    if (near !== undefined) return didYouMean(near)
  }
  const about = textOf(schema, 'description')
  return about === '' ? 'Change the value.' : `It is: ${withStop(about)}`
}

function unknownKeyOf({ keyword, params }: ErrorObject): string | undefined {
  return keyword === 'additionalProperties' ? textOf(params, 'additionalProperty') : undefined
}

/** From a JSON pointer to the way it goes: list places become numbers. */
function pathOf(pointer: string): KeyPath {
  return pointer
    .split('/')
    .slice(1)
    .map(step => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(step => (/^\d+$/.test(step) ? Number(step) : step))
}

/** The way to a value as people write it: `objects[1].fields.Id`. */
export function keyText(path: KeyPath): string {
  return path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${shown(step)}`))
    .join('')
    .replace(/^\./, '')
}

/** A key as it may be printed: short, and on one line. */
function shown(key: string): string {
  const line = key.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
  return line.length > KEY_SHOWN_MAX ? `${line.slice(0, KEY_SHOWN_MAX)}…` : line
}

const KEY_SHOWN_MAX = 80

function didYouMean(name: string): string {
  return `Did you mean "${name}"?`
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function textOf(record: unknown, key: string): string {
  const value = isRecord(record) ? record[key] : undefined
  return typeof value === 'string' ? value : ''
}

function capital(text: string): string {
  return text.startsWith('a ') || text.startsWith('an ') ? text.replace('a', 'A') : text
}

function withStop(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
