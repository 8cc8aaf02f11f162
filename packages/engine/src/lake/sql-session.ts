/** A value bound to a statement, or a list of texts. Values never leave as text in it. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly string[]

/** A value read back: 64-bit integers as bigint, decimals and times as text. */
export type Cell = string | number | bigint | boolean | null

/** The values of one column of a batch; typed arrays for fixed-width integers without nulls. */
export type ColumnValues =
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array
  | Float64Array
  | readonly Cell[]

/** Some rows of a result, column by column. Typed arrays are views, good until the next batch. */
export interface ColumnBatch {
  readonly rowCount: number
  readonly columns: readonly ColumnValues[]
}

/** Engine types that `load` can write. */
export type LoadType = 'INTEGER' | 'UTINYINT' | 'BIGINT' | 'UBIGINT' | 'DOUBLE' | 'VARCHAR'

/** One column to write: its values, as long as the others'. */
export interface LoadColumn {
  readonly name: string
  readonly type: LoadType
  readonly values:
    | Int32Array
    | Uint8Array
    | BigUint64Array
    | BigInt64Array
    | Float64Array
    | readonly Cell[]
}

/**
 * One conversation with the SQL engine, used by one caller at a time.
 *
 * - SS1 statements run in the order they were given, each seeing the ones before.
 * - SS2 `transaction` commits all of its work or none of it.
 * - SS3 `batches` reads any number of rows in bounded memory.
 * - SS4 `compute` plans a statement once and keeps the plan: the statement reads its values alone, since a plan
 *   that is older than a table's rows may answer wrongly.
 */
export interface SqlSession {
  /** How many statements this session has run; the budget of a live batch is counted with it. */
  readonly statements: number
  /** How many of its transactions were taken back: what was remembered of one is wrong from then on. */
  readonly rollbacks: number
  run(sql: string, values?: readonly SqlValue[]): Promise<void>
  /** Runs statements as `run` does, in one go: on its way each by itself takes longer than a few rows do. */
  runAll(statements: readonly string[]): Promise<void>
  /** A small result as rows. Throws if it is over `ROWS_MAX`: bulk goes through `batches`. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<readonly (readonly Cell[])[]>
  /** What a statement makes of nothing but its values, as rows; of few different statements. */
  compute(sql: string, values: readonly SqlValue[]): Promise<readonly (readonly Cell[])[]>
  /** The columns of a statement's result, by name and engine type, without running it. */
  describe(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]>
  batches(sql: string): AsyncIterable<ColumnBatch>
  /** Writes columns to a table that has them; a temporary one is named `temp.NAME`. For bulk. */
  load(table: string, columns: readonly LoadColumn[]): Promise<void>
  transaction<T>(work: () => Promise<T>): Promise<T>
  /** Stops the statement that is running. */
  interrupt(): void
  close(): void
}

/**
 * A snapshot of the database, and a session that writes beside it.
 *
 * - SH1 it sees what was committed when the shadow was made, and nothing that is committed later.
 * - SH2 it sees its own writes, under the names of the tables that they are to.
 * - SH3 nobody else sees them or waits for them, and they are gone when it closes.
 */
export interface Shadow {
  /** The session; makes it ready the first time, which takes longer than making the snapshot. */
  open(): Promise<SqlSession>
  close(): Promise<void>
}

/** The SQL engine: opens sessions on one database. */
export interface SqlEngine {
  session(): Promise<SqlSession>
  /** Takes a snapshot, at once. */
  shadow(): Promise<Shadow>
  /** How many threads work on one statement from now on, at most as many as there are processors. */
  setWorkers(count: number): Promise<void>
  close(): Promise<void>
}

/** Rows that `rows` gives at most. */
export const ROWS_MAX = 100_000
