import { MainstemError, type InsightDefinition } from '@mainstem/contracts'
import { checkRuleset } from '../../identity/index.ts'
import { eachError } from '../../kernel/error-list.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { ModelPlan } from '../../model/index.ts'
import type { Relation } from '../../query/index.ts'
import {
  type Mistake,
  mistakesOfError,
  type Project,
  ProjectError,
  type Sourced,
} from '../project/index.ts'
import type { Applied } from './engine-state.ts'
import { inOrder, type InsightRuntime, plannedInsight } from './insight-runtime.ts'
import { publicScope } from './public-relations.ts'
import { mappedModel } from './ruleset-runtime.ts'
import { compiledSegment } from './segment-runtime.ts'

/** Runs what compiles the mappings; what it says of them is told with their files and lines. */
export async function withMappingPlaces<Result>(
  project: Project,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof MainstemError) || error.code !== 'MAPPING_INVALID') throw error
    const found = project.mappings.flatMap(source =>
      mistakesOfError(source, error).filter(
        (_, at) => streamsOf(error)[at] === source.definition.stream,
      ),
    )
    throw found.length === 0 ? error : new ProjectError(found)
  }
}

/** Checks every ruleset against what is mapped; answers advice on them. */
export function checkRulesets(project: Project, model: ModelPlan): readonly string[] {
  const mapped = mappedModel(model)
  const found: Mistake[] = []
  const notices = project.rulesets.flatMap(
    source => attempt(source, found, () => checkRuleset(source.definition, mapped)) ?? [],
  )
  if (found.length > 0) throw new ProjectError(found)
  return notices
}

/** What insights and segments are checked against, and the time that SQL of them sees. */
export interface CheckPlace {
  readonly applied: Applied
  readonly space: string
  readonly asOf: Date
}

/**
 * Compiles every insight and segment over the views that are there, so that what cannot run is told
 * before anything does. Makes nothing.
 */
export async function checkStatements(session: SqlSession, place: CheckPlace): Promise<void> {
  const found: Mistake[] = []
  const insights = await checkInsights(session, place, found)
  const facts = { insights, lastSuccess: new Map<string, Date>() }
  const { project } = place.applied
  const compiles = new Set(insights.map(({ plan }) => plan.apiName.toLowerCase()))
  const broken = project.insights
    .map(({ definition }) => definition.apiName)
    .filter(name => !compiles.has(name.toLowerCase()))
  for (const source of project.segments) {
    const own: Mistake[] = []
    attempt(source, own, () =>
      compiledSegment(source.definition, { applied: place.applied, facts, asOf: place.asOf }),
    )
    // That an insight cannot be computed is told of the insight, once.
    found.push(...own.filter(({ says }) => !broken.some(name => says.includes(` ${name}.`))))
  }
  if (found.length > 0) throw new ProjectError(found)
}

async function checkInsights(
  session: SqlSession,
  place: CheckPlace,
  found: Mistake[],
): Promise<readonly InsightRuntime[]> {
  const { insights } = place.applied.project
  const made: Relation[] = []
  const runtimes: InsightRuntime[] = []
  for (const definition of inOrder(insights.map(one => one.definition))) {
    const scope = await publicScope(session, { ...place, more: made })
    const source = insights.find(one => one.definition === definition)
    const runtime = await attempted(source, found, async () =>
      plannedInsight(session, {
        definition,
        scope,
        limits: place.applied.project.definition.limits,
      }),
    )
    if (!runtime) continue
    runtimes.push(runtime)
    made.push(relationOf(definition, runtime))
  }
  return runtimes
}

/** An insight as others will read it, before it has a table. */
function relationOf({ apiName }: InsightDefinition, { plan }: InsightRuntime): Relation {
  const name = apiName.endsWith('__cio') ? apiName : `${apiName}__cio`
  return { name, kind: 'insight', columns: plan.columns, sql: `(${plan.sql})` }
}

function streamsOf(error: MainstemError): readonly unknown[] {
  return eachError(error).map(({ details }) => details['stream'])
}

function attempt<Result>(
  source: Sourced<unknown>,
  found: Mistake[],
  work: () => Result,
): Result | undefined {
  try {
    return work()
  } catch (error) {
    found.push(...mistakesOr(source, error))
    return undefined
  }
}

async function attempted<Result>(
  source: Sourced<unknown> | undefined,
  found: Mistake[],
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!source) throw error
    found.push(...mistakesOr(source, error))
    return undefined
  }
}

/** Only what people can put right is a mistake; a fault of ours goes on its way. */
function mistakesOr(source: Sourced<unknown>, error: unknown): readonly Mistake[] {
  if (error instanceof MainstemError) return mistakesOfError(source, error)
  throw error
}
