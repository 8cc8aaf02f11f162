import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ErrorCode, MainstemError } from '@mainstem/contracts'

/** What is told of a folder that cannot be made: whose mistake that is, and what it was given as. */
export interface FolderWords {
  readonly code: ErrorCode
  readonly fix: string
}

/**
 * Makes a folder and those above it. Not by Node's own `recursive`, which never ends where a system
 * says that what it just made is not there, as below `/proc`.
 */
export async function makeFolder(path: string, words: FolderWords): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) return
  if (found === undefined && dirname(path) !== path) await makeFolder(dirname(path), words)
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    const why = codeOf(error)
    const isThere = (await stat(path).catch(() => undefined))?.isDirectory() === true
    if (isThere) return
    if (why === 'ENOSPC' || why === 'EDQUOT') throw error
    const { code, fix } = words
    throw new MainstemError(
      code,
      `The folder ${path} cannot be made (${why}). ${fix}`,
      { file: path },
      error,
    )
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
