import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { MainstemError } from '@mainstem/contracts'
import { STORE_FORMAT } from '../store/store-format.ts'

/** The file that makes a folder a backup; written last. */
export const MANIFEST = 'backup.json'

/** What a backup says of itself. */
export interface Manifest {
  readonly format: number
  readonly position: string
  readonly asOf: string
  readonly bytes: number
  /** The sha256 of each part. */
  readonly files: Readonly<Record<string, string>>
}

/** A manifest read from text; refuses what is none, and one of a newer version. */
export function parseManifest(text: string, directory: string): Manifest {
  const facts = new Map<string, unknown>(Object.entries(parsed(text)))
  const [format, position, files] = [facts.get('format'), facts.get('position'), facts.get('files')]
  if (
    typeof format !== 'number' ||
    typeof position !== 'string' ||
    !/^\d+$/.test(position) ||
    typeof files !== 'object' ||
    files === null
  ) {
    throw new MainstemError(
      'STORE_DAMAGED',
      `The backup in ${directory} is damaged: its ${MANIFEST} cannot be read. Nothing was changed. Use another backup.`,
      { file: MANIFEST },
    )
  }
  if (format > STORE_FORMAT) {
    throw new MainstemError(
      'STORE_VERSION',
      `The backup in ${directory} was made by a newer Mainstem (format ${format}; this one reads up to ${STORE_FORMAT}). Upgrade Mainstem first.`,
      { file: MANIFEST },
    )
  }
  const asOf = facts.get('asOf')
  return {
    format,
    position,
    asOf: typeof asOf === 'string' ? asOf : '',
    bytes: Number(facts.get('bytes') ?? 0),
    files: Object.fromEntries(Object.entries(files).map(([name, sum]) => [name, String(sum)])),
  }
}

/** The sha256 of a file. */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(Buffer.from(part))
  return hash.digest('hex')
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
