export * from './log.ts'
export * from './log-cause.ts'
export * from './meter.ts'
