import { expect, test } from 'vitest'
import { signatureHeaders, signaturesHold } from './webhook-signature.ts'

const KEY = 'a signing key'
const BODY = '{"count":1}'
const SENT = { id: 'msg_1', at: new Date(1_767_225_600_000), body: BODY }

/** Made with: printf '%s' TEXT | openssl dgst -sha256 -hmac 'a signing key' -binary | base64. */
const OF_BODY = 'n4nlzBC+NMbJUqHmMy5/HWzZ3OetDH4+1H0uT9NKm/U='
const OF_ID_TIME_AND_BODY = 'kZ4vsjoDhy0NENLmpnuZYI2cZFKmxh5A+1kj6b2Ulv0='

test('the headers are what openssl makes of the same key and text', () => {
  expect(signatureHeaders(KEY, SENT)).toEqual({
    'x-signature': OF_BODY,
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1767225600',
    'webhook-signature': `v1,${OF_ID_TIME_AND_BODY}`,
  })
})

test('a receiver believes what was signed just now, and nothing that was changed', () => {
  const headers = signatureHeaders(KEY, { ...SENT, at: new Date() })
  expect(signaturesHold(KEY, BODY, headers)).toBe(true)
  expect(signaturesHold('another key', BODY, headers)).toBe(false)
  expect(signaturesHold(KEY, '{"count":2}', headers)).toBe(false)
  expect(signaturesHold(KEY, BODY, { ...headers, 'webhook-id': 'msg_2' })).toBe(false)
  expect(signaturesHold(KEY, BODY, { ...headers, 'x-signature': OF_ID_TIME_AND_BODY })).toBe(false)
  expect(signaturesHold(KEY, BODY, {})).toBe(false)
  const old = signatureHeaders(KEY, { ...SENT, at: new Date(Date.now() - 3_600_000) })
  expect(signaturesHold(KEY, BODY, old)).toBe(false)
})
