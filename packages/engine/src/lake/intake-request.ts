import type { RefreshMode } from '@mainstem/contracts'
import type { SourceRows, StreamSchema } from '../streams/index.ts'
import type { PartyRef } from './dlo-table.ts'

/** Records on their way into one data lake object. */
export interface Intake {
  readonly schema: StreamSchema
  readonly refs: readonly PartyRef[]
  readonly source: SourceRows
  readonly mode: RefreshMode
  /** Days by which times are moved; the sample project's data are years old. */
  readonly shiftDays: number
  readonly runId: bigint
  /** Share of rows that a full refresh may remove. */
  readonly shrinkMax: number
  /** Which change set the parties of new rows and of rows that go are put in. */
  readonly changes: ChangeSets
}

/**
 * Where the parties whose rows changed are noted: `touched` ones are resolved again, `related` ones
 * only if they are not known yet, because their rows say nothing about who they are.
 */
export interface ChangeSets {
  readonly added: 'touched' | 'related'
  readonly removed: 'touched' | 'related'
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
