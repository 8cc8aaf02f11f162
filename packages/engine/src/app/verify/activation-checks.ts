import { activationLaws } from '../../activation/index.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { TableName } from './report.ts'
import { givenIdLaw } from './segment-checks.ts'
import { noteSharedLaws, type SharedLaw } from './shared-laws.ts'
import type { Verification } from './verification.ts'

const recorded = (object: string): TableName => ({ stage: 'activation', object, kind: 'recorded' })

/** Recorded: what each target was told of whom, and how that went. */
export async function checkActivations(verification: Verification): Promise<void> {
  const { position } = verification
  await checkLaws(verification, recorded('audience'), [
    givenIdLaw(verification, 'audience', PERSON),
    hashLaw('AU1: the hash of a record is of it', 'audience'),
    oneOfLaw('AU2: a target accepted a profile, or nobody knows', {
      object: 'audience',
      key: PERSON,
      field: 'state',
      values: ['accepted', 'unconfirmed'],
    }),
  ])
  await checkLaws(verification, recorded('audience_history'), historyLaws(verification))
  await checkLaws(verification, recorded('activation_publish'), publishLaws(position))
  await checkLaws(verification, recorded('outbox'), outboxLaws())
  await checkLaws(verification, recorded('delivery'), deliveryLaws())
  await noteSharedLaws(verification, await activationLaws(verification.session), {
    laws: SHARED,
    tableOf: recorded,
  })
}

const PERSON = `concat_ws(' / ', activation, id)`
const PUBLISHED = `concat_ws(' / ', activation, id, publish::varchar)`

function hashLaw(law: string, object: string): Law {
  const hash = 'md5_number_lower(record)'
  return {
    law,
    sql: violating({
      from: object,
      where: `hash is distinct from ${hash}`,
      key: PERSON,
      field: 'hash',
      recomputed: hash,
    }),
  }
}

function historyLaws(verification: Verification): readonly Law[] {
  const object = 'audience_history'
  return [
    givenIdLaw(verification, object, PUBLISHED),
    hashLaw('AH1: the hash of a message is of its record', object),
    uniqueLaw('AH2: a publish says one thing of a profile', object, [
      'activation',
      'id',
      'publish',
    ]),
    oneOfLaw('AH3: a profile is added, updated or deleted', {
      object,
      key: PUBLISHED,
      field: 'delta',
      values: ['added', 'updated', 'deleted'],
    }),
    oneOfLaw('AH4: a message is pending, accepted, refused or unsent', {
      object,
      key: PUBLISHED,
      field: 'outcome',
      values: ['pending', 'accepted', 'refused', 'unsent'],
    }),
  ]
}

function publishLaws(position: bigint): readonly Law[] {
  const object = 'activation_publish'
  return [
    uniqueLaw('AP1: a publish has an id of its own', object, ['publish_id']),
    uniqueLaw('AP2: the publishes of an activation are numbered', object, [
      'activation',
      'publish',
    ]),
    oneOfLaw('AP3: a publish is on its way, succeeded or failed', {
      object,
      key: 'publish_id',
      field: 'status',
      values: ['PUBLISHING', 'SUCCESS', 'SEGMENT_ERROR', 'PARTNER_ERROR'],
    }),
    positionLaw('AP4: a publish is of a position that is applied', {
      object,
      key: 'publish_id',
      field: 'position',
      position,
    }),
    {
      law: 'AP5: every message and every batch is of a publish that is there',
      sql: violating({
        from: '(select publish_id from audience_history union select publish_id from outbox)',
        where:
          'publish_id not in (select publish_id from activation_publish where publish_id is not null)',
        key: 'publish_id',
        field: 'publish_id',
        live: 'null',
        recomputed: 'publish_id',
      }),
    },
  ]
}

function outboxLaws(): readonly Law[] {
  const object = 'outbox'
  return [
    uniqueLaw('OB1: a batch has an id of its own', object, ['id']),
    oneOfLaw('OB2: a batch is pending, delivered or failed', {
      object,
      key: 'id',
      field: 'state',
      values: ['pending', 'delivered', 'failed'],
    }),
    {
      law: 'OB3: the id of a batch is of its publish and number',
      sql: violating({
        from: object,
        where: `id is distinct from publish_id || '.' || batch`,
        key: 'id',
        field: 'id',
        recomputed: `publish_id || '.' || batch`,
      }),
    },
    {
      law: 'OB4: a batch has an event for each of its messages',
      sql: violating({
        from: `(select o.id, any_value(o.events) as events, count(distinct h.id) as n from outbox o
                join audience_history h on h.publish_id = o.publish_id and h.batch = o.batch group by o.id)`,
        where: 'not coalesce(events >= n, false)',
        key: 'id',
        field: 'events',
        recomputed: 'n',
      }),
    },
    {
      law: 'OB5: every batch that messages or deliveries name is there',
      sql: violating({
        from: `(select publish_id || '.' || batch as id from audience_history where batch is not null
                union select outbox from delivery)`,
        where: 'id not in (select id from outbox where id is not null)',
        key: 'id',
        field: 'id',
        live: 'null',
        recomputed: 'id',
      }),
    },
  ]
}

function deliveryLaws(): readonly Law[] {
  return [
    uniqueLaw('DE1: an attempt is recorded once', 'delivery', ['outbox', 'attempt']),
    {
      law: 'DE2: every attempt to deliver a batch is recorded, from the first on',
      sql: violating({
        from: `(select o.id, any_value(o.attempts) as attempts, count(distinct d.attempt) as n, coalesce(max(d.attempt), 0) as last
                from outbox o left join delivery d on d.outbox = o.id group by o.id)`,
        where: 'n <> last or n <> attempts',
        key: 'id',
        field: 'attempt',
        live: 'n',
        recomputed: 'attempts',
      }),
    },
  ]
}

const REPLAYED = `
  select activation, id from (
    select activation, id, delta, outcome from audience_history where outcome in ('accepted', 'refused')
    qualify row_number() over (partition by activation, id order by publish desc) = 1)
  where outcome = 'accepted' and delta <> 'deleted'`

/** The last publish says how many people the audience has. */
const AUDIENCE_VOTE = `
  select 'audience_history' from activation_publish p
  where status = 'SUCCESS' and publish = (select max(l.publish) from activation_publish l where l.activation = p.activation)
    and not_suppressed = (select count(*) from audience a where a.activation = p.activation)
    and not_suppressed <> (select count(*) from (${REPLAYED}) h where h.activation = p.activation) limit 1`

const SHARED: Readonly<Record<string, SharedLaw>> = {
  AC1: { tables: ['delivery', 'audience_history'] },
  AC2: {
    tables: ['audience', 'audience_history'],
    voteSql: AUDIENCE_VOTE,
    sampleSql: `
      select concat_ws(' / ', coalesce(h.activation, a.activation), coalesce(h.id, a.id)) as key, 'id' as field,
             a.id as live, h.id as recomputed
      from (${REPLAYED}) h full join (select activation, id from audience where state = 'accepted') a
        on a.activation = h.activation and a.id = h.id where h.id is distinct from a.id`,
  },
  AC3: { tables: ['audience', 'audience_history'] },
  AC4: {
    tables: ['audience'],
    sampleSql: violating({
      from: '(select activation, id, count(*) as n from audience group by activation, id having count(*) > 1)',
      key: PERSON,
      field: 'rows',
      live: 'n',
      recomputed: '1',
    }),
  },
  AC5: { tables: ['outbox', 'activation_publish'] },
  AC6: { tables: ['activation_publish'] },
}
