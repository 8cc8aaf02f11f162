import { expect, test } from 'vitest'
import {
  ASKING,
  edgeUnderTest,
  jsonAnswer,
  ScriptedEngine,
  SENDING,
} from '../edge-setup.contract.ts'
import { soqlReason } from './soql.ts'

const URL = '/services/data/v61.0/ssot/queryv2'

async function query(url: string, payload: string | Buffer) {
  const edge = edgeUnderTest()
  const answer = await edge.app.inject({ method: 'POST', url, payload, headers: SENDING })
  return { status: answer.statusCode, told: answer.json(), asked: edge.engine.asked }
}

test.each(['v61.0', 'v56.0', 'v64.0', 'v67.0'])(
  'every version of the API is served: %s',
  async version => {
    const { status, asked } = await query(
      `/services/data/${version}/ssot/queryv2`,
      '{"sql":"SELECT 1"}',
    )
    expect(status).toBe(200)
    expect(asked).toEqual([{ method: 'queryv2', params: { sql: 'SELECT 1' } }])
  },
)

test('the next page is asked for by its id', async () => {
  const { app, engine } = edgeUnderTest()
  const id = 'f98c7bcd-b1bd-4e8d-b98d-11aabdd6c604'
  await app.inject({ url: `${URL}/${id}?dataspace=default`, headers: ASKING })
  expect(engine.asked).toEqual([{ method: 'queryv2.next', params: { nextBatchId: id } }])
  const odd = await app.inject({ url: `${URL}/..%2f..%2fetc`, headers: ASKING })
  expect(odd.statusCode).toBe(404)
  expect(odd.json()[0].errorCode).toBe('NOT_FOUND')
})

test('after waits for a position that was given out', async () => {
  const edge = edgeUnderTest()
  const url = '/api/v1/ingest/EngagementEvent'
  const taken = await edge.app.inject({
    method: 'POST',
    url,
    payload: '{"data":[{}]}',
    headers: SENDING,
  })
  const position = String(taken.headers['x-mainstem-position'])
  const ask = (after: string) =>
    edge.app.inject({
      method: 'POST',
      url: `${URL}?after=${after}`,
      payload: '{"sql":"SELECT 1"}',
      headers: SENDING,
    })
  expect((await ask(position)).statusCode).toBe(200)
  expect(edge.engine.asked).toEqual([
    { method: 'queryv2', params: { sql: 'SELECT 1', after: '1' } },
  ])
  for (const after of ['2', '-1', '1e3', 'x', '99999999999999999999']) {
    expect((await ask(after)).statusCode).toBe(400)
  }
})

test('a data space that is not here is told', async () => {
  expect((await query(`${URL}?dataspace=default`, '{"sql":"SELECT 1"}')).status).toBe(200)
  const { status, told, asked } = await query(`${URL}?dataspace=emea`, '{"sql":"SELECT 1"}')
  expect(status).toBe(404)
  expect(told[0].message).toContain('"default"')
  expect(asked).toEqual([])
})

test.each([
  ['malformed JSON', '{"sql":'],
  ['no sql', '{"query":"SELECT 1"}'],
  ['sql that is no text', '{"sql":5}'],
  ['blank sql', '{"sql":"  "}'],
  ['an array', '["SELECT 1"]'],
  ['a key only inherited', '{"__proto__":{"sql":"SELECT 1"}}'],
  ['nothing', ''],
])('a bad body gets 400 in the Connect shape: %s', async (_what, payload) => {
  const { status, told, asked } = await query(URL, payload)
  expect(status).toBe(400)
  expect(told).toEqual([{ errorCode: 'JSON_PARSER_ERROR', message: expect.any(String) }])
  expect(asked).toEqual([])
})

test('a body over its limit gets 413 and names the limit', async () => {
  const { status, told } = await query(
    URL,
    JSON.stringify({ sql: `SELECT '${'x'.repeat(300_000)}'` }),
  )
  expect(status).toBe(413)
  expect(told[0].message).toContain('query.maxRequestBytes')
})

test.each([
  'SELECT FIELDS(ALL) FROM Account LIMIT 200',
  'SELECT Id FROM Case WHERE CreatedDate = LAST_N_DAYS:30',
  'FIND {Acme} IN ALL FIELDS RETURNING Account(Id)',
  'SELECT Id, Owner__r.Name FROM Order__c',
  'SELECT Id FROM Account WITH SECURITY_ENFORCED',
  'SELECT TYPEOF What WHEN Account THEN Phone END FROM Event',
])('SOQL is refused with what to write instead: %s', async sql => {
  const { status, told, asked } = await query(URL, JSON.stringify({ sql }))
  expect(status).toBe(400)
  expect(told[0].message).toMatch(/SQL, not SOQL/)
  expect(asked).toEqual([])
})

test.each([
  'SELECT IndividualId, FirstName, LastName, Email FROM UnifiedIndividual LIMIT 50',
  "SELECT 'LAST_N_DAYS:30' AS text FROM UnifiedIndividual",
  'SELECT "Owner__r".x FROM "Owner__r" -- FIELDS(ALL)',
  'SELECT /* FIND {x} */ DATEADD(day, -90, CURRENT_DATE)',
])('SQL is not mistaken for SOQL: %s', sql => {
  expect(soqlReason(sql)).toBeUndefined()
})

test('the edge waits longer for a statement than the engine lets it run', async () => {
  const waits: (number | undefined)[] = []
  const engine = new ScriptedEngine((_method, { timeoutMs }) => {
    waits.push(timeoutMs)
    return Promise.resolve(jsonAnswer({}))
  })
  const { app } = edgeUnderTest({ engine, limits: { 'query.timeoutMs': 2_000 } })
  await app.inject({ method: 'POST', url: URL, payload: '{"sql":"SELECT 1"}', headers: SENDING })
  await app.inject({ url: '/api/status', headers: ASKING })
  expect(waits[0]).toBeGreaterThan(2_000 + 30_000 + 10_000)
  expect(waits[1]).toBe(2_000)
})

test.each(['There is no column FirstNam.', 'There is no column FirstNam. Did you mean FirstName?'])(
  'what to do is told once: %s',
  async message => {
    const told = { code: 'SQL_INVALID', message, fix: 'Did you mean FirstName?' }
    const engine = new ScriptedEngine(() => Promise.resolve(jsonAnswer(told, 400)))
    const { app } = edgeUnderTest({ engine })
    const payload = '{"sql":"SELECT FirstNam"}'
    const answer = await app.inject({ method: 'POST', url: URL, payload, headers: SENDING })
    expect(answer.json()[0].message).toBe('There is no column FirstNam. Did you mean FirstName?')
  },
)
