import type { Refresh } from '@mainstem/contracts'
import type { Log } from '../../observability/index.ts'
import { jobKey, lastRuns, parseRefresh, type ScheduledJob, Scheduler } from '../../jobs/index.ts'
import type { Engine } from '../engine/engine.ts'
import { runStages } from '../engine/run-stages.ts'
import { foldCounters } from '../engine/take-batch.ts'

/** Milliseconds before a batch that failed for want of room or memory is tried again. */
const RETRY_MS = 1000

/**
 * What an engine does by itself while it is served: applies the journal as it grows, runs what is
 * continuous after each batch, and what is due at its time.
 */
export class LiveLoop {
  readonly #engine: Engine
  readonly #log: Log
  readonly #onProgress: () => void
  readonly #scheduler: Scheduler
  #isReady = false
  #isStarted = false
  #stopped = false
  #working: Promise<void> | undefined
  #isWanted = false

  constructor(engine: Engine, { log, onProgress }: { log: Log; onProgress: () => void }) {
    this.#engine = engine
    this.#log = log
    this.#onProgress = onProgress
    this.#scheduler = new Scheduler({
      clock: engine.clock,
      timer: {
        after: (ms, fire) => {
          const timer = setTimeout(fire, ms)
          return { cancel: () => clearTimeout(timer) }
        },
      },
      run: async job => {
        await runStages(engine, { stage: job.stage, name: job.name, trigger: 'schedule' })
      },
      onFailure: (job, error) => log.write('error', `A scheduled run of ${job.stage} failed.`, { cause: error }),
    })
  }

  /** The edge is there: its journal can be read. */
  start(): void {
    this.#isStarted = true
    this.wake()
  }

  /** The project is applied. */
  ready(): void {
    this.#isReady = true
    this.wake()
    void this.#begin()
  }

  /** The journal grew. */
  wake(): void {
    this.#isWanted = true
    if (!this.#isReady || !this.#isStarted || this.#stopped || this.#working) return
    this.#working = this.#work().finally(() => {
      this.#working = undefined
      if (this.#isWanted && !this.#stopped) setImmediate(() => this.wake())
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#scheduler.stop()
    await this.#working
  }

  async #work(): Promise<void> {
    this.#isWanted = false
    const before = this.#engine.applier.position
    try {
      await this.#engine.catchUp()
    } catch (error) {
      this.#log.write('error', 'A batch could not be applied; it is tried again.', { cause: error })
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
      this.#isWanted = true
    }
    if (this.#engine.applier.position === before) return
    this.#onProgress()
    await this.#runContinuous()
  }

  async #runContinuous(): Promise<void> {
    const { project } = this.#engine.applied
    const isContinuous = (one: { definition: { refresh?: Refresh | undefined } }): boolean => one.definition.refresh === 'continuous'
    for (const insight of project.insights.filter(isContinuous)) {
      await runStages(this.#engine, { stage: 'insights', name: insight.definition.apiName, trigger: 'batch' })
    }
    for (const segment of project.segments.filter(isContinuous)) {
      await runStages(this.#engine, { stage: 'segments', name: segment.definition.developerName, trigger: 'batch' })
    }
    for (const activation of project.activations.filter(isContinuous)) {
      await runStages(this.#engine, { stage: 'activation', name: activation.definition.name, trigger: 'batch' })
    }
  }

  /** A new store runs everything once; one that was used takes up its schedule again. */
  async #begin(): Promise<void> {
    try {
      const [row] = await this.#engine.reading(session => session.rows('select count(*) from run'))
      if (Number(row?.[0] ?? 0) === 0) {
        await this.#untilStarted()
        await runStages(this.#engine, { trigger: 'start' })
        this.#onProgress()
      }
      await this.#engine.exclusive(async () => await foldCounters(this.#engine.parts.writer))
      const started = await this.#engine.reading(session => lastRuns(session))
      if (!this.#stopped) this.#scheduler.start(this.#jobs(), startTimes(started))
    } catch (error) {
      this.#log.write('error', 'The first run failed.', { cause: error })
    }
  }

  async #untilStarted(): Promise<void> {
    while (!this.#isStarted && !this.#stopped) await new Promise(resolve => setTimeout(resolve, 20))
  }

  /** Everything with a time of its own, in the order of the data's path. */
  #jobs(): readonly ScheduledJob[] {
    const { project } = this.#engine.applied
    const zone = project.definition.timeZone
    const sinceMs = this.#engine.clock.nowMs()
    const job = (stage: string, name: string, refresh: Refresh): ScheduledJob => ({
      stage,
      name,
      schedule: parseRefresh(refresh, zone),
      sinceMs,
    })
    return [
      ...project.streams.map(({ definition }) => job('streams', definition.name, definition.refresh ?? 'onDemand')),
      ...project.rulesets.map(({ definition }) => job('identity', definition.label, definition.refresh ?? 'continuous')),
      ...project.insights.map(({ definition }) => job('insights', definition.apiName, definition.refresh ?? DAILY)),
      ...project.segments.map(({ definition }) => job('segments', definition.developerName, definition.refresh ?? DAILY)),
      ...project.activations.map(({ definition }) => job('activation', definition.name, definition.refresh ?? DAILY)),
    ]
  }
}

const DAILY: Refresh = { every: '24h' }

function startTimes(runs: Awaited<ReturnType<typeof lastRuns>>): ReadonlyMap<string, number> {
  return new Map(runs.map(run => [jobKey(run), run.startedAt.getTime()]))
}
