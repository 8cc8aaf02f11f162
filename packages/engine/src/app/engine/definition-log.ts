import { createHash } from 'node:crypto'
import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import type { Project } from '../project/index.ts'

/** The kinds of definitions that a project has, in the order in which they are applied. */
export const DEFINITION_KINDS = [
  'project',
  'stream',
  'object',
  'mapping',
  'ruleset',
  'insight',
  'segment',
  'target',
  'activation',
] as const
export type DefinitionKind = (typeof DEFINITION_KINDS)[number]

/** A definition as it stands in the project's files or in the store. */
export interface DefinitionRecord {
  readonly kind: DefinitionKind
  readonly name: string
  /** Canonical JSON. */
  readonly body: string
  readonly version: number
}

/** One definition that differs between the files and what the store runs by. */
export interface DefinitionChange {
  readonly kind: DefinitionKind
  readonly name: string
  readonly action: 'create' | 'update' | 'delete'
  /** The keys that differ, top level. */
  readonly fields: readonly string[]
}

/** All definitions of a project. */
export function definitionsOf(project: Project): readonly Omit<DefinitionRecord, 'version'>[] {
  const { timeZone, dataSpace, region, currency } = project.definition
  const record = (kind: DefinitionKind, name: string, definition: unknown) => ({
    kind,
    name,
    body: canonicalJson(definition),
  })
  return [
    record('project', 'project', { timeZone, dataSpace, region, currency }),
    ...project.streams.map(({ definition }) => record('stream', definition.name, definition)),
    ...project.objects.map(({ definition }) => record('object', definition.object, definition)),
    ...project.mappings.map(({ definition }, at) =>
      record('mapping', mappingName(project, at), definition),
    ),
    ...project.rulesets.map(({ definition }) => record('ruleset', definition.label, definition)),
    ...project.insights.map(({ definition }) => record('insight', definition.apiName, definition)),
    ...project.segments.map(({ definition }) =>
      record('segment', definition.developerName, definition),
    ),
    ...project.targets.map(({ definition }) => record('target', definition.name, definition)),
    ...project.activations.map(({ definition }) =>
      record('activation', definition.name, definition),
    ),
  ]
}

/** Several mapping files may be for one stream. */
function mappingName(project: Project, at: number): string {
  const mapping = project.mappings[at]
  const stream = mapping?.definition.stream ?? ''
  const same = project.mappings.slice(0, at).filter(one => one.definition.stream === stream).length
  return same === 0 ? stream : `${stream}#${same + 1}`
}

/** The definitions that the store runs by. */
export async function appliedDefinitions(
  session: SqlSession,
): Promise<readonly DefinitionRecord[]> {
  const rows = await session.rows('select kind, name, body, version from definition')
  return rows.flatMap(([kind, name, body, version]) => {
    const known = DEFINITION_KINDS.find(one => one === kind)
    return known
      ? [{ kind: known, name: String(name), body: String(body), version: Number(version) }]
      : []
  })
}

/** What applying the project would change. */
export function changesBetween(
  applied: readonly DefinitionRecord[],
  wanted: readonly Omit<DefinitionRecord, 'version'>[],
): readonly DefinitionChange[] {
  const key = (one: { kind: string; name: string }): string => `${one.kind}\u001F${one.name}`
  const before = new Map(applied.map(one => [key(one), one]))
  const after = new Map(wanted.map(one => [key(one), one]))
  const changes: DefinitionChange[] = []
  for (const [at, one] of after) {
    const old = before.get(at)
    if (!old) changes.push({ kind: one.kind, name: one.name, action: 'create', fields: [] })
    else if (old.body !== one.body) {
      const fields = differingKeys(old.body, one.body)
      changes.push({ kind: one.kind, name: one.name, action: 'update', fields })
    }
  }
  for (const [at, one] of before) {
    if (!after.has(at))
      changes.push({ kind: one.kind, name: one.name, action: 'delete', fields: [] })
  }
  const order = (kind: DefinitionKind): number => DEFINITION_KINDS.indexOf(kind)
  return changes.sort(
    (one, other) => order(one.kind) - order(other.kind) || (one.name < other.name ? -1 : 1),
  )
}

/** Writes what the store runs by from now on; versions count the changes of each definition. */
export async function recordDefinitions(
  session: SqlSession,
  wanted: readonly Omit<DefinitionRecord, 'version'>[],
  { changes, atMs }: { changes: readonly DefinitionChange[]; atMs: number },
): Promise<void> {
  const applied = await appliedDefinitions(session)
  for (const { kind, name, action } of changes) {
    const version = applied.find(one => one.kind === kind && one.name === name)?.version ?? 0
    await session.run(
      `delete from definition where kind = ${literal(kind)} and name = ${literal(name)}`,
    )
    const body = wanted.find(one => one.kind === kind && one.name === name)?.body
    if (action === 'delete' || body === undefined) continue
    await session.run(
      `insert into definition values (?, ?, ?, ?, ?, make_timestamptz(${atMs * 1000}::bigint))`,
      [kind, name, version + 1, body, createHash('sha256').update(body).digest('hex')],
    )
  }
}

function differingKeys(one: string, other: string): readonly string[] {
  const left = record(JSON.parse(one))
  const right = record(JSON.parse(other))
  const keys = new Set([...left.keys(), ...right.keys()])
  return [...keys]
    .filter(key => canonicalJson(left.get(key)) !== canonicalJson(right.get(key)))
    .sort()
}

function record(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

/** JSON with keys in order, so that equal definitions are equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, below]) => below !== undefined)
    entries.sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${entries.map(([key, below]) => `${JSON.stringify(key)}:${canonicalJson(below)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
