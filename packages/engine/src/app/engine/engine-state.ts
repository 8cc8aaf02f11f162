import type { Journal, JournalReader, NewEntry } from '../../journal/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { ModelPlan, PhoneSource } from '../../model/index.ts'
import type { LogFields } from '../../observability/index.ts'
import type { Project } from '../project/index.ts'
import type { Store } from '../store/store.ts'
import type { Processors } from './processors.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** Puts entries into the journal: the journal itself, or the edge process that has it open. */
export type JournalAppend = (entry: NewEntry) => Promise<bigint>

/** What the engine has open. One writer uses `writer`, one statement at a time. */
export interface EngineParts {
  readonly store: Store
  readonly writer: SqlSession
  readonly processors: Processors
  readonly journal: JournalReader
  readonly append: JournalAppend
  readonly clock: Clock
  /** The journal, where this process has it open for writing. */
  readonly ownJournal?: Journal | undefined
  /** Told of failures that are nobody's sentence yet: for the log. */
  readonly onUnexpected?: ((error: unknown, at?: LogFields) => void) | undefined
}

/** What the engine runs by: the applied project over its tables. */
export interface Applied {
  readonly project: Project
  readonly model: ModelPlan
  readonly streams: ReadonlyMap<string, StreamRuntime>
  readonly phones: readonly PhoneSource[]
  readonly rulesets: readonly RulesetRuntime[]
  /** Days by which the sample's times are moved; 0 elsewhere. */
  readonly shiftDays: number
}
