import {
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../activation/adapters/webhook-receiver.ts'
import { type Project, resolveSecret } from '../project/index.ts'
import { makeTargetSecrets } from './made-secrets.ts'

/** Starts what a sample project needs beside it: a receiver of its webhooks. Undefined for other projects. */
export async function startSampleReceiver(project: Project): Promise<WebhookReceiver | undefined> {
  await makeTargetSecrets(project)
  const port = project.definition.sample?.webhookReceiver
  const target = project.targets.find(
    ({ definition }) => definition.platformType === 'Webhook',
  )?.definition
  if (port === undefined || target?.platformType !== 'Webhook' || !target.signingKey)
    return undefined
  const key = await resolveSecret(target.signingKey, project.root)
  return key === undefined ? undefined : await startWebhookReceiver({ key, port })
}
