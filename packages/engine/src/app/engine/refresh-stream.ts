import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import { checkBytes } from './check-bytes.ts'
import type { Engine } from './engine.ts'
import { watermarkOf } from './entry-body.ts'
import {
  type FileEntry,
  filesOf,
  keepCopy,
  type FileReference,
  sourceFile,
} from './file-reference.ts'
import { stageFiles } from './stage-files.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** How a stream is refreshed. */
export interface RefreshOptions {
  readonly allowShrink?: boolean
  /** Files to take in instead of those that the connector names. */
  readonly paths?: readonly string[]
}

/**
 * Brings a file stream's new files to the journal: each is copied into the store, read while live
 * batches go on, and then gets its place in the order. Files whose content was already taken in
 * are passed over. Answers the last position used, undefined if there was nothing new.
 */
export async function refreshStream(
  engine: Engine,
  name: string,
  options: RefreshOptions = {},
): Promise<bigint | undefined> {
  const stream = engine.applied.streams.get(name)
  if (!stream)
    throw new MainstemError('STREAM_NOT_FOUND', `No stream is named "${name}".`, { key: name })
  const root = engine.applied.project.root
  const paths =
    options.paths ?? (await engine.reading(session => filesOf(session, stream.definition, root)))
  const folder = engine.parts.store.paths.files
  const files: FileReference[] = []
  for (const path of paths) files.push(await keepCopy(path, { root, folder }))
  const fresh = await engine.reading(session => notTaken(session, stream, files))
  if (fresh.length === 0) return undefined
  for (const { stored, label } of fresh)
    await checkBytes(sourceFile(stream.definition, { path: join(folder, stored), label }))
  const mode = stream.schema.refreshMode
  const loads: FileEntry[] =
    mode === 'FULL_REFRESH'
      ? [{ files, mode, allowShrink: options.allowShrink === true }]
      : fresh.map(file => ({ files: [file], mode, allowShrink: false }))
  let last: bigint | undefined
  for (const entry of loads)
    last = await engine.parts.processors.forBulk(
      async () => await journalFiles(engine, stream, entry),
    )
  return last
}

/** A full refresh is one load of all its files: it is new if any of them is. */
async function notTaken(
  session: SqlSession,
  stream: StreamRuntime,
  files: readonly FileReference[],
): Promise<readonly FileReference[]> {
  const rows = await session.rows(
    stream.schema.refreshMode === 'FULL_REFRESH'
      ? `select sha256 from file_taken where stream = ${literal(stream.schema.name)} and pos = ` +
          `(select max(pos) from file_taken where stream = ${literal(stream.schema.name)})`
      : `select sha256 from file_taken where stream = ${literal(stream.schema.name)}`,
  )
  const taken = new Set(rows.map(([sha]) => String(sha)))
  return files.filter(file => !taken.has(file.sha256))
}

async function journalFiles(
  engine: Engine,
  stream: StreamRuntime,
  entry: FileEntry,
): Promise<bigint> {
  const atMs = engine.clock.nowMs()
  const session = await engine.parts.store.engine.session()
  try {
    const staged = await stageFiles(session, {
      stream,
      entry,
      folder: engine.parts.store.paths.files,
      place: { position: 0n, atMs },
      shiftDays: engine.applied.shiftDays,
      watermark: await watermarkOf(session, stream.schema.name),
    })
    return await engine.exclusive(async () => {
      const position = await engine.parts.append({
        kind: 'file',
        atMs,
        space: engine.parts.store.space,
        stream: stream.schema.name,
        meta: {
          origin: entry.files
            .map(file => file.label)
            .join(', ')
            .slice(0, 500),
        },
        body: new TextEncoder().encode(JSON.stringify(entry)),
      })
      engine.applier.prepare(position, staged)
      return position
    })
  } catch (error) {
    session.close()
    throw error
  }
}
