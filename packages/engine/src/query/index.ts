export * from './sql-text.ts'
export * from './sql-value.ts'
