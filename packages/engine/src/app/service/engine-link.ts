import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fixOverHttp, MainstemError } from '@mainstem/contracts'
import type {
  EngineAnswer,
  EngineCallOptions,
  EngineClient,
  EngineParams,
  EngineReadiness,
  IngestStream,
} from '../../api/index.ts'
import type { Journal } from '../../journal/index.ts'
import type { Log } from '../../observability/index.ts'
import { connect, type RpcPeer, socketPath } from '../rpc/index.ts'
import { parseEntry } from './journal-entry.ts'

/** What the link is made of. */
export interface EngineLinkOptions {
  readonly projectRoot: string
  readonly storePath: string
  readonly journal: Journal
  readonly log: Log
  /** The program that is the engine; started with the project's folder. */
  readonly program: string
  readonly onStreams: (streams: readonly IngestStream[]) => void
}

/** Milliseconds between a failed start and the next: doubled each time, up to the second. */
const RESTART_MS = { first: 200, most: 10_000 }
/** How often the engine's socket is tried while it starts. */
const CONNECT_EVERY_MS = 25
/** An engine that does not stop a statement within this after it was asked is ended. */
const STUCK_MS = 15_000

/**
 * The engine as the edge has it: a child process that is started again whenever it ends. While it
 * is away requests for answers fail at once, and records are still accepted.
 */
export class EngineLink implements EngineClient {
  readonly #options: EngineLinkOptions
  #child: ChildProcess | undefined
  #peer: RpcPeer | undefined
  #readiness: EngineReadiness = { ready: false, reason: 'The engine is starting.' }
  #position = 0n
  #stopped = false
  #restartMs = RESTART_MS.first
  #notifyQueued = false

  constructor(options: EngineLinkOptions) {
    this.#options = options
    options.journal.onAdvance(() => this.#tellEnd())
  }

  /** The position that the engine last said it had applied. */
  get position(): bigint {
    return this.#position
  }

  /** The process id of the engine, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    if (this.#stopped) return
    const { program, projectRoot, log } = this.#options
    const child = spawn(process.execPath, [program, projectRoot], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '16' },
    })
    this.#child = child
    child.on('exit', code => {
      if (this.#child !== child) return
      this.#child = undefined
      this.#lost()
      if (this.#stopped) return
      log.write('warn', 'The engine ended; it is started again.', { status: code ?? 0 })
      setTimeout(() => this.start(), this.#restartMs)
      this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS.most)
    })
    void this.#connect(child)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const child = this.#child
    if (!child) return
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STUCK_MS)
    await ended
    clearTimeout(timer)
  }

  ready(): EngineReadiness {
    return this.#readiness
  }

  async call(
    method: string,
    params: EngineParams,
    { signal, timeoutMs }: EngineCallOptions = {},
  ): Promise<EngineAnswer> {
    const peer = this.#peer
    if (!peer || !this.#readiness.ready) {
      throw new MainstemError(
        'ENGINE_AWAY',
        this.#readiness.reason ?? 'The engine is starting again. Try again in a moment.',
      )
    }
    const ends = new AbortController()
    const isOver = timeoutMs === undefined ? undefined : tooLong(timeoutMs)
    const timer = isOver && setTimeout(() => ends.abort(isOver), timeoutMs)
    try {
      const either = { signal: AbortSignal.any([ends.signal, ...(signal ? [signal] : [])]) }
      const { body } = await peer.call('command', { method, params }, either)
      return { status: 200, contentType: 'application/json', body }
    } catch (error) {
      return refusal(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Keeps the conversation with the engine's process for as long as that lives. */
  async #connect(child: ChildProcess): Promise<void> {
    const path = socketPath(this.#options.storePath, 'engine')
    while (this.#child === child && !this.#stopped) {
      const peer = existsSync(path)
        ? await connect(path, { handlers: this.#handlers }).catch(() => undefined)
        : undefined
      if (peer) await this.#converse(peer, child)
      await new Promise(resolve => setTimeout(resolve, CONNECT_EVERY_MS))
    }
  }

  /**
   * Ends when the conversation does. At the store's socket may still be the engine of an edge that
   * was killed, about to end: it is told which engine is meant, and refuses.
   */
  async #converse(peer: RpcPeer, child: ChildProcess): Promise<void> {
    const closed = new Promise<void>(resolve => peer.onClose(() => resolve()))
    try {
      this.#peer = peer
      const hello = { end: String(this.#options.journal.end), engine: String(child.pid) }
      const { header } = await peer.call('edge.hello', hello)
      this.#learn(header)
      await closed
    } catch {
      peer.close()
    } finally {
      if (this.#peer === peer) this.#lost()
    }
  }

  readonly #handlers = {
    'journal.append': async ({ params, body }: { params: object; body: Buffer }) => {
      const position = await this.#options.journal.append(parseEntry(params, body))
      return { header: { position: String(position) } }
    },
    'engine.ready': ({ params }: { params: object }) => {
      this.#learn(params)
      return undefined
    },
    'engine.position': ({ params }: { params: object }) => {
      this.#learn(params)
      return undefined
    },
  }

  #learn(facts: object): void {
    const known = new Map<string, unknown>(Object.entries(facts))
    const position = known.get('position')
    if (typeof position === 'string') this.#position = BigInt(position)
    if (known.get('ready') !== true) return
    this.#readiness = { ready: true }
    this.#restartMs = RESTART_MS.first
    const streams = known.get('streams')
    if (Array.isArray(streams)) this.#options.onStreams(streams)
    void this.#options.journal.retain(this.#position).catch((error: unknown) => {
      this.#options.log.write('warn', 'Old journal segments could not be removed.', {
        cause: error,
      })
    })
  }

  #lost(): void {
    this.#peer?.close()
    this.#peer = undefined
    this.#readiness = { ready: false, reason: 'The engine is starting again.' }
  }

  /** One notification for all commits of a turn. */
  #tellEnd(): void {
    if (this.#notifyQueued) return
    this.#notifyQueued = true
    setImmediate(() => {
      this.#notifyQueued = false
      this.#peer?.notify('journal.end', { end: String(this.#options.journal.end) })
    })
  }
}

/** What the engine refused, as an answer; what is not ours to tell is thrown on. */
function refusal(error: unknown): EngineAnswer {
  if (!(error instanceof MainstemError)) throw error
  const { code, message, status } = error
  const fix = fixOverHttp(error.details)
  const body = Buffer.from(JSON.stringify({ code, message, fix }))
  return { status, contentType: 'application/json', body }
}

/** The engine lives and works: what was asked takes longer than it may. */
function tooLong(timeoutMs: number): MainstemError {
  return new MainstemError(
    'SQL_LIMIT',
    `The answer took longer than ${timeoutMs / 1000} s and was given up. Ask for less, or try again later.`,
    { fix: 'The limit is "query.timeoutMs", under "limits" in mainstem.yaml.' },
  )
}
