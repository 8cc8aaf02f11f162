export { recordSetOf } from './record-relation.ts'
export { resolutionLines } from './resolution-lines.ts'
export { type Resolution, resolveFiles, type ResolveRequest } from './resolve-files.ts'
