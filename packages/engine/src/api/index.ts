export { hashToken } from './access.ts'
export { buildServer } from './build-server.ts'
export type { EdgeDeps, EdgeSettings, IngestStream } from './edge-deps.ts'
export { EDGE_LIMITS, type EdgeLimit, type EdgeLimits } from './edge-limits.ts'
export type {
  EngineAnswer,
  EngineCallOptions,
  EngineClient,
  EngineMethod,
  EngineParams,
  EngineReadiness,
} from './engine-client.ts'
