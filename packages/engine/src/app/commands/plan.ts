import { checkProject } from '../engine/apply-project.ts'
import {
  appliedDefinitions,
  changesBetween,
  type DefinitionChange,
  definitionsOf,
} from '../engine/definition-log.ts'
import type { Engine } from '../engine/engine.ts'
import type { Project } from '../project/index.ts'
import { type AnswerPlace, placeOf } from './answer.ts'

/** The document of `plan`. */
export interface PlanDocument extends AnswerPlace {
  readonly changes: readonly DefinitionChange[]
  /** What applying would compute again, and about how long that takes by the last runs. */
  readonly effects: { readonly rows: number; readonly seconds: number }
}

/** What applying a project's files would change; nothing is changed by asking. */
export async function planProject(engine: Engine, project: Project): Promise<PlanDocument> {
  return await engine.exclusive(async () => {
    const { writer } = engine.parts
    const changes = changesBetween(await appliedDefinitions(writer), definitionsOf(project))
    const { rulesets, rows } = await checkProject(engine.parts, project, {
      changes,
      atMs: engine.clock.nowMs(),
    })
    const seconds = await lastSeconds(
      engine,
      rulesets.map(one => one.definition.label),
    )
    return { ...placeOf(engine), changes, effects: { rows, seconds } }
  })
}

/** How long the last full runs of these rulesets took, together. */
async function lastSeconds(engine: Engine, labels: readonly string[]): Promise<number> {
  const rows = await engine.parts.writer.rows(
    `select name, max_by(seconds, rows_in) from run where stage in ('identity', 'profiles') and rows_in > 0 group by stage, name`,
  )
  const sum = rows
    .filter(([name]) => labels.includes(String(name)))
    .reduce((total, [, seconds]) => total + Number(seconds), 0)
  return Math.round(sum * 1000) / 1000
}
