import type { SqlSession } from '../lake/index.ts'
import { literals } from '../query/index.ts'

/** Source profiles up to which they are named in the statements. */
const PID_LIST_MAX = 2000

/** A condition that holds for these source profiles: a short list as it is, a long one as a table. */
export async function partyFilter(session: SqlSession, pids: Int32Array): Promise<string> {
  if (pids.length <= PID_LIST_MAX) return `in ${literals(pids)}`
  await session.run('create or replace temp table touched_pid (pid integer)')
  await session.load('temp.touched_pid', [{ name: 'pid', type: 'INTEGER', values: pids }])
  return 'in (select pid from touched_pid)'
}
