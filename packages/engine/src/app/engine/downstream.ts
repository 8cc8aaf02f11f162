import type { Undo } from '../../identity/index.ts'
import {
  type IdentityOutcome,
  type IdentityTables,
  partyFilter,
  type RunAt,
} from '../../identity/index.ts'
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
/** Source profiles up to which a change set is never a full run. */
const FULL_MIN = 5000

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
    const changes = run.touched === 'all' ? 'all' : await readChanges(session)
    for (const ruleset of rulesets) {
      const change = changes === 'all' ? 'all' : changes[objectOf(ruleset)]
      if (!ruleset.isContinuous && run.isForced !== true) {
        if (change !== 'all') await noteWaiting(session, ruleset, change)
        continue
      }
      const outcome = await resolveOne(session, ruleset, { change, at: run.at })
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

const NONE = new Int32Array(0)

/** Nobody is anybody else than before. */
const UNCHANGED: IdentityOutcome = {
  touched: 0,
  moved: 0,
  created: 0,
  merged: 0,
  split: 0,
  retired: 0,
  uids: NONE,
  pids: NONE,
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
    scope: await profileScope(session, { outcome, tables: profiles.tables }),
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

/** The parties of one object that a batch is about. */
interface Change {
  /** Of whom rows that say who they are changed. */
  readonly touched: Int32Array
  /** To whom other rows point that changed. */
  readonly related: Int32Array
}

type ChangedObject = 'individual' | 'account'

function objectOf({ definition }: RulesetRuntime): ChangedObject {
  return definition.configurationType === 'Individual' ? 'individual' : 'account'
}

/** Reads the change sets of a batch, once for all rulesets. */
async function readChanges(session: SqlSession): Promise<Record<ChangedObject, Change>> {
  const lists = [[], [], [], []] as [number[], number[], number[], number[]]
  const sql = `select distinct pid, object, is_related from (
      select pid, object, 0 as is_related from touched union all select pid, object, 1 from related)
    where pid is not null`
  for await (const { columns, rowCount } of session.batches(sql)) {
    const [pids = [], objects = [], related = []] = columns
    for (let at = 0; at < rowCount; at++)
      lists[2 * Number(objects[at]) + Number(related[at])]?.push(Number(pids[at]))
  }
  const [individuals, ofIndividuals, accounts, ofAccounts] = lists.map(list =>
    Int32Array.from(list),
  )
  return {
    individual: { touched: individuals ?? NONE, related: ofIndividuals ?? NONE },
    account: { touched: accounts ?? NONE, related: ofAccounts ?? NONE },
  }
}

/** Keeps who changed for the next run of a ruleset that is not continuous. */
async function noteWaiting(
  session: SqlSession,
  { stage }: RulesetRuntime,
  { touched, related }: Change,
): Promise<void> {
  const values = Int32Array.from(new Set([...touched, ...related]))
  if (values.length === 0) return
  await session.load(`pending__${stage.tables.slot}`, [{ name: 'pid', type: 'INTEGER', values }])
}

async function resolveOne(
  session: SqlSession,
  { stage, isContinuous }: RulesetRuntime,
  { change, at }: { change: Change | 'all'; at: RunAt },
): Promise<Resolved | undefined> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const pending = ident(`pending__${stage.tables.slot}`)
  if (change === 'all') {
    await session.run(`delete from ${pending}`)
    const outcome = await stage.resolveAll(session, at)
    return { ...outcome, seconds: seconds(), relatedUids: NONE }
  }
  const waiting = isContinuous
    ? NONE
    : await readIds(session, `select distinct pid from ${pending} where pid is not null`)
  if (!isContinuous) await session.run(`delete from ${pending}`)
  // Somebody known stays who they are when an order comes; somebody new may be a new record.
  const relatedUids = change.related.map(pid => stage.index.label(pid)).filter(uid => uid >= 0)
  const isNew = (pid: number): boolean => !stage.index.isPresent(pid)
  const pids = distinct(change.touched, waiting, change.related.filter(isNew))
  if (pids.length === 0 && relatedUids.length === 0) return undefined
  if (pids.length === 0) return { ...UNCHANGED, seconds: seconds(), relatedUids }
  // A change set as large as what is known is a full run: same answer, less work.
  const isFull = pids.length > FULL_MIN && pids.length > stage.index.presentCount / 2
  const outcome = isFull
    ? await stage.resolveAll(session, at)
    : await stage.resolve(session, pids, at)
  return { ...outcome, touched: pids.length, seconds: seconds(), relatedUids }
}

/** The ids of some lists, each once; many are marked, since ids are dense. */
function distinct(...lists: readonly Int32Array[]): Int32Array {
  const total = lists.reduce((sum, { length }) => sum + length, 0)
  if (total <= FULL_MIN) return Int32Array.from(new Set(lists.flatMap(list => [...list])))
  const largest = lists.reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), -1)
  const marks = new Uint8Array(largest + 1)
  for (const list of lists) for (const id of list) marks[id] = 1
  const ids = new Int32Array(total)
  let count = 0
  for (let id = 0; id <= largest; id++) if (marks[id] === 1) ids[count++] = id
  return ids.slice(0, count)
}

async function profileScope(
  session: SqlSession,
  { outcome, tables }: { outcome: IdentityOutcome; tables: IdentityTables },
): Promise<ProfileScope> {
  if (outcome.uids === 'all' || outcome.pids === 'all') return {}
  const uids = await idFilter(session, 'touched_uid', outcome.uids)
  const pids = await partyFilter(session, outcome.pids)
  const links = 'temp.touched_link'
  await session.run(
    `create or replace temp table touched_link as select l.pid, l.uid, u.id
     from (select * from ${tables.link} where pid ${pids} and uid ${uids}) l join ${tables.unifiedId} u on u.uid = l.uid`,
  )
  return { uids, pids, links }
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
