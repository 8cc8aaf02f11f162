import { MainstemError } from '@mainstem/contracts'
import { insightChecksumSql, insightTable } from '../../insights/index.ts'
import { ident, literal } from '../../query/index.ts'
import { compileInsights, type InsightRuntime } from '../engine/insight-runtime.ts'
import { versionsOf } from '../engine/run-facts.ts'
import {
  checkLaws,
  type Law,
  noteTable,
  oneOfLaw,
  positionLaw,
  uniqueLaw,
  violating,
} from './check-laws.ts'
import { compareRows } from './compare-rows.ts'
import { type InsightScope, insightScope, type InsightState } from './insight-scope.ts'
import type { TableName } from './report.ts'
import { textOf, type Verification } from './verification.ts'

/**
 * Derived: the rows of calculated insights, each computed again over the lake as of the moment of
 * its last run. Recorded: the state that says when that was.
 */
export async function compareInsights(
  verification: Verification,
  tables: ReadonlySet<string>,
): Promise<void> {
  const { project } = verification.applied
  const names = project.insights.map(({ definition }) => definition.apiName)
  const shapes = await shapesOf(
    verification,
    names.filter(name => tables.has(insightTable(name))),
  )
  const states = await statesOf(verification)
  const compiled = new Map<number, readonly InsightRuntime[] | string>()
  for (const name of await inRunOrder(verification, [...shapes.keys()])) {
    const state = states.get(name)
    const table = tableName(name)
    if (!state) {
      await noteTable(verification, table)
      continue
    }
    const runtimes = compiled.get(state.asOfMs) ?? (await compiledAt(verification, state.asOfMs))
    compiled.set(state.asOfMs, runtimes)
    const insight =
      typeof runtimes === 'string' ? undefined : runtimes.find(one => one.plan.apiName === name)
    if (!insight) {
      verification.log.notCompared(
        table.object,
        typeof runtimes === 'string' ? runtimes : 'It has no definition.',
      )
      continue
    }
    const scope = await scopeOf(verification, { insight, state, shape: shapes.get(name) ?? '' })
    await compareInsight(verification, insight, { state, scope })
  }
  await checkStates(
    verification,
    [...tables].filter(table => table.startsWith(insightTable(''))),
  )
}

const tableName = (name: string): TableName => ({
  stage: 'insights',
  object: insightTable(name),
  kind: 'derived',
})

interface Comparable {
  readonly state: InsightState
  readonly scope: InsightScope
}

async function compareInsight(
  verification: Verification,
  { plan }: InsightRuntime,
  { state, scope }: Comparable,
): Promise<void> {
  const table = tableName(plan.apiName)
  const isKept = scope.kind === 'kept'
  if (scope.kind === 'none' || (isKept && state.checksum === null)) {
    verification.log.notCompared(table.object, scope.reason)
    return
  }
  const columns = plan.columns.map(({ name }) => name)
  const differing = isKept
    ? 0
    : await compareRows(verification, {
        ...table,
        key: plan.dimensions.length > 0 ? plan.dimensions : columns,
        freshSql: plan.sql,
        ...(scope.kind === 'some' ? { scope: scope.where } : {}),
      })
  if (scope.kind === 'all' || differing > 0 || state.checksum === null) return
  await checkLaws(verification, table, [madeLaw(plan, state.checksum)])
}

/** What cannot be computed again as of the last run is at least what that run made. */
function madeLaw(plan: InsightRuntime['plan'], checksum: string): Law {
  return {
    law: 'IN6: the rows of an insight are those that its last run made',
    sql: violating({
      from: `(${insightChecksumSql(plan, ident(insightTable(plan.apiName)))}) t(checksum)`,
      where: `checksum <> ${literal(checksum)}`,
      key: literal(plan.apiName),
      field: 'checksum',
      recomputed: literal(checksum),
    }),
  }
}

async function scopeOf(
  verification: Verification,
  { insight, state, shape }: { insight: InsightRuntime; state: InsightState; shape: string },
): Promise<InsightScope> {
  if (JSON.stringify(insight.plan.columns) !== shape) {
    const reason = `Its columns are others than at its last run. Run it: mainstem run --stage insights --name ${insight.plan.apiName}`
    return { kind: 'none', reason }
  }
  return await insightScope(verification, insight, state)
}

/** The columns of the stored tables, before compiling makes a table of another shape anew. */
async function shapesOf(
  { session }: Verification,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const shapes = new Map<string, string>()
  for (const name of names) {
    shapes.set(name, JSON.stringify(await session.describe(`from ${ident(insightTable(name))}`)))
  }
  return shapes
}

async function statesOf({ session }: Verification): Promise<ReadonlyMap<string, InsightState>> {
  const rows = await session.rows(
    `select insight, any_value(position), any_value(epoch_ms(as_of)), any_value(version), any_value(checksum),
       (select coalesce(max(id), 0) from run r where r.stage = 'insights' and r.name = s.insight and r.status = 'SUCCESS')
     from insight_state s where position is not null and as_of is not null group by insight`,
  )
  return new Map(
    rows.map(([name, position, asOfMs, version, checksum, runId]) => [
      String(name),
      {
        position: BigInt(position ?? 0),
        asOfMs: Number(asOfMs),
        version: Number(version),
        runId: Number(runId),
        checksum: textOf(checksum),
      },
    ]),
  )
}

/** What an insight reads of another one is put right before it is compared itself. */
async function inRunOrder(
  { session }: Verification,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await session.rows(
    `select name from run where stage = 'insights' and status = 'SUCCESS' group by name order by max(id)`,
  )
  const order = rows.map(([name]) => String(name))
  return names.toSorted((one, other) => order.indexOf(one) - order.indexOf(other))
}

async function compiledAt(
  { session, applied, space }: Verification,
  asOfMs: number,
): Promise<readonly InsightRuntime[] | string> {
  try {
    const versions = await versionsOf(session, 'insight')
    return await compileInsights(session, { applied, space, asOf: new Date(asOfMs), versions })
  } catch (error) {
    if (error instanceof MainstemError) return error.message
    throw error
  }
}

async function checkStates(verification: Verification, tables: readonly string[]): Promise<void> {
  const object = 'insight_state'
  const counts = tables.map(
    table =>
      `select ${literal(table.slice(insightTable('').length))} as insight, count(*) as n from ${ident(table)}`,
  )
  const counted =
    counts.length === 0
      ? `(select '' as insight, 0 as n where false)`
      : `(${counts.join(' union all ')})`
  await checkLaws(verification, { stage: 'insights', object, kind: 'recorded' }, [
    uniqueLaw('IN1: an insight has one state', object, ['insight']),
    oneOfLaw('IN2: the last run of an insight succeeded or failed', {
      object,
      key: 'insight',
      field: 'status',
      values: ['SUCCESS', 'ERROR'],
    }),
    positionLaw('IN3: an insight ran at a position that is applied', {
      object,
      key: 'insight',
      field: 'position',
      position: verification.position,
    }),
    {
      law: 'IN4: an insight ran as of some moment, by some version',
      sql: violating({
        from: object,
        where: 'as_of is null or version is null or version < 1',
        key: 'insight',
        field: 'version',
      }),
    },
    {
      law: 'IN5: an insight has as many rows as its last run made',
      sql: violating({
        from: `${counted} t left join insight_state s on s.insight = t.insight`,
        where: `t.n <> coalesce(s.rows_out, 0)`,
        key: 't.insight',
        field: 'rows_out',
        live: 's.rows_out',
        recomputed: 't.n',
      }),
    },
  ])
}
