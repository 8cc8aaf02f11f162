import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import type { Project } from '../project/index.ts'
import type { ServiceCall } from './engine-service.ts'
import { commandService } from './local-service.ts'
import { startSampleReceiver } from './sample-receiver.ts'

/** What running everything once found, as JSON texts. */
export interface OnceResult {
  readonly run: Record<string, unknown>
  readonly status: Record<string, unknown>
  /** How well records were put together, where the sample keeps the truth. */
  readonly evaluation: Record<string, unknown> | undefined
  readonly webhooks: { readonly requests: number; readonly events: number } | undefined
}

/** Runs every stage of a project once and gathers what a person wants to see of it. */
export async function runOnce(
  project: Project,
  { clock, now, call }: { clock: Clock; now?: string | undefined; call: ServiceCall },
): Promise<OnceResult> {
  const receiver = await startSampleReceiver(project)
  const service = await commandService(project, { clock, method: 'run' })
  try {
    const ask = async (
      method: string,
      params: Record<string, string> = {},
    ): Promise<Record<string, unknown>> => documentOf(await service.handle(method, params, call))
    const run = await ask('run', now === undefined ? {} : { now })
    const status = await ask('status')
    const truth = project.definition.sample?.truth
    const truthPath = truth === undefined ? undefined : join(project.root, truth)
    const evaluation =
      truthPath !== undefined && existsSync(truthPath)
        ? await ask('evaluate', { truth: truthPath })
        : undefined
    const counts = receiver?.counts()
    return {
      run,
      status,
      evaluation,
      webhooks: counts && { requests: counts.requests, events: counts.events },
    }
  } finally {
    await service.close()
    await receiver?.close()
  }
}

function documentOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {}
}
