import type { SqlSession } from '../lake/index.ts'
import { keyColumns, type MatchIndex } from './core/index.ts'

/** Writes the rows of an index, by the numbers of its blocks, to a temporary table; gives its name. */
export async function storeIndexKeys(session: SqlSession, index: MatchIndex): Promise<string> {
  const rows = keyColumns(index.rowCount)
  let count = 0
  index.eachRow((block, pid) => {
    rows.rule[count] = index.blockRule(block)
    rows.key[count] = BigInt(block)
    rows.pid[count++] = pid
  })
  await session.run(
    'create or replace temp table index_key (rule utinyint, key ubigint, pid integer)',
  )
  await session.load('temp.index_key', [
    { name: 'rule', type: 'UTINYINT', values: rows.rule },
    { name: 'key', type: 'UBIGINT', values: rows.key },
    { name: 'pid', type: 'INTEGER', values: rows.pid },
  ])
  return 'temp.index_key'
}
