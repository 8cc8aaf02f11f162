import { MainstemError } from '@mainstem/contracts'
import { Dialect, parse } from '@polyglot-sql/sdk'
import { readStatement } from './read-query.ts'
import { refuse, shown } from './refusal.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { Query } from './sql-tree.ts'
import { type StatementText, statementText } from './statement-text.ts'
import { Reading } from './tree-node.ts'

/** The longest statement that Data Cloud takes. */
export const SQL_LENGTH_MAX = 131_021

/** Reads one SELECT statement into our tree, or refuses it. */
export function parseStatement(
  sql: string,
  dialect: SqlDialect,
): { query: Query; text: StatementText } {
  const text = statementText(sql, dialect)
  const parsed = parseTree(text, dialect)
  if (parsed.length !== 1) refuse('SQL_NOT_ALLOWED', 'There is more than one statement')
  return { query: readStatement(parsed[0], new Reading(text)), text }
}

function parseTree(text: StatementText, dialect: SqlDialect): readonly unknown[] {
  const result = parse(text.prepared, dialect === 'spark' ? Dialect.Spark : Dialect.PostgreSQL)
  if (result.success) return result.ast
  if (/GUARD|stack/i.test(result.error)) {
    refuse('SQL_NOT_ALLOWED', 'The statement is nested too deeply', {
      fix: 'Give its parts names with WITH.',
    })
  }
  const column = result.errorColumn
  const token = column === undefined ? text.tokens.at(-1) : tokenNear(text, column)
  const near = token && token.kind !== 'text' ? ` near ${shown(token.value)}` : ''
  return refuse('SQL_INVALID', `The SQL cannot be read${near}`, { at: token?.at })
}

/** The parser says the column where the token that it stumbled on ends; the prepared text is one line. */
function tokenNear(
  text: StatementText,
  column: number,
): StatementText['tokens'][number] | undefined {
  const at = text.placeAt(Math.max(0, column - 3))
  return text.tokens.find(token => token.at === at)
}

/** Runs a reader or writer of statements: endless nesting is the statement's fault, not ours. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MainstemError) throw error
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      return refuse('SQL_NOT_ALLOWED', 'The statement is nested too deeply')
    }
    throw error
  }
}
