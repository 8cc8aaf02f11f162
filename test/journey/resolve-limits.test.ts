import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EMAIL, LAST } from './people-project.ts'
import { mainstem } from './served.ts'
import { type Answer, newFolder, writeFiles } from './world.ts'

const folder = newFolder()
const file = (name: string): string => join(folder, name)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function resolved(...words: readonly string[]): Promise<Answer> {
  const ended = await mainstem('resolve', ...words, '--json')
  expect([ended.stderr, ended.code]).toEqual(['', 0])
  return JSON.parse(ended.stdout) as Answer
}

const FIRSTS = ['Anna', 'Bertil', 'Cleo', 'Dmitri', 'Eszter', 'Farid', 'Greta', 'Hugo']
const LASTS = ['Adler', 'Brandt', 'Castro', 'Dvorak', 'Eklund', 'Fischer', 'Grant']
/** People of whom each is there twice; the second time one of three values is missing, and the phone is another. */
const PEOPLE = Array.from({ length: 112 }, (_none, row) => {
  const at = row % 56
  const cells = [
    FIRSTS[at % 8],
    LASTS[at % 7],
    `19${50 + ((11 * at) % 45)}-0${1 + (at % 9)}-1${at % 10}`,
    `${52_000 + at}`,
  ]
  if (row >= 56) cells[1 + (at % 3)] = ''
  return `${row},${cells.join(',')},+1 213 373 ${4000 + row}`
})

test('RL1: what a scored rule may cost is said with it, and goes into the project that is written', async () => {
  const limits = { passesMax: 1, membersMax: 50 }
  writeFiles(folder, {
    'people.csv': ['id,first_name,last_name,birth_date,postal_code,phone', ...PEOPLE].join('\n'),
    'limits.yaml': { matchRules: [{ label: 'Score', kind: 'Scored', limits }] },
  })
  const into = file('limited')
  const written = (name: string): string => readFileSync(join(into, 'rulesets', name), 'utf8')
  const passes = (): number =>
    (JSON.parse(written('people.score.json')) as { blocking: unknown[] }).blocking.length
  const free = await resolved(file('people.csv'), '--into', into)
  expect(passes()).toBeGreaterThan(1)
  rmSync(into, { recursive: true })
  // Columns that the file of rules says nothing of are recognised.
  const rules = ['--ruleset', file('limits.yaml'), '--into', into]
  const limited = await resolved(file('people.csv'), ...rules)
  expect(passes()).toBe(1)
  expect(Number(limited['pairs'])).toBeLessThan(Number(free['pairs']))
  expect(written('people.yaml')).toContain('membersMax: 50')
}, 60_000)

test('RL2: over valuesMax names of one key are not compared, and it is told', async () => {
  const names = { entityName: 'Individual', fieldName: 'FirstName', matchMethodType: 'FUZZY' }
  const rules = {
    columns: { first: 'Individual.FirstName', last: 'Individual.LastName' },
    matchRules: [{ label: 'Names', criteria: [names, LAST] }],
  }
  const withMail = {
    columns: { ...rules.columns, mail: 'ContactPointEmail.EmailAddress' },
    matchRules: [...rules.matchRules, { label: 'Email', criteria: [EMAIL] }],
  }
  writeFiles(folder, {
    'names.csv': 'first,last,mail\nAnn,Lee,\nAnne,Lee,\nRobert,Lee,\nAnne,Lee,\n',
    'many.yaml': withMail,
    'few.yaml': { ...withMail, valuesMax: 2 },
  })
  const asked = async (name: string): Promise<Answer> =>
    await resolved(file('names.csv'), '--ruleset', file(name))
  expect(await asked('many.yaml')).toMatchObject({ entities: 2, contestedKeys: [] })
  expect(await asked('few.yaml')).toMatchObject({
    entities: 3,
    contestedKeys: [{ rule: 'Names', why: 'values', records: 3 }],
  })
}, 60_000)

test('RL3: a limit that there is not is told with the nearest', async () => {
  writeFiles(folder, {
    'wrong.yaml': { matchRules: [{ label: 'S', kind: 'Scored', limits: { pairsFre: 1 } }] },
  })
  const ended = await mainstem('resolve', file('names.csv'), '--ruleset', file('wrong.yaml'))
  expect(ended.code).toBe(2)
  expect(ended.stderr).toContain('Did you mean "pairsFree"?')
})
