import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBListValue,
  type DuckDBPreparedStatement,
  type DuckDBResultReader,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  UBIGINT,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import { assert } from '../../kernel/assert.ts'
import type {
  Cell,
  ColumnBatch,
  ColumnValues,
  LoadColumn,
  LoadType,
  SqlSession,
  SqlValue,
} from '../sql-session.ts'
import { ROWS_MAX } from '../sql-session.ts'

const CHUNK_ROWS = 2048
const LOAD_TYPES: Record<LoadType, DuckDBType> = {
  INTEGER,
  UTINYINT,
  BIGINT,
  UBIGINT,
  DOUBLE,
  VARCHAR,
}

/** Where rows are loaded to; the engine's own place where nothing is said. */
interface LoadPlace {
  readonly schema?: string | undefined
  readonly database?: string | undefined
}

/** One connection; unqualified names resolve in its schema. */
export class DuckDbSession implements SqlSession {
  readonly #connection: DuckDBConnection
  readonly #place: LoadPlace
  /** Statements of `compute`, planned. */
  readonly #kept = new Map<string, DuckDBPreparedStatement>()
  #statements = 0
  #rollbacks = 0
  #inTransaction = false

  constructor(connection: DuckDBConnection, place: LoadPlace) {
    this.#connection = connection
    this.#place = place
  }

  get statements(): number {
    return this.#statements
  }

  get rollbacks(): number {
    return this.#rollbacks
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    this.#statements++
    await this.#connection.run(sql, values?.map(bound))
  }

  async runAll(statements: readonly string[]): Promise<void> {
    if (statements.length === 0) return
    this.#statements += statements.length
    await this.#connection.run(statements.join('\n;\n'))
  }

  async rows(sql: string, values?: readonly SqlValue[]): Promise<readonly (readonly Cell[])[]> {
    this.#statements++
    return rowsOf(await this.#connection.runAndReadUntil(sql, ROWS_MAX + 1, values?.map(bound)))
  }

  async compute(sql: string, values: readonly SqlValue[]): Promise<readonly (readonly Cell[])[]> {
    this.#statements++
    const kept = this.#kept.get(sql) ?? (await this.#connection.prepare(sql))
    this.#kept.set(sql, kept)
    kept.bind(values.map(bound))
    return rowsOf(await kept.runAndReadUntil(ROWS_MAX + 1))
  }

  async describe(sql: string): Promise<readonly { name: string; type: string }[]> {
    this.#statements++
    const prepared = await this.#connection.prepare(sql)
    try {
      return Array.from({ length: prepared.columnCount }, (_, index) => ({
        name: prepared.columnName(index),
        type: prepared.columnType(index).toString(),
      }))
    } finally {
      prepared.destroySync()
    }
  }

  async *batches(sql: string): AsyncIterable<ColumnBatch> {
    this.#statements++
    const result = await this.#connection.stream(sql)
    // What writes and returns rows has all of them before the first is read.
    const { isStreaming } = result
    // While a chunk is looked at, the engine makes the next one.
    let next = result.fetchChunk()
    try {
      for (;;) {
        const chunk = await next
        if (!chunk || chunk.rowCount === 0) break
        next = result.fetchChunk()
        // It is waited for below; until then nobody misses its error.
        next.catch(() => undefined)
        const columns = Array.from({ length: chunk.columnCount }, (_, at) => columnOf(chunk, at))
        yield { rowCount: chunk.rowCount, columns }
      }
      if (isStreaming && !result.isStreaming) throw brokenOff()
    } finally {
      await next.catch(() => undefined)
    }
  }

  async load(table: string, columns: readonly LoadColumn[]): Promise<void> {
    this.#statements++
    const rowCount = columns[0]?.values.length ?? 0
    assert(
      columns.every(column => column.values.length === rowCount),
      'columns are equally long',
    )
    const isTemporary = table.startsWith('temp.')
    const appender = isTemporary
      ? await this.#connection.createAppender(table.slice('temp.'.length), 'main', 'temp')
      : await this.#connection.createAppender(table, this.#place.schema, this.#place.database)
    const types = columns.map(column => LOAD_TYPES[column.type])
    for (let start = 0; start < rowCount; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rowCount - start)
      const chunk = DuckDBDataChunk.create(types, count)
      for (const [at, column] of columns.entries()) fill({ chunk, at, column, start, count })
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
    appender.closeSync()
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    assert(!this.#inTransaction, 'transactions do not nest')
    this.#inTransaction = true
    await this.run('begin transaction')
    try {
      const result = await work()
      await this.run('commit')
      return result
    } catch (error) {
      this.#rollbacks++
      await this.run('rollback').catch(() => undefined)
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  close(): void {
    this.#connection.closeSync()
  }
}

function rowsOf(reader: DuckDBResultReader): readonly (readonly Cell[])[] {
  assert(reader.currentRowCount <= ROWS_MAX, `a small read is over ${ROWS_MAX} rows`)
  return reader.getRows().map(row => row.map(cell))
}

function bound(value: SqlValue): DuckDBValue {
  if (value instanceof Uint8Array) return new DuckDBBlobValue(value)
  return typeof value === 'object' && value !== null ? new DuckDBListValue(value) : value
}

/**
 * What failed while its rows were read ends like what has no more rows, except that it is no stream any
 * longer; the engine does not say why.
 */
function brokenOff(): Error {
  return new Error(
    'A statement broke off while its rows were read: it was interrupted, a value could not be ' +
      'computed, or memory ran out. If it is memory, give more with storage.memory.',
  )
}

/** Decimals, times and the like become the engine's own text. */
function cell(value: DuckDBValue): Cell {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value
    default:
      return String(value)
  }
}

function columnOf(chunk: DuckDBDataChunk, at: number): ColumnValues {
  const vector = chunk.getColumnVector(at)
  const items: unknown = 'items' in vector ? vector.items : undefined
  if (isTyped(items) && !mayHoldNull(vector)) return items
  return chunk.getColumnValues(at).map(cell)
}

/** A typed array has no null of its own: where there is a mask of them, it holds anything. */
function mayHoldNull(vector: object): boolean {
  const validity: unknown = 'validity' in vector ? vector.validity : undefined
  return (
    !(typeof validity === 'object' && validity !== null && 'data' in validity) ||
    validity.data !== null
  )
}

function isTyped(items: unknown): items is Int32Array | BigInt64Array | BigUint64Array {
  return (
    items instanceof Int32Array ||
    items instanceof Uint32Array ||
    items instanceof Uint16Array ||
    items instanceof Uint8Array ||
    items instanceof BigUint64Array ||
    items instanceof BigInt64Array ||
    items instanceof Float64Array
  )
}

interface Fill {
  readonly chunk: DuckDBDataChunk
  readonly at: number
  readonly column: LoadColumn
  readonly start: number
  readonly count: number
}

function fill({ chunk, at, column, start, count }: Fill): void {
  const { values } = column
  const vector = chunk.getColumnVector(at)
  const items: unknown = 'items' in vector ? vector.items : undefined
  if (values instanceof Int32Array && items instanceof Int32Array) {
    items.set(values.subarray(start, start + count))
    vector.flush()
  } else if (values instanceof BigUint64Array && items instanceof BigUint64Array) {
    items.set(values.subarray(start, start + count))
    vector.flush()
  } else if (values instanceof Float64Array && items instanceof Float64Array) {
    items.set(values.subarray(start, start + count))
    vector.flush()
  } else {
    const part = Array.from(values.slice(start, start + count))
    chunk.setColumnValues(at, part)
  }
}
