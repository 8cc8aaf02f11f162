/** The edge's limits, by the names under which a project may set them. */
export interface EdgeLimits {
  readonly 'ingest.stream.maxRequestBytes': number
  readonly 'ingest.stream.maxDeleteIds': number
  readonly 'ingest.stream.maxDepth': number
  readonly 'ingest.stream.maxConcurrent': number
  readonly 'query.maxRequestBytes': number
  readonly 'query.maxConcurrent': number
  readonly 'query.timeoutMs': number
  readonly 'plan.timeoutMs': number
  readonly 'server.maxConnections': number
  readonly 'server.requestTimeoutMs': number
  readonly 'server.drainMs': number
}

/** What holds where a project sets nothing. The first two are Data Cloud's own. */
export const EDGE_LIMITS: EdgeLimits = {
  'ingest.stream.maxRequestBytes': 200 * 1024,
  'ingest.stream.maxDeleteIds': 200,
  'ingest.stream.maxDepth': 100,
  'ingest.stream.maxConcurrent': 1024,
  'query.maxRequestBytes': 256 * 1024,
  'query.maxConcurrent': 32,
  'query.timeoutMs': 60_000,
  'plan.timeoutMs': 3_600_000,
  'server.maxConnections': 4096,
  'server.requestTimeoutMs': 30_000,
  'server.drainMs': 10_000,
}

/** The name of a limit. */
export type EdgeLimit = keyof EdgeLimits
