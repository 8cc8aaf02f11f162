import { resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { checkInsights } from './check-insights.ts'
import { checkLimits } from './check-limits.ts'
import { checkNames } from './check-names.ts'
import { checkSchedules, checkSettings } from './check-project.ts'
import { checkReferences } from './check-references.ts'
import { checkStorage } from './check-storage.ts'
import { checkStreams } from './check-streams.ts'
import { type Definitions, plainHooks, type ProjectHooks } from './definitions.ts'
import { PROJECT_FILE } from './find-project.ts'
import { givenFiles } from './given-files.ts'
import { laterFolders } from './later-features.ts'
import { compareText, inReadingOrder, type Mistake, ProjectError } from './mistake.ts'
import { type ProjectFile, projectFiles } from './project-files.ts'
import { deepFreeze, type Project, settingsOf, type Sourced, storePathOf } from './project.ts'
import { readYaml, type YamlFile } from './read-yaml.ts'
import { isRecord, type Kind } from './schemas.ts'
import { withScoreModels } from './score-models.ts'
import { withSchemaFields } from './stream-schemas.ts'
import { fits, type Fitting, mistakesIn } from './validate-file.ts'

/** How a project is read. */
export interface LoadOptions {
  readonly hooks?: ProjectHooks | undefined
  /** Rulesets, unchecked, that stand in for those of the same label in the files, or are new. */
  readonly rulesets?: readonly unknown[] | undefined
}

/**
 * Reads a project: `mainstem.yaml` and every definition beside it. Either all of it holds, each
 * definition by itself and with the others, or a `ProjectError` tells every mistake at once.
 */
export async function loadProject(
  dir: string,
  { hooks = plainHooks, rulesets = [] }: LoadOptions = {},
): Promise<Project> {
  const root = resolve(dir)
  const read = await readAll(root, rulesets)
  const { project, mistakes, known } = read
  const settings = settingsOf(project?.definition ?? { name: 'unreadable' })
  const { streams, mistakes: schemaMistakes } = await withSchemaFields(
    root,
    known('stream', 'name'),
  )
  const scored = await withScoreModels(root, known('ruleset', 'label'))
  const found: Definitions = {
    definition: settings,
    streams,
    objects: known('object', 'object'),
    mappings: known('mapping', 'stream'),
    rulesets: scored.found,
    insights: known('insight', 'apiName'),
    segments: known('segment', 'developerName'),
    targets: known('target', 'name'),
    activations: known('activation', 'name'),
    names: read.names,
    hooks,
  }
  const all = [
    ...mistakes,
    ...schemaMistakes,
    ...scored.mistakes,
    ...(project === undefined ? [] : checkSettings(project)),
    ...(project === undefined ? [] : await checkStorage(root, project)),
    ...CHECKS.flatMap(check => check(found)),
  ]
  if (all.length > 0) throw new ProjectError(inReadingOrder(all))
  const { names: _names, hooks: _hooks, ...kinds } = found
  return deepFreeze({ root, storePath: storePathOf(root, settings), ...kinds })
}

const CHECKS: readonly ((found: Definitions) => readonly Mistake[])[] = [
  checkNames,
  checkStreams,
  checkReferences,
  checkInsights,
  checkLimits,
  checkSchedules,
]

interface ReadFiles {
  readonly project: Sourced<Fitting['project']> | undefined
  /** Definitions of a kind that fit its schema, in the order of the names under `key`. */
  readonly known: <K extends Kind>(kind: K, key: string) => readonly Sourced<Fitting[K]>[]
  readonly names: Definitions['names']
  readonly mistakes: readonly Mistake[]
}

async function readAll(root: string, rulesets: readonly unknown[]): Promise<ReadFiles> {
  const { files, mistakes: fileMistakes } = await projectFiles(root)
  const mistakes = [...fileMistakes, ...(await laterFolders(root))]
  const sources: { readonly kind: Kind; readonly source: YamlFile }[] = []
  const given = givenFiles(rulesets)
  const unread: ProjectFile[] = []
  for (const { kind, file } of [{ kind: 'project' as const, file: PROJECT_FILE }, ...files]) {
    const source = await readOne(root, file)
    if (Array.isArray(source)) {
      mistakes.push(...source)
      unread.push({ kind, file })
    } else {
      const used = (kind === 'ruleset' && given.inPlaceOf(source)) || source
      mistakes.push(...mistakesIn(kind, used))
      sources.push({ kind, source: used })
    }
  }
  for (const source of given.others(files.map(({ file }) => file))) {
    mistakes.push(...mistakesIn('ruleset', source))
    sources.push({ kind: 'ruleset', source })
  }
  const known = <K extends Kind>(wanted: K, key: string): readonly Sourced<Fitting[K]>[] =>
    sources
      .filter(({ kind }) => kind === wanted)
      .flatMap(({ source }) => {
        const { value, file, lineOf } = source
        return fits(wanted, value) ? [{ definition: value, file, lineOf }] : []
      })
      .toSorted((left, right) => byName(left, right, key))
  const names = (wanted: Kind, key: string): readonly string[] => [
    ...sources.filter(({ kind }) => kind === wanted).flatMap(({ source }) => nameIn(source, key)),
    ...unread.filter(({ kind }) => kind === wanted).map(({ file }) => baseName(file)),
  ]
  return {
    project: known('project', 'name')[0],
    known,
    names: {
      streams: names('stream', 'name'),
      insights: names('insight', 'apiName'),
      segments: names('segment', 'developerName'),
      targets: names('target', 'name'),
    },
    mistakes,
  }
}

async function readOne(root: string, file: string): Promise<YamlFile | Mistake[]> {
  try {
    return await readYaml(root, file)
  } catch (error) {
    if (file === PROJECT_FILE) throw notFound(error)
    const says = 'The file cannot be read.'
    return [{ code: 'CONFIG_INVALID', file, says, fix: 'Check that it is a file you may read.' }]
  }
}

function notFound(cause: unknown): MainstemError {
  const message = `The folder has no ${PROJECT_FILE} that can be read.`
  const fix = 'Name the folder of a project with --project DIR, or make one with "mainstem init".'
  const fixOverHttp = 'Put it back into the folder of the project that this server runs.'
  const details = { file: PROJECT_FILE, fix, fixOverHttp }
  return new MainstemError('PROJECT_NOT_FOUND', message, details, cause)
}

/** By name, then by file, so that two runs of one project go the same way. */
function byName(left: Sourced<unknown>, right: Sourced<unknown>, key: string): number {
  const [leftName = ''] = nameIn({ value: left.definition }, key)
  const [rightName = ''] = nameIn({ value: right.definition }, key)
  return compareText(leftName, rightName) || compareText(left.file, right.file)
}

function nameIn({ value }: { readonly value: unknown }, key: string): readonly string[] {
  const name = isRecord(value) ? value[key] : undefined
  return typeof name === 'string' ? [name] : []
}

function baseName(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ya?ml$/i, '')
}
