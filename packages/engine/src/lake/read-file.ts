import { ident, literal } from '../query/index.ts'
import { columnRows, jsonRows, type SchemaField, type SourceRows } from '../streams/index.ts'
import type { SourceFile } from './source-file.ts'
import type { SqlSession } from './sql-session.ts'
import { noHeader, readable, refuseEmpty, unreadable } from './unreadable-file.ts'

/** Where the rows of a file stand in the journal. */
export interface FilePlace {
  readonly position: bigint
  readonly atMs: number
}

/** A file that has been looked at: what it holds, and the SQL that reads it. */
export interface OpenedFile {
  /** The columns of a table-like file; for JSON the paths that a sample of records has. */
  readonly columns: readonly string[]
  /** SQL of the columns as text, one row a record, of at most `limit` records. */
  sample(limit: number): string
  /**
   * SQL of the raw values of these fields alone, as `r0`, `r1`, … in the order of the file, with
   * `_bad` (the code of a record that is none) and `_more` (whether it has a column that is not among them).
   */
  values(fields: readonly SchemaField[]): string
  /** SQL of the raw rows of these fields. */
  rows(fields: readonly SchemaField[], place: FilePlace): SourceRows
  /** The name of the table in which the engine keeps the lines that are no records, if it does. */
  readonly rejects?: { readonly table: string; readonly linesBefore: number } | undefined
}

/** Bytes that one line may have; longer ones become problem records. */
export const LINE_BYTES_MAX = 33_554_432

/** JSON records that the columns are told from, unless more are asked for. */
const SAMPLE_ROWS = 20_000

/** Looks at a file: its columns, and how to read it. Throws if it is not of its format. */
export async function openFile(
  session: SqlSession,
  file: SourceFile,
  { sampleRows = SAMPLE_ROWS }: { readonly sampleRows?: number } = {},
): Promise<OpenedFile> {
  switch (file.format) {
    case 'CSV':
      return await openCsv(session, file)
    case 'JSONL':
      return await openJson(session, file, { lines: true, sampleRows })
    case 'JSON':
      return await openJson(session, file, { lines: false, sampleRows })
    case 'Parquet':
      return await openParquet(session, file)
  }
}

/** Bad lines are kept aside by the engine, each file's in a table of its own. */
function lineOptions(file: SourceFile): string {
  return (
    `auto_detect=false, store_rejects=true, rejects_table='${rejectsTable(file)}', ` +
    `rejects_scan='${rejectsTable(file)}_scan', rejects_limit=0, ` +
    `max_line_size=${LINE_BYTES_MAX}, buffer_size=${LINE_BYTES_MAX * 2}`
  )
}

function rejectsTable(file: SourceFile): string {
  return `rejected_${file.ordinal ?? 0}`
}

function linesSql(file: SourceFile, more = ''): string {
  return (
    `read_csv(${literal(file.path)}, columns={'line': 'VARCHAR'}, header=false, delim='\u0001', quote='', ` +
    `escape='', compression='${file.compression}', ${lineOptions(file)}${more})`
  )
}

async function openCsv(session: SqlSession, file: SourceFile): Promise<OpenedFile> {
  // Read by one thread: of several, any may be the first to give a row.
  const first = await readable(session, file, () =>
    session.rows(
      `select line from ${linesSql(file, ', parallel=false')} limit ${HEADER_LINES_MAX}`,
    ),
  )
  const line = headerOf(first.map(([text]) => String(text ?? ''))).replace(/^\uFEFF/, '')
  if (line === '' || line.includes('\0')) throw await noHeader(session, file)
  const delimiter = file.delimiter ?? likelyDelimiter(line)
  const cells = splitLine(line, delimiter)
  const named = file.header !== false
  const columns = named ? cells : cells.map((_, at) => `column${at}`)
  const twice = columns.find(
    (name, at) => columns.findIndex(other => other.toLowerCase() === name.toLowerCase()) !== at,
  )
  if (twice !== undefined) throw unreadable(file, `its header names the column "${twice}" twice`)
  if (columns.includes('')) throw unreadable(file, 'its header has a column without a name')
  const types = columns.map(name => `${literal(name)}: 'VARCHAR'`).join(', ')
  const read =
    `read_csv(${literal(file.path)}, columns={${types}}, header=${named}, delim=${literal(delimiter)}, ` +
    `quote='"', escape='"', null_padding=false, compression='${file.compression}', ${lineOptions(file)})`
  return {
    columns,
    sample: limit => `select * from ${read} limit ${limit}`,
    values: fields => valuesSql(read, fields),
    rows: (fields, place) =>
      columnRows(
        `select ${placed(file, place)}, row_number() over () as _row, * from ${read}`,
        columns,
        fields,
      ),
    rejects: { table: rejectsTable(file), linesBefore: named ? 1 : 0 },
  }
}

async function openJson(
  session: SqlSession,
  file: SourceFile,
  { lines, sampleRows }: { lines: boolean; sampleRows: number },
): Promise<OpenedFile> {
  await refuseEmpty(session, file)
  const records = lines
    ? `select row_number() over () as _row, line from ${linesSql(file)}`
    : `select row_number() over () as _row, line from (${arraySql(file)})`
  const structure = await readable(session, file, () =>
    session.rows(
      `select json_group_structure(line::json)::varchar from (select line from (${records}) where ` +
        `case when json_valid(line) then json_type(line) = 'OBJECT' else false end limit ${sampleRows})`,
    ),
  )
  const paths = leafPaths(String(structure[0]?.[0] ?? '{}'))
  return {
    columns: paths,
    sample: limit => {
      const reads = paths.map(
        path => `json_extract_string(line, ${literal(pointer(path))}) as ${ident(path)}`,
      )
      return `select ${reads.join(', ') || '1 as none'} from (${records}) where json_valid(line) limit ${limit}`
    },
    values: fields => {
      const names = fields.map((_, at) => `, r${at}`).join('')
      const { sql } = jsonRows(
        `select ${placed(file, NOWHERE)}, _row, line from (${records})`,
        fields,
      )
      return `select _bad, _overflow is not null as _more${names} from (${sql}) where _line is not null`
    },
    rows: (fields, place) =>
      jsonRows(
        `select ${placed(file, place)}, _row, line from (${records}) where line is not null`,
        fields,
      ),
    rejects: lines ? { table: rejectsTable(file), linesBefore: 0 } : undefined,
  }
}

function arraySql(file: SourceFile): string {
  const source = literal(file.path)
  const compression = file.compression === 'none' ? 'uncompressed' : file.compression
  if (file.root === undefined) {
    return (
      `select json::varchar as line from read_json_objects(${source}, format='array', ` +
      `compression='${compression}', ` +
      `maximum_object_size=${LINE_BYTES_MAX})`
    )
  }
  const path = `$.${file.root}[*]`
  return `select unnest(json_extract(content, ${literal(path)}))::varchar as line from read_text(${source})`
}

async function openParquet(session: SqlSession, file: SourceFile): Promise<OpenedFile> {
  const read = `read_parquet(${literal(file.path)}, file_row_number=true)`
  const described = await readable(session, file, () => session.describe(`from ${read}`))
  const columns = described.map(({ name }) => name).filter(name => name !== 'file_row_number')
  return {
    columns,
    sample: limit => `select ${columns.map(ident).join(', ')} from ${read} limit ${limit}`,
    values: fields => valuesSql(read, fields),
    rows: (fields, place) =>
      columnRows(
        `select ${placed(file, place)}, file_row_number + 1 as _row, * from ${read}`,
        columns,
        fields,
      ),
  }
}

/** Of rows whose place in the journal nobody asks for. */
const NOWHERE: FilePlace = { position: 0n, atMs: 0 }

function valuesSql(read: string, fields: readonly SchemaField[]): string {
  const names = fields.map((field, at) => `, ${ident(field.path)} as r${at}`).join('')
  return `select null::varchar as _bad, false as _more${names} from ${read}`
}

function placed(file: SourceFile, place: FilePlace): string {
  return (
    `${place.position}::bigint as _pos, make_timestamptz(${place.atMs * 1000}::bigint) as _at, ` +
    `${literal(file.label)}::varchar as _origin`
  )
}

/** Lines that a header may have, where names in quotes hold line ends. */
const HEADER_LINES_MAX = 50

/** The first line, with those that its last quote is still open in. */
function headerOf(lines: readonly string[]): string {
  let header = lines[0] ?? ''
  for (const line of lines.slice(1)) {
    if (header.split('"').length % 2 === 1) return header
    header += `\n${line}`
  }
  // A quote that nothing closes is a letter like any other.
  return header.split('"').length % 2 === 1 ? header : (lines[0] ?? '')
}

function likelyDelimiter(line: string): string {
  const counts = [',', ';', '\t', '|'].map(mark => ({ mark, count: line.split(mark).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark
}

/** The cells of one CSV line, quotes undone. */
function splitLine(line: string, delimiter: string): readonly string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quoted && char === '"' && line.charAt(at + 1) === '"') at++
    else if (char === '"') {
      quoted = !quoted
      continue
    }
    if (!quoted && line.startsWith(delimiter, at)) {
      cells.push(cell.trim())
      cell = ''
      at += delimiter.length - 1
    } else cell += char
  }
  return [...cells, cell.trim()]
}

/** The paths of the values in a JSON structure; arrays count as values and stay JSON text. */
function leafPaths(structure: string): readonly string[] {
  const read: unknown = JSON.parse(structure)
  const paths: string[] = []
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'object' && node !== null && !Array.isArray(node)) {
      for (const [name, below] of Object.entries(node))
        walk(below, path === '' ? name : `${path}.${name}`)
    } else if (path !== '') paths.push(path)
  }
  walk(read, '')
  return paths
}

function pointer(path: string): string {
  return path
    .split('.')
    .map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}
