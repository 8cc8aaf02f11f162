import { MainstemError } from '@mainstem/contracts'
import type { Journal, JournalReader } from '../../journal/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Shadow, SqlSession } from '../../lake/index.ts'
import type { LogFields } from '../../observability/index.ts'
import type { Project } from '../project/index.ts'
import { openStore, type Store } from '../store/store.ts'
import { Applier, type AppliedBatch } from './applier.ts'
import { applyProject, type ProjectApplied } from './apply-project.ts'
import { foldTouched } from './downstream.ts'
import type { Applied, EngineParts, JournalAppend } from './engine-state.ts'
import { writeIndexSnapshot } from './index-snapshots.ts'
import { Mutex } from './mutex.ts'
import { appliedPosition } from './position.ts'
import { Processors } from './processors.ts'

/** How an engine is opened. */
export interface EngineOptions {
  readonly project: Project
  readonly clock: Clock
  /** Opens the journal for this engine: the files themselves, or the edge process's. */
  readonly openJournal: (store: Store, appliedPosition: bigint) => Promise<OpenedJournal>
  readonly memoryMax?: string
  readonly threads?: number
  readonly onUnexpected?: (error: unknown, at?: LogFields) => void
}

/** What applying a project would do, and the session that sees the store as it would be. */
export interface Rehearsed {
  readonly result: ProjectApplied
  readonly session: SqlSession
  readonly position: bigint
  readonly atMs: number
}

/** What was run: `insights`, `Lifetime`. */
export interface NamedRun {
  readonly stage: string
  readonly name: string
}

/** A journal as the engine has it. */
export interface OpenedJournal {
  readonly reader: JournalReader
  readonly append: JournalAppend
  readonly end: () => bigint
  readonly own?: Journal | undefined
}

/**
 * The platform at work on one data space: the only opener of the database. Commands come through
 * `exclusive` when they write and read by sessions of their own.
 */
export class Engine {
  readonly parts: EngineParts
  readonly applier: Applier
  readonly #journal: OpenedJournal
  readonly #writing = new Mutex()
  readonly #rehearsing = new Mutex()
  readonly #deciding = new Mutex()
  readonly #waiters = new Set<() => void>()
  readonly #listeners = new Set<(batch: AppliedBatch) => void | Promise<void>>()
  readonly #appliedListeners = new Set<() => void>()
  readonly #runListeners = new Set<(run: NamedRun) => void>()
  #applied: Applied | undefined
  #isReady = false
  #clock: Clock

  private constructor(parts: EngineParts, journal: OpenedJournal) {
    this.parts = parts
    this.#journal = journal
    this.#clock = parts.clock
    this.applier = new Applier(parts, {
      applied: () => this.applied,
      onBatch: async batch => {
        for (const listener of this.#listeners) await listener(batch)
        for (const wake of this.#waiters) wake()
      },
    })
  }

  /** Opens the store, applies the project, and brings everything up to the journal's end. */
  static async open(options: EngineOptions): Promise<Engine> {
    const { project } = options
    const store = await openStore(project.storePath, {
      space: `space_${project.definition.dataSpace}`,
      timeZone: project.definition.timeZone,
      memoryMax: options.memoryMax ?? project.definition.storage.memory,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    })
    try {
      const writer = await store.engine.session()
      const journal = await options.openJournal(store, await appliedPosition(writer))
      const parts: EngineParts = {
        store,
        writer,
        processors: new Processors(store.engine),
        journal: journal.reader,
        append: journal.append,
        clock: options.clock,
        ownJournal: journal.own,
        onUnexpected: options.onUnexpected,
      }
      const engine = new Engine(parts, journal)
      await engine.applier.open()
      return engine
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** What the engine runs by. */
  get applied(): Applied {
    if (!this.#applied)
      throw new MainstemError('ENGINE_AWAY', 'The engine is starting. Try again in a moment.')
    return this.#applied
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get clock(): Clock {
    return this.#clock
  }

  get journalEnd(): bigint {
    return this.#journal.end()
  }

  /** Runs by these files from now on: makes tables and views, and runs again what a change touches. */
  async apply(project: Project, how: { clock?: Clock } = {}): Promise<ProjectApplied> {
    return await this.exclusiveBulk(async () => await this.#apply(project, how))
  }

  /** The same, measured; with a shadow of how the store stands right after it. */
  async applyMeasured(project: Project): Promise<{ applied: ProjectApplied; shadow: Shadow }> {
    return await this.exclusiveBulk(async () => {
      const applied = await this.#apply(project, { isMeasured: true })
      return { applied, shadow: await this.parts.store.engine.shadow() }
    })
  }

  async #apply(
    project: Project,
    how: { clock?: Clock; isMeasured?: boolean },
  ): Promise<ProjectApplied> {
    const { store } = this.parts
    const result = await applyProject(this.parts, project, {
      applied: this.#applied,
      atMs: (how.clock ?? this.#clock).nowMs(),
      position: this.applier.position,
      isMeasured: how.isMeasured,
      // Only a start reads snapshots: later the tables are ahead of them.
      snapshots: this.#applied ? undefined : store.paths.index,
    })
    this.#applied = result.applied
    this.#isReady = true
    for (const listener of this.#appliedListeners) listener()
    return result
  }

  /**
   * Does what `apply` would do beside the store, and hands on what it found, with the session that
   * sees it. One at a time, for it takes memory as `apply` does; live batches go on meanwhile.
   */
  async rehearse<Result>(
    project: Project,
    work: (rehearsed: Rehearsed) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return await this.#rehearsing.run(async () => {
      signal?.throwIfAborted()
      const { store } = this.parts
      const { shadow, ...now } = await this.exclusive(async () => ({
        shadow: await store.engine.shadow(),
        position: this.applier.position,
        atMs: this.#clock.nowMs(),
        applied: this.#applied,
      }))
      let stop = (): void => undefined
      try {
        const session = await shadow.open()
        stop = () => session.interrupt()
        signal?.addEventListener('abort', stop)
        const parts = { writer: session, store }
        const result = await applyProject(parts, project, { ...now, isMeasured: true })
        return await work({ ...now, result, session })
      } finally {
        signal?.removeEventListener('abort', stop)
        await shadow.close()
      }
    })
  }

  /** Applies everything that is in the journal now. */
  async catchUp(): Promise<void> {
    const end = this.#journal.end()
    while (this.applier.position < end) {
      const moved = await this.exclusive(async () => await this.applier.applyNext(end))
      if (!moved) break
    }
  }

  /** As `catchUp`, where a project is applied: a journal may hold what an ended server accepted. */
  async catchUpIfReady(): Promise<void> {
    if (this.#isReady) await this.catchUp()
  }

  /** Waits until a position is applied; false when the time runs out first. */
  async waitFor(position: bigint, timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs
    while (this.applier.position < position) {
      const left = until - Date.now()
      if (left <= 0) return false
      await new Promise<void>(resolve => {
        const wake = (): void => {
          clearTimeout(timer)
          this.#waiters.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, left)
        this.#waiters.add(wake)
      })
    }
    return true
  }

  /** Calls `listener` after each batch that was committed. */
  onBatch(listener: (batch: AppliedBatch) => void | Promise<void>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` each time that other definitions were applied. */
  onApplied(listener: () => void): () => void {
    this.#appliedListeners.add(listener)
    return () => this.#appliedListeners.delete(listener)
  }

  /** Calls `listener` when a stage has run, by hand or by its time. */
  onRun(listener: (run: NamedRun) => void): () => void {
    this.#runListeners.add(listener)
    return () => this.#runListeners.delete(listener)
  }

  /** Tells those who listen that a stage has run. */
  noteRun(run: NamedRun): void {
    for (const listener of this.#runListeners) listener(run)
  }

  /** Work that writes: one at a time. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    return await this.#writing.run(work)
  }

  /** Work that writes many rows: one at a time, with all processors. */
  async exclusiveBulk<T>(work: () => Promise<T>): Promise<T> {
    return await this.exclusive(async () => await this.parts.processors.forBulk(work))
  }

  /**
   * Work that decides about records, one at a time over all that was accepted before: a decision is
   * checked against the others, and must not meet one that is on its way.
   */
  async deciding<T>(work: () => Promise<T>): Promise<T> {
    return await this.#deciding.run(async () => {
      await this.catchUp()
      return await work()
    })
  }

  /** A session of one's own, to read with. */
  async reading<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await this.parts.store.engine.session()
    try {
      return await work(session)
    } finally {
      session.close()
    }
  }

  /** Ends; the indexes are kept for the next start. */
  async close(): Promise<void> {
    await this.#writing.run(async () => {
      const { paths } = this.parts.store
      for (const { stage } of this.#applied?.rulesets ?? []) {
        await writeIndexSnapshot(paths.index, { stage, position: this.applier.position })
        await foldTouched(this.parts.writer, stage.tables.slot)
      }
      this.parts.writer.close()
      await this.parts.journal.close()
      await this.parts.store.close()
    })
  }
}
