import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MainstemError, type StreamDefinition } from '@mainstem/contracts'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import {
  inferFields,
  type OpenedFile,
  openFile,
  type SourceFile,
  type SqlSession,
} from '../../lake/index.ts'
import {
  columnStatistics,
  type ColumnStatistics,
  columnStatisticsSql,
  type Inspection,
  inspectColumns,
} from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import type { SchemaField } from '../../streams/index.ts'
import { checkBytes } from '../engine/check-bytes.ts'
import { sourceFile } from '../engine/file-reference.ts'
import { looseType, mostlyFits, typeFor } from './inspect-file-types.ts'

/** The answer of `inspect`; it is about no project. */
export interface FileInspection extends Inspection {
  readonly file: string
  readonly format: string
  /** Lines that are no records. */
  readonly problems: number
}

/** A file that was looked at, still open. */
export interface InspectedSource {
  readonly inspection: FileInspection
  /** The fields that a stream over it would have, of the types that suit what they mean. */
  readonly fields: readonly SchemaField[]
  readonly statistics: readonly ColumnStatistics[]
  readonly file: SourceFile
  readonly opened: OpenedFile
  /** SQL of its records: each field as raw text, under its name. */
  readonly relation: string
}

/** Tells what the columns of a file seem to hold, and proposes a key, a category and a mapping. */
export async function inspectFile(filePath: string): Promise<FileInspection> {
  return await withMemoryEngine(async session => {
    const { inspection } = await inspectSource(session, { path: filePath, ordinal: 0 })
    return inspection
  })
}

/** The same for people. */
export function inspectionLines(found: FileInspection): readonly string[] {
  const { columns, proposal } = found
  const width = Math.max(...columns.map(({ name }) => name.length), 0)
  const bad = found.problems === 0 ? '' : ` and ${found.problems} lines that are no records`
  const lines = columns.map(column => {
    const guess = column.meaning === null ? 'not understood' : `${column.meaning} (${column.why})`
    const blank = column.blank === 0 ? 'never blank' : `${column.blank} blank`
    const samples = column.samples.slice(0, 3).map(shown).join(', ')
    return `  ${column.name.padEnd(width)}  ${column.type.padEnd(8)}  ${blank}, ${column.distinct} distinct: ${guess}. ${samples}`
  })
  const objects = (proposal.mapping?.objects ?? []).map(({ object, fields = {} }) => {
    const pairs = Object.entries(fields).map(([to, from]) => `${to} ← ${from}`)
    return `  ${object}: ${pairs.join(', ')}`
  })
  return [
    `${found.file}: ${found.rows} records${bad}, ${columns.length} columns`,
    ...lines,
    '',
    ...proposal.why,
    ...(objects.length === 0 ? ['No mapping is proposed.'] : ['Proposed mapping:', ...objects]),
  ]
}

/** Values come from strangers: nothing in them may move the cursor. */
function shown(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
  return plain.length > 24 ? `${plain.slice(0, 23)}…` : plain
}

/** Runs work on an engine of its own that holds nothing afterwards. */
export async function withMemoryEngine<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  try {
    return await work(session)
  } finally {
    session.close()
    await engine.close()
  }
}

/** Looks at one file, in the caller's session; `ordinal` tells the files of a session apart. */
export async function inspectSource(
  session: SqlSession,
  { path: given, ordinal }: { readonly path: string; readonly ordinal: number },
): Promise<InspectedSource> {
  const path = resolve(given)
  checkFile(path)
  const name = streamName(path)
  const connector = { type: 'File' as const, path: given }
  const definition: StreamDefinition = { name, connector, category: 'Other', primaryKey: 'id' }
  const file = sourceFile(definition, { path, label: basename(path) }, ordinal)
  await checkBytes(file)
  try {
    const opened = await openFile(session, file)
    if (opened.columns.length === 0) throw unreadable(file, 'it has no records with named fields')
    return await inspectOpened(session, { file, opened, stream: name })
  } catch (error) {
    if (error instanceof MainstemError) throw error
    throw unreadable(file, `it is not valid ${file.format}`, error)
  }
}

/** A stream's name made from a file's: `CRM Contacts (2).csv.gz` is `crm_contacts_2`. */
export function streamName(path: string): string {
  const plain = basename(path)
    .replace(/\.(gz|zst)$/i, '')
    .replace(/\.[^.]*$/, '')
  const words = plain
    .normalize('NFKD')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
    .replaceAll(/^_+|_+$/g, '')
  const safe = /^[a-z]/.test(words) ? words : `source_${words}`
  return safe.slice(0, STREAM_NAME_MAX).replace(/_+$/, '')
}

/** Room for a number that tells two of one name apart. */
const STREAM_NAME_MAX = 36

function checkFile(path: string): void {
  const label = basename(path)
  if (existsSync(path) && statSync(path).isFile()) return
  const says = existsSync(path) ? `${label} is a folder, not a file.` : `There is no file ${label}.`
  throw new MainstemError('SOURCE_MISSING', `${says} Check the path.`, { file: label })
}

interface OpenSource {
  readonly file: SourceFile
  readonly opened: OpenedFile
  readonly stream: string
}

async function inspectOpened(
  session: SqlSession,
  { file, opened, stream }: OpenSource,
): Promise<InspectedSource> {
  const inferred = await inferFields(session, opened, [])
  const relation = recordsSql(opened, inferred)
  const first = await measured(session, relation, inferred)
  const meanings = inspectColumns(stream, first).columns.map(column => column.meaning)
  const fields: SchemaField[] = []
  for (const [at, field] of inferred.entries()) {
    const meaning = meanings[at] ?? null
    const loose = looseType(field.type, meaning)
    const type =
      loose !== undefined &&
      (await mostlyFits(session, relation, { name: field.name, type: loose }))
        ? loose
        : typeFor(field.type, meaning)
    fields.push({ name: field.name, path: field.path, type })
  }
  const statistics = columnsAs(first, fields)
  const problems = await badLines(session, opened, inferred)
  const inspection = inspectColumns(stream, statistics)
  const found = { ...inspection, file: file.label, format: file.format, problems }
  return { inspection: found, fields, statistics, file, opened, relation }
}

/** SQL of the records of a file, each field as it came under its name. */
function recordsSql(opened: OpenedFile, fields: readonly SchemaField[]): string {
  const rows = opened.rows(fields, { position: 0n, atMs: 0 })
  const names = fields.map((field, at) => `r${at} as ${ident(field.name)}`)
  return `(select _row, ${names.join(', ')} from (${rows.sql}) where _bad is null)`
}

async function measured(
  session: SqlSession,
  relation: string,
  fields: readonly SchemaField[],
): Promise<readonly ColumnStatistics[]> {
  const rows = await session.rows(columnStatisticsSql(relation, fields))
  return columnStatistics(fields, rows)
}

async function badLines(
  session: SqlSession,
  opened: OpenedFile,
  fields: readonly SchemaField[],
): Promise<number> {
  const { sql } = opened.rows(fields, { position: 0n, atMs: 0 })
  const rejected = opened.rejects
    ? `(select count(distinct (line, line_byte_position)) from ${opened.rejects.table})`
    : '0'
  const [row] = await session.rows(
    `select (select count(*) from (${sql}) where _bad is not null) + ${rejected}`,
  )
  return Number(row?.[0] ?? 0)
}

function columnsAs(
  columns: readonly ColumnStatistics[],
  fields: readonly SchemaField[],
): readonly ColumnStatistics[] {
  const typed: ColumnStatistics[] = []
  for (const [at, column] of columns.entries()) {
    typed.push({ ...column, type: fields[at]?.type ?? column.type })
  }
  return typed
}

function unreadable(file: SourceFile, why: string, cause?: unknown): MainstemError {
  const says = `The file ${file.label} cannot be read as ${file.format}: ${why}.`
  return new MainstemError('SOURCE_UNREADABLE', says, { file: file.label }, cause)
}
