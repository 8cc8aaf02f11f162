import type { SegmentDefinition } from '@mainstem/contracts'
import { audienceDifference } from '../../activation/index.ts'
import { runInsight } from '../../insights/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import { publishSegment, segmentStates } from '../../segments/index.ts'
import type { Applied } from './engine-state.ts'
import { compileInsights } from './insight-runtime.ts'
import type { InsightFacts } from './profile-schema.ts'
import { mainRuleset } from './public-relations.ts'
import { sentence } from './run-facts.ts'
import { compiledSegment, insightFacts, plannedActivation } from './segment-runtime.ts'

/** What the next publish of a segment does, beside its last one. */
export interface SegmentEffect {
  readonly name: string
  /** Unified profiles that become members, and that are members no longer; an id that retires leaves. */
  readonly entered: number
  readonly left: number
  /** Of these, people who were, or stay, members under another id: by a merge, or a split. */
  readonly onlyIds: { readonly entered: number; readonly left: number }
  readonly members: number
  /** What it is beside; null if it was never published, and then everybody enters. */
  readonly lastPublish: string | null
}

/** What the next publish of an activation tells its target, beside what it was last told. */
export interface AudienceEffect {
  readonly name: string
  readonly added: number
  readonly deleted: number
}

/** Something whose effect is not known, and why. */
export interface NotComputed {
  readonly kind: 'insight' | 'segment' | 'activation'
  readonly name: string
  readonly reason: string
}

/** What happens to segments and audiences. */
export interface AudienceEffects {
  readonly segments: readonly SegmentEffect[]
  readonly audiences: readonly AudienceEffect[]
  readonly notComputed: readonly NotComputed[]
}

/** Where and when the stages run. */
export interface EffectMoment {
  readonly applied: Applied
  readonly space: string
  readonly asOf: Date
  readonly position: bigint
  /** The last identity event before the change, by slot. */
  readonly lastEvents: ReadonlyMap<string, bigint>
}

/**
 * Runs insights and segments and compares audiences as `run` would next, in a session whose writes
 * nothing keeps: a shadow. A stage that fails ends it, as its transaction does; the rest is told of.
 */
export async function audienceEffects(
  session: SqlSession,
  moment: EffectMoment,
): Promise<AudienceEffects> {
  const work = new EffectRun(session, moment)
  try {
    await work.run()
  } catch (error) {
    work.fail(error)
  }
  return work.effects
}

class EffectRun {
  readonly effects = {
    segments: [] as SegmentEffect[],
    audiences: [] as AudienceEffect[],
    notComputed: [] as NotComputed[],
  }
  readonly #session: SqlSession
  readonly #moment: EffectMoment
  #at: Omit<NotComputed, 'reason'> | undefined

  constructor(session: SqlSession, moment: EffectMoment) {
    this.#session = session
    this.#moment = moment
  }

  async run(): Promise<void> {
    const facts = await this.#insights()
    await this.#segments(facts)
    await this.#audiences(facts)
  }

  fail(error: unknown): void {
    if (!this.#at) throw error
    this.effects.notComputed.push({ ...this.#at, reason: sentence(error) })
    const { segments, activations } = this.#moment.applied.project
    const reason = `It comes after ${this.#at.kind} "${this.#at.name}", which failed.`
    const isKnown = (list: readonly { readonly name: string }[], name: string): boolean =>
      list.some(one => one.name === name) || this.#at?.name === name
    for (const { definition } of segments) {
      const name = definition.developerName
      if (!isKnown(this.effects.segments, name))
        this.effects.notComputed.push({ kind: 'segment', name, reason })
    }
    for (const { definition } of activations) {
      const { name } = definition
      if (!isKnown(this.effects.audiences, name))
        this.effects.notComputed.push({ kind: 'activation', name, reason })
    }
  }

  async #insights(): Promise<InsightFacts> {
    const { position, asOf } = this.#moment
    const insights = await compileInsights(this.#session, {
      ...this.#moment,
      versions: new Map<string, number>(),
    })
    for (const { plan } of insights) {
      this.#at = { kind: 'insight', name: plan.apiName }
      await runInsight(this.#session, plan, { position, asOfMs: asOf.getTime() })
    }
    return await insightFacts(this.#session, insights)
  }

  async #segments(facts: InsightFacts): Promise<void> {
    const before = await segmentStates(this.#session)
    for (const { definition } of this.#moment.applied.project.segments) {
      const name = definition.developerName
      this.#at = { kind: 'segment', name }
      const compiled = compiledSegment(definition, { ...this.#moment, facts })
      const done = await publishSegment(this.#session, compiled, { ...this.#moment, version: 1 })
      this.effects.segments.push({
        name,
        entered: done.added,
        left: done.removed,
        onlyIds: await this.#onlyIds(definition),
        members: done.members,
        lastPublish: before.find(one => one.name === name)?.lastPublish ?? null,
      })
    }
  }

  /** Of those whom the last publish added or removed: whose people another id stood for, or stands for. */
  async #onlyIds({
    developerName,
    segmentOn,
  }: SegmentDefinition): Promise<SegmentEffect['onlyIds']> {
    const { applied, lastEvents } = this.#moment
    const profile = /Account/.test(segmentOn) ? 'Account' : 'Individual'
    const tables = mainRuleset(applied, profile)?.stage.tables
    const since = tables && lastEvents.get(tables.slot)
    if (!tables || since === undefined) return { entered: 0, left: 0 }
    const segment = literal(developerName)
    const [row] = await this.#session.rows(
      `with told as (
         select uid, delta from segment_history where segment = ${segment}
           and publish = (select publish from segment_state where segment = ${segment})),
       moved as (
         select other as was, uid as "now" from ${tables.event} where kind = 'merged' and seq > ${since}
         union all select uid, other from ${tables.event} where kind = 'split' and seq > ${since}),
       both_ids as (
         select m.was, m."now", w.delta as was_told, n.delta as now_told
         from moved m join told w on w.uid = m.was join told n on n.uid = m."now"
         where w.delta <> 'added' and n.delta <> 'removed')
       select count(distinct case when now_told = 'added' then "now" end),
         count(distinct case when was_told = 'removed' then was end) from both_ids`,
    )
    return { entered: Number(row?.[0] ?? 0), left: Number(row?.[1] ?? 0) }
  }

  async #audiences(facts: InsightFacts): Promise<void> {
    for (const { definition } of this.#moment.applied.project.activations) {
      const { name } = definition
      this.#at = { kind: 'activation', name }
      const plan = plannedActivation(definition, { ...this.#moment, facts })
      this.effects.audiences.push({ name, ...(await audienceDifference(this.#session, plan)) })
    }
  }
}
