import { ident, literal } from '../query/index.ts'
import type { SqlSession } from './sql-session.ts'

/** A column by which live batches find rows, in every table of such a name. */
export interface KeyColumn {
  readonly tables: RegExp
  readonly columns: RegExp
}

/** The columns of the lake's own tables. */
export const LAKE_KEYS: readonly KeyColumn[] = [
  { tables: /^dlo_/, columns: /^(?:_kh|_p\d+)$/ },
  { tables: /^party$/, columns: /^h$/ },
  { tables: /^phone_e164$/, columns: /^raw$/ },
]

/** Where the indexes of a store are. */
export interface KeyIndexPlace {
  readonly session: SqlSession
  readonly schema: string
  readonly keys: readonly KeyColumn[]
}

/**
 * The indexes by which a live batch finds its rows in large tables. None is a constraint, and all
 * are derived: a bulk change takes them away, since it would keep them row by row, and they are made
 * again, one at a time, so that live batches go on between. Used by who writes.
 */
export class KeyIndexes {
  readonly #place: KeyIndexPlace
  #isComplete = false

  constructor(place: KeyIndexPlace) {
    this.#place = place
  }

  /** Tables may have come, or have grown. */
  recheck(): void {
    this.#isComplete = false
  }

  /** Whether `makeNext` found nothing to do, and nothing was changed in bulk since. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** Takes all away, before a bulk change; outside its transaction. */
  async drop(): Promise<void> {
    const { session, schema } = this.#place
    const rows = await session.rows(
      `select index_name from duckdb_indexes() where schema_name = ${literal(schema)}`,
    )
    for (const [name] of rows)
      await session.run(`drop index ${ident(schema)}.${ident(String(name))}`)
    this.#isComplete = false
  }

  /** Makes one that is missing in a table of so many rows; false if none is. */
  async makeNext(rowsMin: number): Promise<boolean> {
    const { session, keys } = this.#place
    const next = (await this.#columns(rowsMin)).find(([table, column]) =>
      keys.some(key => key.tables.test(table) && key.columns.test(column)),
    )
    this.#isComplete = next === undefined
    if (!next) return false
    const [table, column] = next
    await session.run(
      `create index ${ident(indexName(table, column))} on ${ident(table)} (${ident(column)})`,
    )
    return true
  }

  /** The columns of large tables without an index of ours. */
  async #columns(rowsMin: number): Promise<readonly (readonly [string, string])[]> {
    const { session, schema } = this.#place
    const own = `schema_name = ${literal(schema)}`
    const [columns, indexes] = [
      await session.rows(
        `select table_name, column_name from duckdb_columns() where ${own} and table_name in
           (select table_name from duckdb_tables() where ${own} and not temporary and estimated_size >= ${rowsMin})
         order by all`,
      ),
      await session.rows(`select index_name from duckdb_indexes() where ${own}`),
    ]
    const have = new Set(indexes.map(([name]) => String(name)))
    return columns
      .map(([table, column]) => [String(table), String(column)] as const)
      .filter(([table, column]) => !have.has(indexName(table, column)))
  }
}

function indexName(table: string, column: string): string {
  return `key_of_${table}_${column}`
}
