import { DuckDBInstance } from '@duckdb/node-api'
import { ident, literal } from '../../query/index.ts'
import type { SqlEngine } from '../sql-session.ts'
import { DuckDbSession } from './duckdb-session.ts'
import { openShadow } from './duckdb-shadow.ts'

/** How the engine is opened. */
export interface DuckDbOptions {
  /** The database file, or `:memory:`. */
  readonly path: string
  readonly threads?: number
  /** Such as `4GB`. */
  readonly memoryMax?: string
  /** IANA name; date functions and text without an offset are read in it. */
  readonly timeZone?: string
  /** Where the engine spills to. */
  readonly spillPath?: string
  /** Unqualified names resolve here; made if missing. */
  readonly schema?: string
}

/** The log of changes is folded into the file at this size, which holds up what is written for a second. */
const CHECKPOINT_AT = '128MB'

/** Opens DuckDB. It never loads extensions, and nothing outside `lake/` knows that it is DuckDB. */
export async function openDuckDb(options: DuckDbOptions): Promise<SqlEngine> {
  const instance = await DuckDBInstance.create(options.path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.threads ? { threads: String(options.threads) } : {}),
    ...(options.memoryMax ? { memory_limit: options.memoryMax } : {}),
    ...(options.spillPath ? { temp_directory: options.spillPath } : {}),
    preserve_insertion_order: 'false',
    checkpoint_threshold: CHECKPOINT_AT,
  })
  const setup = await instance.connect()
  const { timeZone = 'UTC' } = options
  if (options.schema) await setup.run(`create schema if not exists ${ident(options.schema)}`)
  return {
    async setWorkers(count) {
      await setup.run(`set threads = ${Math.trunc(count)}`)
    },
    async session() {
      const connection = await instance.connect()
      await connection.run(`set TimeZone = ${literal(timeZone)}`)
      if (options.schema) await connection.run(`set schema = ${literal(options.schema)}`)
      return new DuckDbSession(connection, { schema: options.schema })
    },
    async shadow() {
      return await openShadow(instance, { schema: options.schema ?? 'main', timeZone })
    },
    close() {
      setup.closeSync()
      instance.closeSync()
      return Promise.resolve()
    },
  }
}
