import { expect, test } from 'vitest'
import { ASKING, edgeUnderTest } from './edge-setup.contract.ts'

test('RQ1: the queue is asked for by kind, ruleset and number, each where it is given', async () => {
  const { app, engine } = edgeUnderTest()
  for (const query of ['', '?kind=', '?kind=pair&ruleset=My%20people&limit=5', '?other=1'])
    expect((await app.inject({ url: `/api/review${query}`, headers: ASKING })).statusCode).toBe(200)
  const none = { method: 'review', params: {} }
  const params = { kind: 'pair', ruleset: 'My people', limit: '5' }
  expect(engine.asked).toEqual([none, none, { method: 'review', params }, none])
})

test('RQ2: the fields are asked for by an address of their own', async () => {
  const { app, engine } = edgeUnderTest()
  const answer = await app.inject({ url: '/api/review/fields', headers: ASKING })
  expect([answer.statusCode, answer.json()]).toEqual([200, { fine: true }])
  expect(engine.asked).toEqual([{ method: 'review.fields', params: {} }])
})

test('RQ3: models are asked for, all or of one ruleset', async () => {
  const { app, engine } = edgeUnderTest()
  for (const query of ['', '?ruleset=', '?ruleset=My%20people&svg=x'])
    expect((await app.inject({ url: `/api/models${query}`, headers: ASKING })).statusCode).toBe(200)
  const all = { method: 'model', params: {} }
  expect(engine.asked).toEqual([all, all, { method: 'model', params: { ruleset: 'My people' } }])
})
