import { MainstemError, type InsightDefinition } from '@mainstem/contracts'
import { ensureInsightTable, type InsightPlan } from '../../insights/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import {
  assertSafe,
  type CompiledInsight,
  compileInsight,
  type SqlScope,
} from '../../query/index.ts'
import type { Applied } from './engine-state.ts'
import { makeInsightView, publicScope } from './public-relations.ts'

/** A calculated insight, compiled for a moment. */
export interface InsightRuntime {
  readonly definition: InsightDefinition
  readonly compiled: CompiledInsight
  readonly plan: InsightPlan
  /** Where its rows are of profiles: the column with the unified id, and of which kind. */
  readonly key: InsightKey | undefined
}

/** The dimension of an insight that is the id of a unified profile. */
export interface InsightKey {
  readonly column: string
  readonly object: 'UnifiedIndividual' | 'UnifiedAccount'
}

/** Where and when insights are compiled. */
export interface InsightMoment {
  readonly applied: Applied
  readonly space: string
  readonly asOf: Date
  readonly versions: ReadonlyMap<string, number>
}

/**
 * Compiles all insights, those that others read first, and makes their tables and views. One that
 * does not compile is an error naming it.
 */
export async function compileInsights(
  session: SqlSession,
  moment: InsightMoment,
): Promise<readonly InsightRuntime[]> {
  const runtimes: InsightRuntime[] = []
  for (const definition of inOrder(moment.applied.project.insights.map(one => one.definition))) {
    const scope = await publicScope(session, moment)
    const { limits } = moment.applied.project.definition
    const version = moment.versions.get(definition.apiName) ?? 1
    const runtime = await plannedInsight(session, { definition, scope, limits, version })
    await ensureInsightTable(session, runtime.plan)
    await makeInsightView(session, { space: moment.space, apiName: definition.apiName })
    runtimes.push(runtime)
  }
  return runtimes
}

/** Compiles one insight and has it read by the second parser; makes nothing. */
export async function plannedInsight(
  session: SqlSession,
  { definition, scope, limits, version = 1 }: InsightCompiling,
): Promise<InsightRuntime> {
  const compiled = compiledBy(definition, scope, limits)
  await assertSafe(
    session,
    compiled.sql,
    compiled.relations.map(name => scope.resolve(name)?.sql ?? name),
  )
  const columns = await session.describe(compiled.sql)
  const plan: InsightPlan = {
    apiName: definition.apiName,
    sql: compiled.sql,
    columns,
    dimensions: compiled.dimensions.map(one => one.name),
    version,
  }
  return { definition, compiled, plan, key: keyOf(compiled) }
}

interface InsightCompiling {
  readonly definition: InsightDefinition
  readonly scope: SqlScope
  readonly limits: Applied['project']['definition']['limits']
  readonly version?: number | undefined
}

function compiledBy(
  definition: InsightDefinition,
  scope: SqlScope,
  limits: Applied['project']['definition']['limits'],
): CompiledInsight {
  try {
    return compileInsight(definition.expression, scope, {
      ...(limits['ci.sqlChars'] === null ? {} : { lengthMax: limits['ci.sqlChars'] }),
      ...(limits['ci.maxDims'] === null ? {} : { dimensionsMax: limits['ci.maxDims'] }),
      ...(limits['ci.maxMeasures'] === null ? {} : { measuresMax: limits['ci.maxMeasures'] }),
    })
  } catch (error) {
    if (!(error instanceof MainstemError)) throw error
    throw new MainstemError(error.code, `Insight "${definition.apiName}": ${error.message}`, {
      ...error.details,
      key: 'expression',
    })
  }
}

/** Insights that read others come after them; a cycle is refused when the project is read. */
export function inOrder(definitions: readonly InsightDefinition[]): readonly InsightDefinition[] {
  const done = new Set<string>()
  const order: InsightDefinition[] = []
  const visit = (definition: InsightDefinition): void => {
    if (done.has(definition.apiName)) return
    done.add(definition.apiName)
    for (const other of definitions) {
      if (other !== definition && reads(definition, other.apiName)) visit(other)
    }
    order.push(definition)
  }
  for (const definition of definitions) visit(definition)
  return order
}

function reads(definition: InsightDefinition, apiName: string): boolean {
  return definition.expression
    .toLowerCase()
    .includes(`${apiName.toLowerCase().replace(/__cio$/, '')}__cio`)
}

/** The dimension that is a profile's id, whether or not the rest can be computed for one alone. */
function keyOf({ dimensions }: CompiledInsight): InsightKey | undefined {
  for (const { name, source } of dimensions) {
    const found = /^Unified(?:ssot)?(Individual|Account)\w*\.(?:ssot__)?Id(?:__c)?$/i.exec(
      source ?? '',
    )
    if (found)
      return {
        column: name,
        object: found[1] === 'Account' ? 'UnifiedAccount' : 'UnifiedIndividual',
      }
  }
  return undefined
}
