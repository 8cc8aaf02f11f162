import { afterAll, beforeAll } from 'vitest'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../../lake/index.ts'

/** A session on a database of its own for the tests of a file; asked for inside a test. */
export function sqlSession(): () => SqlSession {
  let held: { readonly engine: SqlEngine; readonly session: SqlSession } | undefined
  beforeAll(async () => {
    const engine = await openDuckDb({ path: ':memory:', threads: 1 })
    held = { engine, session: await engine.session() }
  })
  afterAll(async () => {
    held?.session.close()
    await held?.engine.close()
  })
  return () => {
    if (!held) throw new Error('A session is there only while a test runs.')
    return held.session
  }
}
