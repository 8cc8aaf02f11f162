import { MainstemError } from '@mainstem/contracts'

/** The version of what is on disk: the folder's layout and the tables that every space has. */
export const STORE_FORMAT = 1

/** `store.json`: what this folder is, and which version wrote it. */
export interface StoreHeader {
  readonly format: number
  /** Part of every unified id made here. */
  readonly storeId: string
  readonly createdAt: string
  /** The SQL engine that computed the stored content hashes. */
  readonly engine: string
}

/**
 * One step from a format to the next; runs before anything else opens the store. The new format is
 * written down after it, so that after a crash in between it runs once more: it must bear that.
 */
export interface StoreMigration {
  readonly from: number
  /** What it does, for the log. */
  readonly says: string
  migrate(header: StoreHeader, folder: string): Promise<StoreHeader>
}

/** The steps that bring a header to the current format; refuses what is newer than this version. */
export function migrationsFor(
  header: StoreHeader,
  migrations: readonly StoreMigration[],
  target = STORE_FORMAT,
): readonly StoreMigration[] {
  if (header.format > target) {
    throw new MainstemError(
      'STORE_VERSION',
      `The store was written by a newer Mainstem (format ${header.format}; this one reads up ` +
        `to ${target}). Upgrade Mainstem, or restore a backup made by this version.`,
    )
  }
  const steps: StoreMigration[] = []
  for (let format = header.format; format < target; format++) {
    const step = migrations.find(one => one.from === format)
    if (!step) {
      throw new MainstemError(
        'STORE_VERSION',
        `The store has format ${header.format}, and no way leads from ${format} to ${target}. Open it with an older Mainstem and make a backup first.`,
      )
    }
    steps.push(step)
  }
  return steps
}

/** A header read from text; refuses what is none. */
export function parseHeader(text: string): StoreHeader {
  const value: unknown = parsed(text)
  if (typeof value === 'object' && value !== null && 'format' in value && 'storeId' in value) {
    const { format, storeId } = value
    if (typeof format === 'number' && typeof storeId === 'string') {
      const createdAt = 'createdAt' in value ? String(value.createdAt) : ''
      const engine = 'engine' in value ? String(value.engine) : ''
      return { format, storeId, createdAt, engine }
    }
  }
  throw new MainstemError(
    'STORE_DAMAGED',
    'The file store.json of the store is damaged. Restore the store from a backup.',
    { file: 'store.json' },
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
