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
 * Makes the unified profiles and contact points in scope again. Runs inside the caller's
 * transaction; with the same lake and links it changes nothing. `isNew` says that no rows of them
 * are stored yet.
 */
export async function refreshProfiles(
  session: SqlSession,
  plan: ProfilePlan,
  { scope, isNew = false }: { scope: ProfileScope; isNew?: boolean },
): Promise<ProfileCounts> {
  for (const contact of plan.contacts) {
    if (!isNew)
      await session.run(
        `delete from ${contact.table} ${scope.uids ? `where uid ${scope.uids}` : ''}`,
      )
    const columns = ['uid', '_hash', '"Id"', '"PartyId"', '_value', '_rank', '_streams']
    const names = contact.fields.map(field => ident(field.name))
    await session.run(
      `insert into ${contact.table} (${[...columns, ...names].join(', ')}) ${contactSql(plan, contact, scope)}`,
    )
  }
  await session.run(`create or replace temp table fresh_profile as ${unifiedSql(plan, scope)}`)
  const changed = await countChanged(session, plan, scope)
  if (!isNew)
    await session.run(`delete from ${plan.unified} ${scope.uids ? `where uid ${scope.uids}` : ''}`)
  const columns = ['uid', '_hash', '"Id"', '"CustomerKey"', '"Email"', '"Phone"']
  const names = [...columns, ...plan.rules.map(rule => ident(rule.field.name))].join(', ')
  await session.run(`insert into ${plan.unified} (${names}) select ${names} from fresh_profile`)
  return changed
}

async function countChanged(
  session: SqlSession,
  plan: ProfilePlan,
  { uids }: ProfileScope,
): Promise<ProfileCounts> {
  const rows = await session.rows(
    `select count(n.uid), count(*) filter (where n._hash is distinct from o._hash)
     from fresh_profile n
     full join (select uid, _hash from ${plan.unified} ${uids ? `where uid ${uids}` : ''}) o on o.uid = n.uid`,
  )
  const [touched, changed] = (rows[0] ?? []).map(Number)
  return { touched: touched ?? 0, changed: changed ?? 0 }
}
