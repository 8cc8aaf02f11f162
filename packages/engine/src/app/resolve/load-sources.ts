import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MainstemError, type StreamDefinition } from '@mainstem/contracts'
import { assert } from '../../kernel/assert.ts'
import { type OpenedFile, openFile, type SourceFile, type SqlSession } from '../../lake/index.ts'
import type { SchemaField } from '../../streams/index.ts'
import { numberAt } from '../commands/answer.ts'
import { streamName } from '../commands/inspect-file.ts'
import { checkBytes } from '../engine/check-bytes.ts'
import { sourceFile } from '../engine/file-reference.ts'

/** Lines of a file that are no records: how many, and where the first of them stand. */
export interface BadLines {
  readonly count: number
  readonly lines: readonly number[]
}

/** A file in the engine: the table has its column number n as `c<n>`, and each row's `pid`, in order. */
export interface LoadedSource {
  /** Made from the file's name; unique among the sources. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly path: string
  readonly file: SourceFile
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: number
  /** The pid of its first row. */
  readonly first: number
  readonly problems: BadLines
}

/** Bad lines that are named. */
const LINES_SHOWN_MAX = 5

/** Reads files into tables, every line of them, or tells which cannot be. */
export async function loadSources(
  session: SqlSession,
  paths: readonly string[],
): Promise<readonly LoadedSource[]> {
  const sources: LoadedSource[] = []
  // The number of a row is its place in the file only where rows keep their order.
  await session.run('set preserve_insertion_order = true')
  for (const [ordinal, given] of paths.entries()) {
    const path = resolve(given)
    if (sources.some(source => source.path === path)) throw twice(path)
    const last = sources.at(-1)
    const name = freeName(streamName(path), sources)
    const first = last ? last.first + last.rows : 0
    const source = { ...(await loadSource(session, { path, ordinal })), name, first }
    await numberRows(session, source)
    sources.push(source)
  }
  await session.run('set preserve_insertion_order = false')
  return sources
}

/**
 * Numbers the rows in their order. A window function would read the file with one thread; one thread
 * that only counts takes a hundredth of that. The engine's own row numbers are not used, because it
 * gives wrong ones where a join's filter and another meet on a scan.
 */
async function numberRows(
  session: SqlSession,
  { table, first }: Pick<LoadedSource, 'table' | 'first'>,
): Promise<void> {
  await session.run(`create or replace sequence ${table}_row minvalue 0 start ${first}`)
  await session.run('set threads = 1')
  try {
    await session.run(`alter table ${table} add column pid integer default nextval('${table}_row')`)
  } finally {
    await session.run('reset threads')
  }
  const [row] = await session.rows(`select count(*) filter (pid <> rowid + ${first}) from ${table}`)
  assert(numberAt(row, 0) === 0, 'rows are numbered in their order')
}

function freeName(name: string, sources: readonly LoadedSource[]): string {
  let free = name
  for (let next = 2; sources.some(source => source.name === free); next++) free = `${name}_${next}`
  return free
}

type Loaded = Omit<LoadedSource, 'name' | 'first'>

async function loadSource(
  session: SqlSession,
  { path, ordinal }: { readonly path: string; readonly ordinal: number },
): Promise<Loaded> {
  const label = basename(path)
  checkFile(path, label)
  const definition: StreamDefinition = {
    name: label,
    connector: { type: 'File', path },
    category: 'Other',
    primaryKey: 'id',
  }
  const file = fileOf(definition, { path, label, ordinal })
  await checkBytes(file)
  try {
    const opened = await openFile(session, file)
    const loaded = await fillTable(session, { file, opened, table: `source_${ordinal}` })
    // A record may have a column that none of the first has.
    if (!loaded.hasMore) return { ...loaded, path, label, file }
    const whole = await openFile(session, file, { sampleRows: Number.MAX_SAFE_INTEGER })
    const again = await fillTable(session, { file, opened: whole, table: `source_${ordinal}` })
    return { ...again, path, label, file }
  } catch (error) {
    if (error instanceof MainstemError) throw error
    const says = `The file ${label} cannot be read to its end as ${file.format}: it is damaged or cut off. Bring the whole file.`
    throw new MainstemError('SOURCE_UNREADABLE', says, { file: label }, error)
  }
}

function fileOf(
  definition: StreamDefinition,
  { ordinal, ...reference }: { path: string; label: string; ordinal: number },
): SourceFile {
  try {
    return sourceFile(definition, reference, ordinal)
  } catch (error) {
    // There is no stream whose connector could say it.
    if (!(error instanceof MainstemError) || error.details.key !== 'connector.format') throw error
    const fix = 'Name it .csv, .tsv, .jsonl, .json or .parquet; .gz may follow.'
    const says = `The format of ${reference.label} is not told by its name. ${fix}`
    throw new MainstemError('USAGE', says, { file: reference.label, fix })
  }
}

interface Filling {
  readonly file: SourceFile
  readonly opened: OpenedFile
  readonly table: string
}

async function fillTable(
  session: SqlSession,
  { file, opened, table }: Filling,
): Promise<Pick<Loaded, 'table' | 'columns' | 'rows' | 'problems'> & { hasMore: boolean }> {
  if (opened.columns.length === 0) throw nothingIn(file)
  const fields = opened.columns.map((path, at): SchemaField => {
    return { name: `c${at}`, type: 'Text', path }
  })
  for (const name of [opened.rejects?.table, `${opened.rejects?.table}_scan`])
    if (opened.rejects) await session.run(`drop table if exists ${name}`)
  const columns = fields.map(({ name }, at) => `r${at} as ${name}`).join(', ')
  await session.run(
    `create or replace table ${table} as select _bad, _more, ${columns} from (${opened.values(fields)})`,
  )
  const [row] = await session.rows(
    `select count(*), count(_bad), coalesce(bool_or(_more), false) from ${table}`,
  )
  const bad = numberAt(row, 1)
  const problems = await badLines(session, { opened, table, bad })
  if (bad > 0) {
    // The place of a row in the table is its number: there must be no gap.
    await session.run(`create or replace table ${table} as from ${table} where _bad is null`)
  }
  const rows = numberAt(row, 0) - bad
  return { table, columns: opened.columns, rows, problems, hasMore: row?.[2] === true }
}

async function badLines(
  session: SqlSession,
  { opened, table, bad }: { opened: OpenedFile; table: string; bad: number },
): Promise<BadLines> {
  const lines: number[] = []
  let count = bad
  if (opened.rejects) {
    const found = `(select distinct line, line_byte_position from ${opened.rejects.table})`
    const [row] = await session.rows(`select count(*) from ${found}`)
    const first = await session.rows(
      `select distinct line from ${found} order by line limit ${LINES_SHOWN_MAX}`,
    )
    count += numberAt(row, 0)
    lines.push(...first.map(one => numberAt(one, 0)))
  }
  if (bad > 0) {
    const first = await session.rows(
      `select rowid + 1 from ${table} where _bad is not null order by rowid limit ${LINES_SHOWN_MAX}`,
    )
    lines.push(...first.map(one => numberAt(one, 0)))
  }
  return { count, lines: lines.toSorted((a, b) => a - b).slice(0, LINES_SHOWN_MAX) }
}

function checkFile(path: string, label: string): void {
  if (existsSync(path) && statSync(path).isFile()) return
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const says = isFolder ? `${label} is a folder, not a file.` : `There is no file ${label}.`
  const fix = 'Name a CSV, JSON Lines or Parquet file.'
  throw new MainstemError('SOURCE_MISSING', `${says} ${fix}`, { file: label, fix })
}

function twice(path: string): MainstemError {
  const label = basename(path)
  const says = `The file ${label} is named twice. Its records would all be found again: name it once.`
  return new MainstemError('USAGE', says, { file: label })
}

function nothingIn(file: SourceFile): MainstemError {
  const says = `The file ${file.label} has no records with named fields.`
  return new MainstemError('SOURCE_UNREADABLE', says, { file: file.label })
}
