import type { RefreshMode } from '@mainstem/contracts'
import type { Journal } from '../journal/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log, Meter } from '../observability/index.ts'
import type { EdgeLimits } from './edge-limits.ts'
import type { EngineClient } from './engine-client.ts'

/** What the edge must know of a data stream to take records for it. */
export interface IngestStream {
  readonly name: string
  /** The connector's and the object's name in the URL; a stream without them is found by its own. */
  readonly source?: string | undefined
  readonly object?: string | undefined
  readonly fields: readonly { readonly name: string; readonly path?: string | undefined }[]
  readonly primaryKey: readonly string[]
  readonly refreshMode: RefreshMode
  /** Whether the stream's connector lets deletes on the Ingestion API run bulk delete. */
  readonly deletes: boolean
}

/** What is set for a server. */
export interface EdgeSettings {
  /** The project's name and Mainstem's version, for the page and the OpenAPI document. */
  readonly project: string
  readonly version: string
  /** The data space that everything here belongs to. */
  readonly space: string
  /** The address the server listens on; the page needs no token only where it is a loopback one. */
  readonly host: string
  /** The SHA-256 of every token that lets in. */
  readonly tokenHashes: readonly Uint8Array[]
  /** Limits that are not at their default. */
  readonly limits?: Partial<EdgeLimits> | undefined
}

/** Everything that the edge is given. */
export interface EdgeDeps {
  readonly journal: Pick<Journal, 'append' | 'end'>
  readonly engine: EngineClient
  /** The live catalogue of streams, as the engine last pushed it. */
  readonly streams: () => readonly IngestStream[]
  readonly settings: EdgeSettings
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

/** What the parts of the edge share: the same, with every limit known. */
export interface Edge extends EdgeDeps {
  readonly limits: EdgeLimits
}
