export * from './insight-stage.ts'
