import type { SqlSession } from '../lake/index.ts'
import { type ActivationState, activationState } from './activation-state.ts'
import type { ActivationTarget } from './activation-target.ts'
import { beginPublish, type BeginOptions } from './begin-publish.ts'
import { deliverPublish, type DeliveryWorld } from './deliver-publish.ts'
import { finishPublish } from './finish-publish.ts'
import type { ActivationPlan } from './plan-activation.ts'
import { storedPublish } from './stored-publish.ts'

/** What an activation is published with. */
export interface Publishing {
  readonly plan: ActivationPlan
  readonly target: ActivationTarget
  readonly world: DeliveryWorld
}

/**
 * Publishes an activation: computes, sends, and writes down what was accepted. A publish that a
 * crash cut short is finished first, with the same event ids.
 */
export async function publishActivation(
  session: SqlSession,
  publishing: Publishing,
  options: BeginOptions,
): Promise<ActivationState> {
  const { plan, target, world } = publishing
  if ((await resumeActivation(session, plan.name, { target, world })) === 'stopped') {
    return activationState(session, plan.name)
  }
  const begun = await beginPublish(session, { plan, target }, options)
  if (begun.status === 'PUBLISHING') await complete(session, begun.publishId, { target, world })
  return activationState(session, plan.name)
}

/** Finishes what a crash or a stop left unfinished. */
export async function resumeActivation(
  session: SqlSession,
  activation: string,
  { target, world }: Omit<Publishing, 'plan'>,
): Promise<'finished' | 'stopped'> {
  const rows = await session.rows(
    `select publish_id from activation_publish where activation = $1 and status = 'PUBLISHING' order by publish`,
    [activation],
  )
  for (const [publishId] of rows) {
    const end = await complete(session, String(publishId), { target, world })
    if (end === 'stopped') return 'stopped'
  }
  return 'finished'
}

/** The activations that a crash or a stop left in the middle of a publish. */
export async function unfinishedActivations(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.rows(
    `select distinct activation from activation_publish where status = 'PUBLISHING' order by activation`,
  )
  return rows.map(([name]) => String(name))
}

async function complete(
  session: SqlSession,
  publishId: string,
  { target, world }: Omit<Publishing, 'plan'>,
): Promise<'finished' | 'stopped'> {
  const publish = await storedPublish(session, publishId)
  const end = await deliverPublish(session, { target, publish }, world)
  if (end.kind === 'stopped') return 'stopped'
  const finishedAt = new Date(world.clock.nowMs())
  await finishPublish(session, publishId, { finishedAt, location: end.location })
  return 'finished'
}
