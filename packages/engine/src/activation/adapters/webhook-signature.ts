import { createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** `x-signature`: Base64 of HMAC-SHA256 over the raw body, keyed with the key string's bytes. */
export function dataCloudSignature(key: string, body: string): string {
  return createHmac('sha256', Buffer.from(key, 'utf8')).update(body, 'utf8').digest('base64')
}

/** The headers that let a receiver know the sender, in Data Cloud's way and in the standard one. */
export function signatureHeaders(
  key: string,
  message: { readonly id: string; readonly at: Date; readonly body: string },
): Record<string, string> {
  return {
    'x-signature': dataCloudSignature(key, message.body),
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.at.getTime() / 1000)),
    'webhook-signature': standardWebhook(key).sign(message.id, message.at, message.body),
  }
}

/** Whether both signatures of a request hold. */
export function signaturesHold(
  key: string,
  body: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  const texts = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  const given = Buffer.from(String(headers['x-signature'] ?? ''), 'utf8')
  const wanted = Buffer.from(dataCloudSignature(key, body), 'utf8')
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false
  try {
    standardWebhook(key).verify(body, Object.fromEntries(texts), { jsonParse: false })
    return true
  } catch {
    return false
  }
}

/** Standard Webhooks wants the key's bytes in Base64 (`whsec_…`): those of the same key string. */
export function standardSecret(key: string): string {
  return `whsec_${Buffer.from(key, 'utf8').toString('base64')}`
}

function standardWebhook(key: string): Webhook {
  return new Webhook(standardSecret(key))
}
