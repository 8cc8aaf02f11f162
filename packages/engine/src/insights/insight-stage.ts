import type { SqlSession } from '../lake/index.ts'
import { ident, literal } from '../query/index.ts'

/** A calculated insight that is ready to run. */
export interface InsightPlan {
  readonly apiName: string
  /** SQL of all its rows. */
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly dimensions: readonly string[]
  readonly version: number
}

/** The state of an insight's rows: what they are as of. */
export interface InsightRun {
  readonly position: bigint
  readonly asOfMs: number
}

/** What a run of an insight did. */
export interface InsightCounts {
  readonly rows: number
  readonly changed: number
}

/** Recorded: the last run of each insight. */
export const INSIGHT_TABLES: readonly string[] = [
  `create table if not exists insight_state (
     insight varchar, position bigint, as_of timestamptz, version integer, status varchar, rows_out bigint, error varchar)`,
  'alter table insight_state add column if not exists checksum varchar',
]

/** The name of the table with an insight's rows. */
export function insightTable(apiName: string): string {
  return `cio_${apiName}`
}

/**
 * A statement with one value: a checksum of all rows of a relation that has an insight's columns, in
 * whatever order they are; `0` of none.
 */
export function insightChecksumSql(plan: Pick<InsightPlan, 'columns'>, relation: string): string {
  const columns = plan.columns.map(({ name }) => ident(name)).join(', ')
  return `select coalesce(sum(hash(${columns})::hugeint), 0)::varchar from ${relation}`
}

/** Makes an insight's table; another shape than the stored one replaces it, empty, for the run to fill. */
export async function ensureInsightTable(session: SqlSession, plan: InsightPlan): Promise<void> {
  const table = ident(insightTable(plan.apiName))
  const columns = plan.columns.map(column => `${ident(column.name)} ${column.type}`).join(', ')
  await session.run(`create table if not exists ${table} (${columns})`)
  const have = await session.describe(`from ${table}`)
  const same =
    have.length === plan.columns.length &&
    have.every(
      (column, at) =>
        column.name === plan.columns[at]?.name && column.type === plan.columns[at]?.type,
    )
  if (!same) await session.run(`create or replace table ${table} (${columns})`)
}

/**
 * Computes an insight again and replaces its rows at once; readers see the old ones until then.
 * Runs inside the caller's transaction. `changed` counts rows made, gone or different.
 */
export async function runInsight(
  session: SqlSession,
  plan: InsightPlan,
  run: InsightRun,
): Promise<InsightCounts> {
  const table = ident(insightTable(plan.apiName))
  await session.run(`create or replace temp table fresh_insight as ${plan.sql}`)
  const changed = await session.rows(
    `select (select count(*) from (from fresh_insight except all from ${table})),
            (select count(*) from (from ${table} except all from fresh_insight)),
            (select count(*) from fresh_insight), (${insightChecksumSql(plan, 'fresh_insight')})`,
  )
  const [made = 0, gone = 0, rows = 0] = (changed[0] ?? []).slice(0, 3).map(Number)
  const checksum = String(changed[0]?.[3] ?? '')
  if (made + gone > 0) {
    await session.run(`delete from ${table}`)
    await session.run(`insert into ${table} from fresh_insight`)
  }
  await noteRun(session, plan, { ...run, status: 'SUCCESS', rows, checksum })
  return { rows, changed: Math.max(made, gone) }
}

interface Noted extends InsightRun {
  readonly status: string
  readonly rows: number
  readonly checksum?: string
  readonly error?: string
}

/** Records how a run ended; a failed one leaves rows, position and time as they were. */
export async function noteRun(session: SqlSession, plan: InsightPlan, noted: Noted): Promise<void> {
  const name = literal(plan.apiName)
  if (noted.status !== 'SUCCESS') {
    await session.run(
      `update insight_state set status = ${literal(noted.status)}, error = ${literal(noted.error ?? null)} where insight = ${name}`,
    )
    return
  }
  await session.run(`delete from insight_state where insight = ${name}`)
  await session.run(
    `insert into insight_state (insight, position, as_of, version, status, rows_out, error, checksum)
     values (${name}, ${noted.position}, make_timestamptz(${noted.asOfMs * 1000}::bigint),
       ${plan.version}, 'SUCCESS', ${noted.rows}, null, ${literal(noted.checksum ?? null)})`,
  )
}
