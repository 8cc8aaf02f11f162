import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { MainstemError } from '@mainstem/contracts'
import { afterEach, expect, test } from 'vitest'
import {
  ASKING,
  edgeUnderTest,
  type EdgeUnderTest,
  HeldJournal,
  jsonAnswer,
  ScriptedEngine,
  SENDING,
  TOKEN,
  until,
} from './edge-setup.contract.ts'

const GUARDED = [
  ['POST', '/api/v1/ingest/EngagementEvent'],
  ['POST', '/api/v1/ingest/sources/web/EngagementEvent'],
  ['DELETE', '/api/v1/ingest/shop_orders?ids=1'],
  ['POST', '/services/data/v61.0/ssot/queryv2'],
  ['GET', '/services/data/v61.0/ssot/queryv2/b1'],
  ['GET', '/api/profile?key=1'],
  ['GET', '/api/explain?a=1'],
  ['GET', '/api/status'],
  ['GET', '/api/verify/last'],
  ['GET', '/api/review'],
  ['GET', '/api/review/fields'],
  ['GET', '/api/models'],
  ['GET', '/api/decisions'],
  ['POST', '/api/decisions'],
  ['POST', '/api/decisions/1/revoke'],
  ['POST', '/api/undo'],
  ['POST', '/api/plan'],
  ['POST', '/api/apply'],
  ['GET', '/openapi.json'],
  ['GET', '/page/summary'],
  ['GET', '/nowhere'],
] as const

const CONNECT_401 = [{ errorCode: 'INVALID_SESSION_ID' }]
const DIRECT_401 = { error: 'Unauthorized', details: { statusCode: 401 } }

const open: EdgeUnderTest[] = []
function edge(...how: Parameters<typeof edgeUnderTest>): EdgeUnderTest {
  const one = edgeUnderTest(...how)
  open.push(one)
  return one
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()))
})

test.each(GUARDED)('without the token there is 401: %s %s', async (method, url) => {
  const { app, engine, entries } = edge()
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Basic ${TOKEN}` },
    { authorization: TOKEN },
  ]) {
    const answer = await app.inject({ method, url, headers })
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    expect(answer.json()).toMatchObject(url.startsWith('/services/') ? CONNECT_401 : DIRECT_401)
  }
  expect(engine.asked).toEqual([])
  expect(await entries()).toHaveLength(0)
})

test('the scheme of the token comes in any case', async () => {
  const { app } = edge()
  const answer = await app.inject({
    url: '/api/status',
    headers: { authorization: `bearer ${TOKEN}` },
  })
  expect(answer.statusCode).toBe(200)
})

test('health, readiness and metrics need no token', async () => {
  const { app, engine } = edge()
  expect((await app.inject('/health')).json()).toEqual({ status: 'ok' })
  expect((await app.inject('/ready')).json()).toEqual({ ready: true })
  engine.away = 'The identity index is being built: 40 %.'
  const answer = await app.inject('/ready')
  expect(answer.statusCode).toBe(503)
  expect(answer.json()).toEqual({
    ready: false,
    reason: 'The identity index is being built: 40 %.',
  })
  expect((await app.inject('/health')).statusCode).toBe(200)
  expect((await app.inject('/metrics')).headers['content-type']).toContain('text/plain')
})

test('metrics tell requests, journal, lag and problems; nothing of the engine while it is away', async () => {
  const status = { position: '1', streams: [{ name: 'crm', rows: 5, problems: 2 }] }
  const { app, engine } = edge({
    engine: new ScriptedEngine(() => Promise.resolve(jsonAnswer(status))),
  })
  for (const id of [1, 2]) {
    const payload = `{"data":[{"event_id":"${id}"}]}`
    await app.inject({
      method: 'POST',
      url: '/api/v1/ingest/EngagementEvent',
      payload,
      headers: SENDING,
    })
  }
  const { body } = await app.inject('/metrics')
  expect(body).toContain('mainstem_journal_position 2')
  expect(body).toContain('mainstem_applied_position 1')
  expect(body).toContain('mainstem_lag_entries 1')
  expect(body).toContain('mainstem_journal_appends_total{kind="rows"} 2')
  expect(body).toContain('mainstem_stream_problems{stream="crm"} 2')
  expect(body).toContain(
    'mainstem_http_requests_total{method="POST",route="/api/v1/ingest/:stream",status="202"} 2',
  )
  expect(engine.asked.filter(call => call.method === 'status')).toHaveLength(1)

  const away = edge()
  away.engine.away = 'The engine is starting.'
  const text = (await away.app.inject('/metrics')).body
  expect(text).toContain('mainstem_engine_ready 0')
  expect(text).not.toMatch(/^mainstem_applied_position/m)
})

test('an answer of the engine is handed on byte for byte', async () => {
  const bytes = Buffer.from('{"data":[["77506.000000000000000000"]],  "done":true}')
  const engine = new ScriptedEngine(() =>
    Promise.resolve({ status: 200, contentType: 'application/json; charset=utf-8', body: bytes }),
  )
  const { app } = edge({ engine })
  const url = '/services/data/v61.0/ssot/queryv2'
  const answer = await app.inject({
    method: 'POST',
    url,
    payload: '{"sql":"select 1"}',
    headers: SENDING,
  })
  expect(answer.rawPayload).toEqual(bytes)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(engine.asked).toEqual([{ method: 'queryv2', params: { sql: 'select 1' } }])
})

test('while the engine is away, questions get 503 with Retry-After in the shape of their API', async () => {
  const away = new MainstemError('ENGINE_AWAY', 'The engine is starting again.')
  const { app } = edge({ engine: new ScriptedEngine(() => Promise.reject(away)) })
  const direct = await app.inject({ url: '/api/status', headers: ASKING })
  expect(direct.statusCode).toBe(503)
  expect(direct.headers['retry-after']).toBe('1')
  expect(direct.json()).toMatchObject({ error: 'Service Unavailable', errorCode: 'ENGINE_AWAY' })
  const connectApi = await app.inject({
    url: '/services/data/v61.0/ssot/queryv2/b1',
    headers: ASKING,
  })
  expect(connectApi.json()).toEqual([
    { errorCode: 'ENGINE_AWAY', message: 'The engine is starting again.' },
  ])
})

test("the engine's own failures keep their code; what is not ours is never told", async () => {
  const ours = {
    code: 'SQL_NOT_ALLOWED',
    message: 'The function read_csv is not allowed.',
    fix: 'Query objects only.',
  }
  const one = edge({ engine: new ScriptedEngine(() => Promise.resolve(jsonAnswer(ours, 400))) })
  const url = '/services/data/v61.0/ssot/queryv2/b1'
  expect((await one.app.inject({ url, headers: ASKING })).json()).toEqual([
    {
      errorCode: 'SQL_NOT_ALLOWED',
      message: 'The function read_csv is not allowed. Query objects only.',
    },
  ])
  for (const body of [
    Buffer.from('Binder Error: "ada@example.com"'),
    Buffer.from('null'),
    Buffer.from('{"code":"X","message":"ada"}'),
  ]) {
    const strange = { status: 500, contentType: 'text/plain', body }
    const two = edge({ engine: new ScriptedEngine(() => Promise.resolve(strange)) })
    const answer = await two.app.inject({ url: '/api/profile?key=ada', headers: ASKING })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('ada')
  }
})

test('an unknown path gets 404 in the shape of its API', async () => {
  const { app } = edge()
  expect((await app.inject({ url: '/api/nothing', headers: ASKING })).json()).toMatchObject({
    error: 'Not Found',
  })
  const connectApi = await app.inject({ url: '/services/data/v61.0/ssot/nothing', headers: ASKING })
  expect(connectApi.json()[0].errorCode).toBe('NOT_FOUND')
  const odd = await app.inject({ url: '/api/%E0%A4%A', headers: ASKING })
  expect(odd.statusCode).toBe(400)
  expect(odd.json().message).toMatch(/well-formed/)
})

test("every answer has a trace id: the caller's where it is one, else a new one", async () => {
  const { app } = edge()
  const b3 = '463ac35c9f6413ad48485a3953bb6124'
  const of = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/health', headers })).headers['x-trace-id']
  expect(await of({ 'x-b3-traceid': b3 })).toBe(b3)
  expect(await of({ traceparent: `00-${b3}-a2fb4a1d1a96d312-01` })).toBe(b3)
  expect(await of({ 'x-b3-traceid': 'ada@example.com' })).toMatch(/^[0-9a-f]{32}$/)
  expect((await app.inject({ url: '/nowhere' })).headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/)
})

test('the log has route, status and trace id, and nothing of who was asked for', async () => {
  const { app, log } = edge()
  await app.inject({ url: '/api/profile?key=ada%40example.com', headers: ASKING })
  await app.inject({
    url: '/api/v1/ingest/ada@example.com',
    method: 'POST',
    payload: '{"data":[{"a":"Lovelace"}]}',
    headers: SENDING,
  })
  await app.inject({ url: '/ada@example.com', headers: ASKING })
  expect(log.lines.map(line => line.fields.route)).toEqual([
    '/api/profile',
    '/api/v1/ingest/:stream',
    'unmatched',
  ])
  expect(log.lines[0]?.fields).toMatchObject({ method: 'GET', status: 200 })
  // A trace id is letters by chance.
  const said = JSON.stringify(log.lines, (name, value: unknown) =>
    name === 'traceId' ? '' : value,
  )
  expect(said).not.toMatch(/ada|Lovelace|river-token/)
})

test('answers over 1 kB are compressed for callers that take gzip, and only for them', async () => {
  const rows = { data: Array.from({ length: 300 }, (_, at) => [`row ${at}`]) }
  const { app } = edge({ engine: new ScriptedEngine(() => Promise.resolve(jsonAnswer(rows))) })
  const ask = (encoding: string) =>
    app.inject({ url: '/api/status', headers: { ...ASKING, 'accept-encoding': encoding } })
  const packed = await ask('gzip, deflate')
  expect(packed.headers['content-encoding']).toBe('gzip')
  expect(Number(packed.headers['content-length'])).toBe(packed.rawPayload.length)
  expect(JSON.parse(gunzipSync(packed.rawPayload).toString())).toEqual(rows)
  for (const encoding of ['', 'br', 'gzip;q=0', '*;q=0']) {
    const plain = await ask(encoding)
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.headers['vary']).toBe('accept-encoding')
    expect(plain.json()).toEqual(rows)
  }
  const small = await app.inject({ url: '/health', headers: { 'accept-encoding': 'gzip' } })
  expect(small.headers['content-encoding']).toBeUndefined()
})

test("requests over a lane's limit get 429 and do not hold up the other lane", async () => {
  let free: () => void = () => {}
  const held = new Promise<void>(resolve => (free = resolve))
  const engine = new ScriptedEngine(async () => {
    await held
    return jsonAnswer({})
  })
  const { app } = edge({ engine, limits: { 'query.maxConcurrent': 2 } })
  const ask = () => app.inject({ url: '/api/status', headers: ASKING })
  const first = [ask(), ask()]
  await until(() => engine.asked.length === 2)
  const third = await ask()
  expect(third.statusCode).toBe(429)
  expect(third.headers['retry-after']).toBe('1')
  expect(third.json()).toMatchObject({ error: 'Too many requests' })
  expect(third.json().message).toContain('query.maxConcurrent')
  const url = '/api/v1/ingest/EngagementEvent'
  expect(
    (await app.inject({ method: 'POST', url, payload: '{"data":[{}]}', headers: SENDING }))
      .statusCode,
  ).toBe(202)
  free()
  expect((await Promise.all(first)).map(answer => answer.statusCode)).toEqual([200, 200])
  expect((await ask()).statusCode).toBe(200)
})

test('a caller that goes away ends its question at the engine', async () => {
  let aborted: () => void = () => {}
  const seen = new Promise<void>(resolve => (aborted = resolve))
  const engine = new ScriptedEngine(
    (_method, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted()
          reject(new Error('aborted'))
        })
      }),
  )
  const { app, log } = edge({ engine })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const asking = httpRequest(`${address}/api/status`, { headers: ASKING })
  asking.on('error', () => {})
  asking.end()
  await until(() => engine.asked.length > 0)
  asking.destroy()
  await seen
  await until(() => log.lines.length > 0)
  expect(log.lines[0]?.fields.status).toBe(499)
})

test('close lets a request finish that is under way, and refuses what comes after', async () => {
  const journal = new HeldJournal()
  const { app } = edge({ journal })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const posting = fetch(`${address}/api/v1/ingest/EngagementEvent`, {
    method: 'POST',
    body: '{"data":[{}]}',
    headers: SENDING,
  })
  await journal.asked
  const closing = app.close()
  await until(() => !app.server.listening)
  await expect(fetch(`${address}/health`)).rejects.toThrow('fetch failed')
  journal.makeDurable()
  expect((await posting).status).toBe(202)
  await closing
})

test('close ends questions that take longer than the drain', async () => {
  const engine = new ScriptedEngine(
    (_method, { signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      ),
  )
  const { app } = edge({ engine, limits: { 'server.drainMs': 50 } })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const asking = fetch(`${address}/api/status`, { headers: ASKING })
  await until(() => engine.asked.length > 0)
  await app.close()
  expect((await asking).status).toBe(503)
})

test('a body that never comes is cut off, and a header that never ends too', async () => {
  const { app } = edge({ limits: { 'server.requestTimeoutMs': 200 } })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.write('POST /api/v1/ingest/EngagementEvent HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n')
  socket.on('error', () => {})
  socket.resume()
  const limit = new Promise(resolve => setTimeout(() => resolve('still open'), 10_000).unref())
  expect(await Promise.race([once(socket, 'close').then(() => 'cut off'), limit])).toBe('cut off')
})
