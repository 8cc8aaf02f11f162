import { MainstemError } from '@mainstem/contracts'
import type { RunAt } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { phoneSources, publicSchema } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import type { StreamSchema } from '../../streams/index.ts'
import type { Project } from '../project/index.ts'
import { checkRulesets, checkStatements, withMappingPlaces } from './check-definitions.ts'
import {
  appliedDefinitions,
  changesBetween,
  type DefinitionChange,
  type DefinitionKind,
  definitionsOf,
  recordDefinitions,
} from './definition-log.ts'
import { runDownstream, type RulesetCounts } from './downstream.ts'
import { dropGone } from './drop-gone.ts'
import type { Applied, EngineParts } from './engine-state.ts'
import { type IdentityEffects, identityEffects, statesBefore } from './identity-effects.ts'
import { loadSchemas } from './load-schemas.ts'
import { writeMetrics } from './metrics-history.ts'
import { setUpModel } from './model-runtime.ts'
import { fillPhones } from './phone-dictionary.ts'
import { makePublicViews } from './public-relations.ts'
import { type ClusterCounts, clusterCounts } from './ruleset-metrics.ts'
import {
  filledObjects,
  type RulesetRuntime,
  setUpRuleset,
  type SnapshotPlace,
} from './ruleset-runtime.ts'
import { shiftDaysOf } from './sample-dates.ts'
import { ensureStageTables } from './stage-tables.ts'

/** What applying a project did. */
export interface ProjectApplied {
  readonly applied: Applied
  readonly changes: readonly DefinitionChange[]
  /** What the rulesets that had to run again did. */
  readonly counts: readonly RulesetCounts[]
  /** What that did to unified profiles, where it was asked for. */
  readonly effects: IdentityEffects | undefined
  /** The last identity event before it, by slot, where it was asked for. */
  readonly lastEvents: ReadonlyMap<string, bigint>
  readonly notices: readonly string[]
}

/** How a project is applied. */
export interface ApplyRun {
  /** What the store runs by now, once a project was applied in this process. */
  readonly applied: Applied | undefined
  readonly atMs: number
  readonly position: bigint
  /** Where snapshots of indexes stand that a start may take. */
  readonly snapshots?: string | undefined
  /** Whether to measure what happens to unified profiles. */
  readonly isMeasured?: boolean | undefined
}

/** Kinds whose change makes every unified profile again. */
const REBUILDING: ReadonlySet<DefinitionKind> = new Set(['project', 'object', 'mapping', 'stream'])

/**
 * Makes the store run by a project's files: tables, views, rulesets; what a change of definitions
 * touches is computed again. All in one transaction: readers see the old state until it is done.
 * In a shadow of the store it is a plan: all happens, and nothing of it is kept.
 */
export async function applyProject(
  { writer, store }: Pick<EngineParts, 'writer' | 'store'>,
  project: Project,
  run: ApplyRun,
): Promise<ProjectApplied> {
  const wanted = definitionsOf(project)
  const changes = changesBetween(await appliedDefinitions(writer), wanted)
  if (changes.length === 0 && run.applied) {
    const effects = run.isMeasured ? await noEffects(writer, run.applied) : undefined
    const lastEvents = new Map<string, bigint>()
    return { applied: run.applied, changes, counts: [], effects, lastEvents, notices: [] }
  }
  refuseZoneChange(changes)
  const schemas = await loadSchemas(writer, project)
  const shiftDays = await shiftDaysOf(writer, { project, schemas, atMs: run.atMs })
  await ensureStageTables(writer)
  return await writer.transaction(async () => {
    const before = await statesBefore(writer, (run.isMeasured && run.applied?.rulesets) || [])
    const place = { folder: run.snapshots, position: run.position }
    const ready = await setUp(writer, project, { schemas, storeId: store.header.storeId, place })
    const applied: Applied = { project, shiftDays, ...ready.runtime }
    await makeViews(writer, { applied, changes, space: store.space, atMs: run.atMs })
    const full = rulesetsToRun(changes, ready, applied)
    for (const stream of applied.streams.keys()) {
      if (changes.length > 0)
        await fillPhones(writer, applied, { stream, from: ident(`dlo_${stream}`) })
    }
    const at = { position: run.position, atMs: run.atMs }
    const { counts } = await runDownstream(writer, full, { changes: 'all', at, isForced: true })
    await recordDefinitions(writer, wanted, { changes, atMs: run.atMs })
    const changed = await measured(writer, full, { counts, at })
    const { rulesets } = applied
    const effects = run.isMeasured
      ? await identityEffects(writer, before, { rulesets, changed })
      : undefined
    const lastEvents = new Map(Array.from(before, ([slot, { seq }]) => [slot, seq]))
    return { applied, changes, counts, effects, lastEvents, notices: ready.notices }
  })
}

async function noEffects(session: SqlSession, { rulesets }: Applied): Promise<IdentityEffects> {
  const before = await statesBefore(session, rulesets)
  return await identityEffects(session, before, { rulesets, changed: new Map() })
}

/** Counts what full runs left, and writes it down. */
async function measured(
  session: SqlSession,
  rulesets: readonly RulesetRuntime[],
  { counts, at }: { counts: readonly RulesetCounts[]; at: RunAt },
): Promise<ReadonlyMap<RulesetRuntime, ClusterCounts>> {
  const all = new Map<RulesetRuntime, ClusterCounts>()
  for (const ruleset of rulesets) {
    const own = await clusterCounts(session, ruleset)
    all.set(ruleset, own)
    const run = counts.find(one => one.label === ruleset.definition.label)
    const seconds = (run?.identitySeconds ?? 0) + (run?.profileSeconds ?? 0)
    const asOf = new Date(at.atMs)
    await writeMetrics(session, {
      ruleset,
      cause: 'apply',
      seconds,
      position: at.position,
      startedAt: asOf,
      asOf,
      ended: { counts: own },
    })
  }
  return all
}

/** Makes what SQL from people reads, and checks theirs against it before any rows are computed. */
async function makeViews(
  session: SqlSession,
  {
    applied,
    changes,
    space,
    atMs,
  }: { applied: Applied; changes: readonly DefinitionChange[]; space: string; atMs: number },
): Promise<void> {
  await session.run(`create schema if not exists ${ident(publicSchema(space))}`)
  if (changes.some(change => change.action !== 'create')) await dropGone(session, applied, space)
  await makePublicViews(session, { applied, space })
  // Without changes they were checked when they were applied.
  if (changes.length > 0) await checkStatements(session, { applied, space, asOf: new Date(atMs) })
}

/** Times in keys are written in the project's zone: another zone would make other keys of the same rows. */
function refuseZoneChange(changes: readonly DefinitionChange[]): void {
  const changed = changes.find(({ kind, action }) => kind === 'project' && action === 'update')
  if (!changed?.fields.includes('timeZone')) return
  throw new MainstemError(
    'CONFIG_INVALID',
    'The time zone of a project cannot change once its store is made. Put it back, or use a new store.',
    { key: 'timeZone' },
  )
}

interface Ready {
  readonly runtime: Omit<Applied, 'project' | 'shiftDays'>
  readonly refsChanged: boolean
  readonly fresh: ReadonlySet<RulesetRuntime>
  readonly notices: readonly string[]
}

async function setUp(
  session: SqlSession,
  project: Project,
  {
    schemas,
    storeId,
    place,
  }: { schemas: readonly StreamSchema[]; storeId: string; place: SnapshotPlace },
): Promise<Ready> {
  const { model, streams, refsChanged } = await withMappingPlaces(
    project,
    async () => await setUpModel(session, project, schemas),
  )
  const filled = await filledObjects(session, model)
  const notices = [...model.notices.map(notice => notice.message), ...checkRulesets(project, model)]
  const rulesets: RulesetRuntime[] = []
  const fresh = new Set<RulesetRuntime>()
  checkSlots(project)
  for (const { definition } of project.rulesets) {
    const { runtime, isNew } = await setUpRuleset(session, definition, { filled, storeId, place })
    rulesets.push(runtime)
    if (isNew) fresh.add(runtime)
  }
  return {
    runtime: { model, streams, phones: phoneSources(model), rulesets },
    refsChanged,
    fresh,
    notices,
  }
}

/** Two rulesets on one object need different ids: their outputs are named by them (semantics 3.1). */
function checkSlots(project: Project): void {
  const seen = new Set<string>()
  for (const { definition } of project.rulesets) {
    const slot = `${definition.configurationType} ${(definition.rulesetId ?? '').toLowerCase()}`
    if (seen.has(slot)) {
      throw new MainstemError(
        'RULESET_INVALID',
        `Ruleset "${definition.label}" has the same rulesetId as another one on ${definition.configurationType}. ` +
          `Give it an id of its own, of 1 to 4 letters or digits.`,
        { key: 'rulesetId' },
      )
    }
    seen.add(slot)
  }
}

/** The rulesets that a change of definitions makes run in full. */
function rulesetsToRun(
  changes: readonly DefinitionChange[],
  ready: Ready,
  applied: Applied,
): readonly RulesetRuntime[] {
  const rebuilds = changes.some(({ kind, action }) => REBUILDING.has(kind) && action !== 'create')
  const mapped = changes.some(({ kind }) => kind === 'mapping' || kind === 'object')
  if (rebuilds || mapped || ready.refsChanged) return applied.rulesets
  const changed = new Set(changes.filter(({ kind }) => kind === 'ruleset').map(({ name }) => name))
  return applied.rulesets.filter(
    ruleset => ready.fresh.has(ruleset) || changed.has(ruleset.definition.label),
  )
}
