export {
  type DueJob,
  dueJobs,
  jobKey,
  type LastRun,
  nextWantedMs,
  type ScheduledJob,
} from './due-jobs.ts'
export {
  ensureRunTable,
  type KeptRun,
  lastRuns,
  readRuns,
  retainRuns,
  type RunFilter,
  type RunRecord,
  type RunSql,
  type RunTrigger,
  writeRun,
} from './run-history.ts'
export { isStale, nextRunMs, parseRefresh, type Schedule } from './schedule.ts'
export { type RefreshedJob, scheduledJobs } from './scheduled-jobs.ts'
export { Scheduler, type SchedulerParts, type Timer } from './scheduler.ts'
