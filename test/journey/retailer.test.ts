import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedStatements } from './seed-statements.ts'
import { answerOf, freePort, mainstem, Served, until } from './served.ts'
import { type Answer, newFolder } from './world.ts'

const SAMPLE = resolve(import.meta.dirname, '../../examples/retailer')
const folder = newFolder()
const LEAD = 'lead@example.com'

let once: Answer
let again: Answer
let served: Served

beforeAll(async () => {
  cpSync(SAMPLE, folder, {
    recursive: true,
    filter: path => !/\/(\.mainstem|out)(\/|$)/.test(path.slice(SAMPLE.length)),
  })
  const port = String(await freePort())
  for (const file of ['mainstem.yaml', 'targets/webhook.yaml']) {
    const path = join(folder, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('8099', port))
  }
  once = await answerOf('start', '--once', '--project', folder)
  rmSync(join(folder, 'truth.csv'))
  again = await answerOf('start', '--once', '--project', folder)
  served = await Served.start(folder)
}, 400_000)

afterAll(async () => {
  await served[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const expected = JSON.parse(readFileSync(join(SAMPLE, 'expected.json'), 'utf8')) as Answer

describe('the sample, run once', () => {
  test('RE1: every stage succeeds, and each stream has the rows and problems that were planted', () => {
    const { run, status, evaluation, webhooks } = once
    expect(run['status']).toBe('SUCCESS')
    expect((run['stages'] as Answer[]).filter(stage => stage['status'] !== 'SUCCESS')).toEqual([])
    for (const [name, { rows, problems }] of Object.entries(
      expected['streams'] as Record<string, Answer>,
    )) {
      const stream = (status['streams'] as Answer[]).find(one => one['name'] === name)
      expect([name, stream?.['problems'], stream?.['rows']]).toEqual([name, problems, rows])
      const { processed, added, updated, unchanged, stale } = stream ?? {}
      expect(added + updated + unchanged + stale + problems).toBe(processed)
    }
    expect(evaluation).toMatchObject({
      pairwise: { precision: expect.any(Number), recall: expect.any(Number) },
    })
    expect(webhooks).toMatchObject({ requests: expect.any(Number) })
    expect(webhooks['events']).toBeGreaterThan(0)
  })

  test('RE2: a second run on the same day changes nothing; without the truth only the evaluation is missing', () => {
    expect(
      (again['run']['stages'] as Answer[]).filter(
        stage => stage['changed'] !== 0 || stage['status'] !== 'SUCCESS',
      ),
    ).toEqual([])
    expect(again['evaluation']).toBeUndefined()
    // Every run is noted in the history of the metrics, whatever it changed.
    const profiles = (document: Answer): unknown =>
      (document['status']['rulesets'] as Answer[]).map(({ history: _history, ...rest }) => rest)
    expect(profiles(again)).toEqual(profiles(once))
    const [before, after] = [once, again].map(document =>
      (document['status']['rulesets'] as Answer[]).map(
        ({ history }) => (history as Answer[]).length,
      ),
    )
    expect(after).toEqual(before?.map(runs => runs + 1))
  })

  test('RE3: lifetime values add up to the linked orders of the source files, to the cent', async () => {
    const { body } = await served.sql('SELECT SUM(lifetime_value) FROM lifetime_value__cio')
    expect(body['data']).toHaveLength(1)
    expect(Number(body['data'][0][0]).toFixed(2)).toBe(expected['totalAmount'].linked)
  })
})

describe('the sample, served', () => {
  test('RE4: nothing is told without the token, but health, readiness and metrics', async () => {
    for (const [path, method] of [
      ['/services/data/v64.0/ssot/queryv2', 'POST'],
      ['/api/v1/ingest/EngagementEvent', 'POST'],
      [`/api/v1/profiles/${LEAD}`, 'GET'],
    ] as const) {
      const body = method === 'POST' ? { body: '{}' } : {}
      expect([path, (await served.fetch(path, { method, ...body }, '')).status]).toEqual([
        path,
        401,
      ])
      expect([path, (await served.fetch(path, { method, ...body }, 'wrong')).status]).toEqual([
        path,
        401,
      ])
    }
    for (const path of ['/health', '/ready', '/metrics', '/']) {
      expect([path, (await served.fetch(path, {}, '')).status]).toEqual([path, 200])
    }
  })

  const seeds = seedStatements()
  const hasSeeds = seeds.length > 0
  if (!hasSeeds)
    console.log(
      'SKIPPED: the statements of the seeds, for ../shared is not beside this repository.',
    )
  test.skipIf(!hasSeeds).each(hasSeeds ? seeds : ['none'])(
    'RE5: the statement of the seeds %# runs as written',
    async sql => {
      const { status, body } = await served.sql(sql)
      expect([status, body['message']]).toEqual([200, undefined])
      expect(body['data'].length).toBeGreaterThan(0)
    },
  )
  test.skipIf(!hasSeeds)('RE6: the seeds have four statements', () => expect(seeds).toHaveLength(4))

  test('RE7: an event posted as the seed has it is visible soon, in SQL and in the profile of its address', async () => {
    const event = {
      event_id: 'evt_12345',
      customer_email: LEAD,
      event_type: 'lead_qualified',
      event_timestamp: '2026-04-19T10:00:00Z',
      conversation_id: 'conv_67890',
      channel: 'whatsapp',
    }
    const sql = `SELECT COUNT(*) FROM EngagementEvent WHERE EventType = 'lead_qualified'`
    const { status } = await served.post('/api/v1/ingest/EngagementEvent', { data: [event] })
    const accepted = performance.now()
    expect(status).toBe(202)
    await until(async () => Number((await served.sql(sql)).body['data'][0][0]) === 1)
    console.log(`202 → visible: ${Math.round(performance.now() - accepted)} ms`)
    const { related } = await answerOf('profile', LEAD, '--project', folder)
    expect(
      (related as Answer[]).reduce((sum, one) => sum + Number(one['count']), 0),
    ).toBeGreaterThanOrEqual(1)
  })

  test('RE8: a long result comes in pages, each row once', async () => {
    const first = await served.sql('SELECT Id FROM UnifiedIndividual')
    const ids = new Set<string>()
    let rows = 0
    for (let page = first.body; ;) {
      rows += page['rowCount']
      for (const [id] of page['data'] as string[][]) ids.add(String(id))
      if (page['done'] === true) break
      const next = await served.fetch(
        `/services/data/v64.0/ssot/queryv2/${String(page['nextBatchId'])}`,
      )
      expect(next.status).toBe(200)
      page = (await next.json()) as Answer
    }
    expect(ids.size).toBe(rows)
    expect(rows).toBeGreaterThan(10_000)
  })

  test('RE9: with the engine killed records are still accepted, and questions are answered again', async () => {
    process.kill(served.enginePid(), 'SIGKILL')
    const accepted = await served.post('/api/v1/ingest/EngagementEvent', {
      data: [
        {
          event_id: 'evt_late',
          customer_email: LEAD,
          event_type: 'late',
          event_timestamp: '2026-04-19T11:00:00Z',
        },
      ],
    })
    expect(accepted.status).toBe(202)
    const sql = `SELECT COUNT(*) FROM EngagementEvent WHERE EventType = 'late'`
    await until(async () => Number((await served.sql(sql)).body['data']?.[0]?.[0]) === 1, 60_000)
  })

  test('RE10: commands tell the same with a server and without; the server stops when it is asked to', async () => {
    const questions = [
      ['status'],
      ['query', 'SELECT COUNT(*) FROM UnifiedIndividual'],
      ['profile', LEAD],
      ['explain', 'crm_contacts/1'],
    ]
    const ask = async (): Promise<Answer[]> => {
      const answers: Answer[] = []
      for (const words of questions) {
        const { asOf: _when, ...rest } = await answerOf(...words, '--project', folder)
        answers.push(rest)
      }
      return answers
    }
    const withServer = await ask()
    expect(await served.stop()).toBe(0)
    expect(await ask()).toEqual(withServer)
    const verified = await mainstem('verify', '--project', folder, '--json')
    const { differences, notCompared } = JSON.parse(verified.stdout) as Answer
    expect([verified.code, differences, notCompared]).toEqual([0, 0, []])
  }, 240_000)
})
