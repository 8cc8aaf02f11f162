import { lastRuns } from '../../jobs/index.ts'
import type { Engine } from './engine.ts'
import { readMeta, writeMeta } from './position.ts'
import { runStages } from './run-stages.ts'

const KEY = 'first_run'

/** A stage of a definition. */
export interface FirstRunJob {
  readonly stage: string
  readonly name: string
}

/**
 * Everything once, when a new store is served for the first time. A process that ends in the middle
 * is followed by one that runs what was not yet run.
 */
export class FirstRun {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Runs what is due of it, by the jobs that a project has; false if nothing was. */
  async run(jobs: readonly FirstRunJob[]): Promise<boolean> {
    const engine = this.#engine
    const state = await engine.reading(session => readMeta(session, KEY))
    if (state === 'done') return false
    const done = await engine.reading(session => lastRuns(session))
    const isUsed = state === undefined && done.length > 0
    if (!isUsed) {
      await this.#note('begun')
      if (done.length === 0) await runStages(engine, { trigger: 'start' })
      else await this.#runRest(jobs, done)
    }
    await this.#note('done')
    return !isUsed
  }

  async #runRest(jobs: readonly FirstRunJob[], done: readonly FirstRunJob[]): Promise<void> {
    for (const { stage, name } of jobs) {
      if (done.some(one => one.stage === stage && one.name === name)) continue
      await runStages(this.#engine, { stage, name, trigger: 'start' })
    }
  }

  async #note(state: 'begun' | 'done'): Promise<void> {
    await this.#engine.exclusive(async () => {
      const { writer } = this.#engine.parts
      await writer.transaction(async () => await writeMeta(writer, KEY, state))
    })
  }
}
