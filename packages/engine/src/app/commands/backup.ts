import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { SegmentJournal } from '../../journal/adapters/segment-journal.ts'
import { lockForWriting } from '../../journal/adapters/writer-lock.ts'
import type { Engine } from '../engine/engine.ts'
import { makeFolder } from '../store/make-folder.ts'
import { parseHeader } from '../store/store-format.ts'
import { lockStore } from '../store/store-lock.ts'
import { storePaths } from '../store/store.ts'
import { placeOf } from './answer.ts'
import { copyDatabase } from './backup-copy.ts'
import { checksumOf, MANIFEST, parseManifest, type Manifest } from './backup-manifest.ts'

/** The document of `backup` and `restore`. */
export interface BackupDocument {
  readonly position: string
  /** When the store was as the backup has it. */
  readonly asOf: string
  readonly bytes: number
  readonly seconds: number
}

const ELSEWHERE = { code: 'USAGE', fix: 'Name a folder that you may write to.' } as const

/** What a backup holds. No journal, and no copies of files: all up to its position is applied. */
const PARTS = ['lake.duckdb', 'store.json'] as const

/**
 * Copies the store while it is in use: the database as of one position, read in one transaction
 * that holds nobody up. What comes after that position is in the journal of the store and not in the
 * backup. Deleted values are not in the copy either: it is written from the live rows.
 */
export async function backupStore(engine: Engine, directory: string): Promise<BackupDocument> {
  const started = performance.now()
  const target = resolve(directory)
  await makeFolder(target, ELSEWHERE)
  if ((await readdir(target)).length > 0) {
    throw new MainstemError(
      'USAGE',
      `The folder ${directory} is not empty. Name a new folder for the backup.`,
      { file: directory },
    )
  }
  const { asOf } = placeOf(engine)
  const { store } = engine.parts
  try {
    const position = await copyDatabase(engine, join(target, 'lake.duckdb'))
    await chmod(join(target, 'lake.duckdb'), 0o600)
    await cp(join(store.paths.root, 'store.json'), join(target, 'store.json'))
    const files: Record<string, string> = {}
    for (const part of PARTS) files[part] = await checksumOf(join(target, part))
    const bytes = await sizeOf(target)
    const manifest: Manifest = {
      format: store.header.format,
      position: String(position),
      asOf,
      bytes,
      files,
    }
    await writeDurably(join(target, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
    return { asOf, position: manifest.position, bytes, seconds: seconds(started) }
  } catch (error) {
    for (const part of [...PARTS, 'lake.duckdb.wal']) await rm(join(target, part), { force: true })
    throw noRoom(directory, error)
  }
}

/**
 * Makes a store from a backup; the store must not be there, or be given up by `force`. The new one
 * is made whole beside it and takes its place at the end, with the secrets of the old one.
 */
export async function restoreStore(
  directory: string,
  storePath: string,
  { force }: { force: boolean },
): Promise<BackupDocument> {
  const started = performance.now()
  const source = resolve(directory)
  const manifest = await soundBackup(source, directory)
  const target = resolve(storePath)
  if (existsSync(join(target, 'store.json')) && !force) {
    throw new MainstemError(
      'USAGE',
      'There is a store already. Move it away first, or give --force to replace it.',
    )
  }
  const beside = join(dirname(target), `${basename(target)}.restored`)
  await rm(beside, { recursive: true, force: true })
  try {
    await makeFolder(beside, ELSEWHERE)
    for (const part of PARTS) await cp(join(source, part), join(beside, part))
    // New entries go on after the backup's position.
    const journal = await SegmentJournal.open(storePaths(beside).journal, {
      startAfter: BigInt(manifest.position),
    })
    await journal.close()
    await takePlace(beside, target)
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    throw noRoom(storePath, error)
  }
  const { position, asOf, bytes } = manifest
  return { position, asOf, bytes, seconds: seconds(started) }
}

/** The manifest of a backup of which every byte is as it was written. */
async function soundBackup(source: string, directory: string): Promise<Manifest> {
  const text = await readFile(join(source, MANIFEST), 'utf8').catch(() => undefined)
  if (text === undefined) {
    throw new MainstemError(
      'USAGE',
      `The folder ${directory} is no backup, or one that was not finished: it has no ${MANIFEST}.`,
      { file: directory },
    )
  }
  const manifest = parseManifest(text, directory)
  for (const part of PARTS) {
    const found = await checksumOf(join(source, part)).catch(() => undefined)
    if (found === manifest.files[part]) continue
    throw new MainstemError(
      'STORE_DAMAGED',
      `The backup in ${directory} is damaged: ${part} is ${found === undefined ? 'missing' : 'not as it was written'}. ` +
        `Nothing was changed. Use another backup.`,
      { file: part },
    )
  }
  parseHeader(await readFile(join(source, 'store.json'), 'utf8'))
  return manifest
}

async function takePlace(beside: string, target: string): Promise<void> {
  if (!existsSync(target)) return await rename(beside, target)
  const paths = storePaths(target)
  await mkdir(paths.journal, { recursive: true })
  const locks = [await lockStore(target)]
  const old = `${target}.replaced`
  try {
    locks.push(await lockForWriting(paths.journal))
    if (existsSync(paths.secrets)) {
      await cp(paths.secrets, storePaths(beside).secrets, {
        recursive: true,
        preserveTimestamps: true,
      })
      await chmod(storePaths(beside).secrets, 0o700)
    }
    await rm(old, { recursive: true, force: true })
    await rename(target, old)
    await rename(beside, target)
  } finally {
    for (const lock of locks) await lock.release()
  }
  await rm(old, { recursive: true, force: true })
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
  await handle.close()
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  }
  return bytes
}

function noRoom(directory: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : ''
  if (error instanceof MainstemError || !/ENOSPC|EDQUOT|no space left|disk full/i.test(text))
    return error
  return new MainstemError(
    'DISK_FULL',
    `There is no room left on the disk of ${directory}. Make room, or name a folder on another disk.`,
    { file: directory },
    error,
  )
}

function seconds(started: number): number {
  return Math.round(performance.now() - started) / 1000
}
