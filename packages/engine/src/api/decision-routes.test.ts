import { expect, test } from 'vitest'
import {
  ASKING,
  edgeUnderTest,
  type EdgeUnderTest,
  jsonAnswer,
  ScriptedEngine,
  SENDING,
} from './edge-setup.contract.ts'

const told = { author: 'Ada', reason: 'two sisters' }
const pair = { a: 'crm/1', b: 'shop/2', ...told }

const post = (app: EdgeUnderTest['app'], url: string, body: unknown) =>
  app.inject({ method: 'POST', url, headers: SENDING, payload: JSON.stringify(body) })

test.each([
  ['/api/decisions', { ...pair, verdict: 'together' }, 'decide', { ...pair, together: true }],
  ['/api/decisions', { ...pair, verdict: 'never' }, 'decide', { ...pair, never: true }],
  ['/api/decisions/12/revoke', told, 'decisions.revoke', { number: '12', ...told }],
  ['/api/undo', pair, 'undo', pair],
])('DC1: %s asks the engine, waits for as long as it takes, and hands on', async (...given) => {
  const [url, body, method, params] = given
  const waits: (number | undefined)[] = []
  const engine = new ScriptedEngine((_method, { timeoutMs }) => {
    waits.push(timeoutMs)
    return Promise.resolve(jsonAnswer({ unifiedIds: ['u'] }))
  })
  const { app } = edgeUnderTest({ engine })
  const answer = await post(app, url, body)
  expect([answer.statusCode, answer.json()]).toEqual([200, { unifiedIds: ['u'] }])
  expect(engine.asked).toEqual([{ method, params }])
  expect(waits).toEqual([3_600_000])
})

test('DC2: decisions are listed, with those that no longer hold where that is asked', async () => {
  const { app, engine } = edgeUnderTest()
  const list = async (query: string) =>
    (await app.inject({ url: `/api/decisions${query}`, headers: ASKING })).statusCode
  for (const query of ['', '?all=false', '?all=true']) expect(await list(query)).toBe(200)
  expect(engine.asked).toEqual(
    [false, false, true].map(all => ({ method: 'decisions.list', params: { all } })),
  )
  expect(await list('?all=yes')).toBe(400)
  expect(engine.asked).toHaveLength(3)
})

test.each([
  ['no object', '/api/decisions', [pair]],
  ['null', '/api/undo', null],
  ['without a record', '/api/undo', { a: 'crm/1', ...told }],
  ['with an empty record', '/api/undo', { ...pair, b: ' ' }],
  ['with a number for a record', '/api/undo', { ...pair, b: 2 }],
  ['without a verdict', '/api/decisions', pair],
  ['with another verdict', '/api/decisions', { ...pair, verdict: 'none' }],
  ['without an author', '/api/decisions/1/revoke', { reason: 'a mistake' }],
  ['without a reason', '/api/decisions/1/revoke', { author: 'Ada' }],
  ['with a key too many', '/api/decisions/1/revoke', { ...told, number: '2' }],
  ['with a key of the command line', '/api/undo', { ...pair, wantsLines: true }],
])('DC3: a body that is %s is refused, and not repeated', async (_what, url, body) => {
  const { app, engine } = edgeUnderTest()
  const answer = await post(app, url, body)
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ errorCode: 'ENVELOPE_INVALID' })
  expect(answer.body).not.toMatch(/crm|sisters/)
  expect(engine.asked).toEqual([])
})

test("DC4: the engine's refusal keeps its status and its code", async () => {
  const refusal = { code: 'DECISION_CONFLICT', message: 'This contradicts decision 3.' }
  const engine = new ScriptedEngine(() => Promise.resolve(jsonAnswer(refusal, 409)))
  const { app } = edgeUnderTest({ engine })
  const answer = await post(app, '/api/decisions', { ...pair, verdict: 'never' })
  expect(answer.statusCode).toBe(409)
  expect(answer.json()).toMatchObject({ errorCode: refusal.code, message: refusal.message })
})
