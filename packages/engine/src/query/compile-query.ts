import { guarded, parseStatement, SQL_LENGTH_MAX } from './parse-statement.ts'
import { refuse } from './refusal.ts'
import type { SqlScope } from './scope.ts'
import { statementWriter, writeQuery } from './write-query.ts'

/** A statement that can be run: it names only what its scope gave. */
export interface CompiledQuery {
  readonly sql: string
  /** The objects it reads, by their own names. */
  readonly relations: readonly string[]
  readonly notices: readonly string[]
}

export interface QueryOptions {
  /** Signs a statement may have. */
  readonly lengthMax?: number
}

/** The SQL that may come out of a statement, which a bounded statement may still be longer than. */
const OUTPUT_MAX = 4_000_000

/**
 * Compiles a statement of the Query APIs: PostgreSQL, with DATEADD and DATEDIFF in both their
 * forms. What comes back still goes through `assertSafe` before it runs.
 */
export function compileQuery(
  text: string,
  scope: SqlScope,
  options: QueryOptions = {},
): CompiledQuery {
  checkLength(text, options.lengthMax ?? SQL_LENGTH_MAX)
  return guarded(() => {
    const { query } = parseStatement(text, 'postgresql')
    const writer = statementWriter(query, { scope, dialect: 'postgresql', onlyKeys: undefined })
    const { sql } = writeQuery(query, { ctes: new Map(), outer: undefined }, writer)
    checkOutput(sql)
    return { sql, relations: Array.from(writer.relations), notices: [] }
  })
}

export function checkLength(text: string, max: number): void {
  if (text.length > max) {
    refuse(
      'SQL_NOT_ALLOWED',
      `The statement has ${text.length} signs, and at most ${max} are allowed`,
    )
  }
}

export function checkOutput(sql: string): void {
  if (sql.length > OUTPUT_MAX) refuse('SQL_NOT_ALLOWED', 'The statement says too much at once')
}
