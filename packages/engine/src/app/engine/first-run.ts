import { lastRuns } from '../../jobs/index.ts'
import type { Engine } from './engine.ts'
import { readMeta, writeMeta } from './position.ts'
import { runStages, type StageResult } from './run-stages.ts'

const KEY = 'first_run'

/** A stage of a definition. */
export interface FirstRunJob {
  readonly stage: string
  readonly name: string
}

/**
 * Everything once, when a new store is served for the first time. A process that ends in the middle
 * is followed by one that runs what has not succeeded yet.
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
    const [runs] = await engine.reading(session => session.rows('select count(*) from run'))
    const isUsed = state === undefined && Number(runs?.[0] ?? 0) > 0
    if (!isUsed) await this.#note('begun')
    if (isUsed || (await this.#runAll(jobs, state === undefined))) await this.#note('done')
    return !isUsed
  }

  /** Whether all succeeded; a stop makes what it cuts off fail. */
  async #runAll(jobs: readonly FirstRunJob[], isNew: boolean): Promise<boolean> {
    const results: StageResult[] = []
    if (isNew) results.push(...(await runStages(this.#engine, { trigger: 'start' })))
    const done = await this.#engine.reading(session => lastRuns(session, 'SUCCESS'))
    for (const { stage, name } of isNew ? [] : jobs) {
      if (done.some(one => one.stage === stage && one.name === name)) continue
      results.push(...(await runStages(this.#engine, { stage, name, trigger: 'start' })))
    }
    return results.every(({ status }) => status !== 'ERROR')
  }

  async #note(state: 'begun' | 'done'): Promise<void> {
    await this.#engine.exclusive(async () => {
      const { writer } = this.#engine.parts
      await writer.transaction(async () => await writeMeta(writer, KEY, state))
    })
  }
}
