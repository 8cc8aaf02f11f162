export * from './sql-session.ts'
