import type { Undo } from '../../identity/index.ts'
import {
  ALL_SOURCES,
  type Decided,
  type IdentityOutcome,
  type IdentityStage,
  NO_UID,
  partyFilter,
  type RunAt,
  type SourceScope,
} from '../../identity/index.ts'
import { must } from '../../kernel/assert.ts'
import type { Change, ChangeSet, SqlSession } from '../../lake/index.ts'
import { partyNumber } from '../../model/index.ts'
import { type ProfileScope, refreshProfiles } from '../../profiles/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import { Excerpt, EXCERPT_MAX } from './excerpt.ts'
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

/** New decisions about records of one object, by its number. */
export interface DecidedPairs {
  readonly object: number
  readonly pairs: readonly Decided[]
}

/** Ids up to which they are named in the statements. */
const ID_LIST_MAX = 2000
/** Source profiles up to which a change set is never a full run. */
const FULL_MIN = 5000

/**
 * Runs identity resolution and then profiles for a change set, of each ruleset; inside the caller's
 * transaction. Rulesets that are not continuous only note what changed, unless `isForced`, or
 * somebody decided about their records: who decides wants to see it.
 */
export async function runDownstream(
  session: SqlSession,
  rulesets: readonly RulesetRuntime[],
  run: {
    readonly changes: ChangeSet | 'all'
    readonly at: RunAt
    readonly isForced?: boolean
    readonly decided?: DecidedPairs | undefined
  },
): Promise<Downstream> {
  const counts: RulesetCounts[] = []
  const uids = new Map<string, Int32Array | 'all'>()
  const undos: Undo[] = []
  const undo: Undo = () => {
    for (const one of undos.toReversed()) one()
  }
  try {
    const decidedFor = (ruleset: RulesetRuntime): readonly Decided[] =>
      run.decided?.object === objectOf(ruleset) ? run.decided.pairs : []
    const runs = rulesets.filter(
      ruleset => ruleset.isContinuous || run.isForced === true || decidedFor(ruleset).length > 0,
    )
    const excerpt = new Excerpt(session, runs)
    const resolutions: Resolution[] = []
    for (const ruleset of rulesets) {
      const change = run.changes === 'all' ? 'all' : run.changes.of(objectOf(ruleset))
      if (!runs.includes(ruleset)) {
        if (change !== 'all') await noteWaiting(session, ruleset, change)
        continue
      }
      undos.push(await ruleset.stage.decide(session, decidedFor(ruleset), run.at))
      const outcome = await resolveOne(session, ruleset, { change, at: run.at, excerpt })
      if (!outcome) continue
      undos.push(outcome.undo)
      resolutions.push({ ruleset, outcome })
    }
    await copyLinks(session, { resolutions, excerpt })
    for (const { ruleset, outcome } of resolutions) {
      const started = performance.now()
      const profiles = await refreshOf(session, ruleset, { outcome, excerpt })
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

/** A ruleset, and what it found. */
interface Resolution {
  readonly ruleset: RulesetRuntime
  readonly outcome: Resolved
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
  { stage, profiles }: RulesetRuntime,
  { outcome, excerpt }: { outcome: Resolved; excerpt: Excerpt },
): Promise<{ touched: number; changed: number }> {
  if (outcome.uids !== 'all' && outcome.uids.length === 0) return { touched: 0, changed: 0 }
  const isNew = outcome.uids !== 'all' && outcome.created === outcome.uids.length
  return await refreshProfiles(session, profiles, {
    scope: await profileScope(session, { outcome, stage, excerpt }),
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

/** The number of the object that a ruleset unifies. */
function objectOf({ definition }: RulesetRuntime): number {
  return must(partyNumber(definition.configurationType), 'what rulesets unify is numbered')
}

/** Keeps who changed for the next run of a ruleset that is not continuous. */
async function noteWaiting(
  session: SqlSession,
  { stage }: RulesetRuntime,
  { touched, related }: Change,
): Promise<void> {
  const values = distinct(...touched, ...related)
  if (values.length === 0) return
  await session.load(`pending__${stage.tables.slot}`, [{ name: 'pid', type: 'INTEGER', values }])
}

async function resolveOne(
  session: SqlSession,
  { stage, isContinuous }: RulesetRuntime,
  { change, at, excerpt }: { change: Change | 'all'; at: RunAt; excerpt: Excerpt },
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
  const related = distinct(...change.related)
  const relatedUids = related.map(pid => stage.index.label(pid)).filter(uid => uid >= 0)
  const isNew = (pid: number): boolean => !stage.index.isPresent(pid)
  const pids = distinct(...change.touched, waiting, related.filter(isNew))
  if (pids.length === 0 && relatedUids.length === 0) return undefined
  if (pids.length === 0) return { ...UNCHANGED, seconds: seconds(), relatedUids }
  // A change set as large as what is known is a full run: same answer, less work.
  const isFull = pids.length > FULL_MIN && pids.length > stage.index.presentCount / 2
  if (pids.length <= EXCERPT_MAX) await excerpt.include(nearest(pids, stage.matesOf(pids)))
  const { relationOf, together }: SourceScope = pids.length <= EXCERPT_MAX ? excerpt : ALL_SOURCES
  const outcome = isFull
    ? await stage.resolveAll(session, at)
    : await stage.resolve(session, pids, { at, relationOf, together })
  return { ...outcome, touched: pids.length, seconds: seconds(), relatedUids }
}

/** Those that a change may reach, where they are few; else those that changed, and the rest comes when it is known. */
function nearest(pids: Int32Array, mates: ReadonlySet<number>): Iterable<number> {
  return mates.size <= EXCERPT_MAX ? mates : pids
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
  { outcome, stage, excerpt }: { outcome: IdentityOutcome; stage: IdentityStage; excerpt: Excerpt },
): Promise<ProfileScope> {
  if (outcome.uids === 'all' || outcome.pids === 'all') return {}
  const uids = await idFilter(session, 'touched_uid', outcome.uids)
  if (isExcerpted(outcome)) return { uids, links: linksOf(stage), relationOf: excerpt.relationOf }
  const pids = await partyFilter(session, outcome.pids)
  const { link, unifiedId } = stage.tables
  await session.run(
    `create or replace temp table many_links as select l.pid, l.uid, u.id
     from (select * from ${link} where pid ${pids} and uid ${uids}) l join ${unifiedId} u on u.uid = l.uid`,
  )
  return { uids, pids, links: 'temp.many_links' }
}

/** Whether the source profiles are few enough for their rows to be in the excerpt. */
function isExcerpted({ pids }: IdentityOutcome): boolean {
  return pids !== 'all' && pids.length > 0 && pids.length <= EXCERPT_MAX
}

/** Puts who is who after the resolution into the temporary table `touched_link`, and their rows into the excerpt. */
async function copyLinks(
  session: SqlSession,
  { resolutions, excerpt }: { resolutions: readonly Resolution[]; excerpt: Excerpt },
): Promise<void> {
  const copies: string[] = []
  for (const { ruleset, outcome } of resolutions) {
    if (outcome.pids === 'all' || !isExcerpted(outcome)) continue
    await excerpt.include(outcome.pids)
    const { stage } = ruleset
    const rows = Array.from(outcome.pids, pid => `(${pid}, ${stage.index.label(pid)})`)
    copies.push(
      `select ${literal(stage.tables.slot)} as slot, pid, uid, ${stage.unifiedIdSql('uid')} as id
       from (values ${rows.join(', ')}) v(pid, uid) where uid <> ${NO_UID}`,
    )
  }
  if (copies.length === 0) return
  await session.run(`create or replace temp table touched_link as ${copies.join(' union all ')}`)
}

/** The links of one ruleset that `copyLinks` wrote, as a relation. */
function linksOf({ tables }: IdentityStage): string {
  return `(select pid, uid, id from temp.touched_link where slot = ${literal(tables.slot)})`
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
