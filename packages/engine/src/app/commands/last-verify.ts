import type { Engine } from '../engine/engine.ts'
import { isoSql, textAt } from './answer.ts'

/** What the last `verify` found; null if it never ran. */
export async function lastVerify(engine: Engine): Promise<{
  at: string
  position: string
  differences: number
  notCompared: readonly string[]
} | null> {
  return await engine.reading(async session => {
    const [row] = await session.rows(
      `select ${isoSql('verified_at')}, position, differences, body from verify_result order by verified_at desc limit 1`,
    )
    if (!row) return null
    const body: unknown = JSON.parse(String(row[3] ?? '{}'))
    const notCompared =
      typeof body === 'object' &&
      body !== null &&
      'notCompared' in body &&
      Array.isArray(body.notCompared)
        ? body.notCompared.map(String)
        : []
    return {
      at: textAt(row, 0) ?? '',
      position: textAt(row, 1) ?? '0',
      differences: Number(row[2]),
      notCompared,
    }
  })
}
