import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../packages/engine/src/activation/adapters/webhook-receiver.ts'
import { answerOf, mainstem, Served, until } from './served.ts'
import { type Answer, newFolder, writeFiles } from './world.ts'

const SAMPLE = resolve(import.meta.dirname, '../../examples/two-sources')
const folder = newFolder()
const KEY = Buffer.alloc(64, 7).toString('base64')
const project = ['--project', folder] as const
let receiver: WebhookReceiver

beforeAll(async () => {
  cpSync(SAMPLE, folder, { recursive: true, filter: path => !path.includes('.mainstem') })
  receiver = await startWebhookReceiver({ key: KEY, port: 0 })
  writeFileSync(join(folder, 'key.txt'), KEY)
  writeFiles(folder, {
    'insights/ticking.yaml': {
      apiName: 'ticking',
      refresh: { every: '1s' },
      expression:
        'SELECT UnifiedIndividual.Id, COUNT(UnifiedIndividual.Id) AS one FROM UnifiedIndividual GROUP BY UnifiedIndividual.Id',
    },
    'segments/buyers.yaml': {
      developerName: 'buyers',
      segmentOn: 'UnifiedIndividual',
      refresh: 'onDemand',
      include: {
        all: [{ attribute: 'lifetime_value.lifetime_value', op: 'isGreaterThan', value: 20 }],
      },
    },
    'targets/hook.yaml': {
      name: 'hook',
      platformType: 'Webhook',
      url: `${receiver.url}/hook`,
      signingKey: { file: 'key.txt' },
    },
    'activations/buyers_hook.yaml': {
      name: 'buyers_hook',
      segment: 'buyers',
      target: 'hook',
      refresh: 'onDemand',
      contactPoint: { type: 'Email', sources: ['shop', 'crm'] },
      consent: { none: 'An order needs none.' },
      attributes: ['FirstName', 'lifetime_value.lifetime_value'],
      refreshType: 'INCREMENTAL',
    },
  })
}, 60_000)
afterAll(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

test('CL1: two sources that reuse ids: Ben has 150 by 2 orders, 75 on average, Cleo 30, Anna no row', async () => {
  const run = await mainstem('run', ...project, '--json')
  expect(run.code).toBe(0)
  expect(JSON.parse(run.stdout)).toMatchObject({ status: 'SUCCESS' })
  const sql = `SELECT u.ssot__LastName__c, v.lifetime_value, v.total_orders, v.avg_order_value
    FROM lifetime_value__cio v JOIN UnifiedIndividual__dlm u ON v.Id = u.ssot__Id__c ORDER BY 1`
  const { rows } = await answerOf('query', sql, ...project)
  expect((rows as unknown[][]).map(([name, ...numbers]) => [name, ...numbers.map(Number)])).toEqual(
    [
      ['Baker', 150, 2, 75],
      ['Carter', 30, 1, 30],
    ],
  )
  expect(
    await answerOf('query', 'SELECT COUNT(*) FROM UnifiedIndividual', ...project),
  ).toMatchObject({ rows: [[3]] })
  expect(receiver.counts()).toMatchObject({ events: 2 })
  const again = JSON.parse((await mainstem('run', ...project, '--json')).stdout) as Answer
  expect((again['stages'] as Answer[]).filter(stage => stage['changed'] !== 0)).toEqual([])
  expect(receiver.counts()).toMatchObject({ events: 2 })
}, 120_000)

test.each([
  [['frobnicate'], /no command "frobnicate"/],
  [['run', '--stage', 'insight', ...project], /no stage "insight"/],
  [['query', "SELECT * FROM read_csv('/etc/passwd')", ...project], /only objects and subqueries/],
])(
  'CL2: %j ends with 2 and a sentence, which is the one document with --json',
  async (words, says) => {
    const json = await mainstem(...words, '--json')
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: expect.any(String), message: expect.stringMatching(says) },
    })
    if (words.includes('run')) return
    const plain = await mainstem(...words)
    expect([plain.code, plain.stdout]).toEqual([2, ''])
    expect(plain.stderr).toMatch(says)
    expect(plain.stderr).not.toMatch(/\n {4}at |\u001B\[/)
  },
)

test('CL3: a stage that fails is a finding: exit 1, the other stages done, one document', async () => {
  const broken = newFolder()
  try {
    cpSync(SAMPLE, broken, { recursive: true, filter: path => !path.includes('.mainstem') })
    rmSync(join(broken, 'data/orders.csv'))
    const run = await mainstem('run', '--project', broken, '--json')
    expect(run.code).toBe(1)
    const { status, stages } = JSON.parse(run.stdout) as Answer
    expect(status).not.toBe('SUCCESS')
    const failed = (stages as Answer[]).filter(stage => stage['status'] === 'ERROR')
    expect(failed.map(stage => [stage['stage'], stage['name']])).toContainEqual([
      'streams',
      'orders',
    ])
    expect(failed[0]?.['error']).toMatch(/data\/orders\.csv/)
  } finally {
    rmSync(broken, { recursive: true, force: true })
  }
})

test('CL4: with a server, commands go through it and tell the same; what is due runs by itself', async () => {
  const questions = [
    ['status'],
    ['query', 'SELECT Id FROM UnifiedIndividual ORDER BY 1'],
    ['profile', 'ben@mail.example'],
    ['explain', 'crm/2', 'shop/1'],
  ]
  const ask = async (): Promise<Answer[]> => {
    const answers: Answer[] = []
    for (const words of questions) {
      const answer = await answerOf(...words, ...project)
      delete answer['asOf']
      if (words[0] === 'status')
        answer['insights'] = (answer['insights'] as Answer[]).filter(
          one => one['apiName'] !== 'ticking',
        )
      answers.push(answer)
    }
    return answers
  }
  const without = await ask()
  const served = await Served.start(folder)
  try {
    expect(await ask()).toEqual(without)
    const ticks = async (): Promise<string> => {
      const { insights } = await answerOf('status', ...project)
      return String((insights as Answer[]).find(one => one['apiName'] === 'ticking')?.['lastRun'])
    }
    const first = await ticks()
    await until(async () => (await ticks()) !== first)
    const published = await answerOf('segments', 'publish', 'buyers', ...project)
    expect(published).toMatchObject({ name: 'buyers', members: 2 })
    writeFileSync(
      join(folder, 'more.csv'),
      'order_id,customer_id,amount,ordered_at\n9,2,1.00,2025-06-21T10:00:00Z\n',
    )
    expect(await answerOf('ingest', 'orders', join(folder, 'more.csv'), ...project)).toMatchObject({
      accepted: 1,
      problems: 0,
    })
    const ran = await answerOf('run', '--stage', 'insights', '--name', 'lifetime_value', ...project)
    expect(ran['stages']).toMatchObject([{ name: 'lifetime_value', status: 'SUCCESS', changed: 1 }])
    expect(await answerOf('activations', 'publish', 'buyers_hook', ...project)).toMatchObject({
      name: 'buyers_hook',
    })
    const { rows } = await answerOf(
      'query',
      'SELECT lifetime_value FROM lifetime_value__cio ORDER BY 1',
      ...project,
    )
    expect((rows as unknown[][]).map(([value]) => Number(value))).toEqual([31, 150])
  } finally {
    expect(await served.stop()).toBe(0)
  }
  expect(served.log).not.toMatch(/ben@mail|Cleo|Carter/)
  expect(existsSync(join(folder, '.mainstem'))).toBe(true)
  expect(readdirSync(join(folder, '.mainstem')).filter(name => name.endsWith('.sock'))).toEqual([])
}, 180_000)

test('CL5: a port that another program has is the mistake of who starts the server', async () => {
  const taken = new URL(receiver.url).port
  const started = await mainstem('start', '--port', taken, ...project, '--json')
  expect(started.code).toBe(2)
  expect(JSON.parse(started.stdout)).toMatchObject({
    error: {
      code: 'USAGE',
      message: expect.stringMatching(/another program does\)\. Name another/),
    },
  })
})
