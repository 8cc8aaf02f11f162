import { MainstemError } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import type { SqlSession } from '../lake/index.ts'
import type { ActivationTarget } from './activation-target.ts'
import { BODIES_SQL, uuidSql } from './envelope.sql.ts'
import type { ActivationPlan } from './plan-activation.ts'

/** What a publish is told beside its plan. */
export interface BeginOptions {
  readonly asOf: Date
  readonly position: bigint
  readonly version: number
  /** The object the profiles are of, for the events. */
  readonly segmentOn: string
}

/** A publish that has begun, or that had nothing to do. */
export interface BegunPublish {
  readonly publishId: string
  readonly status: 'PUBLISHING' | 'SUCCESS' | 'SEGMENT_ERROR'
  readonly reason?: string | undefined
}

/**
 * Computes the audience, its difference to what the target was last told, and the batches to send,
 * in one transaction: from then on they survive a crash.
 */
export function beginPublish(
  session: SqlSession,
  { plan, target }: { readonly plan: ActivationPlan; readonly target: ActivationTarget },
  options: BeginOptions,
): Promise<BegunPublish> {
  return session.transaction(async () => {
    const publish = await nextPublish(session, plan.name, options.asOf)
    const segmentError = await unfitSegment(session, plan.segment)
    if (segmentError !== undefined) {
      const failed = { status: 'SEGMENT_ERROR', reason: segmentError } as const
      await writePublish(session, { plan, options, publish, ...failed, funnel: NO_FUNNEL })
      return { publishId: publish.id, ...failed }
    }
    await checkSingles(session, plan)
    const funnel = await computeChange(session, plan, target)
    const messages = await writeMessages(session, { plan, target, publish, options })
    const begun: Omit<BegunPublish, 'publishId'> =
      messages > 0
        ? { status: 'PUBLISHING' }
        : { status: 'SUCCESS', reason: 'Nothing to publish: nobody was added, changed or removed.' }
    await writePublish(session, {
      plan,
      options,
      publish,
      ...begun,
      funnel: { ...funnel, messages },
    })
    await session.run('drop table audience_change')
    await session.run('drop table audience_next')
    return { publishId: publish.id, ...begun }
  })
}

interface Publish {
  readonly id: string
  readonly number: bigint
}

async function nextPublish(session: SqlSession, activation: string, asOf: Date): Promise<Publish> {
  const rows = await session.rows(
    `select n, ${uuidSql(`$1::VARCHAR || '|' || n || '|' || $2::VARCHAR`)} from (
       select coalesce(max(publish), 0) + 1 as n from activation_publish where activation = $1)`,
    [activation, asOf.toISOString()],
  )
  const [number, id] = must(rows[0], 'a maximum is one row')
  return { id: String(id), number: BigInt(must(number, 'a number')) }
}

/** A target must never be told of a membership that nobody published. */
async function unfitSegment(session: SqlSession, segment: string): Promise<string | undefined> {
  const [state] = await session.rows(
    'select status, publish from segment_state where segment = $1',
    [segment],
  )
  if (!state || Number(state[1]) === 0) return `Segment ${segment} has not been published yet.`
  return state[0] === 'ERROR' ? `The last publish of segment ${segment} failed.` : undefined
}

async function checkSingles(session: SqlSession, plan: ActivationPlan): Promise<void> {
  for (const { insight, sql } of plan.singles) {
    const [row] = await session.rows(sql)
    if (Number(row?.[0]) === 0) continue
    throw new MainstemError(
      'ACTIVATION_INVALID',
      `Activation ${plan.name}: insight ${insight} has several rows for one profile, so its measure ` +
        'is not one value; activate an insight grouped by the profile alone.',
      { key: 'attributes', activation: plan.name },
    )
  }
}

/** Whom a publish would add to an audience and delete from it, by what the target was last told. */
export async function audienceDifference(
  session: SqlSession,
  plan: ActivationPlan,
): Promise<{ readonly added: number; readonly deleted: number }> {
  await checkSingles(session, plan)
  await computeChange(session, plan, { wantsBody: true, batchRowsMax: undefined })
  const [row] = await session.rows(
    `select count(*) filter (delta = 'added'), count(*) filter (delta = 'deleted') from audience_change`,
  )
  await session.run('drop table audience_change')
  await session.run('drop table audience_next')
  return { added: Number(row?.[0] ?? 0), deleted: Number(row?.[1] ?? 0) }
}

interface Funnel {
  readonly segment: number
  readonly withContactPoint: number
  readonly audience: number
  readonly messages: number
}
const NO_FUNNEL: Funnel = { segment: 0, withContactPoint: 0, audience: 0, messages: 0 }

async function computeChange(
  session: SqlSession,
  plan: ActivationPlan,
  target: Pick<ActivationTarget, 'wantsBody' | 'batchRowsMax'>,
): Promise<Funnel> {
  await session.run(/*sql*/ `create or replace temp table audience_next as
      select uid, id, reachable, record, md5_number_lower(record) as hash from (${plan.sql})`)
  const [row] = await session.rows(
    /*sql*/ `select (select count(*) from segment_member where segment = $1),
      count(*) filter (reachable), count(*) from audience_next`,
    [plan.segment],
  )
  const [segment = 0, withContactPoint = 0, all = 0] = must(row, 'a count is one row').map(Number)
  const incremental = plan.refreshType === 'INCREMENTAL'
  // A full refresh of files leaves out who left; events have no other way to say it.
  const unsaid = `(delta = 'deleted' and not ${incremental || target.wantsBody})`
  // Retired and left profiles first: one contact point may pass from a loser to its survivor.
  await session.run(
    /*sql*/ `create or replace temp table audience_change as
      select *, case when ${unsaid} then null
        else cast((row_number() over (order by ${unsaid}, place) - 1)
          // ${target.batchRowsMax ?? 2_000_000_000} as integer) end as batch
      from (
        select *, row_number() over (order by delta <> 'deleted', id) as place from (
          select coalesce(n.uid, o.uid) as uid, coalesce(n.id, o.id) as id,
            coalesce(n.record, o.record) as record, coalesce(n.hash, o.hash) as hash,
            o.record as previous,
            case when n.id is null then 'deleted' when o.id is null then 'added' else 'updated' end as delta
          from (select uid, id, record, hash from audience_next where reachable or not ${plan.dropUnreachable}) as n
          full join (select uid, id, record, hash, state from audience where activation = $1) as o on o.id = n.id
          where n.id is null or o.id is null or not ${incremental}
            or n.hash <> o.hash or o.state = 'unconfirmed'))`,
    [plan.name],
  )
  const audience = plan.dropUnreachable ? withContactPoint : all
  return { segment, withContactPoint, audience, messages: 0 }
}

interface Messages {
  readonly plan: ActivationPlan
  readonly target: ActivationTarget
  readonly publish: Publish
  readonly options: BeginOptions
}

async function writeMessages(
  session: SqlSession,
  { plan, target, publish, options }: Messages,
): Promise<number> {
  const at = options.asOf.toISOString()
  await session.run(
    /*sql*/ `insert into audience_history
      select $1, uid, id, delta, hash, record, $2::TIMESTAMPTZ, $3::BIGINT, $4, $5::BIGINT, batch, 'pending'
      from audience_change order by batch, place`,
    [plan.name, at, options.position, publish.id, publish.number],
  )
  const [row] = await session.rows('select count(*), count(batch) from audience_change')
  const [changes = 0, sent = 0] = must(row, 'a count is one row').map(Number)
  if (changes === 0) return 0
  if (target.wantsBody) {
    await session.run(
      /*sql*/ `insert into outbox
        select $1::VARCHAR || '.' || b.batch, $3::VARCHAR, $1::VARCHAR, b.batch, b.body, b.events,
          'pending', 0, null, null, $2::TIMESTAMPTZ, $2::TIMESTAMPTZ, null
        from (${BODIES_SQL}) as b order by b.batch`,
      [publish.id, at, plan.name, plan.segment, plan.refreshType, options.segmentOn],
    )
  } else {
    await session.run(
      /*sql*/ `insert into outbox values ($1::VARCHAR || '.0', $2, $1, 0, null, $3, 'pending', 0, null,
        null, $4::TIMESTAMPTZ, $4::TIMESTAMPTZ, null)`,
      [publish.id, plan.name, sent, at],
    )
  }
  return sent > 0 ? sent : changes
}

interface PublishRow {
  readonly plan: ActivationPlan
  readonly options: BeginOptions
  readonly publish: Publish
  readonly status: BegunPublish['status']
  readonly reason?: string | undefined
  readonly funnel: Funnel
}

async function writePublish(session: SqlSession, row: PublishRow): Promise<void> {
  const { plan, options, publish, funnel } = row
  // Consent of kind `none` asks nobody, so the two steps after the contact point drop nobody.
  await session.run(
    /*sql*/ `insert into activation_publish
      select $1, $2, $3::BIGINT, $4, $5::VARCHAR, $6, $7, $8, $9::BIGINT, $10::TIMESTAMPTZ, $11::INTEGER,
        $12::BIGINT, $13::BIGINT, $14::BIGINT, $14::BIGINT, $15::BIGINT, 0, $16::BIGINT,
        case when $4 = 'PUBLISHING' then null else $10::TIMESTAMPTZ end, null`,
    [
      plan.name,
      publish.id,
      publish.number,
      row.status,
      row.reason ?? null,
      plan.refreshType,
      plan.segment,
      JSON.stringify(plan.columns),
      options.position,
      options.asOf.toISOString(),
      options.version,
      funnel.segment,
      funnel.withContactPoint,
      funnel.audience,
      await sentMembers(session, publish.id),
      funnel.messages,
    ],
  )
}

/** Members that go out; deletes are messages, but nobody of the audience. */
async function sentMembers(session: SqlSession, publishId: string): Promise<number> {
  const [row] = await session.rows(
    `select count(*) from audience_history where publish_id = $1 and delta <> 'deleted' and batch is not null`,
    [publishId],
  )
  return Number(row?.[0] ?? 0)
}
