import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate, evaluationLines } from './evaluate.ts'
import {
  folderWith,
  runningEngine,
  temporaryFolder,
  twoSources,
} from './ingest-file-world.fixture.ts'

function truthFile(rows: readonly (readonly [string, string])[]): string {
  const path = join(temporaryFolder(), 'truth.csv')
  writeFileSync(path, ['record_id,entity_id', ...rows.map(row => row.join(','))].join('\n'))
  return path
}

test('EV1: a right grouping scores 1 everywhere', async () => {
  const engine = await runningEngine(twoSources())
  const truthPath = truthFile([
    ['crm/1', 'A'],
    ['crm/2', 'B'],
    ['shop/1', 'B'],
    ['shop/2', 'C'],
  ])
  const found = await evaluate(engine, { truthPath })
  const one = { precision: 1, recall: 1, f1: 1 }
  expect(found).toMatchObject({ records: 4, entities: 3, clusters: 3, missing: 0 })
  expect(found).toMatchObject({ pairwise: one, bcubed: one, exactClusterRate: 1 })
  expect(Number(found.position)).toBeGreaterThan(0)
  expect(evaluationLines(found).join('\n')).toContain('100.00 %')
})

test('EV2: what was missed, what was joined wrongly and what is absent each cost what they should', async () => {
  const engine = await runningEngine(twoSources())
  const truthPath = truthFile([
    ['crm/1', 'A'],
    ['crm/2', 'B'],
    ['shop/1', 'C'],
    ['shop/2', 'A'],
    ['shop/99', 'C'],
    ['nowhere/1', 'D'],
  ])
  const found = await evaluate(engine, { truthPath, ruleset: 'People' })
  expect(found).toMatchObject({ records: 6, missing: 2, entities: 4, clusters: 5 })
  expect(found.pairwise).toEqual({ precision: 0, recall: 0, f1: 0 })
  expect(found.bcubed.precision).toBeCloseTo((1 + 0.5 + 0.5 + 1 + 1 + 1) / 6)
  expect(found.bcubed.recall).toBeCloseTo((0.5 + 1 + 0.5 + 0.5 + 0.5 + 1) / 6)
  expect(found.exactClusterRate).toBe(0.25)
})

test('EV3: scores are those of the plain definition, pair by pair', async () => {
  const engine = await runningEngine(people())
  const ids = Array.from({ length: 12 }, (_, at) => `people/${at}`)
  const group = (at: number): number => at % 4
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }),
      async entities => {
        const truthPath = truthFile(ids.map((id, at) => [id, `e${entities[at]}`] as const))
        const found = await evaluate(engine, { truthPath })
        let both = 0
        let joined = 0
        let same = 0
        for (let a = 0; a < ids.length; a++) {
          for (let b = 0; b < a; b++) {
            const isJoined = group(a) === group(b)
            const isSame = entities[a] === entities[b]
            joined += Number(isJoined)
            same += Number(isSame)
            both += Number(isJoined && isSame)
          }
        }
        expect(found.pairwise.precision).toBeCloseTo(joined === 0 ? 1 : both / joined)
        expect(found.pairwise.recall).toBeCloseTo(same === 0 ? 1 : both / same)
      },
    ),
    { numRuns: 15 },
  )
})

test('EV4: a truth that is no truth is refused with a sentence', async () => {
  const engine = await runningEngine(twoSources())
  const refused = async (truthPath: string, code: string): Promise<void> => {
    await expect(evaluate(engine, { truthPath })).rejects.toMatchObject({ code })
  }
  await refused(join(temporaryFolder(), 'none.csv'), 'SOURCE_MISSING')
  await refused(join(folderWith({ 'a.csv': 'id,entity\n1,2\n' }), 'a.csv'), 'COLUMN_MISSING')
  await refused(
    truthFile([
      ['crm/1', 'A'],
      ['crm/1', 'B'],
    ]),
    'SOURCE_UNREADABLE',
  )
  await expect(evaluate(engine, { truthPath: '', ruleset: 'Nobody' })).rejects.toThrow('"People"')
})

/** Twelve people in one stream, of four e-mail addresses. */
function people(): string {
  const rows = Array.from({ length: 12 }, (_, at) => `${at},F${at},L${at},m${at % 4}@mail.example`)
  return folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/people.csv': `id,first,last,email\n${rows.join('\n')}\n`,
    'streams/people.yaml': `name: people
connector: { type: File, path: data/people.csv }
category: Profile
primaryKey: id
`,
    'mappings/people.yaml': `stream: people
objects:
  - { object: Individual, fields: { Id: id, FirstName: first, LastName: last } }
  - { object: ContactPointEmail, fields: { EmailAddress: email } }
`,
    'rulesets/people.yaml': `label: People
configurationType: Individual
matchRules:
  - label: Email
    criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED }]
`,
  })
}
