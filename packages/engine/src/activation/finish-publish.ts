import type { SqlSession } from '../lake/index.ts'

/**
 * Writes what the target was told into the audience ledger, once every batch has an answer.
 *
 * Accepted messages become the ledger. Where a batch was tried and not accepted nobody knows what
 * the target kept, so its profiles become `unconfirmed` and are sent again, deletes included.
 */
export function finishPublish(
  session: SqlSession,
  publishId: string,
  { finishedAt, location }: { readonly finishedAt: Date; readonly location?: string | undefined },
): Promise<void> {
  return session.transaction(async () => {
    await session.run(
      /*sql*/ `update audience_history as h set outcome = o.outcome from (
        select batch, case when state = 'delivered' then 'accepted' when attempts > 0 then 'refused' else 'unsent' end as outcome
        from outbox where publish_id = $1) as o
      where h.publish_id = $1 and h.batch = o.batch`,
      [publishId],
    )
    // Who left before a full refresh has no message: the refresh as a whole tells it.
    await session.run(
      /*sql*/ `update audience_history set outcome = case when exists (
          select 1 from outbox where publish_id = $1 and state <> 'delivered') then 'unsent' else 'accepted' end
        where publish_id = $1 and batch is null`,
      [publishId],
    )
    await session.run(
      /*sql*/ `create or replace temp table audience_told as
        select activation, uid, id, delta, hash, record, outcome from audience_history
        where publish_id = $1 and outcome in ('accepted', 'refused')`,
      [publishId],
    )
    await session.run(/*sql*/ `update audience as a set state = 'unconfirmed' from audience_told as t
        where t.activation = a.activation and t.id = a.id and t.outcome = 'refused'`)
    await session.run(/*sql*/ `delete from audience as a using audience_told as t
        where t.activation = a.activation and t.id = a.id and t.outcome = 'accepted'`)
    await session.run(/*sql*/ `insert into audience
        select activation, uid, id, record, hash, case outcome when 'accepted' then 'accepted' else 'unconfirmed' end
        from audience_told as t where delta <> 'deleted' and not exists (
          select 1 from audience as a where a.activation = t.activation and a.id = t.id)`)
    await session.run('drop table audience_told')
    await session.run(
      /*sql*/ `update activation_publish set
        accepted = (select count(*) from audience_history where publish_id = $1 and outcome = 'accepted'
          and delta <> 'deleted' and batch is not null),
        status = case when exists (select 1 from outbox where publish_id = $1 and state <> 'delivered')
          then 'PARTNER_ERROR' else 'SUCCESS' end,
        reason = (select first(last_error order by attempts desc, batch) from outbox
          where publish_id = $1 and state <> 'delivered'),
        finished_at = $2::TIMESTAMPTZ, location = $3::VARCHAR
      where publish_id = $1`,
      [publishId, finishedAt.toISOString(), location ?? null],
    )
  })
}
