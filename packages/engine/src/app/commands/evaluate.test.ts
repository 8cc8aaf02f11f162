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
  expect(found).toMatchObject({
    edge: one,
    pairwise: one,
    bcubed: one,
    blockingRecall: 1,
    exactClusterRate: 1,
  })
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
  expect(found.edge).toEqual({ precision: 0, recall: 0, f1: 0 })
  expect(found.bcubed.precision).toBeCloseTo((1 + 0.5 + 0.5 + 1 + 1 + 1) / 6)
  expect(found.bcubed.recall).toBeCloseTo((0.5 + 1 + 0.5 + 0.5 + 0.5 + 1) / 6)
  expect([found.blockingRecall, found.exactClusterRate]).toEqual([0, 0.25])
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
        expect(found.blockingRecall).toBeCloseTo(found.pairwise.recall)
      },
    ),
    { numRuns: 15 },
  )
})

test('EV5: a pair that a rule looked at and did not join is proposed all the same', async () => {
  const engine = await runningEngine(
    people({
      matchMethod: 'FUZZY_HIGH',
      first: at => (at < 6 ? 'Robert' : 'Albert'),
      last: at => `L${at % 6}`,
    }),
  )
  const truthPath = truthFile([
    ['people/0', 'A'],
    ['people/6', 'A'],
    ['people/1', 'B'],
    ['people/8', 'B'],
  ])
  const found = await evaluate(engine, { truthPath })
  expect([found.pairwise.recall, found.blockingRecall]).toEqual([0, 0.5])
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

interface MadePeople {
  readonly first: (at: number) => string
  readonly last: (at: number) => string
  /** How first names are compared beside equal last names; without it, by e-mail alone. */
  readonly matchMethod?: string
}

/** Twelve people in one stream, of four e-mail addresses. */
function people(
  { first, last, matchMethod }: MadePeople = { first: at => `F${at}`, last: at => `L${at}` },
): string {
  const rows = Array.from({ length: 12 }, (_, at) => {
    const email = matchMethod === undefined ? at % 4 : at
    return `${at},${first(at)},${last(at)},m${email}@mail.example`
  })
  const byName =
    matchMethod === undefined
      ? ''
      : `  - label: Name
    criteria:
      - { entityName: Individual, fieldName: LastName, matchMethodType: EXACT }
      - { entityName: Individual, fieldName: FirstName, matchMethodType: ${matchMethod} }
      - { entityName: ContactPointPhone, fieldName: TelephoneNumber, matchMethodType: EXACT_NORMALIZED }
`
  return folderWith({
    'mainstem.yaml': 'name: people\n',
    'data/people.csv': `id,first,last,email,phone\n${rows.map(row => `${row},+442079460001`).join('\n')}\n`,
    'streams/people.yaml': `name: people
connector: { type: File, path: data/people.csv }
category: Profile
primaryKey: id
`,
    'mappings/people.yaml': `stream: people
objects:
  - { object: Individual, fields: { Id: id, FirstName: first, LastName: last } }
  - { object: ContactPointEmail, fields: { EmailAddress: email } }
  - { object: ContactPointPhone, fields: { TelephoneNumber: phone } }
`,
    'rulesets/people.yaml': `label: People
configurationType: Individual
matchRules:
  - label: Email
    criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED }]
${byName}`,
  })
}
