import { must } from '../../kernel/assert.ts'
import type { ProjectApplied } from '../engine/apply-project.ts'
import {
  type AudienceEffects,
  audienceEffects,
  type NotComputed,
} from '../engine/audience-effects.ts'
import type { DefinitionChange } from '../engine/definition-log.ts'
import type { Engine, Rehearsed } from '../engine/engine.ts'
import type { IdentityEffects } from '../engine/identity-effects.ts'
import type { Project } from '../project/index.ts'
import { type AnswerPlace, placeOf } from './answer.ts'

/** What applying a project's files does: to unified profiles, and to segments and audiences after. */
export interface PlanEffects extends IdentityEffects {
  readonly segments: AudienceEffects['segments']
  readonly audiences: AudienceEffects['audiences']
  readonly notComputed?: readonly NotComputed[]
  /** Source profiles that are resolved again. */
  readonly rows: number
  /** What that takes, or took. */
  readonly seconds: number
}

/** The document of `plan`, and of `apply`. */
export interface PlanDocument extends AnswerPlace {
  readonly changes: readonly DefinitionChange[]
  readonly effects: PlanEffects
  /** What the author of the files should know. */
  readonly notices?: readonly string[]
  readonly applied?: true
}

/** What applying a project's files would do, found by doing it in a shadow of the store. */
export async function planProject(
  engine: Engine,
  project: Project,
  signal?: AbortSignal,
): Promise<PlanDocument> {
  const work = async ({ result, session, position, atMs }: Rehearsed): Promise<PlanDocument> => {
    const asOf = new Date(atMs)
    const { space } = engine.parts.store
    const { applied, lastEvents } = result
    const moment = { applied, lastEvents, space, asOf, position }
    const after = result.changes.length > 0 ? await audienceEffects(session, moment) : NOTHING
    return {
      position: String(position),
      asOf: asOf.toISOString(),
      ...documentOf(result, after),
    }
  }
  return await engine.rehearse(project, work, signal)
}

/** Applies a project's files; answers what that did, as `planProject` says what it would do. */
export async function applyPlan(engine: Engine, project: Project): Promise<PlanDocument> {
  const { applied: result, shadow } = await engine.applyMeasured(project)
  try {
    const place = placeOf(engine)
    const moment = {
      applied: result.applied,
      lastEvents: result.lastEvents,
      space: engine.parts.store.space,
      asOf: new Date(place.asOf),
      position: BigInt(place.position),
    }
    const after =
      result.changes.length > 0 ? await audienceEffects(await shadow.open(), moment) : NOTHING
    return { ...place, ...documentOf(result, after), applied: true }
  } finally {
    await shadow.close()
  }
}

const NOTHING: AudienceEffects = { segments: [], audiences: [], notComputed: [] }

function documentOf(
  { changes, effects, counts, notices }: ProjectApplied,
  { segments, audiences, notComputed }: AudienceEffects,
): Pick<PlanDocument, 'changes' | 'effects' | 'notices'> {
  const seconds = counts.reduce((sum, one) => sum + one.identitySeconds + one.profileSeconds, 0)
  return {
    changes,
    effects: {
      ...must(effects, 'what is applied is measured'),
      segments,
      audiences,
      ...(notComputed.length === 0 ? {} : { notComputed }),
      rows: counts.reduce((sum, one) => sum + one.touched, 0),
      seconds: Math.round(seconds * 1000) / 1000,
    },
    ...(notices.length === 0 ? {} : { notices }),
  }
}
