import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ANN, PEOPLE_PROJECT } from './people-project.ts'
import { answerOf, Served } from './served.ts'
import { type Answer, newFolder, writeFiles } from './world.ts'

const folder = newFolder()
const told = { author: 'Ada Steward', reason: 'two sisters' }
const sisters = { a: 'people/1', b: 'people/2', ...told }

/** What helps on the command line only. */
const BY_COMMAND = /--|mainstem [a-z]/

beforeAll(() => writeFiles(folder, PEOPLE_PROJECT))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  'DH1: over HTTP people are kept apart, joined again and left to the rules, as on the command line',
  { timeout: 240_000 },
  async () => {
    await using served = await Served.start(folder)
    const data = ['1', '2', '3'].map(id => ({ ...ANN, id }))
    await served.post('/api/v1/ingest/people', { data })
    const get = async (path: string): Promise<Answer> =>
      (await (await served.fetch(path)).json()) as Answer
    const refused = async (path: string, body: unknown, said: RegExp): Promise<void> => {
      const answer = await served.post(path, body)
      expect(answer.status).toBe(/contradicts/.test(said.source) ? 409 : 400)
      expect(answer.body['message']).toMatch(said)
      expect(answer.body['message']).not.toMatch(BY_COMMAND)
    }

    const undone = await served.post('/api/undo', sisters)
    expect(undone.status).toBe(200)
    expect(undone.body).toMatchObject({
      decision: { number: 1, a: 'people/1', b: 'people/2', verdict: 'never', ...told },
      recorded: 2,
      unifiedIds: [expect.any(String), expect.any(String)],
    })
    expect(await get('/api/explain?a=people/1&b=people/2')).toMatchObject({ together: false })
    await refused('/api/undo', sisters, /no merge to undo\. POST \/api\/decisions/)
    const { unifiedId } = await get('/api/profile?key=people/2')
    const same = { ...sisters, b: unifiedId, a: 'people/2' }
    await refused('/api/undo', same, /one profile now.*GET \/api\/profile/)

    const strange = { author: 'Ada', reason: 'said\u0000 "so"; \uD800 ` ’' }
    const joined = { b: 'people/3', verdict: 'together', ...strange }
    expect((await served.post('/api/decisions', { a: 'people/1', ...joined })).body).toMatchObject({
      decision: { number: 3, verdict: 'together' },
      unifiedIds: [expect.any(String)],
    })
    await refused(
      '/api/decisions',
      { a: 'people/2', ...joined },
      /contradicts decision 1.*\/revoke/,
    )
    await refused('/api/decisions', { a: 'people/2', ...joined, verdict: 'none' }, /verdict/)
    const unknown = await served.post('/api/decisions', { a: 'people/none', ...joined })
    expect(unknown.status).toBe(404)
    expect(unknown.body['message']).toMatch(/no record of one.*GET \/api\/profile/)
    for (const query of ['limit=0', 'kind=best'])
      expect((await get(`/api/review?${query}`))['message']).not.toMatch(BY_COMMAND)

    expect((await served.post('/api/decisions/1-2/revoke', told)).body).toMatchObject({
      decision: { number: 4, verdict: 'none' },
      recorded: 2,
      unifiedIds: [expect.any(String)],
    })
    await refused('/api/decisions/1/revoke', told, /No decision 1 holds.*GET \/api\/decisions/)
    const list = await get('/api/decisions')
    expect(list['rows']).toMatchObject([{ number: 3, isLive: true }])
    expect((await get('/api/decisions?all=true'))['rows']).toHaveLength(5)
    const asked = await answerOf('decisions', 'list', '--project', folder)
    expect(asked['rows']).toEqual(list['rows'])

    expect(await get('/api/review')).toMatchObject({ rows: [], counts: { conflict: 0 } })
    const { fields } = await get('/api/review/fields')
    expect(fields).toContainEqual(
      expect.objectContaining({ stream: 'people', field: 'FirstName', rows: 3, completeness: 100 }),
    )
    const bare = await served.fetch('/api/undo', { method: 'POST', body: '{}' }, '')
    expect(bare.status).toBe(401)
    expect(await answerOf('verify', '--project', folder)).toMatchObject({ differences: 0 })
  },
)
