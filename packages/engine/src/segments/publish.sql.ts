import { ident, literal } from '../query/index.ts'

/** The tables of published segments. All are recorded, none derived. */
export const SEGMENT_TABLES = [
  /*sql*/ `create table if not exists segment_member (segment VARCHAR, uid INTEGER, id VARCHAR)`,
  /*sql*/ `create table if not exists segment_history (
    segment VARCHAR, id VARCHAR, uid INTEGER, delta VARCHAR, "at" TIMESTAMPTZ, position BIGINT,
    version INTEGER, publish BIGINT)`,
  /*sql*/ `create table if not exists segment_state (
    segment VARCHAR, segment_on VARCHAR, members BIGINT, position BIGINT, as_of TIMESTAMPTZ,
    version INTEGER, version_at TIMESTAMPTZ, status VARCHAR, reason VARCHAR, publish BIGINT,
    last_publish TIMESTAMPTZ)`,
]

/** The difference between a new membership and the last one, one row a profile in either. */
export function differenceSql(members: string): string {
  return /*sql*/ `
    create or replace temp table segment_difference as
    select coalesce(n.uid, o.uid) as uid, coalesce(n.id, o.id) as id,
      case when o.uid is null then 'added' when n.uid is null then 'removed' else 'persisted' end as delta
    from (${members}) as n
    full join (select uid, id from segment_member where segment = $1) as o on o.uid = n.uid`
}

/** History older than `$1`, except what says that a present member is one. */
export const RETAIN_SQL = /*sql*/ `
  delete from segment_history as h
  where h."at" < $1::TIMESTAMPTZ and not (
    h.delta <> 'removed' and h.publish = (
      select max(l.publish) from segment_history as l where l.segment = h.segment and l.uid = h.uid))`

/** Latest membership of the segments on one object, with the fields of semantics 5.5. */
export function latestMembershipSql(segmentOn: string): string {
  return /*sql*/ `
    select m.id as ${ident('Id__c')}, cast(null as varchar) as ${ident('KQ_Id__c')},
      m.segment as ${ident('Segment_Id__c')}, 'F' as ${ident('Snapshot_Type__c')},
      s.last_publish as ${ident('Timestamp__c')}, s.version_at as ${ident('Version_Stamp__c')}
    from segment_member as m join segment_state as s on s.segment = m.segment
    where s.segment_on = ${literal(segmentOn)}`
}

/** Membership history of the segments on one object, with the fields of semantics 5.5. */
export function membershipHistorySql(segmentOn: string): string {
  return /*sql*/ `
    select h.id as ${ident('Id__c')}, cast(null as varchar) as ${ident('KQ_Id__c')},
      h.segment as ${ident('Segment_Id__c')}, 'F' as ${ident('Snapshot_Type__c')},
      h.delta as ${ident('Delta_Type__c')}, h."at" as ${ident('Timestamp__c')},
      s.version_at as ${ident('Version_Stamp__c')}
    from segment_history as h join segment_state as s on s.segment = h.segment
    where s.segment_on = ${literal(segmentOn)}`
}
