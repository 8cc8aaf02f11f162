import {
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

/** The schema of each kind of project file, of the rules of `mainstem resolve`, and of a scored rule's model. */
export const SCHEMAS = {
  project: ProjectDefinition,
  stream: StreamDefinition,
  mapping: MappingDefinition,
  ruleset: RulesetDefinition,
  insight: InsightDefinition,
  segment: SegmentDefinition,
  target: TargetDefinition,
  activation: ActivationDefinition,
  object: ObjectDefinition,
  resolve: ResolveDefinition,
  score: ScoreModelDefinition,
} as const

/** A kind of project file. */
export type Kind = keyof typeof SCHEMAS

/** The folder in which each kind of definition is kept, in the order of the data's path. */
export const FOLDERS = {
  streams: 'stream',
  model: 'object',
  mappings: 'mapping',
  rulesets: 'ruleset',
  insights: 'insight',
  segments: 'segment',
  targets: 'target',
  activations: 'activation',
} as const satisfies Readonly<Record<string, Kind>>

/** A JSON Schema, as data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Whether the value is a plain map of keys to values. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schemas as plain JSON Schema: what files are checked with, and what is published. */
export const JSON_SCHEMAS: Readonly<Record<Kind, JsonSchema>> = {
  project: published('project'),
  stream: published('stream'),
  mapping: published('mapping'),
  ruleset: published('ruleset'),
  insight: published('insight'),
  segment: published('segment'),
  target: published('target'),
  activation: published('activation'),
  object: published('object'),
  resolve: published('resolve'),
  score: published('score'),
}

/** Inner schemas with a name of their own become `definitions`, which every editor can follow. */
function published(kind: Kind): JsonSchema {
  const definitions = new Map<string, unknown>()
  const body = plain(SCHEMAS[kind], kind, definitions)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: kind,
    ...(isRecord(body) ? body : {}),
    ...(definitions.size > 0 ? { definitions: Object.fromEntries(definitions) } : {}),
  }
}

function plain(value: unknown, top: string, definitions: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map(item => plain(item, top, definitions))
  if (!isRecord(value)) return value
  const { $id: id, $ref: ref, ...rest } = value
  if (typeof ref === 'string') return { $ref: `#/definitions/${ref}` }
  const entries = Object.entries(rest).map(([key, inner]) => [key, plain(inner, top, definitions)])
  const body: JsonSchema = Object.fromEntries(entries)
  if (typeof id !== 'string' || id === top) return body
  definitions.set(id, body)
  return { $ref: `#/definitions/${id}` }
}
