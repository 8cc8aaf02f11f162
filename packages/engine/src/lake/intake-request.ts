import type { RefreshMode } from '@mainstem/contracts'
import type { SourceRows, StreamSchema } from '../streams/index.ts'
import type { ChangeKind } from './change-set.ts'
import type { PartyRef } from './dlo-table.ts'
import type { SqlValue } from './sql-session.ts'

/** Records on their way into one data lake object. */
export interface Intake {
  readonly schema: StreamSchema
  readonly refs: readonly PartyRef[]
  readonly source: SourceRows
  /** The values that the source's SQL is to be bound to. */
  readonly values?: readonly SqlValue[] | undefined
  readonly mode: RefreshMode
  /** Days by which times are moved; the sample project's data are years old. */
  readonly shiftDays: number
  readonly runId: bigint
  /** Share of rows that a full refresh may remove. */
  readonly shrinkMax: number
  /** How the parties of its rows are noted. */
  readonly changes: ChangeKinds
}

/** How the parties of new rows and of rows that go are noted. */
export interface ChangeKinds {
  readonly added: ChangeKind
  readonly removed: ChangeKind
}

/** What became of each row: processed is the sum of the next five. */
export interface IntakeCounts {
  readonly processed: number
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  readonly stale: number
  readonly problems: number
  /** Rows that a full refresh or a delete took away; counted beside the others. */
  readonly removed: number
}

/** What is counted before anything was taken in. */
export const NOTHING_TAKEN: IntakeCounts = {
  processed: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  stale: 0,
  problems: 0,
  removed: 0,
}

/** What two loads did together. */
export function addCounts(one: IntakeCounts, other: IntakeCounts): IntakeCounts {
  return {
    processed: one.processed + other.processed,
    added: one.added + other.added,
    updated: one.updated + other.updated,
    unchanged: one.unchanged + other.unchanged,
    stale: one.stale + other.stale,
    problems: one.problems + other.problems,
    removed: one.removed + other.removed,
  }
}
