import { ident } from '../query/index.ts'

/** The names of a ruleset's tables; a slot is `i_` or `a_` and the ruleset id. */
export interface IdentityTables {
  readonly slot: string
  /** Derived: which key each source profile has by each rule. */
  readonly matchKey: string
  /** Which unified profile each source profile belongs to. */
  readonly link: string
  /** Recorded: every unified id ever given, and what it became. */
  readonly unifiedId: string
  /** Recorded: what happened to unified profiles, in order. */
  readonly event: string
}

/** What tells the tables of one ruleset from those of another. */
export function slotOf(ruleset: {
  readonly configurationType: 'Individual' | 'Account'
  readonly rulesetId?: string | undefined
}): string {
  return `${ruleset.configurationType === 'Individual' ? 'i' : 'a'}_${(ruleset.rulesetId ?? '').toLowerCase()}`
}

/** The tables of a slot, as quoted names. */
export function identityTables(slot: string): IdentityTables {
  return {
    slot,
    matchKey: ident(`match_key__${slot}`),
    link: ident(`link__${slot}`),
    unifiedId: ident(`unified_id__${slot}`),
    event: ident(`identity_event__${slot}`),
  }
}

/** The statements that make them. */
export function identityDdl(slot: string): readonly string[] {
  const { matchKey, link, unifiedId, event } = identityTables(slot)
  return [
    `create table if not exists fuzzy_value (value integer, name varchar)`,
    `create table if not exists ${matchKey} (rule utinyint, key ubigint, pid integer, value integer)`,
    `create table if not exists ${link} (pid integer, uid integer)`,
    `create table if not exists ${unifiedId} (
       uid integer, id varchar, alias_of integer, created_pos bigint, created_at timestamptz, retired_pos bigint)`,
    `create table if not exists ${event} (
       seq bigint, kind varchar, uid integer, other integer, pos bigint, happened_at timestamptz)`,
    // Stores that are older than decisions have none of these.
    `alter table ${event} add column if not exists decision bigint`,
  ]
}
