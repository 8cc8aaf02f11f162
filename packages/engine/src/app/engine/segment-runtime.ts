import type { ActivationDefinition, SegmentDefinition } from '@mainstem/contracts'
import { MainstemError } from '@mainstem/contracts'
import { type ActivationPlan, planActivation } from '../../activation/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { type CompiledSegment, compileSegment } from '../../segments/index.ts'
import type { Applied } from './engine-state.ts'
import type { InsightRuntime } from './insight-runtime.ts'
import { audienceSources, type InsightFacts, schemaFor } from './profile-schema.ts'

/** What segments read of insights: which there are, and how fresh their rows are. */
export async function insightFacts(
  session: SqlSession,
  insights: readonly InsightRuntime[],
): Promise<InsightFacts> {
  const rows = await session.rows(
    `select insight, epoch_ms(as_of) from insight_state where status = 'SUCCESS'`,
  )
  return {
    insights,
    lastSuccess: new Map(rows.map(([name, at]) => [String(name), new Date(Number(at))])),
  }
}

/** Compiles a segment as it runs: over the profiles that there are, for a moment. */
export function compiledSegment(
  definition: SegmentDefinition,
  { applied, facts, asOf }: { applied: Applied; facts: InsightFacts; asOf: Date },
): CompiledSegment {
  const { timeZone, limits } = applied.project.definition
  return compileSegment(definition, schemaFor(applied, definition.segmentOn, facts), {
    asOf,
    timeZone,
    lookbackDays: limits['seg.lookback'],
    filtersMax: limits['seg.filtersPerTab'] ?? undefined,
    valuesMax: limits['seg.textInValues'] ?? undefined,
  })
}

/** Plans an activation of a segment that there is. */
export function plannedActivation(
  definition: ActivationDefinition,
  { applied, facts }: { applied: Applied; facts: InsightFacts },
): ActivationPlan & { readonly segmentOn: string } {
  const segment = applied.project.segments.find(
    one => one.definition.developerName === definition.segment,
  )
  if (!segment) {
    throw new MainstemError(
      'ACTIVATION_INVALID',
      `Activation "${definition.name}" names a segment that is not there.`,
      { key: 'segment', activation: definition.name },
    )
  }
  const { segmentOn } = segment.definition
  const schema = schemaFor(applied, segmentOn, facts)
  return { ...planActivation(definition, audienceSources(applied, schema)), segmentOn }
}
