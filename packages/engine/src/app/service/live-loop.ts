import { MainstemError, type Refresh } from '@mainstem/contracts'
import {
  jobKey,
  lastRuns,
  type RefreshedJob,
  type ScheduledJob,
  scheduledJobs,
  Scheduler,
} from '../../jobs/index.ts'
import type { Log } from '../../observability/index.ts'
import type { Engine } from '../engine/engine.ts'
import { FirstRun } from '../engine/first-run.ts'
import { noteMetrics } from '../engine/note-metrics.ts'
import { retain } from '../engine/retention.ts'
import { runStages } from '../engine/run-stages.ts'
import { foldCounters } from '../engine/take-batch.ts'

/** Milliseconds before a batch that failed for want of room or memory is tried again. */
const RETRY_MS = 1000
/** Milliseconds between two clearings of what is kept only for so many days. */
const RETAIN_EVERY_MS = 3_600_000

/** What the loop tells those who serve the engine. */
export interface LiveLoopParts {
  readonly log: Log
  readonly onProgress: () => void
  /** The database takes no statement any more, and only a new process can open it again. */
  readonly onUnusable: () => void
}

/**
 * What an engine does by itself while it is served: applies the journal as it grows, runs what is
 * continuous after each batch, and what is due at its time.
 */
export class LiveLoop {
  readonly #engine: Engine
  readonly #log: Log
  readonly #onProgress: () => void
  readonly #onUnusable: () => void
  readonly #scheduler: Scheduler
  #isReady = false
  #isStarted = false
  #stopped = false
  #working: Promise<void> | undefined
  #isWanted = false
  #beginning: Promise<void> | undefined
  #clearing: ReturnType<typeof setInterval> | undefined
  #unlisten: readonly (() => void)[] = []
  /** The position with which the continuous stages last ran, by this process or one before it. */
  #continuousAt: bigint | undefined

  constructor(engine: Engine, { log, onProgress, onUnusable }: LiveLoopParts) {
    this.#engine = engine
    this.#log = log
    this.#onProgress = onProgress
    this.#onUnusable = onUnusable
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
      onFailure: (job, error) =>
        log.write('error', `A scheduled run of ${job.stage} failed.`, { cause: error }),
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
    this.#beginning = this.#begin()
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
    clearInterval(this.#clearing)
    for (const unlisten of this.#unlisten) unlisten()
    await this.#scheduler.stop()
    await this.#beginning
    await this.#working
  }

  async #work(): Promise<void> {
    this.#isWanted = false
    const before = this.#engine.applier.position
    try {
      await this.#engine.catchUp()
      await this.#follow()
    } catch (error) {
      await this.#failed(error)
    }
    if (this.#engine.applier.position !== before) this.#onProgress()
  }

  /** Runs what is continuous, where it is behind what was applied. */
  async #follow(): Promise<void> {
    const { position } = this.#engine.applier
    this.#continuousAt ??= await this.#continuousBefore()
    if (this.#continuousAt >= position) return
    this.#onProgress()
    await this.#runContinuous()
    this.#continuousAt = position
  }

  /** A batch is tried again after a while; a database that is out of use never takes it. */
  async #failed(error: unknown): Promise<void> {
    const why = isNoRoom(error)
      ? 'There is no room left on the disk for the next batch; it is tried again.'
      : 'A batch could not be applied; it is tried again.'
    this.#log.write('error', why, { cause: error })
    const isUsable = await this.#engine
      .reading(session => session.rows('select count(*) from meta'))
      .then(
        () => true,
        () => false,
      )
    if (!isUsable) this.#onUnusable()
    await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    this.#isWanted = true
  }

  /** A process that was killed may have applied a batch and not run what follows it. */
  async #continuousBefore(): Promise<bigint> {
    const { project } = this.#engine.applied
    const names = [
      ...project.insights
        .filter(isContinuous)
        .map(({ definition }) => `insights ${definition.apiName}`),
      ...project.segments
        .filter(isContinuous)
        .map(({ definition }) => `segments ${definition.developerName}`),
      ...project.activations
        .filter(isContinuous)
        .map(({ definition }) => `activation ${definition.name}`),
    ]
    const runs = await this.#engine.reading(session => lastRuns(session))
    const positions = names.map(
      name => runs.find(run => `${run.stage} ${run.name}` === name)?.position ?? 0n,
    )
    return positions.reduce(
      (least, one) => (one < least ? one : least),
      this.#engine.applier.position,
    )
  }

  async #runContinuous(): Promise<void> {
    const { project } = this.#engine.applied
    for (const insight of project.insights.filter(isContinuous)) {
      await runStages(this.#engine, {
        stage: 'insights',
        name: insight.definition.apiName,
        trigger: 'batch',
      })
    }
    for (const segment of project.segments.filter(isContinuous)) {
      await runStages(this.#engine, {
        stage: 'segments',
        name: segment.definition.developerName,
        trigger: 'batch',
      })
    }
    for (const activation of project.activations.filter(isContinuous)) {
      await runStages(this.#engine, {
        stage: 'activation',
        name: activation.definition.name,
        trigger: 'batch',
      })
    }
  }

  /** A new store runs everything once; one that was used takes up its schedule again. */
  async #begin(): Promise<void> {
    await this.#untilStarted()
    if (this.#stopped) return
    const jobs = this.#jobs()
    await this.#firstRun(jobs)
    const started = await this.#startTimes()
    if (this.#stopped) return
    this.#scheduler.start(jobs, started)
    this.#unlisten = [
      this.#engine.onApplied(() => this.#scheduler.replace(this.#jobs())),
      this.#engine.onRun(run => this.#scheduler.noteRun(run)),
    ]
    await this.#clear()
    this.#clearing = setInterval(() => void this.#clear(), RETAIN_EVERY_MS)
  }

  /** Its failure keeps nothing from running at its time. */
  async #firstRun(jobs: readonly ScheduledJob[]): Promise<void> {
    try {
      const first = new FirstRun(this.#engine)
      if (await first.run(jobs)) this.#onProgress()
      await this.#engine.exclusive(async () => {
        const { writer } = this.#engine.parts
        await writer.transaction(async () => await foldCounters(writer))
      })
    } catch (error) {
      this.#log.write('error', 'The first run failed.', { cause: error })
    }
    await this.#engine.parts.processors.share()
  }

  /** When each job last began; without it an interval runs at once, and a cron line at its time. */
  async #startTimes(): Promise<ReadonlyMap<string, number>> {
    try {
      const runs = await this.#engine.reading(session => lastRuns(session))
      return new Map(runs.map(run => [jobKey(run), run.startedAt.getTime()]))
    } catch (error) {
      this.#log.write('error', 'The times of earlier runs could not be read.', { cause: error })
      return new Map()
    }
  }

  async #clear(): Promise<void> {
    try {
      await noteMetrics(this.#engine)
    } catch (error) {
      this.#log.write('warn', 'The metrics of rulesets could not be noted.', { cause: error })
    }
    try {
      await retain(this.#engine)
    } catch (error) {
      this.#log.write('warn', 'What is past its days could not be removed.', { cause: error })
    }
  }

  async #untilStarted(): Promise<void> {
    while (!this.#isStarted && !this.#stopped) await new Promise(resolve => setTimeout(resolve, 20))
  }

  /** Everything with a time of its own, in the order of the data's path. */
  #jobs(): readonly ScheduledJob[] {
    const { project } = this.#engine.applied
    const job = (stage: string, name: string, refresh: Refresh): RefreshedJob => ({
      stage,
      name,
      refresh,
    })
    const all = [
      ...project.streams.map(({ definition }) =>
        job('streams', definition.name, definition.refresh ?? 'onDemand'),
      ),
      ...project.rulesets.map(({ definition }) =>
        job('identity', definition.label, definition.refresh ?? 'continuous'),
      ),
      ...project.insights.map(({ definition }) =>
        job('insights', definition.apiName, definition.refresh ?? DAILY),
      ),
      ...project.segments.map(({ definition }) =>
        job('segments', definition.developerName, definition.refresh ?? DAILY),
      ),
      ...project.activations.map(({ definition }) =>
        job('activation', definition.name, definition.refresh ?? DAILY),
      ),
    ]
    return scheduledJobs(all, {
      timeZone: project.definition.timeZone,
      sinceMs: this.#engine.clock.nowMs(),
      onUnreadable: ({ stage, name }, cause) =>
        this.#log.write('error', 'A schedule cannot be read; it never runs by itself.', {
          stage,
          name,
          cause,
        }),
    })
  }
}

const DAILY: Refresh = { every: '24h' }

function isContinuous(one: {
  readonly definition: { readonly refresh?: Refresh | undefined }
}): boolean {
  return one.definition.refresh === 'continuous'
}

/** The database's own texts are not logged: they may quote data. */
function isNoRoom(error: unknown): boolean {
  if (error instanceof MainstemError) return error.code === 'DISK_FULL'
  return error instanceof Error && /no space left|disk full|could not write/i.test(error.message)
}
