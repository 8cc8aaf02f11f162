import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import { CONTROL_TABLES, type SqlEngine } from '../../lake/index.ts'
import { makeFolder } from './make-folder.ts'
import {
  migrationsFor,
  parseHeader,
  STORE_FORMAT,
  type StoreHeader,
  type StoreMigration,
} from './store-format.ts'
import { lockStore, type StoreLock } from './store-lock.ts'

/** Where the parts of a store stand. */
export interface StorePaths {
  readonly root: string
  readonly journal: string
  readonly files: string
  readonly database: string
  readonly index: string
  readonly secrets: string
  readonly spill: string
}

/** How a store is opened. */
export interface StoreOptions {
  readonly space: string
  readonly timeZone: string
  readonly memoryMax?: string
  readonly threads?: number
  readonly migrations?: readonly StoreMigration[]
}

/** An open store: the only place that has the database. */
export interface Store {
  readonly header: StoreHeader
  readonly paths: StorePaths
  readonly space: string
  readonly engine: SqlEngine
  close(): Promise<void>
}

/** Where things stand in a store's folder. */
export function storePaths(root: string): StorePaths {
  return {
    root,
    journal: join(root, 'journal'),
    files: join(root, 'files'),
    database: join(root, 'lake.duckdb'),
    index: join(root, 'index'),
    secrets: join(root, 'secrets'),
    spill: join(root, 'spill'),
  }
}

/** Opens a store, made if it is not there; refuses one that another process has open. */
export async function openStore(root: string, options: StoreOptions): Promise<Store> {
  const paths = storePaths(root)
  await makeStoreFolder(root)
  for (const folder of [root, paths.journal, paths.files, paths.index]) {
    await mkdir(folder, { recursive: true })
  }
  await mkdir(paths.secrets, { recursive: true, mode: 0o700 })
  const lock = await lockStore(root)
  try {
    const header = await readyHeader(paths, options.migrations ?? [])
    // What a killed process had spilled is nobody's.
    await rm(paths.spill, { recursive: true, force: true })
    const engine = await openDuckDb({
      path: paths.database,
      schema: options.space,
      timeZone: options.timeZone,
      spillPath: paths.spill,
      ...(options.memoryMax === undefined ? {} : { memoryMax: options.memoryMax }),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    })
    await makeControlTables(engine)
    return { header, paths, space: options.space, engine, close: closer(engine, lock) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The folder itself, which the edge fills before the engine opens it. */
export async function makeStoreFolder(root: string): Promise<void> {
  await makeFolder(root, {
    code: 'CONFIG_INVALID',
    fix: 'Name another under "storage", "path" in mainstem.yaml.',
  })
}

function closer(engine: SqlEngine, lock: StoreLock): () => Promise<void> {
  return async function close() {
    await engine.close()
    await lock.release()
  }
}

async function makeControlTables(engine: SqlEngine): Promise<void> {
  const session = await engine.session()
  for (const ddl of CONTROL_TABLES) await session.run(ddl)
  session.close()
}

async function readyHeader(
  { root, database }: StorePaths,
  migrations: readonly StoreMigration[],
): Promise<StoreHeader> {
  const file = join(root, 'store.json')
  if (!existsSync(file)) {
    if (existsSync(database)) {
      throw new MainstemError(
        'STORE_DAMAGED',
        'The store has a database but no store.json, so it cannot be told which store it is. Restore the store from a backup.',
        { file: 'store.json' },
      )
    }
    const header = {
      format: STORE_FORMAT,
      storeId: randomUUID(),
      createdAt: new Date().toISOString(),
      engine: 'duckdb-1.5',
    }
    await writeHeader(file, header)
    return header
  }
  let header = parseHeader(await readFile(file, 'utf8'))
  for (const step of migrationsFor(header, migrations)) {
    header = await step.migrate(header, root)
    await writeHeader(file, header)
  }
  return header
}

/** Written beside and renamed, so that a crash leaves the old one or the new one. */
async function writeHeader(file: string, header: StoreHeader): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  await handle.writeFile(`${JSON.stringify(header, undefined, 2)}\n`)
  await handle.sync()
  await handle.close()
  await rename(`${file}.new`, file)
  const folder = await open(dirname(file), 'r')
  await folder.sync()
  await folder.close()
}
