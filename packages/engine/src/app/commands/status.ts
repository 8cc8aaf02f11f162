import { activationStates } from '../../activation/index.ts'
import { dloTable, type SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { segmentStates } from '../../segments/index.ts'
import type { Engine } from '../engine/engine.ts'
import { recentMetrics } from '../engine/metrics-history.ts'
import { clusterCounts, metricsOf } from '../engine/ruleset-metrics.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { isoSql, numberAt, placeOf, textAt } from './answer.ts'
import { lastFailure } from './doctor-facts.ts'

/** The document of `status`: what there is, how much, and how fresh. */
export async function statusOf(engine: Engine): Promise<Record<string, unknown>> {
  return await engine.reading(async session => ({
    ...placeOf(engine),
    streams: await streamsOf(session, engine),
    rulesets: await rulesetsOf(session, engine),
    insights: await insightsOf(session, engine),
    segments: await segmentsOf(session, engine),
    activations: await activationsOf(session, engine),
  }))
}

/** Runs of a ruleset that are shown; SQL over RulesetMetrics has all. */
const HISTORY_SHOWN = 10

async function rulesetsOf(session: SqlSession, engine: Engine): Promise<readonly unknown[]> {
  const rulesets: unknown[] = []
  for (const ruleset of engine.applied.rulesets) {
    const history = await recentMetrics(session, ruleset.stage.tables.slot, HISTORY_SHOWN)
    rulesets.push({ ...(await rulesetOf(session, ruleset)), history })
  }
  return rulesets
}

async function streamsOf(session: SqlSession, engine: Engine): Promise<readonly unknown[]> {
  // A problem record that was sent again is counted where it is now, and no longer where it was.
  const counters = await session.rows(
    `select stream, sum(processed) - any_value(again), sum(added), sum(updated), sum(unchanged), sum(removed),
            sum(stale), sum(problems) - any_value(again), ${isoSql('max(last_at)')}
     from stream_counter c left join (
       select stream, count(*) as sent from problem where state = 'reprocessed' group by stream) p using (stream),
       lateral (select coalesce(p.sent, 0) as again) group by stream`,
  )
  const streams: unknown[] = []
  for (const name of engine.applied.streams.keys()) {
    const row = counters.find(([stream]) => stream === name)
    const failure = await lastFailure(session, name)
    const [count] = await session.rows(`select count(*) from ${ident(dloTable(name))}`)
    streams.push({
      name,
      rows: numberAt(count, 0),
      processed: numberAt(row, 1),
      added: numberAt(row, 2),
      updated: numberAt(row, 3),
      unchanged: numberAt(row, 4),
      removed: numberAt(row, 5),
      stale: numberAt(row, 6),
      problems: numberAt(row, 7),
      lastRun: textAt(row, 8),
      ...(failure === null ? {} : { status: 'ERROR', error: failure }),
    })
  }
  return streams
}

/** The metrics of semantics 3.9, as they are now. */
export async function rulesetOf(
  session: SqlSession,
  ruleset: RulesetRuntime,
): Promise<Record<string, unknown>> {
  const counts = await clusterCounts(session, ruleset)
  return {
    label: ruleset.definition.label,
    ...metricsOf(counts),
    clusterSizes: counts.sizes,
    contestedKeys: ruleset.stage.contested.length,
  }
}

async function insightsOf(session: SqlSession, engine: Engine): Promise<readonly unknown[]> {
  const rows = await session.rows(
    `select insight, position, ${isoSql('as_of')}, version, status, rows_out, error from insight_state`,
  )
  return engine.applied.project.insights.map(({ definition }) => {
    const row = rows.find(([name]) => name === definition.apiName)
    return {
      apiName: definition.apiName,
      rows: numberAt(row, 5),
      lastRun: textAt(row, 2),
      status: textAt(row, 4) ?? 'NONE',
      position: textAt(row, 1),
      asOf: textAt(row, 2),
      version: row ? numberAt(row, 3) : null,
      ...(textAt(row, 6) === null ? {} : { error: textAt(row, 6) }),
    }
  })
}

async function segmentsOf(session: SqlSession, engine: Engine): Promise<readonly unknown[]> {
  const states = await segmentStates(session)
  return engine.applied.project.segments.map(({ definition }) => {
    const state = states.find(one => one.name === definition.developerName)
    return (
      state ?? {
        name: definition.developerName,
        members: 0,
        status: 'INACTIVE',
        lastPublish: null,
        position: null,
        asOf: null,
        version: null,
      }
    )
  })
}

async function activationsOf(session: SqlSession, engine: Engine): Promise<readonly unknown[]> {
  const states = await activationStates(session)
  const none = {
    segment: 0,
    withContactPoint: 0,
    consented: 0,
    notSuppressed: 0,
    sent: 0,
    accepted: 0,
  }
  return engine.applied.project.activations.map(({ definition }) => {
    const state = states.find(one => one.name === definition.name)
    return (
      state ?? { name: definition.name, status: 'NOT_PUBLISHED', ledger: none, lastPublish: null }
    )
  })
}

/** The status row of one definition, after it was published. */
export async function statusRow(
  engine: Engine,
  kind: 'segments' | 'activations',
  name: string,
): Promise<Record<string, unknown>> {
  const rows = await engine.reading(session =>
    kind === 'segments' ? segmentsOf(session, engine) : activationsOf(session, engine),
  )
  const row = rows.find(
    one => typeof one === 'object' && one !== null && 'name' in one && one.name === name,
  )
  return { ...placeOf(engine), ...(typeof row === 'object' ? row : {}) }
}
