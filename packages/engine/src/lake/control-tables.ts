/**
 * The tables that are not a stream's: what was applied, what was refused, and who the parties are.
 * Recorded, not derived: none of them can be computed again from the lake.
 */
export const CONTROL_TABLES: readonly string[] = [
  `create table if not exists meta (key varchar, value varchar)`,
  `create table if not exists stream_state (stream varchar, schema_json varchar, refs_json varchar, watermark varchar)`,
  `create table if not exists party (pid integer, object utinyint, id varchar, kq varchar, h ubigint)`,
  `create table if not exists phone_e164 (raw varchar, region varchar, e164 varchar)`,
  `create table if not exists problem (
     id bigint, stream varchar, code varchar, field varchar, payload blob, pos bigint, source_row bigint,
     origin varchar, run bigint, noted_at timestamptz, state varchar)`,
  `create table if not exists file_taken (
     stream varchar, sha256 varchar, path varchar, pos bigint, taken_at timestamptz, rows_in bigint)`,
  `create table if not exists definition (
     kind varchar, name varchar, version integer, body varchar, hash varchar, applied_at timestamptz)`,
  `create table if not exists stream_counter (
     stream varchar, hour timestamptz, processed bigint, added bigint, updated bigint, unchanged bigint,
     stale bigint, problems bigint, removed bigint, last_at timestamptz)`,
  `create table if not exists delete_job (
     id bigint, stream varchar, pos bigint, done_at timestamptz, deleted varchar, reason varchar)`,
  `create table if not exists decision (
     number bigint, object utinyint, one integer, other integer, verdict varchar, author varchar, reason varchar,
     pos bigint, decided_at timestamptz)`,
]
