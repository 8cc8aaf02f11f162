import { MainstemError } from '@mainstem/contracts'
import { expect, test } from 'vitest'
import { ASKING, edgeUnderTest, HeldJournal, SENDING } from '../edge-setup.contract.ts'

const URL = '/api/v1/ingest/EngagementEvent'
const SEED_003 = `{
  "data": [
    {
      "event_id": "evt_12345",
      "customer_email": "lead@example.com",
      "event_type": "lead_qualified",
      "event_timestamp": "2026-04-19T10:00:00Z",
      "conversation_id": "conv_67890",
      "channel": "whatsapp"
    }
  ]
}`

type Payload = string | Buffer

async function post(url: string, payload: Payload, headers: Record<string, string> = SENDING) {
  const edge = edgeUnderTest()
  const answer = await edge.app.inject({ method: 'POST', url, payload, headers })
  return { edge, answer, stored: await edge.entries() }
}

async function refused(payload: Payload, headers?: Record<string, string>, url = URL) {
  const { answer, stored } = await post(url, payload, headers)
  expect(stored).toHaveLength(0)
  return { status: answer.statusCode, error: answer.json() }
}

test('the event of seed 003, posted as written, is accepted and its bytes are kept', async () => {
  const { answer, stored } = await post(URL, SEED_003)
  expect(answer.statusCode).toBe(202)
  expect(answer.body).toBe('{"accepted":true}')
  expect(answer.headers['x-mainstem-position']).toBe('1')
  expect(stored).toHaveLength(1)
  expect(Buffer.from(stored[0]?.body ?? []).toString()).toBe(SEED_003)
  expect(stored[0]).toMatchObject({
    kind: 'rows',
    space: 'default',
    stream: 'EngagementEvent',
    atMs: Date.UTC(2026, 3, 19, 10),
    meta: { origin: answer.headers['x-trace-id'] },
  })
})

test("a connector's object is another name of its stream", async () => {
  const { answer, stored } = await post(
    '/api/v1/ingest/sources/shop/orders',
    '{"data":[{"order_id":"1"}]}',
  )
  expect(answer.statusCode).toBe(202)
  expect(stored[0]?.stream).toBe('shop_orders')
})

test('the answer waits until the journal says that the entry is durable', async () => {
  const journal = new HeldJournal()
  const { app } = edgeUnderTest({ journal })
  let answered = false
  const answer = app.inject({
    method: 'POST',
    url: URL,
    payload: '{"data":[{}]}',
    headers: SENDING,
  })
  void answer.then(() => (answered = true))
  await journal.asked
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(answered).toBe(false)
  journal.makeDurable()
  expect((await answer).headers['x-mainstem-position']).toBe('7')
})

test('what the journal refuses is not accepted', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
  for (const [error, status, retry] of [
    [full, 503, '30'],
    [new MainstemError('DISK_FULL', 'No room is left for the journal.'), 503, '30'],
    [new Error('a value: ada@example.com'), 500, undefined],
  ] as const) {
    const { app, log } = edgeUnderTest({
      journal: { end: 0n, append: () => Promise.reject(error) },
    })
    const answer = await app.inject({
      method: 'POST',
      url: URL,
      payload: '{"data":[{}]}',
      headers: SENDING,
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['retry-after']).toBe(retry)
    expect(answer.body + JSON.stringify(log.lines)).not.toContain('ada@example.com')
  }
})

test('records are taken while the engine is away', async () => {
  const edge = edgeUnderTest()
  edge.engine.away = 'The engine is starting again.'
  const answer = await edge.app.inject({
    method: 'POST',
    url: URL,
    payload: SEED_003,
    headers: SENDING,
  })
  expect(answer.statusCode).toBe(202)
})

test.each([
  ['malformed JSON', '{"data":[{"id":1},]}'],
  ['a body cut short', '{"data":[{"id":'],
  ['an empty body', ''],
  ['no data array', '{"rows":[{}]}'],
  ['data that is no array', '{"data":{"id":1}}'],
  ['an array without the wrapper', '[{"id":1}]'],
  ['a record without the wrapper', '{"id":1,"email":"a@b.c"}'],
  ['a bare value', '"data"'],
  ['null', 'null'],
  ['a text among the records', '{"data":[{"id":1},"x"]}'],
  ['an array among the records', '{"data":[[1]]}'],
  ['null among the records', '{"data":[null]}'],
  ['no record at all', '{"data":[]}'],
  ['an unknown operation', '{"data":[{}],"operation":"merge"}'],
  ['an unknown key beside data', '{"data":[{}],"mode":"PARTIAL_UPDATE"}'],
  ['data named twice', '{"data":[{"id":1}],"data":[{"id":2}]}'],
  ['data named twice, once in escapes', '{"d\\u0061ta":[{"id":1}],"data":[{"id":2}]}'],
  ['a byte order mark', '\uFEFF{"data":[{}]}'],
  ['NaN', '{"data":[{"total":NaN}]}'],
])('a bad envelope gets 400 and stores nothing: %s', async (_what, payload) => {
  const { status, error } = await refused(payload)
  expect(status).toBe(400)
  expect(error).toMatchObject({
    error: 'Bad Request',
    errorCode: 'ENVELOPE_INVALID',
    internalErrorCode: 'COMMON_ERROR_GENERIC',
    path: `uri=${URL}`,
    timestamp: '2026-04-19T10:00:00.000Z',
  })
  expect(error.message).toMatch(/^[A-Z"].*\.$/)
})

test('a byte order mark before the JSON is named, with what to send', async () => {
  const { error } = await refused('\uFEFF{"data":[{"id":1}]}')
  expect(error.message).toContain('byte order mark')
})

test('invalid UTF-8 gets 400 and stores nothing', async () => {
  const latin1 = Buffer.from('{"data":[{"name":"Zo\u00eb"}]}', 'latin1')
  const { status, error } = await refused(latin1)
  expect(status).toBe(400)
  expect(error.message).toContain('UTF-8')
})

test.each([
  ['a form', 'application/x-www-form-urlencoded'],
  ['text', 'text/plain'],
  ['another charset', 'application/json; charset=iso-8859-1'],
  ['a relative', 'application/jsonp'],
])('another content type gets 400 and stores nothing: %s', async (_what, type) => {
  const { status } = await refused('{"data":[{}]}', { ...ASKING, 'content-type': type })
  expect(status).toBe(400)
})

test('a body without a content type, or compressed, is told so', async () => {
  expect((await refused('{"data":[{}]}', ASKING)).error.message).toContain('application/json')
  const packed = { ...SENDING, 'content-encoding': 'gzip' }
  expect((await refused('{"data":[{}]}', packed)).error.message).toContain('Content-Encoding')
})

test('a body over the limit gets 413, names the limit and stores nothing', async () => {
  const big = JSON.stringify({ data: [{ text: 'x'.repeat(200 * 1024) }] })
  const { status, error } = await refused(big)
  expect(status).toBe(413)
  expect(error.message).toContain('ingest.stream.maxRequestBytes')
  expect(error.message).toContain('204800')
})

test('a body at the limit is taken', async () => {
  const shell = JSON.stringify({ data: [{ text: '' }] }).length
  const { answer } = await post(
    URL,
    JSON.stringify({ data: [{ text: 'x'.repeat(204_800 - shell) }] }),
  )
  expect(answer.statusCode).toBe(202)
})

test('a field of 10 MB gets 413', async () => {
  const { status } = await refused(JSON.stringify({ data: [{ text: 'x'.repeat(10_000_000) }] }))
  expect(status).toBe(413)
})

test("the parser's complaint never quotes the body", async () => {
  const { error } = await refused('{"data":[{"email": ada@example.com}]}')
  expect(error.message).not.toContain('ada')
  expect(error.message).toMatch(/malformed JSON/)
})

test.each([
  ['wrong types', '{"data":[{"event_id":{"a":[1]},"event_timestamp":"yesterday"}]}'],
  ['no key', '{"data":[{}]}'],
  ['the same key twice', '{"data":[{"event_id":"1"},{"event_id":"1"}]}'],
  ['a field named data', '{"data":[{"event_id":"1","data":{"data":[1]}}]}'],
  ['a lone surrogate', '{"data":[{"event_id":"\\ud800"}]}'],
])('a bad record in a good envelope gets 202: %s', async (_what, payload) => {
  const { answer, stored } = await post(URL, payload)
  expect(answer.statusCode).toBe(202)
  expect(Buffer.from(stored[0]?.body ?? []).toString()).toBe(payload)
})

test('a field named __proto__ stays in the bytes and changes nothing here', async () => {
  const payload =
    '{"data":[{"event_id":"1","__proto__":{"deletes":true},"constructor":{"prototype":1}}]}'
  const { answer, stored } = await post(URL, payload)
  expect(answer.statusCode).toBe(202)
  expect(Buffer.from(stored[0]?.body ?? []).toString()).toBe(payload)
  expect(Reflect.get({}, 'deletes')).toBeUndefined()
  expect((await refused('{"__proto__":{"data":[{}]}}')).status).toBe(400)
})

test.each([
  ['12345678901234567890', true],
  ['0.1234567890123456789', true],
  ['123456789012345', false],
  ['"12345678901234567890"', false],
])('a body says whether it has numbers that a double would change: %s', async (number, long) => {
  const { stored } = await post(URL, `{"data":[{"total":${number}}]}`)
  expect(stored[0]?.meta['longNumbers'] ?? false).toBe(long)
})

test('a record nested too deep is refused before anything could end on its stack', async () => {
  const nested = (depth: number): string =>
    `{"data":[${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}]}`
  expect((await post(URL, nested(100))).answer.statusCode).toBe(202)
  expect((await refused(nested(101))).error.message).toContain('ingest.stream.maxDepth')
  expect(
    (await refused(`{"data":[{"a":${'['.repeat(90_000)}${']'.repeat(90_000)}}]}`)).status,
  ).toBe(400)
})

test.each([
  ['/api/v1/ingest/EngagementEvnt', 'EngagementEvent'],
  ['/api/v1/ingest/sources/shopp/orders', 'shop'],
  ['/api/v1/ingest/sources/shop/order', 'orders'],
])('an unknown name gets 404 with the nearest: %s', async (url, nearest) => {
  const { status, error } = await refused('{"data":[{}]}', SENDING, url)
  expect(status).toBe(404)
  expect(error.errorCode).toBe('STREAM_NOT_FOUND')
  expect(error.message).toContain(`Did you mean "${nearest}"?`)
})

test('a stream that is replaced as a whole takes no single records', async () => {
  const { status, error } = await refused(
    '{"data":[{"contact_id":"1"}]}',
    SENDING,
    '/api/v1/ingest/crm_contacts',
  )
  expect(status).toBe(400)
  expect(error.errorCode).toBe('MODE_NOT_ALLOWED')
  expect(error.message).toContain('mainstem ingest crm_contacts')
})

test('a mode in the query string is refused, never ignored', async () => {
  const { status, error } = await refused('{"data":[{}]}', SENDING, `${URL}?mode=PARTIAL_UPDATE`)
  expect(status).toBe(400)
  expect(error.message).toContain('refreshMode')
  expect((await refused('{"data":[{}]}', SENDING, `${URL}?batch=1`)).status).toBe(400)
})

test('bulk jobs and the validation endpoint are refused by name or not there', async () => {
  expect((await refused('{"data":[{}]}', SENDING, '/api/v1/ingest/jobs')).error.errorCode).toBe(
    'NOT_SUPPORTED',
  )
})
