import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { SegmentJournal } from '../../journal/adapters/segment-journal.ts'
import { literal } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { parseHeader, STORE_FORMAT } from '../store/store-format.ts'
import { lockStore } from '../store/store-lock.ts'
import { placeOf } from './answer.ts'

/** The document of `backup` and `restore`. */
export interface BackupDocument {
  readonly position: string
  readonly bytes: number
  readonly seconds: number
}

/** What a backup says of itself. */
const MANIFEST = 'backup.json'

/**
 * Copies the store while it is in use: the database as of one position, and the files that the
 * journal may still refer to. What comes after that position is in the journal of the store and not
 * in the backup. Deleted values are not in the copy either: it is written from the live rows.
 */
export async function backupStore(engine: Engine, directory: string): Promise<BackupDocument & { asOf: string }> {
  const started = performance.now()
  const target = resolve(directory)
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new MainstemError('USAGE', `The folder ${directory} is not empty. Name a new folder for the backup.`, { file: directory })
  }
  await mkdir(target, { recursive: true })
  const place = placeOf(engine)
  const position = await engine.exclusive(async () => {
    const { writer, store } = engine.parts
    const copy = join(target, 'lake.duckdb')
    await writer.run(`attach ${literal(copy)} as backup_copy`)
    try {
      await writer.run(`copy from database ${await databaseName(engine)} to backup_copy`)
    } finally {
      await writer.run('detach backup_copy')
    }
    await cp(store.paths.files, join(target, 'files'), { recursive: true })
    await cp(join(store.paths.root, 'store.json'), join(target, 'store.json'))
    return engine.applier.position
  })
  const bytes = await sizeOf(target)
  await writeFile(join(target, MANIFEST), `${JSON.stringify({ format: STORE_FORMAT, position: String(position), asOf: place.asOf, bytes })}\n`)
  return { ...place, position: String(position), bytes, seconds: seconds(started) }
}

/** Makes a store from a backup; the store must not be there, or be given up by `force`. */
export async function restoreStore(
  directory: string,
  storePath: string,
  { force }: { force: boolean },
): Promise<BackupDocument> {
  const started = performance.now()
  const source = resolve(directory)
  const manifest = await readFile(join(source, MANIFEST), 'utf8').catch(() => undefined)
  if (manifest === undefined) {
    throw new MainstemError('USAGE', `The folder ${directory} is no backup: it has no ${MANIFEST}.`, { file: directory })
  }
  const position = positionOf(manifest)
  parseHeader(await readFile(join(source, 'store.json'), 'utf8'))
  if (existsSync(join(storePath, 'store.json'))) {
    if (!force) {
      throw new MainstemError('USAGE', 'There is a store already. Move it away first, or give --force to replace it.')
    }
    const lock = await lockStore(storePath)
    await lock.release()
    for (const part of ['lake.duckdb', 'lake.duckdb.wal', 'journal', 'files', 'index', 'store.json', 'spill']) {
      await rm(join(storePath, part), { recursive: true, force: true })
    }
  }
  await mkdir(storePath, { recursive: true })
  for (const part of ['lake.duckdb', 'files', 'store.json']) await cp(join(source, part), join(storePath, part), { recursive: true })
  // New entries go on after the backup's position.
  const journal = await SegmentJournal.open(join(storePath, 'journal'), { startAfter: BigInt(position) })
  await journal.close()
  return { position, bytes: await sizeOf(source), seconds: seconds(started) }
}

function positionOf(manifest: string): string {
  const value: unknown = JSON.parse(manifest)
  return typeof value === 'object' && value !== null && 'position' in value ? String(value.position) : '0'
}

async function databaseName(engine: Engine): Promise<string> {
  const [row] = await engine.parts.writer.rows('select current_database()')
  return `"${String(row?.[0] ?? 'lake').replaceAll('"', '""')}"`
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  }
  return bytes
}

function seconds(started: number): number {
  return Math.round(performance.now() - started) / 1000
}
