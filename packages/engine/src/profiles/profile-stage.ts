import type { SqlSession } from '../lake/index.ts'
import { ident } from '../query/index.ts'
import type { ProfilePlan } from './profile-plan.ts'
import { contactSql, type ProfileScope, unifiedSql } from './profile-sql.ts'

/** What a refresh of profiles did. */
export interface ProfileCounts {
  /** Profiles looked at. */
  readonly touched: number
  /** Profiles made, gone, or with other values than before. */
  readonly changed: number
}

/**
 * Source profiles, about, of which one statement makes the profiles. What it gathers of a profile or of a
 * contact point cannot leave the engine's memory: 300 MB for so many.
 */
const SLICE_PIDS = 1_000_000

/** Which profiles are made again, and how. */
export interface RefreshOptions {
  readonly scope: ProfileScope
  /** Says that no rows of them are stored yet. */
  readonly isNew?: boolean
  /** Source profiles, about, of which one statement makes the profiles; 1 000 000. */
  readonly slicePids?: number
}

/**
 * Makes the unified profiles and contact points in scope again. Runs inside the caller's
 * transaction; with the same lake and links it changes nothing.
 */
export async function refreshProfiles(
  session: SqlSession,
  plan: ProfilePlan,
  { scope, isNew = false, slicePids = SLICE_PIDS }: RefreshOptions,
): Promise<ProfileCounts> {
  const slices = await slicesOf(session, plan, { scope, slicePids })
  for (const contact of plan.contacts) {
    if (!isNew)
      await session.run(
        `delete from ${contact.table} ${scope.uids ? `where uid ${scope.uids}` : ''}`,
      )
    const columns = ['uid', '_hash', '"Id"', '"PartyId"', '_value', '_rank', '_streams']
    const names = contact.fields.map(field => ident(field.name))
    for (const slice of slices) {
      await session.run(
        `insert into ${contact.table} (${[...columns, ...names].join(', ')}) ${contactSql(plan, contact, slice)}`,
      )
    }
  }
  return scope.uids === undefined
    ? await replaceAll(session, plan, { slices, isNew })
    : await replaceSome(session, plan, { scope, uids: scope.uids, isNew })
}

/** What is in scope, in pieces that the engine's memory holds: all of a large store by ranges of ids. */
async function slicesOf(
  session: SqlSession,
  plan: ProfilePlan,
  { scope, slicePids }: { readonly scope: ProfileScope; readonly slicePids: number },
): Promise<readonly ProfileScope[]> {
  if (scope.uids !== undefined || scope.links !== undefined) return [scope]
  const [row = []] = await session.rows(
    `select count(*), min(uid), max(uid) from ${plan.tables.link}`,
  )
  const [count = 0, first = 0, last = 0] = row.map(Number)
  const slices = Math.ceil(count / slicePids)
  if (slices < 2) return [scope]
  const uids = Math.ceil((last - first + 1) / slices)
  return Array.from({ length: slices }, (_none, at) => {
    const from = first + at * uids
    return { ...scope, uids: `between ${from} and ${from + uids - 1}` }
  })
}

/** The columns of unified profiles. */
function columnsOf(plan: ProfilePlan): string {
  const columns = ['uid', '_hash', '"Id"', '"CustomerKey"', '"Email"', '"Phone"']
  return [...columns, ...plan.rules.map(rule => ident(rule.field.name))].join(', ')
}

/** Writes all profiles, and counts the changed ones in the engine. */
async function replaceAll(
  session: SqlSession,
  plan: ProfilePlan,
  { slices, isNew }: { slices: readonly ProfileScope[]; isNew: boolean },
): Promise<ProfileCounts> {
  const names = columnsOf(plan)
  const [first = {}, ...others] = slices
  await session.run(`create or replace temp table fresh_profile as ${unifiedSql(plan, first)}`)
  for (const slice of others) {
    await session.run(
      `insert into fresh_profile (${names}) select ${names} from (${unifiedSql(plan, slice)})`,
    )
  }
  const [row = []] = await session.rows(
    `select count(n.uid), count(*) filter (where n._hash is distinct from o._hash)
     from fresh_profile n full join ${plan.unified} o on o.uid = n.uid`,
  )
  if (!isNew) await session.run(`delete from ${plan.unified}`)
  await session.run(`insert into ${plan.unified} (${names}) select ${names} from fresh_profile`)
  return { touched: Number(row[0]), changed: Number(row[1]) }
}

/** Writes some profiles, and counts the changed ones by what went and what came. */
async function replaceSome(
  session: SqlSession,
  plan: ProfilePlan,
  { scope, uids, isNew }: { scope: ProfileScope; uids: string; isNew: boolean },
): Promise<ProfileCounts> {
  const { unified } = plan
  const gone = isNew
    ? new Map<number, unknown>()
    : await hashes(session, `delete from ${unified} where uid ${uids} returning uid, _hash`)
  const names = columnsOf(plan)
  const come = await hashes(
    session,
    `insert into ${unified} (${names}) select ${names} from (${unifiedSql(plan, scope)}) returning uid, _hash`,
  )
  const all = [...new Set([...gone.keys(), ...come.keys()])]
  return {
    touched: come.size,
    changed: all.filter(uid => gone.get(uid) !== come.get(uid)).length,
  }
}

/** The hash of each profile that a statement returns. */
async function hashes(session: SqlSession, sql: string): Promise<ReadonlyMap<number, unknown>> {
  const found = new Map<number, unknown>()
  for await (const { columns, rowCount } of session.batches(sql)) {
    for (let at = 0; at < rowCount; at++) found.set(Number(columns[0]?.[at]), columns[1]?.[at])
  }
  return found
}
