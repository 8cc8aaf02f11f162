import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AppliedBatch } from '../../packages/engine/src/app/engine/applier.ts'
import type { Engine } from '../../packages/engine/src/app/engine/engine.ts'
import { openEngine } from '../../packages/engine/src/app/engine/open-engine.ts'
import {
  runStages,
  type RunRequest,
  type StageResult,
} from '../../packages/engine/src/app/engine/run-stages.ts'
import { loadProject } from '../../packages/engine/src/app/project/index.ts'
import { EngineService } from '../../packages/engine/src/app/service/engine-service.ts'
import type { Clock } from '../../packages/engine/src/kernel/clock.ts'
import type { Cell } from '../../packages/engine/src/lake/index.ts'

/** A project's files: paths to definitions, written as JSON, which is YAML too; text stays text. */
export type ProjectFiles = Readonly<Record<string, object | string | Uint8Array>>

/** One source record. */
export type SourceRecord = Readonly<Record<string, unknown>>

/** Noon of the day on which the tests take place. */
export const NOON_MS = Date.parse('2025-07-01T12:00:00Z')

/** A clock that a test moves. */
export class HandClock implements Clock {
  atMs = NOON_MS
  nowMs(): number {
    return this.atMs
  }
}

/** A new folder, for the caller to remove. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'mainstem-journey-'))
}

/** Writes files into a folder; `mainstem.yaml` is there without being named. */
export function writeFiles(folder: string, files: ProjectFiles): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    const isPlain = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(join(folder, name), isPlain ? content : JSON.stringify(content, undefined, 1))
  }
}

/** A real engine over a project in a folder of its own. */
export class World implements AsyncDisposable {
  readonly folder: string
  readonly clock = new HandClock()
  readonly batches: AppliedBatch[] = []
  readonly faults: unknown[] = []
  #engine: Engine | undefined
  readonly #isOwn: boolean

  private constructor(folder: string, isOwn: boolean) {
    this.folder = folder
    this.#isOwn = isOwn
  }

  /** Opens a project made of these files. */
  static async of(files: ProjectFiles, folder?: string): Promise<World> {
    const world = new World(folder ?? newFolder(), folder === undefined)
    writeFiles(world.folder, { 'mainstem.yaml': { name: 'journey' }, ...files })
    await world.open()
    return world
  }

  /** Opens the project that stands in a folder. */
  static async in(folder: string): Promise<World> {
    const world = new World(folder, false)
    await world.open()
    return world
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the world is closed')
    return this.#engine
  }

  get service(): EngineService {
    return new EngineService(this.engine, this.folder)
  }

  /** Opens the store, applies the files and what the journal holds. */
  async open(): Promise<void> {
    const project = await loadProject(this.folder)
    const engine = await openEngine({
      project,
      clock: this.clock,
      onUnexpected: fault => void this.faults.push(fault),
    })
    this.#engine = engine
    engine.onBatch(batch => void this.batches.push(batch))
    await engine.apply(project)
    await engine.catchUp()
  }

  /** Ends the engine; the store stays. */
  async close(): Promise<void> {
    await this.#engine?.close()
    this.#engine = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    if (this.#isOwn) rmSync(this.folder, { recursive: true, force: true })
  }

  /** Changes files of the project; `undefined` removes one. */
  change(files: Readonly<Record<string, object | string | undefined>>): void {
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) rmSync(join(this.folder, name))
      else writeFiles(this.folder, { [name]: content })
    }
  }

  /** Runs by the files as they are now. */
  async apply(): ReturnType<Engine['apply']> {
    return await this.engine.apply(await loadProject(this.folder))
  }

  /** Puts one request's records into the journal; nothing is applied yet. */
  async accept(stream: string, records: readonly SourceRecord[] | string): Promise<bigint> {
    const text = typeof records === 'string' ? records : JSON.stringify({ data: records })
    return await this.engine.parts.append({
      kind: 'rows',
      atMs: this.clock.nowMs(),
      space: this.engine.parts.store.space,
      stream,
      meta: { origin: 'request' },
      body: new TextEncoder().encode(text),
    })
  }

  /** One request, applied. */
  async post(stream: string, records: readonly SourceRecord[] | string): Promise<void> {
    await this.accept(stream, records)
    await this.engine.catchUp()
  }

  /** Deletes rows by key, as bulk delete does. */
  async remove(stream: string, keys: readonly string[]): Promise<void> {
    await this.service.handle('delete', { stream, keys: [...keys] })
    await this.engine.catchUp()
  }

  async run(request: RunRequest = {}): Promise<readonly StageResult[]> {
    return await runStages(this.engine, request)
  }

  async rows(sql: string): Promise<readonly (readonly Cell[])[]> {
    return await this.engine.reading(async session => await session.rows(sql))
  }

  async count(sql: string): Promise<number> {
    return Number((await this.rows(`select count(*) from ${sql}`))[0]?.[0])
  }

  /** The answer of a command, as people get it. */
  async ask(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return JSON.parse(await this.service.handle(method, params)) as Answer
  }
}

/** Any JSON document: tests look into it and compare. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects by comparing.
export type Answer = Record<string, any>
