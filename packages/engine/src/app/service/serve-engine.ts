import { MainstemError } from '@mainstem/contracts'
import type { IngestStream } from '../../api/index.ts'
import { openSegmentReader } from '../../journal/adapters/segment-reader.ts'
import type { NewEntry } from '../../journal/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../observability/index.ts'
import { Engine } from '../engine/engine.ts'
import type { Project } from '../project/index.ts'
import { listen, type RpcCall, type RpcPeer, socketPath } from '../rpc/index.ts'
import { EngineService } from './engine-service.ts'
import { LiveLoop } from './live-loop.ts'

/** How an engine is served. */
export interface ServeOptions {
  readonly project: Project
  readonly clock: Clock
  readonly log: Log
  /** The database is out of use until it is opened anew. By default nobody is told. */
  readonly onUnusable?: (() => void) | undefined
}

/** An engine that answers on the store's socket. */
export interface ServedEngine {
  close(): Promise<void>
}

/**
 * Opens the engine and serves it on a socket in the store's folder. The edge connects first and says
 * so; only it has the journal, and tells how far it goes. Other callers are commands.
 */
export async function serveEngine({
  project,
  clock,
  log,
  onUnusable,
}: ServeOptions): Promise<ServedEngine> {
  const edge = new EdgeLink()
  const engine = await Engine.open({
    project,
    clock,
    onUnexpected: (error, at) => log.write('error', 'A stage failed.', { ...at, cause: error }),
    openJournal: async store => {
      const reader = openSegmentReader(store.paths.journal)
      return await Promise.resolve({
        reader,
        append: async entry => await edge.append(entry),
        end: () => edge.end,
      })
    },
  })
  const service = new EngineService(engine, project.root, {
    onStuck: () => {
      log.write(
        'error',
        'A statement did not stop when told to; the engine ends and is started again.',
      )
      process.exit(STUCK_EXIT)
    },
  })
  const loop = new LiveLoop(engine, {
    log,
    onProgress: () => edge.tell(engine, 'engine.position'),
    onUnusable: onUnusable ?? (() => undefined),
  })
  const server = await listen(socketPath(project.storePath, 'engine'), {
    handlers: {
      'edge.hello': call => {
        requireMeant(call)
        edge.meet(call.peer, endOf(call))
        loop.start()
        return { header: factsOf(engine) }
      },
      'journal.end': call => {
        edge.advance(endOf(call))
        loop.wake()
        return undefined
      },
      command: async call => await answer(service, call),
    },
    onFault: (method, fault) =>
      log.write('error', 'A command failed inside the engine.', { cause: fault, method }),
  })
  await engine.apply(project)
  edge.tell(engine, 'engine.ready')
  loop.ready()
  return {
    async close() {
      await loop.stop()
      await server.close()
      await engine.close()
    },
  }
}

/** How the process ends that could not stop a statement. */
const STUCK_EXIT = 75

async function answer(
  service: EngineService,
  call: RpcCall,
): Promise<{ header: Record<string, unknown>; body: Uint8Array }> {
  const params = new Map(Object.entries(call.params))
  const named: unknown = params.get('method')
  const method = typeof named === 'string' ? named : ''
  const given: unknown = params.get('params')
  const text = await service.handle(
    method,
    typeof given === 'object' && given !== null ? Object.fromEntries(Object.entries(given)) : {},
    { signal: call.signal, progress: update => call.progress(update) },
  )
  return { header: { status: 200 }, body: new TextEncoder().encode(text) }
}

/** An edge that finds the engine of one before it, which is about to end, must wait for its own. */
function requireMeant(call: RpcCall): void {
  const meant = new Map(Object.entries(call.params)).get('engine')
  if (meant === undefined || meant === String(process.pid)) return
  throw new MainstemError('ENGINE_AWAY', 'This engine belongs to an edge that has ended.')
}

function endOf(call: RpcCall): bigint {
  const value = new Map(Object.entries(call.params)).get('end')
  return BigInt(typeof value === 'string' ? value : '0')
}

/** What the edge has to know of the engine. */
function factsOf(engine: Engine): {
  ready: boolean
  position: string
  streams: readonly IngestStream[]
} {
  return {
    ready: engine.isReady,
    position: String(engine.applier.position),
    streams: engine.isReady ? ingestStreams(engine) : [],
  }
}

/** The streams that take records over HTTP. */
export function ingestStreams(engine: Engine): readonly IngestStream[] {
  return Array.from(engine.applied.streams.values(), ({ definition, schema }) => {
    const { connector } = definition
    const api = connector.type === 'IngestApi' ? connector : undefined
    return {
      name: definition.name,
      source: api?.source,
      object: api?.object,
      fields: schema.fields.map(({ name, path }) => ({ name, path })),
      primaryKey: schema.primaryKey,
      refreshMode: schema.refreshMode,
      deletes: api?.deletes === true,
    }
  })
}

/** The edge, as the engine sees it. */
class EdgeLink {
  end = 0n
  #peer: RpcPeer | undefined

  meet(peer: RpcPeer, end: bigint): void {
    this.#peer = peer
    this.end = end
    peer.onClose(() => {
      if (this.#peer === peer) this.#peer = undefined
    })
  }

  advance(end: bigint): void {
    if (end > this.end) this.end = end
  }

  tell(engine: Engine, method: string): void {
    if (this.#peer && !this.#peer.isClosed) this.#peer.notify(method, factsOf(engine))
  }

  async append(entry: NewEntry): Promise<bigint> {
    if (!this.#peer)
      throw new MainstemError(
        'ENGINE_AWAY',
        'The edge process, which has the journal, is away. Try again.',
      )
    const { body, ...header } = entry
    const result = await this.#peer.call('journal.append', header, { body })
    const position = BigInt(String(result.header['position']))
    this.advance(position)
    return position
  }
}
