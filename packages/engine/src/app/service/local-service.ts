import type { Clock } from '../../kernel/clock.ts'
import { openEngine } from '../engine/open-engine.ts'
import { retain } from '../engine/retention.ts'
import { storedProject } from '../engine/stored-project.ts'
import type { Project } from '../project/index.ts'
import { connect, type RpcPeer, socketPath } from '../rpc/index.ts'
import { EngineService, type ServiceCall, type ServiceParams } from './engine-service.ts'

/** Something that answers commands: the running server of a project, or an engine opened for one. */
export interface CommandService {
  readonly isRemote: boolean
  handle(method: string, params: ServiceParams, call?: ServiceCall): Promise<string>
  close(): Promise<void>
}

/** Commands that follow the project's files; all others follow what was applied. */
const BY_FILES = new Set(['run', 'ingest', 'segments.publish', 'activations.publish'])

/** Commands that ask what the project's files would change, or make it so. */
const ABOUT_FILES = new Set(['plan', 'apply'])

/** The service for a project: its running server if there is one, else an engine of our own. */
export async function commandService(
  project: Project,
  { clock, method }: { clock: Clock; method: string },
): Promise<CommandService> {
  const peer = await connect(socketPath(project.storePath, 'engine'), { handlers: {} })
  return peer ? remoteService(peer) : await ownService(project, { clock, method })
}

function remoteService(peer: RpcPeer): CommandService {
  return {
    isRemote: true,
    async handle(method, params, call) {
      const progress = call?.progress
      const { body } = await peer.call(
        'command',
        { method, params },
        {
          timeoutMs: COMMAND_TIMEOUT_MS,
          ...(call?.signal ? { signal: call.signal } : {}),
          ...(progress ? { onProgress: (update: object) => progress(update) } : {}),
        },
      )
      return body.toString('utf8')
    },
    close() {
      peer.close()
      return Promise.resolve()
    },
  }
}

/** How long a command may take on the server: a first load takes minutes. */
const COMMAND_TIMEOUT_MS = 6 * 3_600_000

async function ownService(
  project: Project,
  { clock, method }: { clock: Clock; method: string },
): Promise<CommandService> {
  const engine = await openEngine({ project, clock })
  const service = new EngineService(engine, project.root)
  try {
    const by = BY_FILES.has(method)
      ? project
      : await engine.reading(session => storedProject(session, project))
    // Where nothing was applied yet the stored project is that of the files, which is the question.
    if (!ABOUT_FILES.has(method) || by !== project) await engine.apply(by)
    await engine.catchUpIfReady()
  } catch (error) {
    await engine.close()
    throw error
  }
  return {
    isRemote: false,
    async handle(name, params, call) {
      const answer = await service.handle(name, params, call)
      if (name === 'run') await retain(engine)
      return answer
    },
    close: async () => await engine.close(),
  }
}
