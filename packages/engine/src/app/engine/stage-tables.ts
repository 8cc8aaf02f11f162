import { ensureActivationTables } from '../../activation/index.ts'
import { INSIGHT_TABLES } from '../../insights/index.ts'
import { ensureRunTable } from '../../jobs/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ensureSegmentTables } from '../../segments/index.ts'
import { ensureMetricsTable } from './metrics-history.ts'

/** Makes the tables that stages keep beside their data, where they are missing. */
export async function ensureStageTables(session: SqlSession): Promise<void> {
  await ensureRunTable(session)
  await ensureMetricsTable(session)
  await ensureSegmentTables(session)
  await ensureActivationTables(session)
  for (const ddl of INSIGHT_TABLES) await session.run(ddl)
  await session.run(
    'create table if not exists verify_result (verified_at timestamptz, position bigint, differences bigint, body varchar)',
  )
}
