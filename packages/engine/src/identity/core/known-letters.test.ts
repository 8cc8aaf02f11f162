import { expect, test } from 'vitest'
import { must } from '../../kernel/assert.ts'
import { sqlSession } from '../score/sql-session.fixture.ts'
import { hasKnownLetters } from './known-letters.ts'
import { NORMALISERS } from './normalise.ts'

const session = sqlSession()
const NAMES = ['exact', 'exactCase', 'anyEmail', 'name', 'firstName', 'address'] as const

test('KL1: SQL and JavaScript normalise every known letter alike', async () => {
  const letters = Array.from({ length: 0x2_0000 }, (_none, point) => point)
    .filter(point => point < 0xd800 || point > 0xdfff)
    // Of the thousands that are made by one rule some say enough.
    .filter(point => point < 0x3400 || point > 0xd7a3 || point % 32 === 0)
    .map(point => String.fromCodePoint(point))
    .filter(letter => hasKnownLetters(letter))
  expect(letters.length).toBeGreaterThan(5000)
  await session().run('create or replace table letter (n integer, x varchar)')
  const texts = letters.flatMap(letter => [`x${letter}`, `a@b.${letter}\u0301c`])
  await session().load('letter', [
    { name: 'n', type: 'INTEGER', values: Int32Array.from(texts.keys()) },
    { name: 'x', type: 'VARCHAR', values: texts },
  ])
  const columns = NAMES.map(name => NORMALISERS[name].sql('x')).join(', ')
  const different: string[] = []
  for await (const batch of session().batches(`select n, ${columns} from letter`)) {
    for (let at = 0; at < batch.rowCount; at++) {
      const text = must(texts[Number(batch.columns[0]?.[at])], 'a row is of a text')
      const byJs = NAMES.map(name => NORMALISERS[name].js(text))
      const bySql = NAMES.map((_name, column) => batch.columns[column + 1]?.[at])
      if (String(byJs) !== String(bySql)) different.push(text)
    }
  }
  expect(different).toEqual([])
})

test.each([
  ['Straße 5, 8001 Zürich', true],
  ['李明 😀', true],
  ['', true],
  ['a letter of Unicode 16: \u{10D50}', false],
  ['a place that is free: \u0378', false],
  ['a zero: \0', false],
])('KL2: %j: %j', (text, isKnown) => {
  expect(hasKnownLetters(text)).toBe(isKnown)
})
