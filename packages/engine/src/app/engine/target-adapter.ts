import type { TargetDefinition } from '@mainstem/contracts'
import { FileTarget } from '../../activation/adapters/file-target.ts'
import { WebhookTarget } from '../../activation/adapters/webhook-target.ts'
import type { ActivationTarget } from '../../activation/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { resolveSecret } from '../project/index.ts'

/** The adapter of a target. */
export async function targetOf(
  target: TargetDefinition,
  { root, session }: { root: string; session: SqlSession },
): Promise<ActivationTarget> {
  if (target.platformType === 'File') {
    return new FileTarget(
      { name: target.name, projectFolder: root, path: target.path, format: target.format },
      session,
    )
  }
  const key = target.signingKey && (await resolveSecret(target.signingKey, root))
  return new WebhookTarget({
    name: target.name,
    url: target.url,
    signingKey: () => key,
    batchSize: target.batchSize,
    retriesMax: target.retriesMax,
    timeoutMs: target.timeoutMs,
  })
}
