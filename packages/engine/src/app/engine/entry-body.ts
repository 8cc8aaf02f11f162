import { MainstemError } from '@mainstem/contracts'
import type { JournalEntry } from '../../journal/index.ts'
import { type SqlSession, sourceKeyCondition } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import type { StreamSchema } from '../../streams/index.ts'
import type { FileEntry, FileReference } from './file-reference.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** A delete names source keys, or the hashes of whole keys where a key has several fields. */
export function deleteCondition(entry: JournalEntry, schema: StreamSchema): string {
  const body: unknown = JSON.parse(new TextDecoder().decode(entry.body))
  const list = (name: string): readonly unknown[] => {
    const value: unknown =
      typeof body === 'object' && body !== null
        ? new Map(Object.entries(body)).get(name)
        : undefined
    return Array.isArray(value) ? value : []
  }
  const hashes = list('hashes').map(hash => literal(BigInt(String(hash))))
  const ids = list('ids').map(id => sourceKeyCondition(schema, String(id)))
  return `(${[`_kh in (${hashes.join(', ') || 'null'})`, ...ids].join(' or ')})`
}

/** What the body of a journal entry of kind `file` says. */
export function parseFileEntry(body: Uint8Array): FileEntry {
  const value: unknown = JSON.parse(new TextDecoder().decode(body))
  if (
    typeof value === 'object' &&
    value !== null &&
    'files' in value &&
    Array.isArray(value.files)
  ) {
    return {
      files: value.files.map(parseReference),
      mode: 'mode' in value ? String(value.mode) : 'UPSERT',
      allowShrink: 'allowShrink' in value && value.allowShrink === true,
    }
  }
  throw new MainstemError('STORE_DAMAGED', 'A file entry of the journal cannot be read.')
}

function parseReference(value: unknown): FileReference {
  const parts = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  const text = (name: string): string => String(parts.get(name) ?? '')
  return {
    sha256: text('sha256'),
    label: text('label'),
    stored: text('stored'),
    bytes: Number(parts.get('bytes') ?? 0),
  }
}

/**
 * Whether a load was taken in before: itself, where the journal is replayed, or its files, where two
 * runs at once, or one after a crash, have both journalled them. A full refresh may come again.
 */
export async function wasTaken(
  session: SqlSession,
  {
    stream,
    files,
    position,
  }: { stream: StreamRuntime; files: readonly FileReference[]; position: bigint },
): Promise<boolean> {
  const { name, refreshMode } = stream.schema
  const rows = await session.rows(
    `select sha256, pos from file_taken where stream = ${literal(name)}`,
  )
  if (rows.some(([, pos]) => pos === position)) return true
  const taken = new Set(rows.map(([sha256]) => String(sha256)))
  return refreshMode !== 'FULL_REFRESH' && files.every(file => taken.has(file.sha256))
}

/** INCREMENTAL streams: the newest version that was taken in. */
export async function watermarkOf(
  session: SqlSession,
  stream: string,
): Promise<string | undefined> {
  const [row] = await session.rows(
    `select watermark from stream_state where stream = ${literal(stream)} and watermark is not null`,
  )
  return row === undefined ? undefined : String(row[0])
}
