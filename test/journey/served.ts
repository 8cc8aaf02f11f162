import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import type { Answer } from './world.ts'

const PROGRAM = resolve(import.meta.dirname, '../../packages/engine/bin/mainstem.js')
/** A start on a machine that is busy with other tests takes its time. */
const START_MS = 120_000

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

/** Runs `mainstem` in a process of its own, as people do. */
export async function mainstem(...words: readonly string[]): Promise<Ended> {
  return await mainstemIn(process.cwd(), ...words)
}

/** As `mainstem`, in a folder. */
export async function mainstemIn(cwd: string, ...words: readonly string[]): Promise<Ended> {
  const started = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [gathered(child, 'stdout'), gathered(child, 'stderr')]
  const code = await new Promise<number | null>(done => child.once('close', done))
  return { code, stdout: stdout(), stderr: stderr(), seconds: (performance.now() - started) / 1000 }
}

/** As `mainstem`, with `--json`: its one document. */
export async function answerOf(...words: readonly string[]): Promise<Answer> {
  const { stdout } = await mainstem(...words, '--json')
  return JSON.parse(stdout) as Answer
}

function gathered(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  return () => text
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>(done => server.close(() => done()))
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

/** A server of a project, in processes of its own. */
export class Served implements AsyncDisposable {
  readonly url: string
  readonly token: string
  readonly #child: ChildProcess
  readonly #log: () => string

  private constructor(
    child: ChildProcess,
    facts: { url: string; token: string; log: () => string },
  ) {
    this.#child = child
    this.url = facts.url
    this.token = facts.token
    this.#log = facts.log
  }

  /** Starts a server and waits until it answers questions. */
  static async start(folder: string): Promise<Served> {
    const child = spawn(process.execPath, [PROGRAM, 'start', '--project', folder, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err] = [gathered(child, 'stdout'), gathered(child, 'stderr')]
    const log = (): string => out() + err()
    await until(() => /token is in/i.test(log()) || child.exitCode !== null, START_MS)
    const url = /http:\/\/[\d.]+:\d+/.exec(log())?.[0]
    if (url === undefined) throw new Error(`The server did not start:\n${log()}`)
    const token = readFileSync(join(folder, '.mainstem/secrets/token'), 'utf8').trim()
    const served = new Served(child, { url, token, log })
    await until(async () => (await fetch(`${url}/ready`)).status === 200, START_MS)
    return served
  }

  get log(): string {
    return this.#log()
  }

  /** A request with the token; without it where `token` is empty. */
  async fetch(path: string, init: RequestInit = {}, token = this.token): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== '') headers['authorization'] = `Bearer ${token}`
    return await fetch(`${this.url}${path}`, { ...init, headers })
  }

  async post(
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: Answer }> {
    const response = await this.fetch(path, { method: 'POST', body: JSON.stringify(body) })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer) }
  }

  async sql(sql: string): Promise<{ readonly status: number; readonly body: Answer }> {
    return await this.post('/services/data/v64.0/ssot/queryv2', { sql })
  }

  /** The process id of the engine, the server's child. */
  enginePid(): number {
    const pid = this.#child.pid ?? 0
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return Number(children[0])
  }

  /** Ends the server as a power cut would: it gets no chance to put anything in order. */
  kill(): void {
    // The engine first: it would end by itself once it is alone.
    process.kill(this.enginePid(), 'SIGKILL')
    this.#child.kill('SIGKILL')
  }

  /** Asks the server to stop; answers its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return this.#child.exitCode
    const ended = new Promise<number | null>(done => this.#child.once('close', done))
    this.#child.kill('SIGTERM')
    return await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Waits until something holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  forMs = 30_000,
): Promise<void> {
  const end = Date.now() + forMs
  for (;;) {
    const is = await Promise.resolve(holds()).catch(() => false)
    if (is) return
    if (Date.now() > end)
      throw new Error(`It did not come true within ${forMs} ms: ${holds.toString()}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
