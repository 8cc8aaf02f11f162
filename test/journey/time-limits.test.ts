import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { mainstem, Served } from './served.ts'
import { newFolder, writeFiles } from './world.ts'

const LONG = `SELECT COUNT(*) FROM Individual a ${Array.from({ length: 7 }, (_, at) => `CROSS JOIN Individual j${at}`).join(' ')}`
const folder = newFolder()
beforeAll(() => {
  const lines = Array.from({ length: 100 }, (_, at) => JSON.stringify({ id: `p${at}`, last: 'x' }))
  writeFiles(folder, { ...PEOPLE_PROJECT, 'people.jsonl': lines.join('\n') })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function limit(timeoutMs: number): void {
  const limits = { 'query.timeoutMs': timeoutMs }
  writeFiles(folder, { 'mainstem.yaml': { name: 'journey', limits } })
}

test('TL1: a statement is ended at the limit of the project, which is no failure of the engine', async () => {
  limit(1_500)
  const ingested = await mainstem('ingest', 'people', `${folder}/people.jsonl`, '--project', folder)
  expect(ingested.stderr + ingested.stdout).toMatch(/100/)
  await using served = await Served.start(folder)
  const response = await served.fetch('/services/data/v64.0/ssot/queryv2', {
    method: 'POST',
    body: JSON.stringify({ sql: LONG }),
  })
  expect([response.status, response.headers.get('retry-after')]).toEqual([408, null])
  const message = expect.stringMatching(/ran longer than 1\.5 s and was stopped.*query\.timeoutMs/)
  expect(await response.json()).toEqual([{ errorCode: 'SQL_LIMIT', message }])
  const typed = await mainstem('query', LONG, '--project', folder, '--json')
  expect([typed.code, JSON.parse(typed.stdout)]).toMatchObject([
    1,
    { error: { code: 'SQL_LIMIT' } },
  ])
  expect(typed.seconds).toBeLessThan(20)
  expect((await served.sql('SELECT COUNT(*) FROM Individual')).body).toMatchObject({
    data: [[100]],
  })
}, 120_000)

test('TL2: a look-up that takes too long is told so, not that the engine is away', async () => {
  limit(1)
  await using served = await Served.start(folder)
  const answer = await served.fetch('/api/status')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([408, null])
  expect(await answer.json()).toMatchObject({
    errorCode: 'SQL_LIMIT',
    message: expect.stringMatching(/took longer than 0\.001 s/),
  })
}, 120_000)
