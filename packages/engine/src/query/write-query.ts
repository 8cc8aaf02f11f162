import { clockText } from './clock-text.ts'
import type { StatementWriter, Surroundings, WrittenQuery } from './query-writer.ts'
import { refuse } from './refusal.ts'
import { orderText, outputPosition, tailOf } from './result-order.ts'
import type { Query, SetQuery } from './sql-tree.ts'
import { commonType } from './sql-type.ts'
import { queriesIn } from './tree-walk.ts'
import { writeSelect } from './write-select.ts'
import { writeWith } from './write-with.ts'

/** What a statement is written with. */
export function statementWriter(
  query: Query,
  given: Pick<StatementWriter, 'scope' | 'dialect' | 'onlyKeys'>,
): StatementWriter {
  let ctes = 0
  const writer: StatementWriter = {
    ...given,
    clock: clockText(given.scope.asOf, given.scope.timeZone),
    deep: queriesIn(query).length > 0,
    relations: new Set(),
    nextCte: () => `with__${++ctes}`,
    query: (inner, around) => writeQuery(inner, around, writer),
  }
  return writer
}

/** Writes a query with its WITH, ORDER BY and LIMIT. */
export function writeQuery(
  query: Query,
  around: Surroundings,
  statement: StatementWriter,
): WrittenQuery {
  const { head, inside } = writeWith(query, around, statement)
  const body =
    query.kind === 'select'
      ? writeSelect(query, inside, statement)
      : writeSet(query, inside, statement)
  return { sql: head + body.sql, columns: body.columns }
}

function writeSet(query: SetQuery, around: Surroundings, statement: StatementWriter): WrittenQuery {
  const left = statement.query(query.left, around)
  const right = statement.query(query.right, around)
  if (left.columns.length !== right.columns.length) {
    refuse(
      'SQL_INVALID',
      `The sides of ${query.op.toUpperCase()} have different numbers of columns`,
    )
  }
  const columns = left.columns.map((column, at) => ({
    name: column.name,
    type: commonType([column.type, right.columns[at]?.type ?? column.type]),
  }))
  const op = `${query.op.toUpperCase()}${query.all ? ' ALL' : ''}`
  const order = query.orderBy.map(item => {
    const position = outputPosition(item.of, columns)
    if (position === undefined) {
      return refuse(
        'SQL_NOT_ALLOWED',
        `ORDER BY after ${query.op.toUpperCase()} names a column of the result`,
      )
    }
    return { position, text: orderText(String(position), item, statement.dialect) }
  })
  return { sql: `(${left.sql}) ${op} (${right.sql})${tailOf(query, columns, order)}`, columns }
}
