import type { RunTrigger } from '../../jobs/index.ts'
import type { Cell, SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { appliedPosition } from './position.ts'
import {
  type ClusterCounts,
  clusterCounts,
  metricsOf,
  type RulesetMetrics,
} from './ruleset-metrics.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/**
 * What metrics were taken after: a change of definitions that resolved everybody again, a run of the
 * ruleset by somebody or something, or the live batches of an hour.
 */
export type MetricsCause = 'apply' | RunTrigger | 'live'

/** Every cause there is. */
export const METRICS_CAUSES: readonly MetricsCause[] = [
  'apply',
  'manual',
  'schedule',
  'batch',
  'start',
  'live',
]

/** A run of a ruleset and what it left. */
export interface MetricsRun {
  readonly ruleset: RulesetRuntime
  readonly cause: MetricsCause
  readonly seconds: number
  readonly position: bigint
  readonly startedAt: Date
  readonly asOf: Date
  /** What was counted after it; or why it failed. */
  readonly ended: { readonly counts: ClusterCounts } | { readonly error: string }
}

/** Makes the table of metrics, where it is missing. Recorded, not derived. */
export async function ensureMetricsTable(session: SqlSession): Promise<void> {
  await session.run(`create table if not exists ruleset_metrics (
    id bigint, ruleset varchar, slot varchar, cause varchar, status varchar, started_at timestamptz,
    seconds double, position bigint, as_of timestamptz, source_profiles bigint, unified_profiles bigint,
    known_profiles bigint, anonymous_profiles bigint, consolidation_rate decimal(7, 2),
    unmatched_rate decimal(7, 2), false_positive_rate decimal(7, 2), largest_cluster bigint, error varchar)`)
}

/** Writes a row of the history. */
export async function writeMetrics(session: SqlSession, run: MetricsRun): Promise<void> {
  const { ruleset, ended } = run
  const metrics = 'counts' in ended ? metricsOf(ended.counts) : undefined
  const figures = MEASURES.map(name => metrics?.[name] ?? null)
  await session.run(
    `insert into ruleset_metrics select (select coalesce(max(id), 0) + 1 from ruleset_metrics),
       $1, $2, $3, $4, $5::timestamptz, $6::double, $7::bigint, $8::timestamptz,
       ${figures.map((_figure, at) => `$${at + 9}`).join(', ')}, $${figures.length + 9}::varchar`,
    [
      ruleset.definition.label,
      ruleset.stage.tables.slot,
      run.cause,
      metrics ? 'SUCCESS' : 'ERROR',
      run.startedAt.toISOString(),
      run.seconds,
      run.position,
      run.asOf.toISOString(),
      ...figures,
      'error' in ended ? ended.error : null,
    ],
  )
}

/** In the order of the columns. */
const MEASURES: readonly (keyof RulesetMetrics)[] = [
  'sourceProfiles',
  'unifiedProfiles',
  'knownProfiles',
  'anonymousProfiles',
  'consolidationRate',
  'unmatchedRate',
  'falsePositiveRate',
  'largestCluster',
]

/** What a ruleset counts, and where the store stands, if its profiles changed since they were last counted. */
export async function countsDue(
  session: SqlSession,
  ruleset: RulesetRuntime,
): Promise<{ readonly position: bigint; readonly counts: ClusterCounts } | undefined> {
  const { slot } = ruleset.stage.tables
  return await session.transaction(async () => {
    const [row] = await session.rows(
      `select (select max(pos) from ${ident(`touched_profile__${slot}`)}),
         (select max(position) from ruleset_metrics where slot = ${literal(slot)})`,
    )
    const [touched, last] = [row?.[0] ?? null, row?.[1] ?? null]
    if (touched === null || (last !== null && BigInt(touched) <= BigInt(last))) return undefined
    const position = await appliedPosition(session)
    return { position, counts: await clusterCounts(session, ruleset) }
  })
}

/** Deletes rows older than so many days, but never the newest of a ruleset. */
export async function retainMetrics(session: SqlSession, asOf: Date, days: number): Promise<void> {
  const before = new Date(asOf.getTime() - days * 86_400_000).toISOString()
  await session.run(
    `delete from ruleset_metrics where started_at < $1::timestamptz
       and id not in (select max(id) from ruleset_metrics group by slot)`,
    [before],
  )
}

/** The newest rows of a ruleset, newest first. */
export async function recentMetrics(
  session: SqlSession,
  slot: string,
  rowsMax: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const time = (column: string): string =>
    `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ')`
  const rows = await session.rows(
    `select cause, status, ${time('started_at')}, round(seconds, 3), position::varchar, ${time('as_of')},
       ${MEASURES.map(name => `${COLUMN_OF[name]}::double`).join(', ')}, error
     from ruleset_metrics where slot = ${literal(slot)} order by id desc limit ${rowsMax}`,
  )
  const names = [
    'cause',
    'status',
    'startedAt',
    'seconds',
    'position',
    'asOf',
    ...MEASURES,
    'error',
  ]
  return rows.map(row =>
    Object.fromEntries(
      names
        .map((name, at): [string, Cell] => [name, row[at] ?? null])
        .filter(([, value]) => value !== null),
    ),
  )
}

const COLUMN_OF: Readonly<Record<keyof RulesetMetrics, string>> = {
  sourceProfiles: 'source_profiles',
  unifiedProfiles: 'unified_profiles',
  knownProfiles: 'known_profiles',
  anonymousProfiles: 'anonymous_profiles',
  consolidationRate: 'consolidation_rate',
  unmatchedRate: 'unmatched_rate',
  falsePositiveRate: 'false_positive_rate',
  largestCluster: 'largest_cluster',
}

/** SQL of the history as people's SQL sees it. */
export function metricsHistorySql(space: string): string {
  const columns = [
    'id as "Id", ruleset as "Ruleset", cause as "Cause", status as "Status", started_at as "StartedAt"',
    'seconds as "Seconds", position as "Position", as_of as "AsOf"',
    ...MEASURES.map(
      name => `${COLUMN_OF[name]} as ${ident(name.charAt(0).toUpperCase() + name.slice(1))}`,
    ),
    'error as "Error"',
  ]
  return `select ${columns.join(', ')} from ${ident(space)}.ruleset_metrics`
}
