import type { AudienceColumn } from './json-sql.ts'

/** What a target is told of the publish that a batch belongs to. */
export interface PublishFacts {
  readonly publishId: string
  readonly activation: string
  readonly segment: string
  readonly refreshType: 'INCREMENTAL' | 'FULL_REFRESH'
  readonly asOf: Date
  readonly columns: readonly AudienceColumn[]
}

/** A batch on its way out. */
export interface OutgoingBatch {
  /** The same at every attempt. */
  readonly id: string
  readonly batch: number
  readonly body: string | null
  readonly events: number
  readonly publish: PublishFacts
}

/**
 * What became of a batch. `retry` may be tried again; `refused` may not: `batch` means that the
 * others can go on, `target` that they would fare the same.
 */
export type Receipt =
  | { readonly kind: 'accepted'; readonly status?: number; readonly location?: string }
  | {
      readonly kind: 'retry'
      readonly error: string
      readonly status?: number
      readonly afterMs?: number
    }
  | {
      readonly kind: 'refused'
      readonly of: 'batch' | 'target'
      readonly error: string
      readonly status?: number
    }

/**
 * Where an audience can be sent.
 *
 * - AT1 `send` answers for the whole batch, and throws only for bugs of ours.
 * - AT2 a batch sent twice with one id counts once for who receives it.
 * - AT3 an error text never holds what was sent or answered.
 */
export interface ActivationTarget {
  /** Messages in one batch; undefined puts all into one. */
  readonly batchRowsMax: number | undefined
  /** True where a batch is sent as a body of events, false where the target reads the rows. */
  readonly wantsBody: boolean
  /** Tries after the first. */
  readonly retriesMax: number
  /** Why nothing can be sent, before anything is tried. */
  refusal(): string | undefined
  send(batch: OutgoingBatch): Promise<Receipt>
}
