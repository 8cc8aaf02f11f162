import { segmentLaws } from '../../segments/index.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { TableName } from './report.ts'
import { noteSharedLaws, type SharedLaw } from './shared-laws.ts'
import type { Verification } from './verification.ts'

const recorded = (object: string): TableName => ({ stage: 'segments', object, kind: 'recorded' })

/** Recorded: who is in which segment since when. A membership is of its publish, not of now. */
export async function checkSegments(verification: Verification): Promise<void> {
  const { position } = verification
  const key = `concat_ws(' / ', segment, uid::varchar)`
  await checkLaws(verification, recorded('segment_member'), [
    givenIdLaw(verification, 'segment_member', key),
    {
      law: 'SM1: members are of a segment that was published',
      sql: violating({
        from: 'segment_member',
        where:
          'segment is null or segment not in (select segment from segment_state union select segment from segment_history)',
        key,
        field: 'segment',
      }),
    },
  ])
  await checkLaws(verification, recorded('segment_history'), [
    givenIdLaw(verification, 'segment_history', key),
    uniqueLaw('SH1: a publish says one thing of a profile', 'segment_history', [
      'segment',
      'uid',
      'publish',
    ]),
    oneOfLaw('SH2: a profile is added, persisted or removed', {
      object: 'segment_history',
      key,
      field: 'delta',
      values: ['added', 'persisted', 'removed'],
    }),
    positionLaw('SH3: a publish is of a position that is applied', {
      object: 'segment_history',
      key,
      field: 'position',
      position,
    }),
    {
      law: 'SH4: a publish that tells who stayed tells it of every member',
      sql: violating({
        from: 'segment_member m join segment_state s on s.segment = m.segment',
        where: `exists (select 1 from segment_history h where h.segment = s.segment and h.publish = s.publish and h.delta = 'persisted')
          and not exists (select 1 from segment_history h where h.segment = s.segment and h.publish = s.publish and h.uid = m.uid)`,
        key: `concat_ws(' / ', m.segment, m.uid::varchar)`,
        field: 'publish',
        live: 'null',
        recomputed: 's.publish',
      }),
    },
  ])
  await checkLaws(verification, recorded('segment_state'), stateLaws())
  await noteSharedLaws(verification, await segmentLaws(verification.session), {
    laws: SHARED,
    tableOf: recorded,
  })
}

/** The id beside a uid is the one that was given to it. */
export function givenIdLaw({ applied }: Verification, object: string, key: string): Law {
  const given = applied.rulesets.map(({ stage }) => `select uid, id from ${stage.tables.unifiedId}`)
  const ids =
    given.length === 0
      ? 'select null::integer, null::varchar where false'
      : given.join(' union all ')
  return {
    law: `${object}: an id is the one that was given to its uid`,
    sql: violating({
      from: `${object} t`,
      where: `not exists (select 1 from (${ids}) g(uid, id) where g.uid = t.uid and g.id = t.id)`,
      key,
      field: 'id',
      live: 't.id',
    }),
  }
}

function stateLaws(): readonly Law[] {
  const object = 'segment_state'
  return [
    uniqueLaw('SS1: a segment has one state', object, ['segment']),
    oneOfLaw('SS2: the last publish of a segment succeeded or failed', {
      object,
      key: 'segment',
      field: 'status',
      values: ['ACTIVE', 'ERROR'],
    }),
    {
      law: 'SS3: a publish has a number, and a published segment a moment and a version',
      sql: violating({
        from: object,
        where: `not coalesce(publish >= 0 and members >= 0, false)
          or (publish > 0 and (as_of is null or position is null or version is null or last_publish is null))`,
        key: 'segment',
        field: 'publish',
      }),
    },
  ]
}

const REPLAYED = `
  select segment, uid, id from (
    select segment, uid, id, delta from segment_history
    qualify row_number() over (partition by segment, uid order by publish desc, delta) = 1) where delta <> 'removed'`

/** Three tables say how many members a segment has; the one that is alone is wrong. */
const VOTE = `
  with counted as (
    select segment, sum(n) filter (told_by = 'h') as h, sum(n) filter (told_by = 'm') as m, sum(n) filter (told_by = 's') as s from (
      select segment, count(*) as n, 'h' as told_by from (${REPLAYED}) group by segment
      union all select segment, count(*), 'm' from segment_member group by segment
      union all select segment, sum(members), 's' from segment_state group by segment) group by segment)
  select case when s is distinct from m and h is not distinct from m then 'segment_state'
              when h is distinct from m and s is not distinct from m then 'segment_history'
              when m is distinct from s and h is not distinct from s then 'segment_member' end as wrong
  from (select segment, coalesce(h, 0) as h, coalesce(m, 0) as m, s from counted) where wrong is not null limit 1`

const SHARED: Readonly<Record<string, SharedLaw>> = {
  SG1: {
    tables: ['segment_history', 'segment_member'],
    voteSql: VOTE,
    sampleSql: `
      select concat_ws(' / ', coalesce(h.segment, m.segment), coalesce(h.uid, m.uid)::varchar) as key, 'id' as field,
             m.id as live, h.id as recomputed
      from (${REPLAYED}) h full join segment_member m on m.segment = h.segment and m.uid = h.uid
      where h.id is distinct from m.id`,
  },
  SG2: {
    tables: ['segment_state', 'segment_member'],
    voteSql: VOTE,
    sampleSql: `
      select coalesce(s.segment, m.segment) as key, 'members' as field, s.members::varchar as live, m.n::varchar as recomputed
      from segment_state s full join (select segment, count(*) as n from segment_member group by segment) m on m.segment = s.segment
      where s.segment is null or coalesce(m.n, 0) <> s.members`,
  },
  SG3: {
    tables: ['segment_member'],
    sampleSql: violating({
      from: '(select segment, uid, count(*) as n from segment_member group by segment, uid having count(*) > 1)',
      key: `concat_ws(' / ', segment, uid::varchar)`,
      field: 'rows',
      live: 'n',
      recomputed: '1',
    }),
  },
  SG4: { tables: ['segment_history'] },
  SG5: { tables: ['segment_state', 'segment_history'] },
}
