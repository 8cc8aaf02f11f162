/** What the command line needs of the application, and nothing more. */
export { systemClock } from '../kernel/clock.ts'
export { restoreStore } from './commands/backup.ts'
export { initProject } from './commands/init-project.ts'
export { inspectFile } from './commands/inspect-file.ts'
export { findProject, loadProject } from './project/index.ts'
export { commandService } from './service/local-service.ts'
export { type OnceResult, runOnce } from './service/run-once.ts'
export { serveUntilStopped } from './service/serve-until-stopped.ts'
