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
  const place = { aside: `shadow_${++opened}`, schema }
  await connection.run(`set TimeZone = ${literal(timeZone)}`)
  await connection.run(`set schema = ${literal(schema)}`)
  await connection.run(`attach ':memory:' as ${place.aside}`)
  await connection.run('begin transaction')
  const names = await namesIn(connection, schema)
  return {
    open: onlyOnce(async () => await copyNames(connection, place, names)),
    close: onlyOnce(async () => {
      await connection.run('rollback')
      // A database that names resolve in cannot be let go.
      await connection.run('reset search_path')
      await connection.run(`detach ${place.aside}`)
      connection.closeSync()
    }),
  }
}

function onlyOnce<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let done: Promise<Result> | undefined
  return async () => await (done ??= work())
}

interface Names {
  readonly real: string
  readonly views: readonly { readonly schema: string; readonly sql: string }[]
  readonly tables: readonly string[]
}

/** What there is; the first look at the database is what the transaction then sees of it. */
async function namesIn(connection: DuckDBConnection, schema: string): Promise<Names> {
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
  return {
    real,
    views: views.map(([name = '', sql = '']) => ({ schema: name, sql })),
    tables: tables.map(([name = '']) => name),
  }
}

async function copyNames(
  connection: DuckDBConnection,
  { aside, schema }: { aside: string; schema: string },
  { real, views, tables }: Names,
): Promise<SqlSession> {
  const schemas = [...new Set([schema, ...views.map(view => view.schema)])]
  for (const name of schemas) await connection.run(`create schema ${aside}.${ident(name)}`)
  const path = [
    ...schemas.map(name => `${aside}.${ident(name)}`),
    `${ident(real)}.${ident(schema)}`,
  ]
  await connection.run(`set search_path = ${literal(path.join(','))}`)
  for (const { sql } of views) await connection.run(sql)
  return new ShadowSession(connection, { aside, real, schema, tables: new Set(tables) })
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

/** What a statement does to a table, and whether that is all it says; no table where it is none of these. */
function changeOf(sql: string): { verb: string; table: string; isWhole: boolean } {
  const [, verb = '', quoted, plain, next = ''] = CHANGES.exec(sql) ?? []
  return {
    verb: verb.toLowerCase().replace(/ if (not )?exists$/, ''),
    table: quoted?.replaceAll('""', '"') ?? plain ?? '',
    isWhole: next === '',
  }
}

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

  get rollbacks(): number {
    return this.#session.rollbacks
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    if (await this.#leadAside(sql)) await this.#session.run(sql, values)
  }

  async runAll(statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.run(sql)
  }

  async rows(sql: string, values?: readonly SqlValue[]): ReturnType<SqlSession['rows']> {
    return (await this.#leadAside(sql)) ? await this.#session.rows(sql, values) : []
  }

  async compute(sql: string, values: readonly SqlValue[]): ReturnType<SqlSession['compute']> {
    return await this.#session.compute(sql, values)
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
    const { verb, table, isWhole } = changeOf(sql)
    if (!this.#there.has(table)) return true
    switch (verb) {
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
        await this.#copy(table, isWhole ? 'limit 0' : '')
        return !isWhole
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
