import type { RulesetDefinition } from '@mainstem/contracts'
import { beforeEach, expect, test } from 'vitest'
import { makeObjects, scopeOf, type SourceRow, writeRows } from './few-keys.fixture.ts'
import { identityDdl, identityTables } from './identity-tables.ts'
import { KeyStore } from './key-store.ts'
import { sqlSession } from './score/sql-session.fixture.ts'

const RULES: RulesetDefinition = {
  label: 'Names',
  configurationType: 'Individual',
  matchRules: [
    {
      label: 'Name',
      criteria: [
        { entityName: 'Individual', fieldName: 'FirstName', matchMethodType: 'FUZZY' },
        { entityName: 'Individual', fieldName: 'LastName', matchMethodType: 'EXACT' },
      ],
    },
  ],
}

const session = sqlSession()
beforeEach(async () => {
  await makeObjects(session())
  for (const sql of identityDdl('i_')) await session().run(sql)
  await session().run('delete from fuzzy_value')
})

function person(pid: number, firstName: string): SourceRow {
  return { object: 'Individual', pid, texts: [firstName, 'Archer', null, null] }
}

/** The numbers of the names that somebody of these has now, the store's and the table's. */
async function numbersOf(keys: KeyStore, people: readonly SourceRow[]): Promise<readonly string[]> {
  await writeRows(session(), people)
  const { rows } = await keys.fresh(session(), scopeOf(people.map(({ pid }) => pid)), people.length)
  return Array.from(rows.value.subarray(0, rows.count), value => `${keys.name(value)} ${value}`)
}

async function stored(): Promise<readonly string[]> {
  const rows = await session().rows('select name, value from fuzzy_value order by value')
  return rows.map(([name, value]) => `${name} ${value}`)
}

test('KS1: a name has one number, whichever store gave it', async () => {
  const [one, other] = [0, 1].map(() => new KeyStore(RULES, identityTables('i_')))
  await one?.loadNames(session())
  await other?.loadNames(session())
  expect(one && (await numbersOf(one, [person(1, 'Ana'), person(2, 'Ben')]))).toEqual([
    'ana 0',
    'ben 1',
  ])
  expect(other && (await numbersOf(other, [person(3, 'Ben'), person(4, 'Cleo')]))).toEqual([
    'ben 1',
    'cleo 2',
  ])
  expect(one && (await numbersOf(one, [person(5, 'Cleo'), person(6, 'Ana')]))).toEqual([
    'cleo 2',
    'ana 0',
  ])
  expect(await stored()).toEqual(['ana 0', 'ben 1', 'cleo 2'])
})

test('KS2: a number that was taken back with its transaction is given again, to whom comes first', async () => {
  const keys = new KeyStore(RULES, identityTables('i_'))
  await keys.loadNames(session())
  await numbersOf(keys, [person(1, 'Ana')])
  const failed = session().transaction(async () => {
    await numbersOf(keys, [person(2, 'Ben')])
    throw new Error('the disk is full')
  })
  await expect(failed).rejects.toThrow('the disk is full')
  expect(await numbersOf(keys, [person(3, 'Cleo')])).toEqual(['cleo 1'])
  expect(await numbersOf(keys, [person(2, 'Ben'), person(1, 'Ana')])).toEqual(['ben 2', 'ana 0'])
  expect(await stored()).toEqual(['ana 0', 'cleo 1', 'ben 2'])
})
