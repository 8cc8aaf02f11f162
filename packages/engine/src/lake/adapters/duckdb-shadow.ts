import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { must } from '../../kernel/assert.ts'
import { ident, literal } from '../../query/index.ts'
import type { ColumnBatch, LoadColumn, Shadow, SqlSession, SqlValue } from '../sql-session.ts'
import { DuckDbSession } from './duckdb-session.ts'

let opened = 0

/**
 * Opens a shadow of the database. Tables that it changes are copied into a database in memory, which
 * is looked into first for each name; views are made again there, so that they read what stands there.
 * The engine lets a transaction write to one database only: a write that is not led aside fails, and
 * the database itself stays as it is.
 */
export async function openShadow(
  instance: DuckDBInstance,
  { schema, timeZone }: { readonly schema: string; readonly timeZone: string },
): Promise<Shadow> {
  const connection = await instance.connect()
  const aside = `shadow_${++opened}`
  await connection.run(`set TimeZone = ${literal(timeZone)}`)
  await connection.run(`set schema = ${literal(schema)}`)
  await connection.run(`attach ':memory:' as ${aside}`)
  const close = onlyOnce(async () => {
    await connection.run('rollback')
    // A database that names resolve in cannot be let go.
    await connection.run('reset search_path')
    await connection.run(`detach ${aside}`)
    connection.closeSync()
  })
  try {
    await connection.run('begin transaction')
    const session = await copyNames(connection, { aside, schema })
    return { session, close }
  } catch (error) {
    await close()
    throw error
  }
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return async () => await (done ??= work())
}

async function copyNames(
  connection: DuckDBConnection,
  { aside, schema }: { aside: string; schema: string },
): Promise<SqlSession> {
  const read = async (sql: string): Promise<readonly (readonly string[])[]> =>
    (await connection.runAndReadAll(sql)).getRows().map(row => row.map(String))
  const [row] = await read('select current_database()')
  const real = must(row?.[0], 'a database has a name')
  const views = await read(
    `select schema_name, sql from duckdb_views()
     where database_name = ${literal(real)} and not internal order by view_oid`,
  )
  const tables = await read(
    `select table_name from duckdb_tables()
     where database_name = ${literal(real)} and schema_name = ${literal(schema)}`,
  )
  const schemas = [...new Set([schema, ...views.map(([name = '']) => name)])]
  for (const name of schemas) await connection.run(`create schema ${aside}.${ident(name)}`)
  const path = [
    ...schemas.map(name => `${aside}.${ident(name)}`),
    `${ident(real)}.${ident(schema)}`,
  ]
  await connection.run(`set search_path = ${literal(path.join(','))}`)
  for (const [, sql = ''] of views) await connection.run(sql)
  const names = tables.map(([name = '']) => name)
  return new ShadowSession(connection, { aside, real, schema, tables: new Set(names) })
}

interface Place {
  /** The database in memory. */
  readonly aside: string
  /** The database itself. */
  readonly real: string
  readonly schema: string
}

/** A statement that changes a table of the schema: what it does, to which, and whether more follows. */
const CHANGES =
  /^\s*(create table if not exists|create or replace table|insert into|delete from|update|alter table|drop table(?: if exists)?)\s+(?:"((?:[^"]|"")+)"|(\w+))(?![\w".])\s*(\S?)/i

class ShadowSession implements SqlSession {
  readonly #session: DuckDbSession
  readonly #place: Place
  /** Tables of the database that are read there still. */
  readonly #there: Set<string>
  readonly #dropped = new Set<string>()

  constructor(
    connection: DuckDBConnection,
    { tables, ...place }: Place & { readonly tables: Set<string> },
  ) {
    this.#session = new DuckDbSession(connection, { schema: place.schema, database: place.aside })
    this.#place = place
    this.#there = tables
  }

  get statements(): number {
    return this.#session.statements
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    if (await this.#leadAside(sql)) await this.#session.run(sql, values)
  }

  async rows(sql: string, values?: readonly SqlValue[]): ReturnType<SqlSession['rows']> {
    return (await this.#leadAside(sql)) ? await this.#session.rows(sql, values) : []
  }

  async describe(sql: string): ReturnType<SqlSession['describe']> {
    return await this.#session.describe(sql)
  }

  batches(sql: string): AsyncIterable<ColumnBatch> {
    return this.#session.batches(sql)
  }

  async load(table: string, columns: readonly LoadColumn[]): Promise<void> {
    if (this.#there.has(table)) await this.#copy(table)
    await this.#session.load(table, columns)
  }

  /** The shadow is one transaction as a whole, of which this is a part. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    return await work()
  }

  interrupt(): void {
    this.#session.interrupt()
  }

  close(): void {
    this.#session.close()
  }

  /** Copies the table that a statement changes; false where nothing is left for it to do. */
  async #leadAside(sql: string): Promise<boolean> {
    const [, verb = '', quoted, plain, next = ''] = CHANGES.exec(sql) ?? []
    const table = quoted?.replaceAll('""', '"') ?? plain ?? ''
    if (!this.#there.has(table)) return true
    switch (verb.toLowerCase().replace(/ if (not )?exists$/, '')) {
      case 'create table':
        if (!this.#dropped.has(table)) return false
        this.#there.delete(table)
        return true
      case 'create or replace table':
        this.#there.delete(table)
        return true
      case 'drop table':
        this.#dropped.add(table)
        return false
      case 'delete from':
        await this.#copy(table, next === '' ? 'limit 0' : '')
        return next !== ''
      default:
        await this.#copy(table)
        return true
    }
  }

  async #copy(table: string, rows = ''): Promise<void> {
    const { real, aside, schema } = this.#place
    const name = `${ident(schema)}.${ident(table)}`
    await this.#session.run(`create table ${aside}.${name} as from ${ident(real)}.${name} ${rows}`)
    this.#there.delete(table)
  }
}
