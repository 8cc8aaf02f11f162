import { MainstemError } from '@mainstem/contracts'
import { publishActivation } from '../../activation/index.ts'
import { noteRun, runInsight } from '../../insights/index.ts'
import { writeRun } from '../../jobs/index.ts'
import {
  addCounts,
  ChangeSet,
  type IntakeCounts,
  NOTHING_TAKEN,
  type SqlSession,
} from '../../lake/index.ts'
import { failSegment, publishSegment } from '../../segments/index.ts'
import { runDownstream, type RulesetCounts } from './downstream.ts'
import type { Engine } from './engine.ts'
import { compileInsights, type InsightRuntime } from './insight-runtime.ts'
import { type MetricsRun, writeMetrics } from './metrics-history.ts'
import type { InsightFacts } from './profile-schema.ts'
import { refreshStream } from './refresh-stream.ts'
import { clusterCounts, metricsOf } from './ruleset-metrics.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'
import { sentence, versionsOf } from './run-facts.ts'
import type { RunRequest, StageResult } from './run-request.ts'
import { compiledSegment, insightFacts, plannedActivation } from './segment-runtime.ts'
import { streamRows, type StreamCounts } from './take-batch.ts'
import { targetOf } from './target-adapter.ts'

/** Runs stages once, now, in order, whatever each `refresh` says. */
export async function runStages(
  engine: Engine,
  request: RunRequest,
): Promise<readonly StageResult[]> {
  const run = new StageRun(engine, request)
  if (run.wants('streams')) await run.streams()
  if (run.wants('identity') || run.wants('profiles')) await run.rulesets()
  if (run.wants('insights')) await run.insights()
  if (run.wants('segments')) await run.segments()
  if (run.wants('activation')) await run.activations()
  return run.results
}

export type { RunRequest, StageResult } from './run-request.ts'
export { RUN_STAGES } from './run-request.ts'

type Outcome = Omit<StageResult, 'stage' | 'name' | 'status' | 'seconds'>
const NOTHING: Outcome = { rowsIn: 0, rowsOut: 0, changed: 0, problems: 0 }

class StageRun {
  readonly results: StageResult[] = []
  readonly #engine: Engine
  readonly #request: RunRequest
  readonly #rulesetCounts: RulesetCounts[] = []
  readonly #streamCounts: StreamCounts[] = []

  constructor(engine: Engine, request: RunRequest) {
    this.#engine = engine
    this.#request = request
  }

  wants(stage: string): boolean {
    return this.#request.stage === undefined || this.#request.stage === stage
  }

  #wantsNamed(name: string): boolean {
    return this.#request.name === undefined || this.#request.name === name
  }

  get #asOfMs(): number {
    return this.#request.asOfMs ?? this.#engine.clock.nowMs()
  }

  async streams(): Promise<void> {
    const stop = this.#engine.onBatch(batch => {
      this.#streamCounts.push(...batch.streams)
      this.#rulesetCounts.push(...(batch.downstream?.counts ?? []))
    })
    try {
      await this.#engine.catchUp()
      this.#streamCounts.length = 0
      for (const [name, stream] of this.#engine.applied.streams) {
        if (stream.definition.connector.type !== 'File' || !this.#wantsNamed(name)) continue
        await this.#stage('streams', name, async () => {
          this.#streamCounts.length = 0
          const { allowShrink } = this.#request
          const last = await refreshStream(this.#engine, name, allowShrink ? { allowShrink } : {})
          if (last !== undefined) await this.#engine.catchUp()
          const failure = last === undefined ? undefined : this.#engine.applier.takeFailure(last)
          if (failure !== undefined) throw failure
          return await this.#streamOutcome(name)
        })
      }
    } finally {
      stop()
    }
  }

  async #streamOutcome(name: string): Promise<Outcome> {
    const own = this.#streamCounts.filter(count => count.stream === name)
    const counts = own.reduce<IntakeCounts>(addCounts, NOTHING_TAKEN)
    const rowsOut = await this.#engine.reading(session => streamRows(session, name))
    const changed = counts.added + counts.updated + counts.removed
    return { rowsIn: counts.processed, rowsOut, changed, problems: counts.problems, counts }
  }

  async rulesets(): Promise<void> {
    for (const ruleset of this.#engine.applied.rulesets) {
      const { label } = ruleset.definition
      if (!this.#wantsNamed(label)) continue
      const started = performance.now()
      try {
        if (!ruleset.isContinuous) await this.#resolvePending(label)
        await this.#reportRuleset(ruleset)
      } catch (error) {
        const failed = { seconds: (performance.now() - started) / 1000, error: sentence(error) }
        const { seconds } = failed
        await this.#noteMetrics(ruleset, { seconds, ended: { error: failed.error } })
        await this.#record({
          ...NOTHING,
          ...failed,
          stage: 'identity',
          name: label,
          status: 'ERROR',
        })
      }
    }
  }

  async #resolvePending(label: string): Promise<void> {
    const engine = this.#engine
    const ruleset = engine.applied.rulesets.filter(one => one.definition.label === label)
    await engine.exclusive(async () => {
      const { writer } = engine.parts
      await writer.transaction(async () => {
        const at = { position: engine.applier.position, atMs: this.#asOfMs }
        const done = await runDownstream(writer, ruleset, {
          changes: new ChangeSet(),
          at,
          isForced: true,
        })
        this.#rulesetCounts.push(...done.counts)
      })
    })
  }

  async #reportRuleset(ruleset: RulesetRuntime): Promise<void> {
    const { label } = ruleset.definition
    const own = this.#rulesetCounts.filter(one => one.label === label)
    const sum = (of: (one: RulesetCounts) => number): number =>
      own.reduce((total, one) => total + of(one), 0)
    const counts = await this.#engine.reading(session => clusterCounts(session, ruleset))
    const metrics = metricsOf(counts)
    await this.#noteMetrics(ruleset, {
      seconds: sum(one => one.identitySeconds + one.profileSeconds),
      ended: { counts },
    })
    const common = { name: label, status: 'SUCCESS', problems: 0 } as const
    await this.#record({
      ...common,
      stage: 'identity',
      rowsIn: sum(one => one.touched),
      rowsOut: metrics.sourceProfiles,
      changed: sum(one => one.moved),
      seconds: sum(one => one.identitySeconds),
    })
    await this.#record({
      ...common,
      stage: 'profiles',
      rowsIn: sum(one => one.profilesTouched),
      rowsOut: metrics.unifiedProfiles,
      changed: sum(one => one.profilesChanged),
      seconds: sum(one => one.profileSeconds),
    })
  }

  async #noteMetrics(
    ruleset: RulesetRuntime,
    { seconds, ended }: Pick<MetricsRun, 'seconds' | 'ended'>,
  ): Promise<void> {
    const engine = this.#engine
    await engine.exclusive(async () => {
      await writeMetrics(engine.parts.writer, {
        ruleset,
        cause: this.#request.trigger ?? 'manual',
        seconds,
        position: engine.applier.position,
        startedAt: new Date(engine.clock.nowMs() - seconds * 1000),
        asOf: new Date(this.#asOfMs),
        ended,
      })
    })
  }

  async insights(): Promise<void> {
    for (const insight of await this.#compiled()) {
      if (!this.#wantsNamed(insight.plan.apiName)) continue
      const run = { position: this.#engine.applier.position, asOfMs: this.#asOfMs }
      await this.#stage('insights', insight.plan.apiName, async session => {
        try {
          const counts = await session.transaction(
            async () => await runInsight(session, insight.plan, run),
          )
          const { notices } = insight.compiled
          return {
            rowsIn: counts.rows,
            rowsOut: counts.rows,
            changed: counts.changed,
            problems: 0,
            notices,
          }
        } catch (error) {
          await noteRun(session, insight.plan, {
            ...run,
            status: 'ERROR',
            rows: 0,
            error: sentence(error),
          })
          throw error
        }
      })
    }
  }

  async #compiled(): Promise<readonly InsightRuntime[]> {
    const { engine } = { engine: this.#engine }
    return await engine.exclusive(async () => {
      const versions = await versionsOf(engine.parts.writer, 'insight')
      const asOf = new Date(this.#asOfMs)
      const { applied } = engine
      return await compileInsights(engine.parts.writer, {
        applied,
        space: engine.parts.store.space,
        asOf,
        versions,
      })
    })
  }

  async segments(): Promise<void> {
    const facts = await this.#facts()
    for (const { definition } of this.#engine.applied.project.segments) {
      const name = definition.developerName
      if (!this.#wantsNamed(name)) continue
      await this.#stage('segments', name, async session => {
        const options = {
          asOf: new Date(this.#asOfMs),
          position: this.#engine.applier.position,
          version: (await versionsOf(session, 'segment')).get(name) ?? 1,
        }
        try {
          const { applied } = this.#engine
          const { limits } = applied.project.definition
          const compiled = compiledSegment(definition, { applied, facts, asOf: options.asOf })
          const done = await publishSegment(session, compiled, {
            ...options,
            historyDays: limits['seg.historyDays'] ?? undefined,
            recordPersisted: definition.refresh !== 'continuous',
          })
          return {
            rowsIn: done.members + done.removed,
            rowsOut: done.members,
            changed: done.added + done.removed,
            problems: 0,
            reason: done.reason,
          }
        } catch (error) {
          await failSegment(session, { name, segmentOn: definition.segmentOn }, sentence(error))
          throw error
        }
      })
    }
  }

  async activations(): Promise<void> {
    const facts = await this.#facts()
    const { applied, parts } = this.#engine
    for (const { definition } of applied.project.activations) {
      if (!this.#wantsNamed(definition.name)) continue
      await this.#stage('activation', definition.name, async session => {
        const target = applied.project.targets.find(
          one => one.definition.name === definition.target,
        )
        if (!target)
          throw new MainstemError(
            'ACTIVATION_INVALID',
            `Activation "${definition.name}" names a target that is not there.`,
          )
        const { segmentOn, ...plan } = plannedActivation(definition, { applied, facts })
        const state = await publishActivation(
          session,
          {
            plan,
            target: await targetOf(target.definition, { root: applied.project.root, session }),
            world: { clock: parts.clock, sleep, random: Math.random },
          },
          {
            asOf: new Date(this.#asOfMs),
            position: this.#engine.applier.position,
            version: (await versionsOf(session, 'activation')).get(definition.name) ?? 1,
            segmentOn,
          },
        )
        if (state.status !== 'SUCCESS')
          throw new MainstemError(
            'TARGET_FAILED',
            state.reason ?? `Activation "${definition.name}" ended with ${state.status}.`,
          )
        return {
          rowsIn: state.ledger.segment,
          rowsOut: state.ledger.accepted,
          changed: state.messages,
          problems: 0,
          reason: state.reason,
        }
      })
    }
  }

  async #facts(): Promise<InsightFacts> {
    const insights = await this.#compiled()
    return await this.#engine.reading(session => insightFacts(session, insights))
  }

  /** One stage of one definition: timed, recorded, its failure its own. */
  async #stage(
    stage: string,
    name: string,
    work: (session: SqlSession) => Promise<Outcome>,
  ): Promise<void> {
    const started = performance.now()
    const seconds = (): number => (performance.now() - started) / 1000
    try {
      const outcome =
        stage === 'streams'
          ? await work(this.#engine.parts.writer)
          : await this.#engine.exclusive(async () => await work(this.#engine.parts.writer))
      await this.#record({ ...outcome, stage, name, status: 'SUCCESS', seconds: seconds() })
    } catch (error) {
      await this.#record({
        ...NOTHING,
        stage,
        name,
        status: 'ERROR',
        seconds: seconds(),
        error: sentence(error),
      })
      if (!(error instanceof MainstemError)) {
        this.#engine.parts.onUnexpected?.(error, { stage, name })
      }
    }
  }

  async #record(result: StageResult): Promise<void> {
    this.results.push(result)
    this.#request.onStage?.(result)
    const engine = this.#engine
    await engine.exclusive(async () => {
      await writeRun(engine.parts.writer, {
        ...result,
        startedAt: new Date(engine.clock.nowMs() - result.seconds * 1000),
        removed: result.counts?.removed ?? 0,
        position: engine.applier.position,
        asOf: new Date(this.#asOfMs),
        trigger: this.#request.trigger ?? 'manual',
      })
    })
    engine.noteRun(result)
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}
