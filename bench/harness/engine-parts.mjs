// @ts-check
/** The parts of the built engine that benchmarks use; `npm run bench` builds it first. */
import { systemClock } from '../../packages/engine/dist/kernel/clock.js'

export { loadProject } from '../../packages/engine/dist/app/project/index.js'
export { openEngine } from '../../packages/engine/dist/app/engine/open-engine.js'
export { refreshStream } from '../../packages/engine/dist/app/engine/refresh-stream.js'
export { applyPlan, planProject } from '../../packages/engine/dist/app/commands/plan.js'
export { runStages } from '../../packages/engine/dist/app/engine/run-stages.js'
export { deleteRows } from '../../packages/engine/dist/app/commands/delete-rows.js'
export { verifyStore } from '../../packages/engine/dist/app/verify/index.js'
export { startEdge } from '../../packages/engine/dist/app/service/start-edge.js'
export { buildServer, hashToken } from '../../packages/engine/dist/api/index.js'
export {
  fullPartition,
  IdentityStage,
  RESOLVE_LIMITS,
  resolveIncremental,
  storedKeys,
  SURNAME_RULE,
} from '../../packages/engine/dist/identity/index.js'
export { TypedArrayMatchIndex } from '../../packages/engine/dist/identity/core/adapters/typed-array-match-index.js'
export { PrometheusMeter } from '../../packages/engine/dist/observability/adapters/prometheus-meter.js'
export { PinoLog } from '../../packages/engine/dist/observability/adapters/pino-log.js'
export { systemClock }
