import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'

/** The journal position up to which everything is applied. */
export async function appliedPosition(session: SqlSession): Promise<bigint> {
  const stored = await readMeta(session, 'position')
  if (stored === undefined) await writeMeta(session, 'position', '0')
  return BigInt(stored ?? '0')
}

/** Moves the applied position; in the transaction that applied what lies before it. */
export async function setPosition(session: SqlSession, position: bigint): Promise<void> {
  await session.run(`update meta set value = '${position}' where key = 'position'`)
}

/** A small fact about the store. */
export async function readMeta(session: SqlSession, key: string): Promise<string | undefined> {
  const [row] = await session.rows(`select value from meta where key = ${literal(key)}`)
  return row === undefined ? undefined : String(row[0])
}

/** Writes a small fact about the store. */
export async function writeMeta(session: SqlSession, key: string, value: string): Promise<void> {
  await session.run(`delete from meta where key = ${literal(key)}`)
  await session.run('insert into meta values (?, ?)', [key, value])
}
