import { beforeAll, describe, expect, test } from 'vitest'
import { seedStatements } from '../journey/seed-statements.ts'
import { type Generated, generatedSql, type Origin } from './corpus.ts'
import { Examination, type Verdict } from './examine.ts'
import { renderFor } from './render.ts'
import { read, type Target } from './second-parsers.ts'

/**
 * Every statement that is generated is rendered for the engines that are not there yet, and read by
 * their parsers. See docs/decisions/0011-other-engines-are-read-not-run.md.
 */
const TARGETS = ['trino', 'postgresql'] as const satisfies readonly Target[]
const ORIGINS = ['people', 'seeds', 'segments', 'pipeline'] as const satisfies readonly Origin[]

const seeds = seedStatements()
if (seeds.length === 0)
  console.log('SKIPPED: the statements of the seeds, for ../shared is not beside this repository.')

let generated: readonly Generated[] = []
beforeAll(async () => {
  generated = await generatedSql()
}, 180_000)

const count = (origin: Origin): number => generated.filter(one => one.origin === origin).length

test('SP1: there are statements of each origin to look at', () => {
  for (const origin of ['people', 'segments', 'pipeline'] as const)
    expect(count(origin)).toBeGreaterThan(100)
})

test.skipIf(seeds.length === 0)('SP1: the statements of the seeds are among them', () => {
  expect(count('seeds')).toBe(new Set(seeds).size)
})

describe.each(TARGETS)('for %s', target => {
  const examination = new Examination(target)
  const verdicts = new Map<Generated, Verdict>()
  beforeAll(() => {
    for (const one of generated) verdicts.set(one, examination.examine(one.sql))
  }, 180_000)

  test.each(ORIGINS)(
    'SP2: each statement of %s is read, or has an exception that is in the tables',
    origin => {
      const ours = [...verdicts].filter(([one]) => one.origin === origin)
      console.log(`${target}, ${origin}: ${told(ours.map(([, verdict]) => verdict))}`)
      const failed = ours.flatMap(([{ sql }, verdict]) =>
        verdict.kind === 'failed' ? [`${verdict.reason}: ${sql.trim().slice(0, 200)}`] : [],
      )
      expect(failed).toEqual([])
    },
  )

  test('SP3: SQL from people and segments is made of nothing that the other engine cannot read', () => {
    const constructs = [...verdicts].flatMap(([{ origin }, verdict]) =>
      origin !== 'pipeline' && verdict.kind === 'excepted' ? verdict.constructs : [],
    )
    expect(constructs.map(one => one.what)).toEqual([])
  })

  test('SP4: every entry of the tables is still needed', () => {
    expect(examination.idle()).toEqual([])
  })

  test.each([
    ['a clause without its end', 'select a from b where'],
    ['a parenthesis too many', 'select count(a)) from b'],
    ['two words that do not follow one another', 'select from where a = 1'],
    ['a word of DuckDB alone', 'select a from b qualify row_number() over (order by a) = 1'],
  ])('SP5: the parser refuses %s', (_what, sql) => {
    expect(read(sql, target).error).toEqual(expect.any(String))
    expect(read('select a from b where a = 1', target).error).toBeUndefined()
  })

  test.each([
    ['a function that no engine has', 'select no_such_function(a) from b'],
    ['a type that no engine has', 'select cast(a as no_such_type) from b'],
    ['a statement that cannot be read', 'select a from b where where'],
  ])('SP6: %s is found', (_what, sql) => {
    expect(new Examination(target).examine(sql)).toMatchObject({ kind: 'failed' })
  })
})

test('SP7: a function of the engine is written as the other engine has it', () => {
  const written = (sql: string, target: Target): unknown => renderFor(sql, target)
  const matches = `select regexp_matches(a, 'x', 'i'), a + to_days(3), contains(a, 'y, (z') from b`
  expect(written(matches, 'trino')).toEqual({
    sql: `SELECT REGEXP_LIKE(a, '(?i)' || 'x'), a + ((3) * INTERVAL '1' DAY), (STRPOS(a, 'y, (z') > 0) FROM b`,
  })
  expect(written(matches, 'postgresql')).toEqual({
    sql: `SELECT REGEXP_LIKE(a, 'x', 'i'), a + ((3) * INTERVAL '1 DAY'), (STRPOS(a, 'y, (z') > 0) FROM b`,
  })
})

/** How many were read as they are, and what the others had. */
function told(verdicts: readonly Verdict[]): string {
  const parsed = verdicts.filter(one => one.kind === 'parsed').length
  const reasons = new Map<string, number>()
  let excepted = 0
  for (const one of verdicts) {
    if (one.kind !== 'excepted') continue
    excepted++
    for (const reason of [...one.constructs.map(({ what }) => what), ...one.lacking])
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const list = [...reasons]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what} ${count}`)
  return `${verdicts.length} statements, ${parsed} parsed, ${excepted} excepted${list.length > 0 ? `: ${list.join(', ')}` : ''}`
}
