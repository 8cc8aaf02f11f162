import { MainstemError } from '@mainstem/contracts'
import type { Engine } from '../engine/engine.ts'
import { RUN_STAGES, type RunRequest, runStages, type StageResult } from '../engine/run-stages.ts'
import { type AnswerPlace, placeOf } from './answer.ts'

/** The document of `run`. */
export interface RunDocument extends AnswerPlace {
  readonly status: 'SUCCESS' | 'ERROR'
  readonly seconds: number
  readonly stages: readonly StageResult[]
}

/** Runs stages and tells what each did; the status is ERROR as soon as one failed. */
export async function runDocument(engine: Engine, request: RunRequest): Promise<RunDocument> {
  checkRequest(engine, request)
  const started = performance.now()
  const stages = await runStages(engine, request)
  return {
    ...placeOf(engine),
    status: stages.some(stage => stage.status === 'ERROR') ? 'ERROR' : 'SUCCESS',
    seconds: Math.round(performance.now() - started) / 1000,
    stages: stages.map(stage => ({ ...stage, seconds: Math.round(stage.seconds * 1000) / 1000 })),
  }
}

/** A misspelt stage or name would run nothing, which looks like success; so would a time that is none. */
function checkRequest(engine: Engine, { stage, name, asOfMs }: RunRequest): void {
  if (Number.isNaN(asOfMs)) {
    throw new MainstemError(
      'USAGE',
      'The time of --now cannot be read. Write it as 2025-06-30T12:00:00Z.',
      { key: 'now' },
    )
  }
  if (stage === undefined) {
    if (name === undefined) return
    throw new MainstemError('USAGE', 'A name alone says not of which stage. Add --stage.', {
      key: 'name',
    })
  }
  if (!RUN_STAGES.some(one => one === stage)) {
    throw new MainstemError(
      'USAGE',
      `There is no stage "${stage}". The stages are ${RUN_STAGES.join(', ')}.`,
      { key: 'stage' },
    )
  }
  const known = namesOf(engine, stage)
  if (name === undefined || known.includes(name)) return
  throw new MainstemError(
    'DEFINITION_NOT_FOUND',
    `The stage ${stage} has nothing named "${name}". There ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}.`,
    { key: 'name' },
  )
}

function namesOf(engine: Engine, stage: string): readonly string[] {
  const { project } = engine.applied
  switch (stage) {
    case 'streams':
      return project.streams.map(({ definition }) => definition.name)
    case 'insights':
      return project.insights.map(({ definition }) => definition.apiName)
    case 'segments':
      return project.segments.map(({ definition }) => definition.developerName)
    case 'activation':
      return project.activations.map(({ definition }) => definition.name)
    default:
      return project.rulesets.map(({ definition }) => definition.label)
  }
}
