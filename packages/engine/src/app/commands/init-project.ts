import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { MainstemError, type MappingDefinition } from '@mainstem/contracts'
import { type Clock, systemClock } from '../../kernel/clock.ts'
import type { SqlSession } from '../../lake/index.ts'
import { openEngine } from '../engine/open-engine.ts'
import { runStages, type StageResult } from '../engine/run-stages.ts'
import { loadProject, PROJECT_FILE } from '../project/index.ts'
import { keyNotes, keyQualifiers, type StreamKeys } from './init-project-keys.ts'
import { linkedToPeople } from './init-project-people.ts'
import { dataFileName, planSource, type SourcePlan } from './init-project-plan.ts'
import { type Preview, previewOf } from './init-project-preview.ts'
import { planRuleset, type RulesetPlan } from './init-project-ruleset.ts'
import {
  GIT_IGNORE,
  mappingYaml,
  projectYaml,
  rulesetYaml,
  streamYaml,
  withQualifiers,
} from './init-project-yaml.ts'
import { inspectSource, streamName, withMemoryEngine } from './inspect-file.ts'
import { rulesetOf } from './status.ts'

/** The answer of `init`; it is about no project until it is there. */
export interface InitializedProject {
  /** Files that were written, relative to the project. */
  readonly files: readonly string[]
  readonly mappings: readonly MappingDefinition[]
  readonly streams: readonly InitializedStream[]
  /** Why there is no ruleset, where there is none; and whose ids a field holds, where it is not sure. */
  readonly notes: readonly string[]
  readonly summary: { readonly sourceProfiles: number; readonly unifiedProfiles: number }
}

/** What became of one file. */
export interface InitializedStream {
  readonly name: string
  readonly category: string
  readonly primaryKey: readonly string[]
  readonly keyQualifier: string | null
  readonly rows: number
  readonly problems: number
  readonly error?: string | undefined
}

/** What may be set of `init`. */
export interface InitOptions {
  /** Told of what will be saved, before anything is; answering false saves nothing. */
  readonly onPreview?: ((previews: readonly Preview[]) => unknown) | undefined
  readonly onStage?: ((stage: StageResult) => void) | undefined
  readonly clock?: Clock | undefined
}

/**
 * Writes a project from files: streams, mappings and a ruleset as the columns suggest, each guess
 * with its reason; then runs it up to unified profiles. Undefined if the preview was declined.
 */
export async function initProject(
  files: readonly string[],
  dir: string,
  options: InitOptions = {},
): Promise<InitializedProject | undefined> {
  const root = resolve(dir)
  refuseProject(root, files)
  const planned = await withMemoryEngine(async session => {
    const plans = await linkedToPeople(session, await plansOf(session, files, root))
    const keys = await keyQualifiers(session, plans)
    const previews: Preview[] = []
    for (const plan of plans) previews.push(await previewOf(session, plan, keys.get(plan.name)))
    return { plans, keys, previews }
  })
  if (options.onPreview && (await options.onPreview(planned.previews)) === false) return undefined
  const ruleset = planRuleset(planned.plans)
  const written = await writeProject(root, { ...planned, ruleset })
  const { summary, streams } = await runProject(root, planned, options)
  return {
    files: written,
    mappings: planned.plans.filter(isMapped).map(plan => mappingOf(plan, planned.keys)),
    streams,
    notes: [...(ruleset.definition ? [] : ruleset.why), ...keyNotes(planned.keys)],
    summary,
  }
}

/** The same for people. */
export function initLines(made: InitializedProject, dir: string): readonly string[] {
  const { sourceProfiles, unifiedProfiles } = made.summary
  const streams = made.streams.map(stream => {
    const bad = stream.problems === 0 ? '' : `, ${stream.problems} problem records`
    return `  ${stream.name}: ${stream.error ?? `${stream.rows} rows${bad}`}`
  })
  return [
    `Wrote ${made.files.length} files to ${dir}:`,
    ...made.files.map(file => `  ${file}`),
    ...streams,
    ...made.notes,
    `${sourceProfiles} source profiles became ${unifiedProfiles} unified profiles.`,
  ]
}

function refuseProject(root: string, files: readonly string[]): void {
  if (files.length === 0) {
    const says =
      'Name the files to start from: mainstem init --from crm.csv shop.parquet my-project'
    throw new MainstemError('USAGE', says, { key: 'from' })
  }
  if (!existsSync(join(root, PROJECT_FILE))) return
  const says = `The folder ${basename(root)} is a project already: it has a ${PROJECT_FILE}. Name another folder.`
  throw new MainstemError('USAGE', says, { file: PROJECT_FILE })
}

async function plansOf(
  session: SqlSession,
  files: readonly string[],
  root: string,
): Promise<readonly SourcePlan[]> {
  const plans: SourcePlan[] = []
  for (const [ordinal, file] of files.entries()) {
    const path = resolve(file)
    if (plans.some(plan => plan.path === path)) continue
    const source = await inspectSource(session, { path, ordinal })
    const name = freeName(streamName(path), plans)
    plans.push(
      planSource(source, { name, path, dataPath: dataPathOf(path, { name, root, plans }) }),
    )
  }
  return plans
}

function freeName(name: string, plans: readonly SourcePlan[]): string {
  let free = name
  for (let next = 2; plans.some(plan => plan.name === free); next++) free = `${name}_${next}`
  return free
}

/** A file that is in the project's folder stays where it is; others are copied to `data/`. */
function dataPathOf(
  path: string,
  { name, root, plans }: { name: string; root: string; plans: readonly SourcePlan[] },
): string {
  const inside = relative(root, path)
  if (!inside.startsWith('..') && !inside.startsWith(sep)) return inside.split(sep).join('/')
  const taken = new Set(plans.map(plan => basename(plan.dataPath).toLowerCase()))
  return `data/${dataFileName(path, name, taken)}`
}

interface Planned {
  readonly plans: readonly SourcePlan[]
  readonly keys: ReadonlyMap<string, StreamKeys>
}

function isMapped(plan: SourcePlan): boolean {
  return plan.objects.length > 0
}

function mappingOf(plan: SourcePlan, keys: Planned['keys']): MappingDefinition {
  const own = keys.get(plan.name)
  return { stream: plan.name, objects: plan.objects.map(mapping => withQualifiers(mapping, own)) }
}

/** Writes every file of the project, the one that makes it a project last. */
async function writeProject(
  root: string,
  { plans, keys, ruleset }: Planned & { readonly ruleset: RulesetPlan },
): Promise<readonly string[]> {
  const texts = new Map<string, string>()
  for (const plan of plans) {
    texts.set(`streams/${plan.name}.yaml`, streamYaml(plan, keys.get(plan.name)))
    if (isMapped(plan))
      texts.set(`mappings/${plan.name}.yaml`, mappingYaml(plan, keys.get(plan.name)))
  }
  const people = rulesetYaml(ruleset)
  if (people !== undefined) texts.set('rulesets/people.yaml', people)
  if (!existsSync(join(root, '.gitignore'))) texts.set('.gitignore', GIT_IGNORE)
  texts.set(PROJECT_FILE, projectYaml(basename(root)))
  const copies = plans.filter(plan => resolve(root, plan.dataPath) !== plan.path)
  refuseOverwriting(root, [...texts.keys(), ...copies.map(plan => plan.dataPath)])
  for (const { path, dataPath } of copies) {
    await mkdir(dirname(join(root, dataPath)), { recursive: true })
    await copyFile(path, join(root, dataPath), constants.COPYFILE_EXCL)
  }
  for (const [name, text] of texts) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text, { flag: 'wx' })
  }
  return [...copies.map(plan => plan.dataPath), ...texts.keys()]
}

function refuseOverwriting(root: string, names: readonly string[]): void {
  const there = names.find(name => existsSync(join(root, name)))
  if (there === undefined) return
  const says = `The folder has a file ${there} already, and init writes over nothing. Name an empty folder.`
  throw new MainstemError('USAGE', says, { file: there })
}

async function runProject(
  root: string,
  { plans, keys }: Planned,
  options: InitOptions,
): Promise<Pick<InitializedProject, 'summary' | 'streams'>> {
  const project = await loadProject(root)
  const engine = await openEngine({ project, clock: options.clock ?? systemClock })
  try {
    await engine.apply(project)
    const results = await runStages(engine, { onStage: options.onStage })
    const streams = plans.map(({ name, category, primaryKey }) => {
      const result = results.find(one => one.stage === 'streams' && one.name === name)
      const keyQualifier = keys.get(name)?.keyQualifier ?? null
      const { rowsOut: rows = 0, problems = 0, error } = result ?? {}
      return { name, category, primaryKey, keyQualifier, rows, problems, error }
    })
    const [ruleset] = engine.applied.rulesets
    if (!ruleset) return { summary: { sourceProfiles: 0, unifiedProfiles: 0 }, streams }
    const state = await engine.reading(session => rulesetOf(session, ruleset))
    const count = (key: string): number => Number(state[key] ?? 0)
    return {
      summary: {
        sourceProfiles: count('sourceProfiles'),
        unifiedProfiles: count('unifiedProfiles'),
      },
      streams,
    }
  } finally {
    await engine.close()
  }
}
