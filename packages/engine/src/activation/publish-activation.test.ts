import type { ActivationDefinition } from '@mainstem/contracts'
import { describe, expect, test } from 'vitest'
import { activationStates } from './activation-state.ts'
import { definition, sources, useActivation } from './activation.contract.ts'
import { retainActivationHistory } from './audience-tables.ts'
import { planActivation } from './plan-activation.ts'

const at = useActivation()

describe('what cannot be published says why', () => {
  const refused = (more: Partial<ActivationDefinition>): unknown => {
    try {
      return planActivation(definition(more), sources)
    } catch (error) {
      return error
    }
  }
  test('a consent purpose is refused, never ignored', () => {
    expect(refused({ consent: { purpose: 'Marketing' } })).toMatchObject({
      code: 'CONSENT_UNSUPPORTED',
      message: expect.stringContaining('Marketing'),
    })
  })
  test.each<[RegExp, Partial<ActivationDefinition>]>([
    [
      /names FirstNam, which UnifiedIndividual does not have; did you mean FirstName\?$/,
      { attributes: ['FirstNam'] },
    ],
    [
      /names SalesOrder\.Total, of which a profile has many rows/,
      { attributes: ['SalesOrder.Total'] },
    ],
    [/names born twice/, { attributes: ['Born', 'born'] }],
    [/no data stream maps such contact points/, { contactPoint: { type: 'Phone' } }],
    [
      /names shopp, which has no Email; did you mean shop\?/,
      { contactPoint: { type: 'Email', sources: ['shopp'] } },
    ],
  ])('%s', (message, more) => {
    expect(refused(more)).toMatchObject({
      code: 'ACTIVATION_INVALID',
      message: expect.stringMatching(message),
    })
  })
  test('a segment that was never published, or that failed', async () => {
    expect(await at.publish(at.webhook(), { segment: 'other' })).toMatchObject({
      status: 'SEGMENT_ERROR',
      reason: 'Segment other has not been published yet.',
    })
    await at.session.run(`update segment_state set status = 'ERROR'`)
    expect(await at.publish(at.webhook())).toMatchObject({
      status: 'SEGMENT_ERROR',
      reason: 'The last publish of segment big failed.',
    })
    expect(at.receiver.counts().requests).toBe(0)
  })
  test('an insight with several rows a profile', async () => {
    await at.session.run(`insert into ltv values ('U1', 1)`)
    await expect(at.publish(at.webhook())).rejects.toMatchObject({
      code: 'ACTIVATION_INVALID',
      message: expect.stringContaining('several rows'),
    })
    expect(await activationStates(at.session)).toEqual([])
  })
})

describe('the laws see damage', () => {
  test.each([
    ['AC1', 'delete from delivery'],
    ['AC2', `update audience set hash = 1 where id = 'U1'`],
    ['AC2', `delete from audience where id = 'U1'`],
    ['AC3', `update audience set state = 'unconfirmed' where id = 'U1'`],
    ['AC4', 'insert into audience select * from audience'],
    ['AC5', `update outbox set body = 'x'`],
    ['AC6', 'update activation_publish set accepted = 9'],
  ])('%s: %s', async (law, damage) => {
    await at.publish(at.webhook())
    expect(await at.violated()).toEqual([])
    await at.session.run(damage)
    expect(await at.violated()).toContain(law)
  })
  test('retention keeps them', async () => {
    await at.publish(at.webhook())
    await at.session.run(`delete from segment_member where uid = 1`)
    await at.publish(at.webhook())
    await retainActivationHistory(at.session, new Date(Date.UTC(2030, 0, 1)), 30)
    expect(await at.session.rows('select id from audience_history')).toEqual([['U2']])
    expect(await at.violated()).toEqual([])
  })
})
