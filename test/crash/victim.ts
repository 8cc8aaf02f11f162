import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect, type RpcPeer, socketPath } from '../../packages/engine/src/app/rpc/index.ts'
import { TOKEN } from './crash-project.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/engine/bin/mainstem.js', import.meta.url))
const READY_MS_MAX = 60_000
const COMMAND_MS_MAX = 60_000

/** Who is killed: the edge, the engine, both at once, or both while they stop in good order. */
export type Kill = 'edge' | 'engine' | 'both' | 'stopping'

/** A server of a project that is killed and started again: an edge and its engine. */
export class Victim {
  readonly url: string
  readonly #folder: string
  readonly #log: WriteStream
  #edge: ChildProcess | undefined

  constructor(folder: string, port: number) {
    this.#folder = folder
    this.url = `http://127.0.0.1:${port}`
    this.#log = createWriteStream(join(folder, 'server.log'), { flags: 'a' })
  }

  /** Starts the edge, unless it lives; it starts the engine. */
  start(): void {
    if (this.#edge && this.#edge.exitCode === null && this.#edge.signalCode === null) return
    const edge = spawn(process.execPath, [PROGRAM, 'start', '--project', this.#folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MAINSTEM_TOKEN: TOKEN },
    })
    edge.stdout.pipe(this.#log, { end: false })
    edge.stderr.pipe(this.#log, { end: false })
    this.#edge = edge
  }

  /** Waits until questions are answered. */
  async ready(): Promise<void> {
    const until = Date.now() + READY_MS_MAX
    while (Date.now() < until) {
      const answer = await fetch(`${this.url}/ready`).catch(() => undefined)
      if (answer?.status === 200) return
      await sleep(25)
    }
    throw new Error(`The server is not ready after ${READY_MS_MAX} ms: see ${this.#folder}`)
  }

  /** Kills with SIGKILL; only processes that this test started. */
  async kill(what: Kill): Promise<void> {
    const engine = await this.#enginePid()
    const edge = this.#edge?.pid
    if (what === 'stopping' && edge !== undefined) {
      signal(edge, 'SIGTERM')
      await sleep(Math.random() * 150)
    }
    if (what !== 'edge') signal(engine, 'SIGKILL')
    if (what === 'engine') return await this.#noticed()
    const gone = new Promise(resolve => this.#edge?.once('exit', resolve))
    const lives = this.#edge?.exitCode === null && this.#edge.signalCode === null
    signal(edge, 'SIGKILL')
    if (lives) await gone
  }

  /** The edge hears of its child's end a moment later; until then it says that all is well. */
  async #noticed(): Promise<void> {
    const until = Date.now() + 2000
    while (Date.now() < until) {
      const answer = await fetch(`${this.url}/ready`).catch(() => undefined)
      if (answer?.status !== 200) return
      await sleep(10)
    }
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    const edge = this.#edge
    if (!edge || edge.exitCode !== null || edge.signalCode !== null) return
    const gone = new Promise(resolve => edge.once('exit', resolve))
    edge.kill('SIGTERM')
    await gone
  }

  /** Runs a command on the engine's socket, as the command line does; waits for an engine. */
  async command(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const peer = await this.#connected()
    try {
      const { body } = await peer.call('command', { method, params }, { timeoutMs: COMMAND_MS_MAX })
      return JSON.parse(body.toString('utf8'))
    } finally {
      peer.close()
    }
  }

  async #connected(): Promise<RpcPeer> {
    const until = Date.now() + READY_MS_MAX
    while (Date.now() < until) {
      const path = socketPath(join(this.#folder, '.mainstem'), 'engine')
      const peer = await connect(path, { handlers: {} }).catch(() => undefined)
      if (peer) return peer
      await sleep(25)
    }
    throw new Error(`No engine answers after ${READY_MS_MAX} ms: see ${this.#folder}`)
  }

  /** The rows of a statement. */
  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    const answer = await this.command('query', { sql })
    return new Map(Object.entries(answer as object)).get('rows') as readonly (readonly unknown[])[]
  }

  /** The engine that holds the store, if it is our edge's child or was an earlier edge's. */
  async #enginePid(): Promise<number | undefined> {
    const lock = await readFile(join(this.#folder, '.mainstem', 'engine.lock'), 'utf8').catch(
      () => '',
    )
    const pid = Number(/\d+/.exec(lock)?.[0] ?? 0)
    return pid > 0 && (await isEngineOf(pid, this.#folder)) ? pid : undefined
  }
}

/** A lock may name a process that is gone, whose number another has now. */
async function isEngineOf(pid: number, folder: string): Promise<boolean> {
  const ps = spawn('ps', ['-o', 'args=', '-p', String(pid)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  for await (const chunk of ps.stdout) text += String(chunk)
  return text.includes('engine-main') && text.includes(folder)
}

function signal(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already, which is what was wanted.
  }
}
