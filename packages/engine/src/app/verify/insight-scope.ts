import { dloTable } from '../../lake/index.ts'
import { branchesOf } from '../../model/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import type { InsightRuntime } from '../engine/insight-runtime.ts'
import { pendingTable } from './pending-scope.ts'
import { countOf, type Verification } from './verification.ts'

/** When an insight ran last, and as of what. */
export interface InsightState {
  readonly position: bigint
  readonly asOfMs: number
  readonly version: number
  /** The number of its last good run; 0 if the history has none. */
  readonly runId: number
  /** The checksum of the rows that its last run made; null of a run before there were any. */
  readonly checksum: string | null
}

/** Which rows of an insight can be computed again now, as they were at its last run. */
export type InsightScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly where: string }
  /** None, since what it reads has moved on; its rows are held to what its last run made. */
  | { readonly kind: 'kept'; readonly reason: string }
  /** None, since it is another insight now. */
  | { readonly kind: 'none'; readonly reason: string }

/**
 * An insight is as of its last run, and the lake is as of now. All its rows are computed again if
 * nothing changed since; of a keyed one else the rows of people that nothing happened to.
 */
export async function insightScope(
  verification: Verification,
  insight: InsightRuntime,
  state: InsightState,
): Promise<InsightScope> {
  if (state.version !== insight.plan.version)
    return { kind: 'none', reason: `Its definition changed since its last run. ${fix(insight)}` }
  const reason = await movedReason(verification, insight, state)
  if (reason !== undefined) return { kind: 'kept', reason: `${reason} ${fix(insight)}` }
  const reads = readBy(verification, insight)
  const changed = await changedStreams(verification, {
    names: reads.streams,
    position: state.position,
  })
  const wasLater = await hasResolvedSince(verification, state)
  const touched = wasLater ? `>= ${state.position}` : `> ${state.position}`
  const isQuiet = !reads.profiles || !(await anyTouched(verification, touched))
  if (changed.length === 0 && isQuiet) return { kind: 'all' }
  const { freshness, freshnessReason, keyDimension } = insight.compiled
  if (freshness === 'whole' || keyDimension === undefined) {
    return {
      kind: 'kept',
      reason: `It is computed as a whole (${freshnessReason}), and what it reads has changed since its last run. ${fix(insight)}`,
    }
  }
  const loose = changed.filter(name => verification.applied.streams.get(name)?.refs.length === 0)
  if (loose.length > 0) {
    return {
      kind: 'kept',
      reason: `It reads stream ${loose.join(', ')}, which changed since its last run and says of no row whose it is. ${fix(insight)}`,
    }
  }
  return {
    kind: 'some',
    where: `${ident(keyDimension)} in (${quietIdsSql(verification, touched)})`,
  }
}

function fix({ plan }: InsightRuntime): string {
  return `Run it: mainstem run --stage insights --name ${plan.apiName}`
}

/** Why nothing that it reads is what its last run saw. */
async function movedReason(
  { session }: Verification,
  { plan, compiled }: InsightRuntime,
  state: InsightState,
): Promise<string | undefined> {
  const own = `(select max(epoch_us(started_at) + (seconds * 1000000)::bigint) from run where id = ${state.runId})`
  const definitions = await countOf(
    session,
    `select count(*) from definition where kind in ('project', 'stream', 'object', 'mapping', 'ruleset')
       and epoch_us(applied_at) > ${own} + 1000`,
  )
  if (definitions > 0) return 'Streams, mappings or rulesets changed since its last run.'
  for (const name of compiled.relations) {
    const read = name.toLowerCase().replace(/__cio$/, '')
    const later = await countOf(
      session,
      `select count(*) from run where stage = 'insights' and lower(name) in (${literal(read)}, ${literal(`${read}__cio`)})
         and status = 'SUCCESS' and id > ${state.runId} and name <> ${literal(plan.apiName)}`,
    )
    if (later > 0) return `It reads ${name}, which ran after it.`
    const published = /_SMH?__dlm$/i.test(name)
      ? await countOf(
          session,
          `select count(*) from run where stage = 'segments' and status = 'SUCCESS' and id > ${state.runId}`,
        )
      : 0
    if (published > 0) return `It reads ${name}, and segments were published after it.`
  }
  return undefined
}

/** Whether a ruleset that is not continuous ran after the insight, at the very same position. */
async function hasResolvedSince(
  { session, applied }: Verification,
  state: InsightState,
): Promise<boolean> {
  const labels = applied.rulesets.filter(one => !one.isContinuous).map(one => one.definition.label)
  const runs = await countOf(
    session,
    `select count(*) from run where stage in ('identity', 'profiles') and name in ${literals(labels)}
       and rows_in > 0 and position = ${state.position} and id > ${state.runId}`,
  )
  return runs > 0
}

/** Which of some streams changed after a position. */
async function changedStreams(
  { session }: Verification,
  { names, position }: { names: readonly string[]; position: bigint },
): Promise<readonly string[]> {
  if (names.length === 0) return []
  const rows = names.map(
    name => `select ${literal(name)} as stream, max(_pos) as pos from ${ident(dloTable(name))}`,
  )
  const reads = [
    ...rows,
    'select stream, pos from delete_job',
    'select stream, pos from file_taken',
  ]
  const found = await session.rows(
    `select stream from (${reads.join(' union all ')}) where pos > ${position} and stream in ${literals(names)} group by stream`,
  )
  return found.map(([name]) => String(name))
}

async function anyTouched({ session, applied }: Verification, when: string): Promise<boolean> {
  for (const { profiles } of applied.rulesets) {
    const table = ident(`touched_profile__${profiles.slot}`)
    if (
      (await countOf(
        session,
        `select count(*) from (select 1 from ${table} where pos ${when} limit 1)`,
      )) > 0
    )
      return true
  }
  return false
}

/** What an insight is computed from, beside other insights and memberships. */
interface Reads {
  readonly streams: readonly string[]
  readonly profiles: boolean
}

/** Objects that records made from identity values are rows of. */
const MADE_OBJECTS: ReadonlySet<string> = new Set([
  'Individual',
  'ContactPointEmail',
  'ContactPointPhone',
  'PartyIdentification',
])

/** What no object or stream is named for is made from profiles and, it may be, from every stream. */
function readBy({ applied }: Verification, { compiled }: InsightRuntime): Reads {
  const { model } = applied
  const all = [...applied.streams.keys()]
  const streams = new Set<string>()
  let profiles = false
  for (const relation of compiled.relations) {
    if (/__cio$|_SMH?__dlm$/i.test(relation)) continue
    const object = model.catalogue.find(relation)?.name
    const stream = all.find(name => `${name}__dll`.toLowerCase() === relation.toLowerCase())
    if (stream !== undefined) streams.add(stream)
    else if (object !== undefined) {
      for (const one of branchesOf(model, object)) streams.add(one.stream)
      // Records made from identity values have no branch of their own.
      const isMade = MADE_OBJECTS.has(object)
      for (const { system } of model.streams) if (system && isMade) streams.add(system.stream)
    } else {
      profiles = true
      if (!/^Unified/i.test(relation)) for (const name of all) streams.add(name)
    }
  }
  return { streams: [...streams], profiles }
}

/** The ids of living profiles that nothing happened to, and none of whose source profiles waits. */
function quietIdsSql({ applied }: Verification, touched: string): string {
  const reads = applied.rulesets.map(({ stage, profiles }) => {
    const { unifiedId, link, slot } = stage.tables
    return `select u.id from ${unifiedId} u where u.uid in (select uid from ${link})
      and u.uid not in (select uid from ${ident(`touched_profile__${profiles.slot}`)} where pos ${touched} and uid is not null)
      and u.uid not in (select l.uid from ${link} l join ${pendingTable(slot)} w on w.pid = l.pid)`
  })
  return reads.length === 0 ? 'select null' : reads.join(' union all ')
}
