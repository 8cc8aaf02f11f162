import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { criteriaOf, type Criterion, type RulesetDefinition } from '@mainstem/contracts'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  keysBySql,
  keysOfFew,
  makeObjects,
  rows,
  rulesets,
  scopeOf,
  TOGETHER,
  type SourceRow,
  writeRows,
} from './few-keys.fixture.ts'
import { sqlSession } from './score/sql-session.fixture.ts'

const criterion = (path: string, matchMethodType: Criterion['matchMethodType']): Criterion => {
  const [entityName = '', fieldName = ''] = path.split('.')
  return { entityName, fieldName, matchMethodType }
}

/** A ruleset of one rule for each list of criteria. */
function rulesetOf(...rules: readonly (readonly Criterion[])[]): RulesetDefinition {
  const matchRules = rules.map(criteria => ({ label: 'Rule', criteria: [...criteria] }))
  return { label: 'Rules', configurationType: 'Individual', matchRules }
}

const BY_NAME = rulesetOf([
  criterion('Individual.FirstName', 'FUZZY'),
  criterion('Individual.LastName', 'EXACT'),
])
const BY_ROWS = rulesetOf([
  criterion('ContactPointEmail.EmailAddress', 'EXACT_NORMALIZED'),
  criterion('ContactPointAddress.AddressLine1', 'EXACT'),
])
const BY_ALL = rulesetOf(
  [
    criterion('Individual.FirstName', 'FUZZY'),
    criterion('Individual.LastName', 'EXACT_NORMALIZED'),
  ],
  [criterion('ContactPointEmail.EmailAddress', 'EXACT_NORMALIZED')],
  [criterion('ContactPointPhone.TelephoneNumber', 'EXACT')],
  [criterion('ContactPointPhone.FormattedE164PhoneNumber', 'EXACT_NORMALIZED')],
  [criterion('ContactPointAddress.AddressLine1', 'EXACT_NORMALIZED')],
  [criterion('PartyIdentification.IdentificationNumber', 'EXACT')],
  [criterion('Individual.BirthDate', 'EXACT')],
)

const session = sqlSession()
beforeAll(async () => await makeObjects(session()))

/** All but one, who is somebody's neighbour. */
const scope = scopeOf([0, 1, 2, 3, 4, 5, 6, 7, 8])

/** The two ways to make match keys give the same; the few's ruleset may be a broken one. */
function sameKeys(
  breaks: (ruleset: RulesetDefinition) => RulesetDefinition = ruleset => ruleset,
): fc.IAsyncProperty<[readonly SourceRow[], RulesetDefinition]> {
  return fc.asyncProperty(rows, rulesets, async (world, ruleset) => {
    await writeRows(session(), world)
    const keys = await keysBySql(session(), ruleset, scope)
    expect(await keysOfFew(session(), breaks(ruleset), scope)).toEqual(keys)
    const together = { ...scope, together: TOGETHER }
    expect(await keysOfFew(session(), breaks(ruleset), together)).toEqual(keys)
  })
}

test('FK1: the keys of a few are those that the statement makes, for any ruleset and texts', async () => {
  await fc.assert(sameKeys(), { numRuns: 60 })
}, 300_000)

test.each([
  ['a letter that is newer than the engine', 'Ada\u{1E5D0}'],
  ['a zero, at which functions of the engine end', 'Ada\0Lovelace'],
])('FK2: %s is left to the statement', async (_what, name) => {
  await writeRows(session(), [
    { object: 'Individual', pid: 1, texts: [name, 'Archer', null, null] },
  ])
  expect(await keysOfFew(session(), BY_NAME, scope)).toBeUndefined()
})

test('FK2: so is a profile with more rows than a few', async () => {
  const own = (object: SourceRow['object']): readonly SourceRow[] =>
    Array.from({ length: 150 }, (_none, at) => ({ object, pid: 1, texts: [`x${at}@b.example`] }))
  await writeRows(session(), [
    { object: 'Individual', pid: 1, texts: ['Ada', 'Archer', null, null] },
    ...own('ContactPointEmail'),
    ...own('ContactPointAddress'),
  ])
  expect(await keysOfFew(session(), BY_NAME, scope)).toHaveLength(2)
  expect(await keysOfFew(session(), BY_ROWS, scope)).toBeUndefined()
})

/** The labelled data that benchmarks read, where it lies beside the repository. */
const DATA = fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
const hasData = existsSync(DATA)
if (!hasData)
  console.log('SKIPPED: keys of the labelled data, for ../shared is not beside this repository.')

test.skipIf(!hasData)(
  'FK1: for the texts of all labelled data',
  async () => {
    const texts = textsOf(DATA, 20_000)
    expect(texts.length).toBeGreaterThan(10_000)
    const left: number[] = []
    for (let first = 0; first < texts.length; first += 2000) {
      const part = texts.slice(first, first + 2000)
      await writeRows(session(), part.flatMap(rowsWith))
      const all = scopeOf(part.keys())
      const few = await keysOfFew(session(), BY_ALL, all)
      if (few) expect(few).toEqual(await keysBySql(session(), BY_ALL, all))
      else left.push(first)
    }
    expect(left, 'parts that were left to the statement').toEqual([])
  },
  300_000,
)

/** A source profile that has a text in every field. */
function rowsWith(text: string, pid: number): readonly SourceRow[] {
  return [
    { object: 'Individual', pid, texts: [text, text, text, text] },
    { object: 'ContactPointEmail', pid, texts: [text] },
    { object: 'ContactPointPhone', pid, texts: [text, text] },
    { object: 'ContactPointAddress', pid, texts: [text, text] },
    { object: 'PartyIdentification', pid, texts: [text, 'Tax', 'Tax'] },
  ]
}

/** So many of the different texts in the records of all sets. */
function textsOf(data: string, countMax: number): readonly string[] {
  const found = new Set<string>()
  for (const set of readdirSync(data)) {
    const path = join(data, set, 'records.csv.gz')
    if (!existsSync(path)) continue
    for (const one of gunzipSync(readFileSync(path)).toString().split(/[,\n]/)) found.add(one)
  }
  const all = [...found].toSorted()
  const step = Math.max(1, Math.floor(all.length / countMax))
  return all.filter((_text, at) => at % step === 0)
}

describe('FK1 is broken by', () => {
  test.each(Object.entries(mutants()))(
    'keys that %s',
    async (_fault, breaks) => {
      const verdict = await fc.check(sameKeys(breaks), {
        numRuns: 200,
        seed: 42,
        endOnFailure: true,
      })
      expect(verdict.failed, 'the broken variant went unnoticed').toBe(true)
    },
    300_000,
  )
})

/** Rulesets that are another than the one that was asked for, by what they do wrong. */
function mutants(): Readonly<Record<string, (ruleset: RulesetDefinition) => RulesetDefinition>> {
  const criteria =
    (change: (criterion: Criterion) => Criterion) =>
    (ruleset: RulesetDefinition): RulesetDefinition => ({
      ...ruleset,
      matchRules: ruleset.matchRules.map(rule => ({
        ...rule,
        criteria: criteriaOf(rule).map(change),
      })),
    })
  const lists =
    (kind: string) =>
    (ruleset: RulesetDefinition): RulesetDefinition => ({
      ...ruleset,
      placeholders: { ...ruleset.placeholders, [kind]: { builtIn: false } },
    })
  return {
    'let no blank match': criteria(one => ({ ...one, shouldMatchOnBlank: false })),
    'let blanks match': criteria(one => ({ ...one, shouldMatchOnBlank: true })),
    'take all cases for one': criteria(one => ({ ...one, caseSensitiveMatch: false })),
    'compare as written': criteria(one =>
      one.matchMethodType === 'EXACT_NORMALIZED' ? { ...one, matchMethodType: 'EXACT' } : one,
    ),
    'take numbers of all kinds for one': criteria(
      ({ partyIdentificationInfo: _kind, ...one }) => one,
    ),
    'look at nobody who is filtered': ruleset => ({ ...ruleset, filters: [] }),
    'know no e-mails of nobody': lists('email'),
    'know no shared mailboxes': lists('sharedMailbox'),
    'know no numbers of nobody': lists('phone'),
    'know no names of nobody': lists('name'),
    'know no days of nobody': lists('date'),
    'know no identifications of nobody': lists('number'),
    'forget a rule': ruleset => ({ ...ruleset, matchRules: ruleset.matchRules.slice(0, 1) }),
    'forget a criterion': ruleset => ({
      ...ruleset,
      matchRules: ruleset.matchRules.map(rule => ({
        ...rule,
        criteria: criteriaOf(rule).slice(0, 2),
      })),
    }),
  }
}
