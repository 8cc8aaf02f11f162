import { expect, test } from 'vitest'
import {
  ASKING,
  edgeUnderTest,
  jsonAnswer,
  ScriptedEngine,
  SENDING,
} from './edge-setup.contract.ts'

const PEOPLE = { label: 'People', matchRules: [] }

test.each(['plan', 'apply'] as const)(
  'PR1: %s hands rulesets on to the engine, and its answer back',
  async method => {
    const waits: (number | undefined)[] = []
    const engine = new ScriptedEngine((_method, { timeoutMs }) => {
      waits.push(timeoutMs)
      return Promise.resolve(jsonAnswer({ changes: [] }))
    })
    const { app } = edgeUnderTest({ engine })
    const url = `/api/${method}`
    const bare = await app.inject({ method: 'POST', url, headers: ASKING })
    expect([bare.statusCode, bare.json()]).toEqual([200, { changes: [] }])
    await app.inject({ method: 'POST', url, headers: SENDING, payload: '{}' })
    const payload = { rulesets: [PEOPLE] }
    await app.inject({ method: 'POST', url, headers: SENDING, payload })
    expect(engine.asked).toEqual([
      { method, params: {} },
      { method, params: {} },
      { method, params: { rulesets: JSON.stringify([PEOPLE]) } },
    ])
    expect(waits).toEqual([3_600_000, 3_600_000, 3_600_000])
  },
)

test('PR2: without the token nobody plans or applies', async () => {
  const { app, engine } = edgeUnderTest()
  for (const url of ['/api/plan', '/api/apply']) {
    expect((await app.inject({ method: 'POST', url })).statusCode).toBe(401)
  }
  expect(engine.asked).toEqual([])
})

test.each([
  ['a list', '[]'],
  ['another key', '{"rules":[]}'],
  ['one ruleset', '{"rulesets":{"label":"People"}}'],
  ['a ruleset without a label', '{"rulesets":[{"matchRules":[]}]}'],
  ['no JSON', '{"rulesets":'],
])('PR3: a body that is %s is refused', async (_what, payload) => {
  const { app, engine } = edgeUnderTest()
  const answer = await app.inject({ method: 'POST', url: '/api/plan', headers: SENDING, payload })
  expect(answer.statusCode).toBe(400)
  expect(engine.asked).toEqual([])
})
