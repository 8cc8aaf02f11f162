import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import type { VerifyFindings } from './report.ts'
import { VERIFIES_KEPT, VERIFY_NUMBER } from './store-checks.ts'

/**
 * Notes what a verify of everything found, for whoever asks later: the report without its samples,
 * which hold people's data. Older notes than the last ones go.
 */
export async function keepResult(
  session: SqlSession,
  findings: VerifyFindings,
  at: { readonly position: bigint; readonly atMs: number },
): Promise<void> {
  const { differences, notCompared, reasons } = findings
  const stages = findings.stages.map(({ sample: _sample, ...kept }) => kept)
  await session.transaction(async () => {
    const [last] = await session.rows(
      `select coalesce(max(${VERIFY_NUMBER}), 0) from verify_result`,
    )
    const number = Number(last?.[0] ?? 0) + 1
    const body = JSON.stringify({ number, differences, notCompared, reasons, stages })
    await session.run(
      `insert into verify_result values (make_timestamptz(${at.atMs * 1000}::bigint), ${at.position}, ${differences}, ${literal(body)})`,
    )
    await session.run(
      `delete from verify_result where ${VERIFY_NUMBER} <= ${number - VERIFIES_KEPT}`,
    )
  })
}
