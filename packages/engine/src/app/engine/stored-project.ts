import type { SqlSession } from '../../lake/index.ts'
import type { Project, Sourced } from '../project/index.ts'
import { appliedDefinitions, type DefinitionKind, type DefinitionRecord } from './definition-log.ts'

/**
 * The project as the store runs by it, whatever its files say now: a question must not change
 * anything. The files themselves where nothing was applied yet.
 */
export async function storedProject(session: SqlSession, project: Project): Promise<Project> {
  const records = await appliedDefinitions(session)
  if (records.length === 0) return project
  const of = <Definition>(
    kind: DefinitionKind,
    files: readonly Sourced<Definition>[],
  ): readonly Sourced<Definition>[] =>
    records.filter(record => record.kind === kind).map(record => stored(record, files))
  return {
    ...project,
    streams: of('stream', project.streams),
    objects: of('object', project.objects),
    mappings: of('mapping', project.mappings),
    rulesets: of('ruleset', project.rulesets),
    insights: of('insight', project.insights),
    segments: of('segment', project.segments),
    targets: of('target', project.targets),
    activations: of('activation', project.activations),
  }
}

/** A definition as it was applied; checked then, and written by this program. */
function stored<Definition>(
  record: DefinitionRecord,
  files: readonly Sourced<Definition>[],
): Sourced<Definition> {
  const definition: Definition = JSON.parse(record.body)
  const file = files.find(one => JSON.stringify(one.definition) === record.body)
  return {
    definition,
    file: file?.file ?? `${record.kind} ${record.name}`,
    lineOf: file?.lineOf ?? (() => 1),
  }
}
