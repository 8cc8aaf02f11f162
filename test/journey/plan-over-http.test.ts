import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadProject } from '../../packages/engine/src/app/project/index.ts'
import { PEOPLE_PROJECT, PEOPLE_RULES, SECOND_RULES } from './people-project.ts'
import { answerOf, mainstem, Served } from './served.ts'
import { newFolder, writeFiles } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const phone = '020 7946 0001'
const people = [
  { id: '1', first: 'Bob', last: 'Stone', email: 'a@x.example', phone, changed: T },
  { id: '2', first: 'Rob', last: 'Stone', email: 'b@x.example', phone, changed: T },
]
const BY_MAIL = { ...PEOPLE_RULES, matchRules: PEOPLE_RULES.matchRules.slice(0, 1) }

test(
  'PH1: a ruleset is tried and applied over HTTP, stays in its file, and is told in lines',
  { timeout: 240_000 },
  async () => {
    const folder = newFolder()
    try {
      const file = `# Who is who.\n${JSON.stringify(PEOPLE_RULES, null, 2)}`
      writeFiles(folder, { ...PEOPLE_PROJECT, 'rulesets/people.yaml': file })
      await using served = await Served.start(folder)
      const sent = await served.post('/api/v1/ingest/people', { data: people })
      expect(sent.status).toBe(202)
      await served.fetch('/services/data/v64.0/ssot/queryv2?after=1', {
        method: 'POST',
        body: JSON.stringify({ sql: 'select count(*) from UnifiedIndividual' }),
      })
      const unified = async (): Promise<unknown> =>
        (await served.sql('select count(*) as n from UnifiedIndividual')).body['data']
      const before = await unified()

      const plan = await served.post('/api/plan', { rulesets: [BY_MAIL] })
      expect(plan.status).toBe(200)
      expect(plan.body).toMatchObject({
        changes: [{ kind: 'ruleset', name: 'People', action: 'update', fields: ['matchRules'] }],
        effects: { unifiedProfiles: { before: 1, after: 2 }, split: 1, rows: 2 },
      })
      expect(await unified()).toEqual(before)
      expect(readdirSync(join(folder, 'rulesets'))).toEqual(['people.yaml'])
      expect((await served.post('/api/plan', {})).body).toMatchObject({ changes: [] })

      const wrong = await served.post('/api/plan', { rulesets: [{ ...BY_MAIL, matchRule: [] }] })
      expect(wrong.status).toBe(400)
      expect(JSON.stringify(wrong.body)).toMatch(/rulesets\/people\.yaml.*matchRules/)
      expect((await served.fetch('/api/plan', { method: 'POST' }, '')).status).toBe(401)

      const both = { rulesets: [BY_MAIL, { ...SECOND_RULES, label: 'By mail & name' }] }
      const applied = await served.post('/api/apply', both)
      expect(applied.body).toMatchObject({ applied: true, effects: { split: 1 } })
      expect(await unified()).not.toEqual(before)
      expect(readdirSync(join(folder, 'rulesets')).toSorted()).toEqual([
        'by_mail_name.yaml',
        'people.yaml',
      ])
      const written = (await loadProject(folder)).rulesets.find(({ file }) => /people/.test(file))
      expect(written?.definition).toEqual(BY_MAIL)
      const text = readFileSync(join(folder, 'rulesets/people.yaml'), 'utf8')
      expect(text).toMatch(/^# Who is who\.\n/)

      expect(await answerOf('plan', '--project', folder)).toMatchObject({ changes: [] })
      writeFiles(folder, { 'rulesets/people.yaml': PEOPLE_RULES })
      const { stdout, code } = await mainstem('plan', '--project', folder)
      expect(code).toBe(0)
      expect(stdout).toMatch(/ruleset People\n2 → 1 unified profiles: 1 merge into others/)
      expect(stdout).toMatch(/consolidation % +0 +50/)
      expect(stdout).toMatch(/ +2 +0 +1 +▇/)
      expect(stdout).toMatch(/merged +[0-9a-f]{32} ← [0-9a-f]{32}\n.*people\/1 +\| +people\/2/)
      expect(stdout).toMatch(/1 change, 2 source profiles to resolve again, about \d/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
