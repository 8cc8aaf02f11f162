import type { ScoreModelDefinition } from '@mainstem/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsOf, probabilityOf } from './pair-score.ts'
import {
  crowd,
  FIELDS,
  FIRST_RULE,
  holdersOf,
  type Key,
  matcherOf,
  MODEL,
  type Person,
  rowsIn,
  ScoredSources,
} from './scored-sources.fixture.ts'
import { sqlSession } from './sql-session.fixture.ts'

const sources = new ScoredSources(sqlSession())

const textOf = ({ rule, key, pid }: Key): string => `${pid}: ${rule} ${key}`
const texts = (keys: readonly Key[]): readonly string[] => keys.map(textOf).sort()
const withRows = (keys: readonly Key[]): readonly string[] =>
  keys.map(key => `${textOf(key)} = ${key.value}`).sort()

const person = (pid: number): fc.Arbitrary<Person> =>
  fc.record({
    pid: fc.constant(pid),
    first: fc.option(fc.constantFrom('Ann', 'Anne', 'Bob', ' '), { nil: undefined }),
    last: fc.option(fc.constantFrom('Lee', 'LEE', 'Ray', 'n/a'), { nil: undefined }),
    born: fc.option(fc.constantFrom('1980-02-01', '1980-02-11', '1975-07-07'), { nil: undefined }),
    emails: fc.uniqueArray(fc.constantFrom('a@x.com', 'A@x.com', 'b@x.com', 'none'), {
      maxLength: 3,
    }),
  })
/** People with gaps between their numbers. */
const people = fc
  .subarray([...Array(9).keys()], { minLength: 1 })
  .chain(pids => fc.tuple(...pids.map(person)))

test('a rule says up to how many members a cluster is looked at pair by pair', () => {
  expect(matcherOf().links.membersMax).toBe(400)
  expect(matcherOf({ model: MODEL, limits: { membersMax: 50 } }).links.membersMax).toBe(50)
})

describe('the keys of a scored rule', () => {
  test('SC6: of some records as they are now are those of a full load', async () => {
    await fc.assert(
      fc.asyncProperty(people, people, async (before, after) => {
        await sources.are(before)
        const matcher = matcherOf()
        const keys = await sources.keys(matcher)
        const again = await sources.freshKeys(
          matcher,
          before.map(({ pid }) => pid),
        )
        expect(withRows(again)).toEqual(withRows(keys))

        await sources.are(after)
        const changed = after.map(({ pid }) => pid).filter(pid => pid % 2 === 0)
        const other = matcherOf()
        const all = await sources.keys(other)
        const some = await sources.freshKeys(matcher, [...changed, 99])
        expect(texts(some)).toEqual(texts(all.filter(({ pid }) => changed.includes(pid))))
        const [mine, theirs] = [rowsIn(some), rowsIn(all)]
        for (const [a, one] of mine) {
          expect(matcher.links.order(one)).toBe(other.links.order(theirs.get(a) ?? -1))
          for (const [b, two] of mine) {
            const bits = other.links.weight(theirs.get(a) ?? -1, theirs.get(b) ?? -1)
            expect(matcher.links.weight(one, two)).toBe(bits)
          }
        }
      }),
      { numRuns: 12 },
    )
  })

  test('are shared by whom a pass means, under the number of the pass', async () => {
    await sources.are([
      { pid: 1, first: 'Ann', last: 'Lee', born: '1980-02-01', emails: ['a@x.com', 'c@x.com'] },
      { pid: 2, first: 'Bob', last: 'lee', born: '1980-12-31', emails: ['b@x.com'] },
      { pid: 4, first: 'Ann', last: 'Ray', born: '1980-02-01', emails: ['C@x.com'] },
      { pid: 5, first: 'BOB', last: 'Lee', born: '1980-12-31', emails: ['b@x.com '] },
    ])
    const keys = await sources.keys(matcherOf())
    const sharing = (rule: number): readonly string[] =>
      holdersOf(keys.filter(one => one.rule === rule))
        .filter(({ length }) => length > 1)
        .map(of =>
          of
            .map(({ pid }) => pid)
            .sort()
            .join(' '),
        )
        .sort()
    expect(sharing(FIRST_RULE)).toEqual(['1 2 5'])
    expect(sharing(FIRST_RULE + 1)).toEqual(['1 4', '2 5'])
    expect(sharing(FIRST_RULE + 2)).toEqual(['2 5'])
    expect(new Set(keys.map(({ rule }) => rule)).size).toBe(3)
    const rows = rowsIn(keys)
    expect(rows.get(2)).toBe(rows.get(5))
    expect(new Set(rows.values()).size).toBe(3)
  })

  test('are none of a record that would not link to its equal', async () => {
    const full = { last: 'Lee', born: '1980-02-01', emails: ['a@x.com'] }
    await sources.are([
      { pid: 0, last: 'Lee' },
      { pid: 1, last: 'Lee' },
      { pid: 2 },
      { pid: 3, ...full },
    ])
    const matcher = matcherOf()
    expect(new Set((await sources.keys(matcher)).map(({ pid }) => pid))).toEqual(new Set([3]))
    const again = await sources.freshKeys(matcher, [0, 1, 2, 3])
    expect(new Set(again.map(({ pid }) => pid))).toEqual(new Set([3]))
    expect(again).toHaveLength(3)
  })

  test('without those that nobody shares still are all that are shared', async () => {
    await sources.are(crowd(3))
    const all = await sources.keys(matcherOf())
    const shared = await sources.keys(matcherOf(), { sharedOnly: true })
    const expected = texts(
      holdersOf(all)
        .filter(({ length }) => length > 1)
        .flat(),
    )
    expect(expected.length).toBeGreaterThan(100)
    expect(texts(shared)).toEqual(expect.arrayContaining([...expected]))
    expect(texts(all)).toEqual(expect.arrayContaining([...texts(shared)]))
    expect(shared.length).toBeLessThan(all.length - 100)
  })

  test('follow the blocking of the rule, where it has one, and not that of the model', async () => {
    await sources.are(crowd(3))
    const blocking = [['Individual.BirthDate:year']]
    const matcher = matcherOf({ model: MODEL, blocking })
    const keys = await sources.keys(matcher)
    expect(new Set(keys.map(({ rule }) => rule))).toEqual(new Set([FIRST_RULE, FIRST_RULE + 1]))
    const years = new Set(keys.filter(({ rule }) => rule === FIRST_RULE).map(({ key }) => key))
    expect(years.size).toBe(10)
    expect(matcher.definition.blocking).toEqual(MODEL.blocking)
    const wrong = { model: MODEL, blocking: [['Individual.Salutation']] }
    expect(() => matcherOf(wrong)).toThrow(/Individual\.Salutation/)
  })
})

describe('the score of two records', () => {
  test('SC2: is a link from the threshold on, and told as a probability', async () => {
    await fc.assert(
      fc.asyncProperty(people, fc.constantFrom(undefined, 0.5, 0.99), async (given, threshold) => {
        await sources.are(given)
        const matcher = matcherOf(threshold === undefined ? undefined : { model: MODEL, threshold })
        const rows = [...rowsIn(await sources.keys(matcher)).values()]
        const { links } = matcher
        expect(links.link).toBe(bitsOf(threshold ?? 0.8))
        for (const one of rows) {
          for (const other of rows) {
            const bits = links.weight(one, other)
            expect(matcher.isLink(one, other)).toBe(bits >= links.link)
            expect(matcher.probability(one, other)).toBe(probabilityOf(bits))
            expect(matcher.explain(one, other).total).toBe(bits)
          }
        }
        expect(matcher.pairsCompared).toBe(rows.length ** 2)
        expect(links).toMatchObject({ firstRule: FIRST_RULE, prior: Math.log2(0.001) })
      }),
      { numRuns: 12 },
    )
  })

  test('is explained with the values that were compared, and nothing of those that are blank', async () => {
    await sources.are([
      { pid: 0, first: 'Ann', last: 'LEE', emails: ['b@x.com', 'a@x.com'] },
      { pid: 1, last: 'Lee', born: '1980-02-01', emails: ['c@x.com'] },
    ])
    const threshold = 0.01
    const matcher = matcherOf({ model: MODEL, threshold })
    const rows = rowsIn(await sources.keys(matcher))
    const { fields } = matcher.explain(rows.get(0) ?? -1, rows.get(1) ?? -1)
    const shown = fields.map(({ field, left, right }) => [field, left, right])
    expect(shown).toEqual([
      ['Individual.LastName', 'lee', 'lee'],
      ['ContactPointEmail.EmailAddress', 'a@x.com, b@x.com', 'c@x.com'],
    ])
  })

  test('names its passes for people, and who is equal', async () => {
    const matcher = matcherOf()
    const labels = [0, 1, 2].map(at => matcher.passLabel(FIRST_RULE + at))
    expect(labels).toEqual(['LastName + BirthDate (year)', 'EmailAddress', 'equal in all fields'])
    const other = matcherOf({ model: MODEL, blocking: [['Individual.BirthDate:year']] })
    expect(other.passLabel(FIRST_RULE)).toBe('BirthDate (year)')
  })
})

describe('a rule without a model', () => {
  const unlearned = { fields: [...FIELDS] }

  test('learns one from the records that finds who is there twice, and nobody else', async () => {
    await sources.are(crowd(11))
    const matcher = matcherOf(unlearned)
    expect(() => matcher.definition).toThrow(/model/)
    const keys = await sources.keys(matcher)
    expect(matcher.definition).toMatchObject({ version: 1, records: 400 })
    const linked = new Set<string>()
    for (const held of holdersOf(keys)) {
      for (const one of held) {
        for (const other of held) {
          if (one.pid < other.pid && matcher.isLink(one.value, other.value))
            linked.add(`${one.pid} ${other.pid}`)
        }
      }
    }
    const twice = crowd(11).filter(({ pid }) => pid % 2 === 0)
    const found = twice.filter(({ pid }) => linked.has(`${pid} ${pid + 1}`)).length
    expect(found).toBe(200)
    expect(linked.size).toBe(200)
  })

  test('SC3: learns the same from the same records, in whatever order they lie', async () => {
    const definitions: ScoreModelDefinition[] = []
    for (const given of [crowd(5), crowd(5).toReversed()]) {
      await sources.are(given)
      const matcher = matcherOf(unlearned)
      await sources.keys(matcher)
      definitions.push(matcher.definition)
    }
    expect(definitions[1]).toEqual(definitions[0])
    expect(definitions[0]?.fields.map(({ field }) => field)).toEqual(FIELDS.map(one => one.field))
    await sources.are(crowd(6))
    const other = matcherOf(unlearned)
    await sources.keys(other)
    expect(other.definition).not.toEqual(definitions[0])
  })

  test('keeps what it learned: other records change nothing, and its file says the same', async () => {
    await sources.are(crowd(5))
    const learned = matcherOf(unlearned)
    await sources.keys(learned)
    const model = learned.definition
    await sources.are(crowd(8))
    const keys = await sources.keys(learned)
    expect(learned.definition).toEqual(model)
    const filed = matcherOf({ model })
    expect(withRows(await sources.keys(filed))).toEqual(withRows(keys))
    const [one = 0, ...others] = [...rowsIn(keys).values()].slice(0, 40)
    for (const other of others)
      expect(filed.links.weight(one, other)).toBe(learned.links.weight(one, other))
  })

  test('learns by the blocking that the rule gives', async () => {
    await sources.are(crowd(5))
    const blocking = [['ContactPointEmail.EmailAddress'], ['Individual.BirthDate']]
    const matcher = matcherOf({ ...unlearned, blocking })
    await sources.keys(matcher)
    expect(matcher.definition.blocking).toEqual(blocking)
  })
})
