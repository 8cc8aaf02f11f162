import { MainstemError } from '@mainstem/contracts'
import { ALL_SOURCES, sourceProfilesSql } from '../../identity/index.ts'
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
import { loadSchemas } from './load-schemas.ts'
import { setUpModel } from './model-runtime.ts'
import { fillPhones } from './phone-dictionary.ts'
import { makePublicViews } from './public-relations.ts'
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
  readonly notices: readonly string[]
}

/** Kinds whose change makes every unified profile again. */
const REBUILDING: ReadonlySet<DefinitionKind> = new Set(['project', 'object', 'mapping', 'stream'])

/**
 * Makes the store run by a project's files: tables, views, rulesets; what a change of definitions
 * touches is computed again. All in one transaction: readers see the old state until it is done.
 */
export async function applyProject(
  parts: EngineParts,
  project: Project,
  run: { readonly applied: Applied | undefined; readonly atMs: number; readonly position: bigint },
): Promise<ProjectApplied> {
  const { writer, store } = parts
  const wanted = definitionsOf(project)
  const changes = changesBetween(await appliedDefinitions(writer), wanted)
  if (changes.length === 0 && run.applied)
    return { applied: run.applied, changes, counts: [], notices: [] }
  refuseZoneChange(changes)
  const schemas = await loadSchemas(writer, project)
  const shiftDays = await shiftDaysOf(writer, { project, schemas, atMs: run.atMs })
  await ensureStageTables(writer)
  return await writer.transaction(async () => {
    // Only a start reads snapshots: later the tables are ahead of them.
    const place = { folder: run.applied ? undefined : store.paths.index, position: run.position }
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
    return { applied, changes, counts, notices: ready.notices }
  })
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

/**
 * Checks that a project can be applied and tells which rulesets would run in full, over how many
 * source profiles; everything that setting it up makes is taken back.
 */
export async function checkProject(
  { writer, store }: EngineParts,
  project: Project,
  { changes, atMs }: { changes: readonly DefinitionChange[]; atMs: number },
): Promise<{ rulesets: readonly RulesetRuntime[]; rows: number }> {
  const schemas = await loadSchemas(writer, project)
  await writer.run('begin transaction')
  try {
    const shiftDays = await shiftDaysOf(writer, { project, schemas, atMs })
    const place = { folder: undefined, position: 0n }
    const ready = await setUp(writer, project, { schemas, storeId: store.header.storeId, place })
    const applied = { project, shiftDays, ...ready.runtime }
    await makeViews(writer, { applied, changes, space: store.space, atMs })
    const rulesets = rulesetsToRun(changes, ready, applied)
    let rows = 0
    for (const { definition } of rulesets) {
      const [row] = await writer.rows(
        `select count(*) from (${sourceProfilesSql(definition, ALL_SOURCES)})`,
      )
      rows += Number(row?.[0] ?? 0)
    }
    return { rulesets, rows }
  } finally {
    await writer.run('rollback')
  }
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
