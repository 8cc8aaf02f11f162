import type { SqlSession } from '../lake/index.ts'
import { type MatchIndex, NO_UID } from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'
import { int32 } from './key-batches.ts'

/** Tells an index who is there, and which unified profile each belongs to. */
export async function takeStoredLinks(
  session: SqlSession,
  { link }: IdentityTables,
  index: MatchIndex,
): Promise<void> {
  for await (const { columns, rowCount } of session.batches(`select pid, uid from ${link}`)) {
    const pids = int32(columns[0], rowCount)
    index.setPresent(pids, true)
    const uids = int32(columns[1], rowCount)
    for (const [at, pid] of pids.entries()) index.setLabel(pid, uids[at] ?? NO_UID)
  }
}
