export { activationLaws } from './activation-laws.ts'
export {
  type ActivationState,
  activationState,
  activationStates,
  type AudienceFunnel,
} from './activation-state.ts'
export {
  type ActivationTarget,
  type OutgoingBatch,
  type PublishFacts,
  type Receipt,
} from './activation-target.ts'
export {
  dropActivation,
  ensureActivationTables,
  retainActivationHistory,
} from './audience-tables.ts'
export {
  audienceDifference,
  type BeginOptions,
  beginPublish,
  type BegunPublish,
} from './begin-publish.ts'
export { type ContactPointRows, type ContactPointType } from './contact-point.ts'
export { deliverPublish, type DeliveryWorld } from './deliver-publish.ts'
export { finishPublish } from './finish-publish.ts'
export { type AudienceColumn } from './json-sql.ts'
export { type ActivationPlan, type AudienceSources, planActivation } from './plan-activation.ts'
export {
  publishActivation,
  type Publishing,
  resumeActivation,
  unfinishedActivations,
} from './publish-activation.ts'
export { RETRY_POLICY, type RetryPolicy } from './retry-policy.ts'
