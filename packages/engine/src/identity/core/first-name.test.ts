import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { must } from '../../kernel/assert.ts'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import { type FuzzyLevel, similarFirstNames } from './first-name.ts'
import { jaroWinkler } from './jaro-winkler.ts'
import { NORMALISERS } from './normalise.ts'

const levels: readonly FuzzyLevel[] = ['high', 'medium', 'low']

/** The levels at which two names, as people write them, are one. */
function alike(one: string, other: string): readonly FuzzyLevel[] {
  const [a, b] = [one, other].map(name => NORMALISERS.firstName.js(name) ?? '')
  return levels.filter(level => similarFirstNames(a ?? '', b ?? '', level))
}

describe('names that are one from the level', () => {
  const cases: readonly (readonly [string, string, FuzzyLevel | 'never'])[] = [
    ['William', 'Bill', 'high'],
    ['WILLIAM', ' william ', 'high'],
    ['Håkon', 'Hakon', 'high'],
    ['Mary-Ann', 'Maryann', 'high'],
    ["D'Arcy", 'Darcy', 'high'],
    ['Bob', 'Rob', 'high'],
    ['Robert', 'Bobby', 'high'],
    ['Jo', 'Joanna', 'high'],
    ['Al', 'Alexander', 'high'],
    ['Weiß', 'Weiss', 'high'],
    ['S.', 'Sharon', 'medium'],
    ['J. P.', 'Jean-Pierre', 'medium'],
    ['Gabriel', 'Gabrielle', 'medium'],
    ['Paul', 'Paula', 'medium'],
    ['Mary Jane', 'Jane Mary', 'medium'],
    ['Mary', 'Mary Jane', 'medium'],
    ['Katarzyna', 'Katarzina', 'medium'],
    ['Lisa', 'Liza', 'low'],
    ['Lucia', 'Luc', 'low'],
    ['Jo', 'Al', 'never'],
    ['Joseph', 'Joanna', 'never'],
    ['Albert', 'Alan', 'never'],
    ['William', 'Robert', 'never'],
    ['Maria', 'Peter', 'never'],
    ['S.', 'Maria', 'never'],
    ['Tim', 'Jim', 'never'],
    ['', '', 'never'],
    ['', 'Ada', 'never'],
    ['n/a', 'N/A', 'never'],
  ]
  test.each(cases)('%j and %j: %s', (one, other, from) => {
    const wanted = from === 'never' ? [] : levels.slice(levels.indexOf(from))
    expect(alike(one, other)).toEqual(wanted)
    expect(alike(other, one)).toEqual(wanted)
  })
})

const name = fc.oneof(
  fc.constantFrom('jo', 'al', 'william', 'bill', 'mary jane', 'jane mary', 's', 'j p', 'lisa', ''),
  fc
    .string({ unit: fc.constantFrom('a', 'b', 'e', 'l', 'n', ' '), maxLength: 8 })
    .map(text => text.trim()),
)

test('being alike is symmetric, and every level holds what the stricter ones hold', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const found = levels.map(level => similarFirstNames(one, other, level))
      expect(levels.map(level => similarFirstNames(other, one, level))).toEqual(found)
      expect(found.toSorted((a, b) => Number(a) - Number(b))).toEqual(found)
      expect(similarFirstNames(one, one, 'high')).toBe(one !== '')
    }),
    { numRuns: 3000 },
  )
})

test('Jaro-Winkler is what the SQL engine computes', async () => {
  const engine = await openDuckDb({ path: ':memory:', threads: 1 })
  const session = await engine.session()
  const pairs = fc
    .sample(
      fc.tuple(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'é'), minLength: 1, maxLength: 9 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'é'), minLength: 1, maxLength: 9 }),
      ),
      { numRuns: 3000, seed: 9 },
    )
    .filter(([a, b]) => !/é/.test(a + b))
    .map(pair => pair.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)))
  await session.run('create table t (n integer, a varchar, b varchar)')
  await session.load('t', [
    { name: 'n', type: 'INTEGER', values: Int32Array.from(pairs, (_pair, at) => at) },
    { name: 'a', type: 'VARCHAR', values: pairs.map(([a = '']) => a) },
    { name: 'b', type: 'VARCHAR', values: pairs.map(([, b = '']) => b) },
  ])
  const rows = await session.rows('select n, jaro_winkler_similarity(a, b, 0.0)::varchar from t')
  expect(rows.length).toBeGreaterThan(300)
  for (const [n, wanted] of rows) {
    const [a = '', b = ''] = must(pairs[Number(n)], 'a row is of a pair')
    expect({ a, b, like: jaroWinkler(a, b).toFixed(6) }).toEqual({
      a,
      b,
      like: Number(wanted).toFixed(6),
    })
  }
  session.close()
  await engine.close()
})
