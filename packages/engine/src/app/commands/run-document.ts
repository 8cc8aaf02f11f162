import type { Engine } from '../engine/engine.ts'
import { type RunRequest, runStages, type StageResult } from '../engine/run-stages.ts'
import { type AnswerPlace, placeOf } from './answer.ts'

/** The document of `run`. */
export interface RunDocument extends AnswerPlace {
  readonly status: 'SUCCESS' | 'ERROR'
  readonly seconds: number
  readonly stages: readonly StageResult[]
}

/** Runs stages and tells what each did; the status is ERROR as soon as one failed. */
export async function runDocument(engine: Engine, request: RunRequest): Promise<RunDocument> {
  const started = performance.now()
  const stages = await runStages(engine, request)
  return {
    ...placeOf(engine),
    status: stages.some(stage => stage.status === 'ERROR') ? 'ERROR' : 'SUCCESS',
    seconds: Math.round(performance.now() - started) / 1000,
    stages: stages.map(stage => ({ ...stage, seconds: Math.round(stage.seconds * 1000) / 1000 })),
  }
}
