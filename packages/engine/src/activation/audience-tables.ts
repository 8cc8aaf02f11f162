import type { SqlSession } from '../lake/index.ts'

/**
 * The recorded tables of activation. `audience` is the ledger: what each target was last told, by
 * profile. Its subject column, like that of `audience_history`, is `uid`.
 */
const TABLES = [
  /*sql*/ `create table if not exists audience (
    activation VARCHAR, uid INTEGER, id VARCHAR, record VARCHAR, hash UBIGINT, state VARCHAR)`,
  /*sql*/ `create table if not exists audience_history (
    activation VARCHAR, uid INTEGER, id VARCHAR, delta VARCHAR, hash UBIGINT, record VARCHAR,
    "at" TIMESTAMPTZ, position BIGINT, publish_id VARCHAR, publish BIGINT, batch INTEGER,
    outcome VARCHAR)`,
  /*sql*/ `create table if not exists activation_publish (
    activation VARCHAR, publish_id VARCHAR, publish BIGINT, status VARCHAR, reason VARCHAR,
    refresh_type VARCHAR, segment VARCHAR, columns VARCHAR, position BIGINT, as_of TIMESTAMPTZ,
    version INTEGER, segment_count BIGINT, with_contact_point BIGINT, consented BIGINT,
    not_suppressed BIGINT, sent BIGINT, accepted BIGINT, messages BIGINT, finished_at TIMESTAMPTZ,
    location VARCHAR)`,
  /*sql*/ `create table if not exists outbox (
    id VARCHAR, activation VARCHAR, publish_id VARCHAR, batch INTEGER, body VARCHAR, events INTEGER,
    state VARCHAR, attempts INTEGER, last_status INTEGER, last_error VARCHAR, next_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ, delivered_at TIMESTAMPTZ)`,
  /*sql*/ `create table if not exists delivery (
    outbox VARCHAR, activation VARCHAR, publish_id VARCHAR, batch INTEGER, attempt INTEGER,
    "at" TIMESTAMPTZ, accepted BOOLEAN, status INTEGER, error VARCHAR, seconds DOUBLE,
    events INTEGER)`,
]

/** Makes the tables of activation, where they are missing. */
export async function ensureActivationTables(session: SqlSession): Promise<void> {
  for (const sql of TABLES) await session.run(sql)
}

/** Forgets an activation whose definition was removed. */
export async function dropActivation(session: SqlSession, activation: string): Promise<void> {
  const tables = ['audience', 'audience_history', 'activation_publish', 'outbox', 'delivery']
  for (const table of tables) {
    await session.run(`delete from ${table} where activation = $1`, [activation])
  }
}

/**
 * Deletes what is older than so many days, except the history rows that say what a target was last
 * told of a profile still in the audience, and the deliveries that those rows rest on.
 */
export async function retainActivationHistory(
  session: SqlSession,
  asOf: Date,
  days: number,
): Promise<void> {
  const before = new Date(asOf.getTime() - days * 86_400_000).toISOString()
  await session.run(
    /*sql*/ `delete from audience_history as h where h."at" < $1::TIMESTAMPTZ and h.outcome <> 'pending'
      and not exists (
        select 1 from audience as a where a.activation = h.activation and a.id = h.id
          and h.publish = (
            select max(l.publish) from audience_history as l
            where l.activation = h.activation and l.id = h.id and l.outcome in ('accepted', 'refused')))`,
    [before],
  )
  const gone = /*sql*/ `publish_id in (
    select publish_id from activation_publish where as_of < $1::TIMESTAMPTZ and status <> 'PUBLISHING')
    and publish_id not in (select publish_id from audience_history where publish_id is not null)`
  await session.run(`delete from outbox where ${gone}`, [before])
  await session.run(`delete from delivery where ${gone}`, [before])
  await session.run(
    /*sql*/ `delete from activation_publish as p where ${gone} and p.publish < (
      select max(l.publish) from activation_publish as l where l.activation = p.activation)`,
    [before],
  )
}
