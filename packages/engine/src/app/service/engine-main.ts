import { systemClock } from '../../kernel/clock.ts'
import { PinoLog } from '../../observability/adapters/pino-log.ts'
import { loadProject } from '../project/index.ts'
import { type ServedEngine, serveEngine } from './serve-engine.ts'

/** The engine process: started by the edge with the project's folder, ended by a signal or with the edge. */
const root = process.argv[2] ?? '.'
const log = new PinoLog({ level: 'info', process: 'engine' })

process.on('uncaughtException', error => {
  log.write('error', 'The engine failed and ends; the edge starts it again.', { cause: error })
  process.exit(70)
})
process.on('unhandledRejection', error => {
  log.write('error', 'The engine failed and ends; the edge starts it again.', { cause: error })
  process.exit(70)
})

/** Long work must not keep the store from the engine that a new edge starts. */
const ORPHAN_MS_MAX = 2000

let served: ServedEngine | undefined
const stop = (): void => {
  if (!served) process.exit(0)
  void served.close().finally(() => process.exit(0))
}
// The edge is the parent; without it nobody accepts or asks. It may end while the engine starts.
process.on('disconnect', () => {
  setTimeout(() => process.exit(0), ORPHAN_MS_MAX)
  stop()
})
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

served = await serveEngine({
  project: await loadProject(root),
  clock: systemClock,
  log,
  onUnusable: () => {
    log.write('error', 'The database is out of use; the edge starts the engine again.')
    process.exit(70)
  },
})
// An engine whose edge ended before it could be heard would keep the store for ever.
if (process.send && !process.connected) stop()
