import type { SqlSession } from '../lake/index.ts'
import type { Undo } from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'

/** The next numbers of a ruleset's unified ids and events. They are given in one place, so nobody asks the tables. */
export class NextNumbers {
  uid = 0
  event = 1

  /** Reads where the tables stand. */
  async load(session: SqlSession, { unifiedId, event }: IdentityTables): Promise<void> {
    const [row] = await session.rows(
      `select (select coalesce(max(uid), -1) + 1 from ${unifiedId}), (select coalesce(max(seq), 0) + 1 from ${event})`,
    )
    this.uid = Number(row?.[0] ?? 0)
    this.event = Number(row?.[1] ?? 1)
  }

  /** Takes back what is given from now on, with the transaction that failed. */
  mark(): Undo {
    const { uid, event } = this
    return () => {
      this.uid = uid
      this.event = event
    }
  }
}
