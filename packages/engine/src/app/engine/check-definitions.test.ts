import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runningEngine, twoSources } from '../commands/ingest-file-world.fixture.ts'
import { ProjectError } from '../project/index.ts'

/** What is told of the example with these files changed, before anything runs. */
async function told(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = twoSources()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const error: unknown = await runningEngine(folder, false).catch((thrown: unknown) => thrown)
  if (!(error instanceof ProjectError)) throw error
  expect(error.mistakes.filter(({ line, key, fix }) => !line || !key || !fix)).toEqual([])
  return error.mistakes.map(({ file, line, says, fix }) => `${file}:${line} ${says} ${fix}`)
}

/** A file of the example, changed. */
function changed(name: string, old: string, text: string): Readonly<Record<string, string>> {
  const from = readFileSync(join(twoSources(), name), 'utf8')
  expect(from).toContain(old)
  return { [name]: from.replace(old, text) }
}

const INSIGHT = `apiName: bad
expression: |
  SELECT UnifiedIndividual.Id,
    SUM(UnifiedIndividual.Lost) AS x
  FROM UnifiedIndividual GROUP BY UnifiedIndividual.Id
`
const SEGMENT = `developerName: rich
segmentOn: UnifiedIndividual
include:
  all:
    - { attribute: FristName, op: isEqualTo, value: x }
    - { attribute: nothing.near, op: isEqualTo, value: x }
    - { attribute: bad.x, op: isEqualTo, value: 3 }
exclude: { all: [{ related: Nobody }] }
`

test('CD1: what insights and segments name and nobody has is told at once, before anything runs', async () => {
  expect(await told({ 'insights/bad.yaml': INSIGHT, 'segments/rich.yaml': SEGMENT })).toEqual([
    expect.stringMatching(/^insights\/bad\.yaml:2 .*Lost.*\(line 2, column \d+\)/),
    expect.stringMatching(/^segments\/rich\.yaml:5 .*Did you mean FirstName\?$/),
    expect.stringMatching(/^segments\/rich\.yaml:6 .*nothing\.near/),
    expect.stringMatching(/^segments\/rich\.yaml:8 .*Nobody/),
  ])
})

test('CD2: every field that a mapping gets wrong is told, with its line', async () => {
  const found = await told(
    changed(
      'mappings/crm.yaml',
      'FirstName: first_name, LastName: last_name',
      'FristName: first_name, LastName: lst_name',
    ),
  ).catch((error: unknown) => error)
  expect(found).toEqual([
    'mappings/crm.yaml:4 Individual has no field "FristName". Did you mean "FirstName"?',
    'mappings/crm.yaml:4 The stream declares no field "lst_name". Did you mean "last_name"?',
  ])
  const types = 'Id: contact_id, BirthDate: first_name, LastModifiedDate: last_name'
  const kept =
    'Id: contact_id, FirstName: first_name, LastName: last_name, LastModifiedDate: updated_at'
  expect(await told(changed('mappings/crm.yaml', kept, types))).toEqual([
    expect.stringMatching(/^mappings\/crm\.yaml:4 .*Individual\.BirthDate/),
    expect.stringMatching(/^mappings\/crm\.yaml:4 .*Individual\.LastModifiedDate/),
  ])
})

test('CD3: every rule that a ruleset gets wrong is told, and rules of objects that no profile has', async () => {
  const rules = (more: string): Readonly<Record<string, string>> => ({
    'rulesets/people.yaml': `label: People
configurationType: Individual
matchRules:
  - label: Email
    criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT }]
  - label: Phone
    criteria:
      - { entityName: ContactPointPhone, fieldName: TelephoneNumber, matchMethodType: EXACT }
      - { entityName: Lead, fieldName: Id, matchMethodType: EXACT }
${more}`,
  })
  expect(await told(rules(''))).toEqual([
    expect.stringMatching(/^rulesets\/people\.yaml:8 .*ContactPointPhone\.TelephoneNumber/),
    expect.stringMatching(/^rulesets\/people\.yaml:9 .*Lead\.Id/),
  ])
  const more = `reconciliationRules:
  - { entityName: Nope, ruleType: LAST_UPDATED }
  - entityName: Individual
    ruleType: LAST_UPDATED
    fields: [{ fieldName: LstName, ruleType: LAST_UPDATED }]
`
  expect(await told(rules(more))).toEqual([
    expect.stringContaining(
      'rulesets/people.yaml:11 Profiles of Individual have no object "Nope".',
    ),
    expect.stringContaining(
      'rulesets/people.yaml:14 Individual has no field "LstName". Did you mean "LastName"?',
    ),
  ])
})
