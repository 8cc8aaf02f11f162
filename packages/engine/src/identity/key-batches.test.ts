import type { RulesetDefinition } from '@mainstem/contracts'
import { expect, test } from 'vitest'
import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import { TypedArrayMatchIndex } from './core/adapters/typed-array-match-index.ts'
import { fullPartition, type MatchIndex, NO_VALUE, SURNAME_RULE } from './core/index.ts'
import { identityTables } from './identity-tables.ts'
import { keyRows, storedKeys } from './key-batches.ts'

const NODES = 60_000

const criterion = {
  entityName: 'Individual',
  fieldName: 'LastName',
  matchMethodType: 'EXACT',
} as const
const RULES: Pick<RulesetDefinition, 'matchRules'> = {
  matchRules: [
    { label: 'Exact', criteria: [criterion] },
    { label: 'Scored', kind: 'Scored' },
    {
      label: 'Fuzzy',
      criteria: [criterion, { ...criterion, fieldName: 'FirstName', matchMethodType: 'FUZZY' }],
    },
  ],
}

const OPTIONS = {
  blockMax: 50,
  surnamesMax: 5,
  idsMax: 5,
  valuesMax: 300,
  clusterMax: 50_000,
  similar: (one: number, other: number) => one % 2 === other % 2,
}

test('an index of the stored keys is the one of the rows as they stand in the table', async () => {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  const tables = identityTables('i_')
  await session.run(
    `create table ${tables.matchKey} (rule utinyint, key ubigint, pid integer, value integer)`,
  )
  await session.run(
    `insert into ${tables.matchKey}
     select 0, hash(range // 2), (range * 7919) % ${NODES}, -1 from range(${NODES}) union all
     select 2, hash(range // 3), (range * 104729) % ${NODES}, range % 5 from range(${NODES}) union all
     select ${SURNAME_RULE}, hash(range % 9), range, -1 from range(${NODES})`,
  )
  const stored = sizedIndex()
  for await (const rows of storedKeys(session, tables, RULES)) stored.add(rows)
  const plain = sizedIndex()
  const all = `select rule, key, pid, value from ${tables.matchKey}`
  for await (const batch of session.batches(all)) plain.add(keyRows(batch))
  session.close()
  await engine.close()

  expect([stored.rowCount, stored.blockCount]).toEqual([plain.rowCount, plain.blockCount])
  expect(stored.rowCount).toBe(2 * NODES)
  expect(digestOf(stored)).toEqual(digestOf(plain))
  const [one, other] = [stored, plain].map(index => fullPartition(index, OPTIONS))
  expect(one?.componentCount).toBe(other?.componentCount)
  expect(one?.component).toEqual(other?.component)
})

function sizedIndex(): MatchIndex {
  const index = new TypedArrayMatchIndex({ rows: 2 * NODES, nodes: NODES })
  index.setPresent(
    Int32Array.from({ length: NODES }).map((_none, at) => at),
    true,
  )
  return index
}

/** A number of each node's rows that does not depend on their order, and its surname. */
function digestOf(index: MatchIndex): Float64Array {
  return Float64Array.from({ length: NODES }, (_none, pid) => {
    let digest = index.surname(pid)
    index.eachRowOf(pid, (block, value) => {
      const { rule, key } = index.blockName(block)
      digest += Number(key % 1_000_003n) * (rule + 1) * (value - NO_VALUE + 1)
    })
    return digest
  })
}
