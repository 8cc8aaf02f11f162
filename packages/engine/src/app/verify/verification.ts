import type { Cell, SqlSession } from '../../lake/index.ts'
import type { Applied } from '../engine/engine-state.ts'
import type { FindingsLog } from './report.ts'

/**
 * A verify at work: one session with one transaction open, which is taken back at the end. A table
 * that is found damaged is put right inside it before what is made from it is recomputed, so that a
 * fault is told once, where it is.
 */
export interface Verification {
  readonly session: SqlSession
  readonly applied: Applied
  readonly space: string
  readonly storeId: string
  /** Where everything stands. */
  readonly position: bigint
  readonly journalEnd: bigint
  readonly log: FindingsLog
}

/** The first value of a statement, as a number. */
export async function countOf(session: SqlSession, sql: string): Promise<number> {
  const [row] = await session.rows(sql)
  return Number(row?.[0] ?? 0)
}

/** A value read from a row, as text. */
export function textOf(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell)
}
