export * from './assign-ids.ts'
export * from './assign-input.ts'
export { cutCluster, type ClusterCut } from './cluster-cut.ts'
export { type ContestedNews, sortContested, updateContested } from './contested.ts'
export * from './explain-path.ts'
export { type FuzzyLevel, similarFirstNames } from './first-name.ts'
export {
  IDENTITY_EVENT_KINDS,
  type IdentityEventKind,
  type IdentityEvents,
} from './identity-events.ts'
export * from './index-change.ts'
export * from './link-groups.ts'
export * from './match-index.ts'
export * from './normalise.ts'
export { e164Column, isPlaceholderPhone, toE164 } from './phone.ts'
export { phoneRegion } from './phone-region.ts'
export { affected } from './raw-components.ts'
export { fullPartition, NO_COMPONENT, type Partition } from './resolve.ts'
export { type Incremental, resolveIncremental } from './resolve-incremental.ts'
export * from './snapshot.ts'
export { isBlank, type Normaliser } from './text-fold.ts'
export { sketchOf, type NameSketch, surelyDiffer } from './name-sketch.ts'
export { rememberSimilar, type Similar } from './value-similarity.ts'
