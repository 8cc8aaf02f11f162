import { MainstemError, type InsightDefinition } from '@mainstem/contracts'
import { ensureInsightTable, type InsightPlan, insightTable } from '../../insights/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { type CompiledInsight, compileInsight, type Relation, type SqlScope } from '../../query/index.ts'
import type { Applied } from './engine-state.ts'
import { makeInsightView, publicScope } from './public-relations.ts'

/** A calculated insight, compiled for a moment. */
export interface InsightRuntime {
  readonly definition: InsightDefinition
  readonly compiled: CompiledInsight
  readonly plan: InsightPlan
  /** `UnifiedIndividual` or `UnifiedAccount` where its rows are one a profile. */
  readonly keyObject: string | undefined
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
    const compiled = await compiledBy(definition, scope)
    const columns = await session.describe(compiled.sql)
    const plan: InsightPlan = {
      apiName: definition.apiName,
      sql: compiled.sql,
      columns,
      dimensions: compiled.dimensions.map(one => one.name),
      version: moment.versions.get(definition.apiName) ?? 1,
    }
    await ensureInsightTable(session, plan)
    await makeInsightView(session, { space: moment.space, apiName: definition.apiName })
    runtimes.push({ definition, compiled, plan, keyObject: keyObjectOf(compiled, scope) })
  }
  return runtimes
}

async function compiledBy(definition: InsightDefinition, scope: SqlScope): Promise<CompiledInsight> {
  try {
    return await compileInsight(definition.expression, scope)
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
  return definition.expression.toLowerCase().includes(`${apiName.toLowerCase().replace(/__cio$/, '')}__cio`)
}

/** Which kind of profile the key dimension names. */
function keyObjectOf(compiled: CompiledInsight, scope: SqlScope): string | undefined {
  if (compiled.keyDimension === undefined) return undefined
  const relations: readonly (Relation | undefined)[] = compiled.relations.map(name => scope.resolve(name))
  const isAccount = relations.some(one => one !== undefined && /^UnifiedAccount|^UnifiedssotAccount/.test(one.name))
  const isPerson = relations.some(one => one !== undefined && /^UnifiedIndividual|^UnifiedssotIndividual/.test(one.name))
  if (isPerson) return 'UnifiedIndividual'
  return isAccount ? 'UnifiedAccount' : undefined
}

/** The table of an insight, for messages. */
export function tableOf(insight: InsightRuntime): string {
  return insightTable(insight.plan.apiName)
}
