import type { RunTrigger } from '../../jobs/index.ts'
import type { StreamCounts } from './take-batch.ts'

/** What one stage did for one definition. */
export interface StageResult {
  readonly stage: string
  readonly name: string
  readonly status: 'SUCCESS' | 'ERROR' | 'SKIPPED'
  readonly rowsIn: number
  readonly rowsOut: number
  readonly changed: number
  readonly problems: number
  readonly seconds: number
  readonly error?: string | undefined
  /** Streams: what became of each row. */
  readonly counts?: Omit<StreamCounts, 'stream'> | undefined
  readonly reason?: string | undefined
  /** What the owner should know, such as a sum over several currencies. */
  readonly notices?: readonly string[] | undefined
}

/** What to run: everything in order, or one stage, or one definition of it. */
export interface RunRequest {
  readonly stage?: string | undefined
  readonly name?: string | undefined
  readonly allowShrink?: boolean | undefined
  readonly trigger?: RunTrigger | undefined
  /** The run's clock, where it is not the engine's. */
  readonly asOfMs?: number | undefined
  readonly onStage?: ((result: StageResult) => void) | undefined
}

/** The stages that can be run, in the order of the data's path. */
export const RUN_STAGES = [
  'streams',
  'identity',
  'profiles',
  'insights',
  'segments',
  'activation',
] as const
