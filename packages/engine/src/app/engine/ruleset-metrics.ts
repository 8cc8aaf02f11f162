import type { SqlSession } from '../../lake/index.ts'
import { isKnownSql } from '../../profiles/index.ts'
import { countConflicts } from './profile-conflicts.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** How many unified profiles are made of so many source profiles. */
export interface ClusterSize {
  readonly size: number
  readonly clusters: number
}

/** What is counted of a ruleset's unified profiles. */
export interface ClusterCounts {
  /** Smallest first. */
  readonly sizes: readonly ClusterSize[]
  /** Unified profiles of which no source says that it is of a known person. */
  readonly anonymous: number
  /** Unified profiles whose records contradict each other. */
  readonly conflicting: number
}

/** The metrics of a ruleset (semantics 3.9); rates are percentages with two decimals. */
export interface RulesetMetrics {
  readonly sourceProfiles: number
  readonly unifiedProfiles: number
  readonly knownProfiles: number
  readonly anonymousProfiles: number
  /** Unified profiles fewer than source profiles, of these. */
  readonly consolidationRate: number
  /** Source profiles that nobody else is one with. */
  readonly unmatchedRate: number
  /** Unified profiles with conflicting records, of those made of several. */
  readonly falsePositiveRate: number
  readonly largestCluster: number
}

/** Nobody at all. */
export const NOBODY: ClusterCounts = { sizes: [], anonymous: 0, conflicting: 0 }

/** The metrics that some counts give. */
export function metricsOf({ sizes, anonymous, conflicting }: ClusterCounts): RulesetMetrics {
  const sum = (of: (one: ClusterSize) => number): number =>
    sizes.reduce((total, one) => total + of(one), 0)
  const sources = sum(one => one.size * one.clusters)
  const unified = sum(one => one.clusters)
  const alone = sizes.find(one => one.size === 1)?.clusters ?? 0
  return {
    sourceProfiles: sources,
    unifiedProfiles: unified,
    knownProfiles: unified - anonymous,
    anonymousProfiles: anonymous,
    consolidationRate: percent(sources - unified, sources),
    unmatchedRate: percent(alone, sources),
    falsePositiveRate: percent(conflicting, unified - alone),
    largestCluster: sizes.at(-1)?.size ?? 0,
  }
}

/** The counts of several rulesets together. */
export function sumOfCounts(all: readonly ClusterCounts[]): ClusterCounts {
  const clusters = new Map<number, number>()
  for (const { sizes } of all)
    for (const one of sizes) clusters.set(one.size, (clusters.get(one.size) ?? 0) + one.clusters)
  return {
    sizes: Array.from(clusters, ([size, count]) => ({ size, clusters: count })).sort(
      (one, other) => one.size - other.size,
    ),
    anonymous: all.reduce((sum, one) => sum + one.anonymous, 0),
    conflicting: all.reduce((sum, one) => sum + one.conflicting, 0),
  }
}

/** Counts the unified profiles of a ruleset as the session sees them. */
export async function clusterCounts(
  session: SqlSession,
  ruleset: RulesetRuntime,
): Promise<ClusterCounts> {
  const { link } = ruleset.stage.tables
  const sizes = await session.rows(
    `select n, count(*) from (select count(*) as n from ${link} group by uid) group by n order by n`,
  )
  return {
    sizes: sizes.map(([size, clusters]) => ({ size: Number(size), clusters: Number(clusters) })),
    anonymous: await anonymousOf(session, ruleset),
    conflicting: await countConflicts(session, ruleset),
  }
}

async function anonymousOf(
  session: SqlSession,
  { profiles }: Pick<RulesetRuntime, 'profiles'>,
): Promise<number> {
  if (!profiles.rules.some(rule => rule.field.name === 'IsAnonymous')) return 0
  return await oneNumber(
    session,
    `select count(*) from ${profiles.unified} where not (${isKnownSql('"IsAnonymous"')})`,
  )
}

async function oneNumber(session: SqlSession, sql: string): Promise<number> {
  const [row] = await session.rows(sql)
  return Number(row?.[0] ?? 0)
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100
}
