import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, rename, rm, utimes } from 'node:fs/promises'
import { extname, isAbsolute, join, relative } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MainstemError, type StreamDefinition } from '@mainstem/contracts'
import type { SourceFile, SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import type { SourceFormat } from '../../streams/index.ts'

/** A file in the journal: what it was called, what it holds, and where its durable copy stands. */
export interface FileReference {
  readonly sha256: string
  readonly label: string
  /** Name of the copy in the store's `files` folder. */
  readonly stored: string
  readonly bytes: number
}

/** What the body of a journal entry of kind `file` says. */
export interface FileEntry {
  readonly files: readonly FileReference[]
  readonly mode: string
  readonly allowShrink: boolean
}

const FORMATS: Readonly<Record<string, SourceFormat>> = {
  '.csv': 'CSV',
  '.tsv': 'CSV',
  '.txt': 'CSV',
  '.jsonl': 'JSONL',
  '.ndjson': 'JSONL',
  '.json': 'JSON',
  '.parquet': 'Parquet',
}

/** The files that a stream's connector names, sorted; an error that says where it looked if none. */
export async function filesOf(
  session: SqlSession,
  definition: StreamDefinition,
  root: string,
): Promise<readonly string[]> {
  const { connector } = definition
  if (connector.type !== 'File') return []
  const pattern = isAbsolute(connector.path) ? connector.path : join(root, connector.path)
  if (existsSync(pattern)) return [pattern]
  const rows = await session.rows(`select file from glob(${literal(pattern)}) order by file`)
  if (rows.length === 0) {
    throw new MainstemError(
      'SOURCE_MISSING',
      `Stream "${definition.name}" reads ${connector.path}, and there is no such file. Check the path in the stream's file; it is relative to the project.`,
      { key: 'connector.path' },
    )
  }
  return rows.map(([file]) => String(file))
}

/**
 * Makes the durable copy of a file that the journal will refer to. Its name is what the copy holds,
 * also where the file changes while it is read.
 */
export async function keepCopy(
  path: string,
  { root, folder }: { root: string; folder: string },
): Promise<FileReference> {
  const label = relative(root, path).startsWith('..') ? path : relative(root, path)
  const nameOf = (sha256: string): string => `${sha256}${extensions(path)}`
  const seen = await readThrough(path, new PassThrough().resume())
  const known = join(folder, nameOf(seen.sha256))
  if (existsSync(known)) {
    // What is not old is not cleared away before its place in the journal is known.
    const now = new Date()
    await utimes(known, now, now)
    return { ...seen, label, stored: nameOf(seen.sha256) }
  }
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `${randomUUID()}.new`)
  try {
    const copied = await readThrough(path, createWriteStream(draft, { mode: 0o600 }))
    const stored = nameOf(copied.sha256)
    await sync(draft)
    await rename(draft, join(folder, stored))
    await sync(folder)
    return { ...copied, label, stored }
  } catch (error) {
    await rm(draft, { force: true })
    throw noRoomFor(label, error)
  }
}

/** Reads a file into `to`, telling what went through. */
async function readThrough(path: string, to: Writable): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const part of source) {
      bytes += part.length
      hash.update(part)
      yield part
    }
  }
  await pipeline(createReadStream(path), counted, to)
  return { sha256: hash.digest('hex'), bytes }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function noRoomFor(label: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new MainstemError(
    'DISK_FULL',
    `There is no room left on the store's disk for a copy of ${label}; nothing was taken in. Make room and run again.`,
    { file: label },
    error,
  )
}

/** How a stored file is read, told by its stream's connector and its name. */
export function sourceFile(
  definition: StreamDefinition,
  reference: { path: string; label: string },
  ordinal = 0,
): SourceFile {
  const { connector } = definition
  const given = connector.type === 'File' ? connector : undefined
  const compression = compressionOf(reference.path)
  const plain = reference.path.replace(/\.(gz|zst)$/i, '')
  const format = given?.format ?? FORMATS[extname(plain).toLowerCase()]
  if (!format) {
    throw new MainstemError(
      'SOURCE_UNREADABLE',
      `The format of ${reference.label} is not told by its name. Set connector.format in stream "${definition.name}" to CSV, JSONL, JSON or Parquet.`,
      { key: 'connector.format' },
    )
  }
  return {
    path: reference.path,
    label: reference.label,
    format,
    compression,
    delimiter: given?.delimiter ?? (/\.tsv$/i.test(plain) ? '\t' : undefined),
    header: given?.header,
    root: given?.root,
    ordinal,
  }
}

function compressionOf(path: string): SourceFile['compression'] {
  if (/\.gz$/i.test(path)) return 'gzip'
  return /\.zst$/i.test(path) ? 'zstd' : 'none'
}

function extensions(path: string): string {
  const last = extname(path)
  return /\.(gz|zst)$/i.test(path) ? extname(path.slice(0, -last.length)) + last : last
}
