import type { SqlSession } from '../lake/index.ts'
import type { LawCheck } from '../segments/index.ts'

const LAST = /*sql*/ `
  select activation, id, uid, delta, hash, outcome from audience_history
  where outcome in ('accepted', 'refused')
  qualify row_number() over (partition by activation, id order by publish desc) = 1`

const LAWS: readonly { readonly law: string; readonly sql: string }[] = [
  {
    law: 'AC1: every accepted message has a delivery record',
    sql: /*sql*/ `
      select count(*) from audience_history as h
      where h.outcome = 'accepted' and h.batch is not null and not exists (
        select 1 from delivery as d
        where d.publish_id = h.publish_id and d.batch = h.batch and d.accepted)`,
  },
  {
    law: 'AC2: the audience is the replay of its history',
    sql: /*sql*/ `
      select count(*) from (
        select activation, id, hash from (${LAST}) where outcome = 'accepted' and delta <> 'deleted') as h
      full join (select activation, id, hash from audience where state = 'accepted') as a
        on a.activation = h.activation and a.id = h.id
      where h.id is null or a.id is null or h.hash <> a.hash`,
  },
  {
    law: 'AC3: an unconfirmed profile is one whose last message was tried and not accepted',
    sql: /*sql*/ `
      select count(*) from (select activation, id from audience where state <> 'accepted') as a
      left join (${LAST}) as h on h.activation = a.activation and h.id = a.id
      where h.outcome is distinct from 'refused'`,
  },
  {
    law: 'AC4: a profile is in an audience once',
    sql: /*sql*/ `
      select count(*) from (select 1 from audience group by activation, id having count(*) > 1)`,
  },
  {
    law: 'AC5: the outbox keeps no body that will not be sent, and no finished publish waits in it',
    sql: /*sql*/ `
      select count(*) from outbox as o left join activation_publish as p on p.publish_id = o.publish_id
      where (o.state <> 'pending' and o.body is not null)
        or (o.state = 'pending' and p.status is distinct from 'PUBLISHING')`,
  },
  {
    law: 'AC6: no step of the funnel has more people than the step before',
    sql: /*sql*/ `
      select count(*) from activation_publish
      where with_contact_point > segment_count or not_suppressed > consented
        or sent > not_suppressed or accepted > sent`,
  },
]

/** Checks the laws of the audience ledger and the outbox, for `verify`. */
export async function activationLaws(session: SqlSession): Promise<readonly LawCheck[]> {
  const checks: LawCheck[] = []
  for (const { law, sql } of LAWS) {
    const [row] = await session.rows(sql)
    checks.push({ law, violations: Number(row?.[0] ?? 0) })
  }
  return checks
}
