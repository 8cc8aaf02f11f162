import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { MainstemError } from '@mainstem/contracts'
import { buildServer, hashToken, type IngestStream } from '../../api/index.ts'
import { SegmentJournal } from '../../journal/adapters/segment-journal.ts'
import type { Clock } from '../../kernel/clock.ts'
import { PrometheusMeter } from '../../observability/adapters/prometheus-meter.ts'
import type { Log } from '../../observability/index.ts'
import type { Project } from '../project/index.ts'
import { makeStoreFolder, storePaths } from '../store/store.ts'
import { EngineLink } from './engine-link.ts'
import { serverToken } from './made-secrets.ts'
import { startSampleReceiver } from './sample-receiver.ts'

/** Mainstem's version, as the page and the OpenAPI document say it. */
export const VERSION = '0.1.0'

/** How the edge is started. */
export interface EdgeOptions {
  readonly project: Project
  readonly clock: Clock
  readonly log: Log
  readonly port?: number | undefined
  /** The engine's program; by default the one that was built. */
  readonly engineProgram?: string | undefined
}

/** A server that is up: HTTP and journal here, the engine in a process of its own. */
export interface RunningEdge {
  readonly url: string
  readonly token: string
  /** Where the token is written, if Mainstem made it. */
  readonly tokenPath: string | undefined
  readonly engine: EngineLink
  close(): Promise<void>
}

/** Starts the server of a project: answers 202 from the first moment, questions once the engine is up. */
export async function startEdge({
  project,
  clock,
  log,
  port,
  engineProgram,
}: EdgeOptions): Promise<RunningEdge> {
  await makeStoreFolder(project.storePath)
  const token = await serverToken(project)
  const receiver = await startSampleReceiver(project)
  const journal = await SegmentJournal.open(storePaths(project.storePath).journal)
  if (journal.cut)
    log.write('warn', 'The journal ended in an entry that was never acknowledged; it was cut.')
  let streams = declaredStreams(project)
  const engine = new EngineLink({
    projectRoot: project.root,
    storePath: project.storePath,
    journal,
    log,
    program: engineProgram ?? fileURLToPath(new URL('./engine-main.js', import.meta.url)),
    onStreams: known => {
      streams = known
    },
  })
  const { host } = project.definition.server
  const server = buildServer({
    journal,
    engine,
    streams: () => streams,
    settings: {
      project: project.definition.name,
      version: VERSION,
      space: `space_${project.definition.dataSpace}`,
      host,
      tokenHashes: [hashToken(token.value)],
      limits: project.definition.edgeLimits,
    },
    clock,
    log,
    meter: new PrometheusMeter({ processBasics: true }),
  })
  const at = { host, port: port ?? project.definition.server.port }
  try {
    await server.listen(at)
  } catch (error) {
    await journal.close()
    await receiver?.close()
    throw notListening(at, error)
  }
  engine.start()
  return {
    url: urlOf(server.server.address(), host),
    token: token.value,
    tokenPath: token.path,
    engine,
    async close() {
      await server.close()
      await engine.stop()
      await journal.close()
      await receiver?.close()
    },
  }
}

function notListening({ host, port }: { host: string; port: number }, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!/^E[A-Z]+$/.test(code)) return error
  const why = code === 'EADDRINUSE' ? 'another program does' : code
  return new MainstemError(
    'USAGE',
    `The server cannot listen at ${host}:${port} (${why}). Name another port with --port, or under "server" in mainstem.yaml.`,
    { key: 'server.port' },
    error,
  )
}

/** The streams as the project's files have them, until the engine says how they are. */
function declaredStreams(project: Project): readonly IngestStream[] {
  return project.streams.map(({ definition }) => {
    const api = definition.connector.type === 'IngestApi' ? definition.connector : undefined
    return {
      name: definition.name,
      source: api?.source,
      object: api?.object,
      fields: Object.keys(definition.fields ?? {}).map(name => ({ name })),
      primaryKey: [definition.primaryKey].flat(),
      refreshMode: definition.refreshMode ?? 'UPSERT',
      deletes: api?.deletes === true,
    }
  })
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === 'object' && address ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
