import { systemClock } from '../../kernel/clock.ts'
import { PinoLog } from '../../observability/adapters/pino-log.ts'
import type { Project } from '../project/index.ts'
import { startEdge } from './start-edge.ts'

/** Serves a project until the process is told to stop; tells where, and where the token is. */
export async function serveUntilStopped(
  project: Project,
  { port, note }: { port: number | undefined; note: (line: string) => void },
): Promise<void> {
  const log = new PinoLog({ level: 'info', process: 'edge' })
  const edge = await startEdge({ project, clock: systemClock, log, port })
  note(`Mainstem serves "${project.definition.name}" at ${edge.url}`)
  note(
    edge.tokenPath === undefined
      ? 'The token is the one of mainstem.yaml.'
      : `The token is in ${edge.tokenPath}`,
  )
  await new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  note('Stopping.')
  await edge.close()
}
