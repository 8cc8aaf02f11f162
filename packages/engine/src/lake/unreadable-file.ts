import { MainstemError } from '@mainstem/contracts'
import { literal } from '../query/index.ts'
import type { SourceFile } from './source-file.ts'
import type { SqlSession } from './sql-session.ts'

/** A file that is not what it is read as. The engine's own text may quote data, so it is the cause only. */
export function unreadable(file: SourceFile, why: string, cause?: unknown): MainstemError {
  return new MainstemError(
    'SOURCE_UNREADABLE',
    `The file ${file.label} cannot be read as ${file.format}: ${why}. Nothing was taken in.`,
    { file: file.label },
    cause,
  )
}

/** Reads a file's beginning; what fails is told with its likeliest cause. */
export async function readable<Result>(
  session: SqlSession,
  file: SourceFile,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    throw unreadable(file, await causeOf(session, file), error)
  }
}

/** Why no header could be read of a CSV file. */
export async function noHeader(session: SqlSession, file: SourceFile): Promise<MainstemError> {
  if (file.compression !== 'none') return unreadable(file, await causeOf(session, file))
  const isEmpty = (await bytesOf(session, file)) === 0
  return unreadable(file, isEmpty ? EMPTY : ((await encodingOf(session, file)) ?? NO_HEADER))
}

/** That a file has no bytes: no records would be one thing, and no file another. */
export async function refuseEmpty(session: SqlSession, file: SourceFile): Promise<void> {
  if ((await bytesOf(session, file)) === 0) throw unreadable(file, EMPTY)
}

const EMPTY = 'it is empty'
const NO_HEADER = 'its first line is empty, or is no text in UTF-8'
const UTF16 = 'it is text in UTF-16. Save it as UTF-8'

async function causeOf(session: SqlSession, file: SourceFile): Promise<string> {
  if (file.compression !== 'none') {
    return (
      `it is not valid ${file.format}, or its ${file.compression} data are damaged or cut off. ` +
      'Compress or fetch it again'
    )
  }
  if ((await bytesOf(session, file)) === 0) return EMPTY
  const encoding = await encodingOf(session, file)
  if (encoding !== undefined) return encoding
  if (file.format === 'JSON' && (await isJsonText(session, file))) {
    return (
      'it is JSON, but no array of records. Write the records as one array, name the path of the array in ' +
      'connector.root, or save one record a line as .jsonl'
    )
  }
  return `it is not valid ${file.format}`
}

/** Files up to this size are looked into for the cause of an error. */
const LOOKED_INTO_BYTES_MAX = 268_435_456

async function bytesOf(session: SqlSession, file: SourceFile): Promise<number> {
  const [row] = await session.rows(`select size from read_blob(${literal(file.path)})`)
  return Number(row?.[0] ?? 0)
}

async function encodingOf(session: SqlSession, file: SourceFile): Promise<string | undefined> {
  if ((await bytesOf(session, file)) > LOOKED_INTO_BYTES_MAX) return undefined
  const [row] = await session.rows(`select hex(content[1:2]) from read_blob(${literal(file.path)})`)
  const mark = String(row?.[0])
  return mark === 'FFFE' || mark === 'FEFF' ? UTF16 : undefined
}

async function isJsonText(session: SqlSession, file: SourceFile): Promise<boolean> {
  try {
    await session.rows(
      `select count(*) from read_json_objects(${literal(file.path)}, format='unstructured')`,
    )
    return true
  } catch {
    // Whatever it is, it is not JSON: the error at hand says so.
    return false
  }
}
