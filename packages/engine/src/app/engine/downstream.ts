import type { Undo } from '../../identity/index.ts'
import { type IdentityOutcome, partyFilter, type RunAt } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { type ProfileScope, refreshProfiles } from '../../profiles/index.ts'
import { ident, literals } from '../../query/index.ts'
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

/** Makes the change sets of a batch, empty: `touched` and `related` parties (see `ChangeSets`). */
export async function emptyChangeSets(session: SqlSession): Promise<void> {
  await session.run('create or replace temp table touched (pid integer, object utinyint)')
  await session.run('create or replace temp table related (pid integer, object utinyint)')
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
      const own = `object = ${ruleset.definition.configurationType === 'Individual' ? 0 : 1}`
      if (!ruleset.isContinuous && run.isForced !== true) {
        const changed = `select pid from touched where ${own} union select pid from related where ${own}`
        if (run.touched === 'touched') await session.run(`insert into ${pending} ${changed}`)
        continue
      }
      const outcome = await resolveOne(session, ruleset, { ...run, pending, own })
      if (!outcome) continue
      undos.push(outcome.undo)
      const started = performance.now()
      const profiles = await refreshOf(session, ruleset, outcome)
      await noteTouched(session, ruleset, { outcome, position: run.at.position })
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

/** What a resolution found, with the profiles that only got other related rows. */
interface Resolved extends IdentityOutcome {
  readonly seconds: number
  readonly relatedUids: Int32Array
}

/** Nobody is anybody else than before. */
const UNCHANGED: IdentityOutcome = {
  touched: 0,
  moved: 0,
  created: 0,
  merged: 0,
  split: 0,
  retired: 0,
  uids: new Int32Array(0),
  pids: new Int32Array(0),
  undo: () => undefined,
}

async function refreshOf(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  outcome: Resolved,
): Promise<{ touched: number; changed: number }> {
  if (outcome.uids !== 'all' && outcome.uids.length === 0) return { touched: 0, changed: 0 }
  const isNew = outcome.uids !== 'all' && outcome.created === outcome.uids.length
  return await refreshProfiles(session, profiles, {
    scope: await profileScope(session, outcome),
    isNew,
  })
}

/** Notes at which position profiles, or rows that belong to them, last changed; for `verify`. */
async function noteTouched(
  session: SqlSession,
  { stage, profiles }: RulesetRuntime,
  { outcome, position }: { outcome: Resolved; position: bigint },
): Promise<void> {
  const table = ident(`touched_profile__${stage.tables.slot}`)
  if (outcome.uids === 'all') {
    await session.run(`delete from ${table}`)
    await session.run(`insert into ${table} select uid, ${position} from ${profiles.unified}`)
    return
  }
  const uids = Int32Array.from(new Set([...outcome.uids, ...outcome.relatedUids]))
  if (uids.length === 0) return
  await session.load(`touched_profile__${stage.tables.slot}`, [
    { name: 'uid', type: 'INTEGER', values: uids },
    { name: 'pos', type: 'BIGINT', values: Array.from(uids, () => position) },
  ])
}

/** Keeps of each profile only its last touch; many batches leave many. */
export async function foldTouched(session: SqlSession, slot: string): Promise<void> {
  const table = ident(`touched_profile__${slot}`)
  await session.transaction(async () => {
    await session.run(
      `create or replace temp table folded_touch as select uid, max(pos) as pos from ${table} group by uid`,
    )
    await session.run(`delete from ${table}`)
    await session.run(`insert into ${table} select uid, pos from folded_touch`)
  })
}

async function resolveOne(
  session: SqlSession,
  { stage, isContinuous }: RulesetRuntime,
  { touched, at, pending, own }: { touched: Touched; at: RunAt; pending: string; own: string },
): Promise<Resolved | undefined> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  if (touched === 'all') {
    await session.run(`delete from ${pending}`)
    const outcome = await stage.resolveAll(session, at)
    return { ...outcome, seconds: seconds(), relatedUids: new Int32Array(0) }
  }
  const source = isContinuous
    ? `select pid from touched where ${own}`
    : `select pid from touched where ${own} union all select pid from ${pending}`
  const touchedPids = await readIds(
    session,
    `select distinct pid from (${source}) where pid is not null`,
  )
  const related = await readIds(session, `select distinct pid from related where ${own}`)
  // Somebody known stays who they are when an order comes; somebody new may be a new record.
  const relatedUids = related.map(pid => stage.index.label(pid)).filter(uid => uid >= 0)
  const pids = Int32Array.from(
    new Set([...touchedPids, ...related.filter(pid => !stage.index.isPresent(pid))]),
  )
  if (!isContinuous) await session.run(`delete from ${pending}`)
  if (pids.length === 0 && relatedUids.length === 0) return undefined
  // A change set as large as what is known is a full run: same answer, less work.
  if (pids.length === 0) return { ...UNCHANGED, seconds: seconds(), relatedUids }
  const isFull = pids.length > 5000 && pids.length > stage.index.presentCount / 2
  const outcome = isFull
    ? await stage.resolveAll(session, at)
    : await stage.resolve(session, pids, at)
  return { ...outcome, touched: pids.length, seconds: seconds(), relatedUids }
}

async function profileScope(session: SqlSession, outcome: IdentityOutcome): Promise<ProfileScope> {
  if (outcome.uids === 'all' || outcome.pids === 'all') return {}
  return {
    uids: await idFilter(session, 'touched_uid', outcome.uids),
    pids: await partyFilter(session, outcome.pids),
  }
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
    const part =
      values instanceof Int32Array
        ? values.slice(0, rowCount)
        : Int32Array.from(values ?? [], Number)
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
