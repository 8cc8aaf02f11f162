import { IDENTITY_EVENT_KINDS } from '../../identity/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

const recorded = (object: string): TableName => ({ stage: 'identity', object, kind: 'recorded' })

/** Recorded: unified ids, what they became, and the events that tell the same in order. */
export async function checkIdentity(
  verification: Verification,
  ruleset: RulesetRuntime,
): Promise<void> {
  const { slot } = ruleset.stage.tables
  await makeReplay(verification, ruleset)
  const events = `identity_event__${slot}`
  const idLaws = [...unifiedIdLaws(verification, slot), ...livingLaws('ids')]
  const broken = await checkLaws(verification, recorded(events), [
    ...eventLaws(verification, events),
    ...livingLaws('events'),
  ])
  // Where the two tell different stories and the events hold together, the ids are wrong.
  const replayed = broken === 0 ? replayLaws(slot) : []
  const violations = await checkLaws(verification, recorded(`unified_id__${slot}`), [
    ...idLaws,
    ...replayed,
  ])
  await checkLaws(
    verification,
    { stage: 'identity', object: `link__${slot}`, kind: 'derived' },
    livingLaws('links'),
  )
  if (violations > 0) await repair(verification, ruleset)
  await verification.session.run('drop table temp.replayed')
  await verification.session.run('drop table temp.living')
}

/** What the events come to: each uid ever made, and what became of it; and who lives by which table. */
async function makeReplay({ session }: Verification, { stage }: RulesetRuntime): Promise<void> {
  const { event, unifiedId, link } = stage.tables
  await session.run(
    `create or replace temp table replayed as
     select uid, min(pos) filter (where kind = 'created') as created_pos,
            arg_max(other, seq) filter (where kind = 'alias') as alias_of,
            max(pos) filter (where kind in ('alias', 'retired')) as retired_pos
     from ${event} where kind in ('created', 'alias', 'retired') group by uid having count(*) filter (where kind = 'created') > 0`,
  )
  await session.run(
    `create or replace temp table living as
     select uid, bool_or(told_by = 'ids') as ids, bool_or(told_by = 'events') as events, bool_or(told_by = 'links') as links
     from (select uid, 'ids' as told_by from ${unifiedId} where alias_of is null and retired_pos is null
           union all select uid, 'events' from temp.replayed where retired_pos is null
           union all select uid, 'links' from ${link}) group by uid`,
  )
}

type Witness = 'ids' | 'events' | 'links'

/** Three tables say which unified profiles live; the one that is alone is wrong. */
function livingLaws(witness: Witness): readonly Law[] {
  const others = (['ids', 'events', 'links'] as const).filter(one => one !== witness)
  return [
    {
      law: 'UI1: the unified profiles that live are those that have source profiles',
      sql: violating({
        from: 'temp.living',
        where: `${others.map(other => `${witness} <> ${other}`).join(' and ')}`,
        key: 'uid',
        field: 'uid',
        live: `case when ${witness} then uid end`,
        recomputed: `case when not ${witness} then uid end`,
      }),
    },
  ]
}

function unifiedIdLaws({ storeId, position }: Verification, slot: string): readonly Law[] {
  const object = `unified_id__${slot}`
  const table = ident(object)
  const id = `md5(${literal(`${storeId}:${slot}:`)} || uid)`
  return [
    uniqueLaw('UI2: a unified id is given once', object, ['uid']),
    {
      law: 'UI3: an id is made from its number',
      sql: violating({
        from: table,
        where: `id is distinct from ${id}`,
        key: 'uid',
        field: 'id',
        recomputed: id,
      }),
    },
    {
      law: 'UI4: an alias has retired, after it was made, at a position that is applied',
      sql: violating({
        from: table,
        where: `created_pos is null or created_at is null or created_pos not between 0 and ${position}
          or (alias_of is not null and retired_pos is null)
          or not coalesce(retired_pos between created_pos and ${position}, true)`,
        key: 'uid',
        field: 'retired_pos',
      }),
    },
    {
      law: 'UI5: an alias leads to an older id that was given, so that every chain of them ends',
      sql: violating({
        from: table,
        where: `alias_of is not null and (alias_of >= uid or alias_of not in (select uid from ${table} where uid is not null))`,
        key: 'uid',
        field: 'alias_of',
      }),
    },
  ]
}

function eventLaws({ position }: Verification, object: string): readonly Law[] {
  const table = ident(object)
  const ordered = `(select *, lag(pos) over (order by seq) as before from ${table})`
  const created = `(select *, row_number() over (order by seq) - 1 as place from ${table} where kind = 'created')`
  return [
    uniqueLaw('IE1: an event has one place in the order', object, ['seq']),
    {
      law: 'IE2: the places of events are dense from 1',
      sql: violating({
        from: `(select count(distinct seq) as n, max(seq) as seq, min(seq) as first from ${table})`,
        where: 'n <> coalesce(seq, 0) or first <> 1',
        key: `'count'`,
        field: 'seq',
        recomputed: 'n',
      }),
    },
    oneOfLaw('IE3: an event is of a kind that is known', {
      object,
      key: 'seq',
      field: 'kind',
      values: IDENTITY_EVENT_KINDS,
    }),
    positionLaw('IE4: an event happened at a position that is applied', {
      object,
      key: 'seq',
      field: 'pos',
      position,
    }),
    {
      law: 'IE5: events are in the order of their positions',
      sql: violating({
        from: ordered,
        where: 'pos < before',
        key: 'seq',
        field: 'pos',
        recomputed: 'before',
      }),
    },
    {
      law: 'IE6: unified profiles are made in the order of their numbers, each once',
      sql: violating({
        from: created,
        where: 'uid <> place or other is not null',
        key: 'seq',
        field: 'uid',
        recomputed: 'place',
      }),
    },
    ...mergeLaws(table),
  ]
}

/** Merges and splits, each told of by two events. */
function mergeLaws(table: string): readonly Law[] {
  const pairs = (kind: string): string =>
    `select uid, other, pos from ${table} where kind = '${kind}'`
  return [
    {
      law: 'IE7: who is merged into another becomes its alias, and the other way round',
      sql: `
        select m.uid::varchar as key, 'other' as field, m.other::varchar as live, null as recomputed from (
          (${pairs('alias')} except all select other, uid, pos from ${table} where kind = 'merged')
          union all
          (select other, uid, pos from ${table} where kind = 'merged' except all ${pairs('alias')})) m`,
    },
    {
      law: 'IE8: a part that is split off was made at that moment',
      sql: violating({
        from: `${table} s`,
        where: `s.kind = 'split' and not exists (
          select 1 from ${table} c where c.kind = 'created' and c.uid = s.other and c.pos = s.pos)`,
        key: 's.seq',
        field: 'other',
        live: 's.other',
      }),
    },
  ]
}

function replayLaws(slot: string): readonly Law[] {
  const ids = `(select uid, min(created_pos) as created_pos, min(alias_of) as alias_of, min(retired_pos) as retired_pos
                from ${ident(`unified_id__${slot}`)} group by uid)`
  return ['created_pos', 'alias_of', 'retired_pos'].map(field => ({
    law: `UI6: the events replay to the ids as they are: ${field}`,
    sql: violating({
      from: `${ids} u full join temp.replayed r on r.uid = u.uid`,
      where: `u.uid is null or r.uid is null or u.${field} is distinct from r.${field}`,
      key: 'coalesce(u.uid, r.uid)',
      field,
      live: `u.${field}`,
      recomputed: `r.${field}`,
    }),
  }))
}

/** Profiles are made with the id of each uid, so each that has source profiles gets its right one. */
async function repair(
  { session, storeId }: Verification,
  { stage }: RulesetRuntime,
): Promise<void> {
  const { unifiedId, link, slot } = stage.tables
  const columns = 'alias_of, created_pos, created_at, retired_pos'
  await session.run(
    `create or replace temp table right_id as
     select uid, md5(${literal(`${storeId}:${slot}:`)} || uid) as id, null::integer as alias_of, any_value(created_pos) as created_pos,
            any_value(created_at) as created_at, null::bigint as retired_pos
     from (select uid, created_pos, created_at from ${unifiedId} where uid in (select uid from ${link})
           union all select distinct uid, null, null from ${link}) group by uid`,
  )
  await session.run(`delete from ${unifiedId} where uid in (select uid from temp.right_id)`)
  await session.run(
    `insert into ${unifiedId} (uid, id, ${columns}) select uid, id, ${columns} from temp.right_id`,
  )
  await session.run('drop table temp.right_id')
}
