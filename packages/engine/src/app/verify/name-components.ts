import type { SqlSession } from '../../lake/index.ts'
import { readIds } from '../engine/downstream.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import type { Verification } from './verification.ts'

/**
 * Gives each part of `temp.component_of` the uid that fits the stored links best, in the temporary
 * table `uid_of (component, uid)`: where parts and uids are one to one, that one; else the largest
 * overlaps first, and what is left over gets a living uid that nobody else has, or a made one.
 */
export async function nameComponents(
  { session }: Verification,
  { stage }: RulesetRuntime,
): Promise<void> {
  const { link, unifiedId, event } = stage.tables
  await session.run(
    `create or replace temp table overlap as
     select c.component, l.uid, count(*) as n
     from temp.component_of c join (select pid, min(uid) as uid from ${link} group by pid) l on l.pid = c.pid
     where l.uid in (select uid from ${unifiedId} union select uid from ${event} where kind = 'created')
     group by c.component, l.uid`,
  )
  await session.run(
    `create or replace temp table uid_of as
     select component, uid from (
       select *, count(*) over (partition by component) as uids, count(*) over (partition by uid) as parts from temp.overlap)
     where uids = 1 and parts = 1`,
  )
  const tangled = await tangledOverlaps(session)
  const claims = new Map<number, number>()
  const taken = new Set<number>()
  for (const { component, uid } of tangled) {
    if (claims.has(component) || taken.has(uid)) continue
    claims.set(component, uid)
    taken.add(uid)
  }
  await loadClaims(session, claims)
  await nameTheRest(session, { unifiedId, taken })
  await session.run('drop table temp.overlap')
}

interface Overlap {
  readonly component: number
  readonly uid: number
}

/** Largest first; of equal ones those with the fewest other choices. */
async function tangledOverlaps(session: SqlSession): Promise<readonly Overlap[]> {
  const overlaps: Overlap[] = []
  const sql = `
    select component, uid from (
      select *, count(*) over (partition by component) + count(*) over (partition by uid) as choices from temp.overlap)
    where component not in (select component from temp.uid_of)
    order by n desc, choices, uid, component`
  for await (const { columns, rowCount } of session.batches(sql)) {
    for (let at = 0; at < rowCount; at++) {
      overlaps.push({ component: Number(columns[0]?.[at]), uid: Number(columns[1]?.[at]) })
    }
  }
  return overlaps
}

async function nameTheRest(
  session: SqlSession,
  { unifiedId, taken }: { unifiedId: string; taken: Set<number> },
): Promise<void> {
  const nameless = await readIds(
    session,
    `select distinct component from temp.component_of where component not in (select component from temp.uid_of) order by 1`,
  )
  if (nameless.length === 0) return
  const free = await readIds(
    session,
    `select distinct uid from ${unifiedId} where alias_of is null and retired_pos is null
       and uid not in (select uid from temp.uid_of) order by 1`,
  )
  const left = free.filter(uid => !taken.has(uid))
  const claims = new Map<number, number>()
  for (const [at, component] of nameless.entries()) claims.set(component, left[at] ?? -1 - at)
  await loadClaims(session, claims)
}

async function loadClaims(session: SqlSession, claims: ReadonlyMap<number, number>): Promise<void> {
  if (claims.size === 0) return
  await session.load('temp.uid_of', [
    { name: 'component', type: 'INTEGER', values: Int32Array.from(claims.keys()) },
    { name: 'uid', type: 'INTEGER', values: Int32Array.from(claims.values()) },
  ])
}
