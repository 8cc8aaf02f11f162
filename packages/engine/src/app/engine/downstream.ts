import type { Undo } from '../../identity/core/index.ts'
import { type IdentityOutcome, partyFilter, type RunAt } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literals } from '../../query/index.ts'
import { type ProfileScope, refreshProfiles } from '../../profiles/index.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** What identity and profiles of one ruleset did with a change set. */
export interface RulesetCounts {
  readonly label: string
  readonly touched: number
  readonly moved: number
  readonly profilesTouched: number
  readonly profilesChanged: number
  readonly identitySeconds: number
  readonly profileSeconds: number
}

/** What follows the lake: results, and the way to take the indexes back if the commit fails. */
export interface Downstream {
  readonly counts: readonly RulesetCounts[]
  /** Unified profiles touched, by the slot of their ruleset; `all` after a full run. */
  readonly uids: ReadonlyMap<string, Int32Array | 'all'>
  readonly undo: Undo
}

/** Which source profiles a run looks at: those in the temporary table `touched`, or all. */
export type Touched = 'touched' | 'all'

/** Ids up to which they are named in the statements. */
const ID_LIST_MAX = 2000

/**
 * Runs identity resolution and profiles for a change set, ruleset by ruleset; inside the caller's
 * transaction. Rulesets that are not continuous only note what changed, unless `isForced`.
 */
export async function runDownstream(
  session: SqlSession,
  rulesets: readonly RulesetRuntime[],
  run: { readonly touched: Touched; readonly at: RunAt; readonly isForced?: boolean },
): Promise<Downstream> {
  const counts: RulesetCounts[] = []
  const uids = new Map<string, Int32Array | 'all'>()
  const undos: Undo[] = []
  const undo: Undo = () => {
    for (const one of undos.toReversed()) one()
  }
  try {
    for (const ruleset of rulesets) {
      const pending = ident(`pending__${ruleset.stage.tables.slot}`)
      if (!ruleset.isContinuous && run.isForced !== true) {
        if (run.touched === 'touched') await session.run(`insert into ${pending} select distinct pid from touched`)
        continue
      }
      const outcome = await resolveOne(session, ruleset, { ...run, pending })
      undos.push(outcome.undo)
      const started = performance.now()
      const scope = await profileScope(session, outcome)
      const profiles =
        outcome.uids !== 'all' && outcome.uids.length === 0
          ? { touched: 0, changed: 0 }
          : await refreshProfiles(session, ruleset.profiles, { scope, position: run.at.position })
      uids.set(ruleset.stage.tables.slot, outcome.uids)
      counts.push({
        label: ruleset.definition.label,
        touched: outcome.touched,
        moved: outcome.moved,
        profilesTouched: profiles.touched,
        profilesChanged: profiles.changed,
        identitySeconds: outcome.seconds,
        profileSeconds: (performance.now() - started) / 1000,
      })
    }
  } catch (error) {
    undo()
    throw error
  }
  return { counts, uids, undo }
}

async function resolveOne(
  session: SqlSession,
  { stage, isContinuous }: RulesetRuntime,
  { touched, at, pending }: { touched: Touched; at: RunAt; pending: string },
): Promise<IdentityOutcome & { seconds: number }> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  if (touched === 'all') {
    await session.run(`delete from ${pending}`)
    const outcome = await stage.resolveAll(session, at)
    return { ...outcome, seconds: seconds() }
  }
  const source = isContinuous ? 'select pid from touched' : `select pid from touched union all select pid from ${pending}`
  const pids = await readIds(session, `select distinct pid from (${source}) where pid is not null`)
  if (!isContinuous) await session.run(`delete from ${pending}`)
  // A change set as large as what is known is a full run: same answer, less work.
  const isFull = pids.length > 5000 && pids.length > stage.index.presentCount / 2
  const outcome = isFull ? await stage.resolveAll(session, at) : await stage.resolve(session, pids, at)
  return { ...outcome, touched: pids.length, seconds: seconds() }
}

async function profileScope(session: SqlSession, outcome: IdentityOutcome): Promise<ProfileScope> {
  if (outcome.uids === 'all' || outcome.pids === 'all') return {}
  return { uids: await idFilter(session, 'touched_uid', outcome.uids), pids: await partyFilter(session, outcome.pids) }
}

async function idFilter(session: SqlSession, table: string, ids: Int32Array): Promise<string> {
  if (ids.length <= ID_LIST_MAX) return `in ${literals(ids)}`
  await session.run(`create or replace temp table ${table} (id integer)`)
  await session.load(`temp.${table}`, [{ name: 'id', type: 'INTEGER', values: ids }])
  return `in (select id from ${table})`
}

/** Reads one column of dense ids. */
export async function readIds(session: SqlSession, sql: string): Promise<Int32Array> {
  const parts: Int32Array[] = []
  let count = 0
  for await (const { columns, rowCount } of session.batches(sql)) {
    const [values] = columns
    const part = values instanceof Int32Array ? values.slice(0, rowCount) : Int32Array.from(values ?? [], Number)
    parts.push(part)
    count += part.length
  }
  const all = new Int32Array(count)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
