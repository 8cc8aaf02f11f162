import type { SqlSession } from '../lake/index.ts'

/** A law of recorded tables, and how often it is broken. */
export interface LawCheck {
  readonly law: string
  readonly violations: number
}

const LAST = /*sql*/ `
  select segment, uid, id, delta from segment_history
  qualify row_number() over (partition by segment, uid order by publish desc, delta) = 1`

const LAWS: readonly { readonly law: string; readonly sql: string }[] = [
  {
    law: 'SG1: the history of a segment replays to its latest membership',
    sql: /*sql*/ `
      select count(*) from (select segment, uid, id from (${LAST}) where delta <> 'removed') as h
      full join segment_member as m on m.segment = h.segment and m.uid = h.uid
      where h.uid is null or m.uid is null or h.id is distinct from m.id`,
  },
  {
    law: 'SG2: a segment has as many members as its state says',
    sql: /*sql*/ `
      select count(*) from segment_state as s
      full join (select segment, count(*) as members from segment_member group by segment) as m
        on m.segment = s.segment
      where s.segment is null or coalesce(m.members, 0) <> s.members`,
  },
  {
    law: 'SG3: a profile is in a segment once',
    sql: /*sql*/ `
      select count(*) from (
        select 1 from segment_member group by segment, uid having count(*) > 1)`,
  },
  {
    law: 'SG4: nobody is added twice, or removed or persisted without being in',
    sql: /*sql*/ `
      select count(*) from (
        select delta, lag(delta) over (partition by segment, uid order by publish) as before
        from segment_history)
      where before is not null and ((delta = 'added') <> (before = 'removed'))`,
  },
  {
    law: 'SG5: a segment has one state, and its history ends at that publish',
    sql: /*sql*/ `
      select count(*) from (
        select s.segment from segment_state as s
        left join segment_history as h on h.segment = s.segment
        group by s.segment, s.publish having count(distinct s.publish) > 1 or max(h.publish) > s.publish)`,
  },
]

/** Checks the laws of segment membership, for `verify`. */
export async function segmentLaws(session: SqlSession): Promise<readonly LawCheck[]> {
  const checks: LawCheck[] = []
  for (const { law, sql } of LAWS) {
    const [row] = await session.rows(sql)
    checks.push({ law, violations: Number(row?.[0] ?? 0) })
  }
  return checks
}
