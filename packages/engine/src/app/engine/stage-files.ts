import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import {
  type FilePlace,
  type Intake,
  openFile,
  type OpenedFile,
  type SourceFile,
  type SqlSession,
  stageRows,
  takeRejectedLines,
} from '../../lake/index.ts'
import type { SourceRows, StreamSchema } from '../../streams/index.ts'
import { type FileEntry, sourceFile } from './file-reference.ts'
import { readBytes } from './read-bytes.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** A load of files whose rows stand typed in the temporary table `stage` of a session. */
export interface StagedFiles {
  readonly session: SqlSession
  readonly intake: Intake
  readonly files: readonly { readonly file: SourceFile; readonly opened: OpenedFile }[]
  /** Records that an incremental load had no need to look at. */
  readonly skipped: number
}

/** Where files stand and how their rows are taken in. */
export interface StageOptions {
  readonly stream: StreamRuntime
  readonly entry: FileEntry
  readonly folder: string
  readonly place: FilePlace
  readonly shiftDays: number
  /** INCREMENTAL: rows modified before this are left out; ISO 8601. */
  readonly watermark?: string | undefined
}

/** Reads files into the temporary table `stage`; nothing that readers see changes. */
export async function stageFiles(session: SqlSession, options: StageOptions): Promise<StagedFiles> {
  const { stream, entry, place } = options
  const files: { file: SourceFile; opened: OpenedFile }[] = []
  for (const [at, reference] of entry.files.entries()) {
    const path = join(options.folder, reference.stored)
    const file = sourceFile(stream.definition, { path, label: reference.label }, at)
    const opened = await openFile(session, file)
    requireColumns(stream.schema, file, opened)
    if (opened.rejects) await session.run(`drop table if exists ${opened.rejects.table}`)
    if (opened.rejects) await session.run(`drop table if exists ${opened.rejects.table}_scan`)
    files.push({ file, opened })
  }
  const sources = files.map(({ opened }) => opened.rows(stream.schema.fields, place))
  const intake: Intake = {
    schema: stream.schema,
    refs: stream.refs,
    source: unionOf(sources),
    mode: stream.schema.refreshMode,
    shiftDays: options.shiftDays,
    runId: 0n,
    shrinkMax: entry.allowShrink ? 1 : (stream.definition.shrinkMax ?? 0.3),
    changes: stream.changes,
  }
  await stageReadable(session, intake, files)
  const skipped = await dropOld(session, options)
  return { session, intake, files, skipped }
}

/** Lines that were no records become problem records; inside the transaction that takes the rest in. */
export async function takeBadLines(staged: StagedFiles, place: FilePlace): Promise<number> {
  let count = 0
  for (const { file, opened } of staged.files) {
    const { session, intake } = staged
    count += await takeRejectedLines(session, { file, opened, place, intake, readBytes })
  }
  return count
}

function unionOf(sources: readonly SourceRows[]): SourceRows {
  const [only] = sources
  if (only && sources.length === 1) return only
  return {
    sql: sources.map(source => source.sql).join(' union all by name '),
    tellsAbsent: sources.every(source => source.tellsAbsent),
  }
}

/** A table-like file must have the columns that its stream declares; a JSON record may lack any. */
function requireColumns(schema: StreamSchema, file: SourceFile, opened: OpenedFile): void {
  if (file.format === 'JSONL' || file.format === 'JSON') return
  const have = new Set(opened.columns.map(column => column.toLowerCase()))
  const missing = schema.fields.filter(field => !have.has(field.path.toLowerCase()))
  if (missing.length === 0) return
  throw new MainstemError(
    'COLUMN_MISSING',
    `The file ${file.label} lacks the column ${missing.map(field => `"${field.path}"`).join(', ')} ` +
      `that stream "${schema.name}" has. Nothing was taken in. Put the column back, even if empty.`,
    { file: file.label, key: missing[0]?.name },
  )
}

async function stageReadable(
  session: SqlSession,
  intake: Intake,
  files: readonly { readonly file: SourceFile }[],
): Promise<void> {
  try {
    // The number of a row is its place in the file only where rows keep their order.
    await session.run('set preserve_insertion_order = true')
    await stageRows(session, intake)
    await session.run('set preserve_insertion_order = false')
  } catch (error) {
    if (error instanceof MainstemError) throw error
    const labels = files.map(({ file }) => file.label).join(', ')
    throw new MainstemError(
      'SOURCE_UNREADABLE',
      `The file ${labels} cannot be read to its end as ${files[0]?.file.format ?? 'data'}: it is damaged or cut off. ` +
        'Nothing was taken in. Bring the whole file, and run again.',
      { file: labels },
      error,
    )
  }
}

async function dropOld(session: SqlSession, { stream, watermark }: StageOptions): Promise<number> {
  if (stream.schema.refreshMode !== 'INCREMENTAL' || watermark === undefined) return 0
  const old = `_code is null and _mod < '${watermark}'::timestamptz`
  const [row] = await session.rows(`select count(*) from stage where ${old}`)
  await session.run(`delete from stage where ${old}`)
  return Number(row?.[0] ?? 0)
}
