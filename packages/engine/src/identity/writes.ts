import type { SqlSession } from '../lake/index.ts'

/** What a run writes: statements of few rows go to the engine together, in the order in which they came. */
export class Writes {
  readonly #session: SqlSession
  #waiting: string[] = []

  constructor(session: SqlSession) {
    this.#session = session
  }

  /** Takes a statement of few rows, to be run by the end. */
  add(sql: string): void {
    this.#waiting.push(sql)
  }

  /** Gives the session for what is not small, after all that waits. */
  async large(): Promise<SqlSession> {
    await this.end()
    return this.#session
  }

  /** Runs what waits. */
  async end(): Promise<void> {
    const statements = this.#waiting
    this.#waiting = []
    await this.#session.runAll(statements)
  }
}

/** Rows up to which they are written as values, which saves a table and two statements. */
export const ROWS_A_STATEMENT = 2000
/** Rows up to which a column of one loads no faster than as values, and each may be named by itself. */
export const ROWS_FEW = 100
