import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MainstemError, type Secret } from '@mainstem/contracts'

/** A secret is a line of text; a larger file is something else. */
export const SECRET_BYTES_MAX = 65_536

/**
 * The secret that a project file names, or undefined where its variable is unset or its file is
 * not there. A file's path is relative to the project, or absolute (`/run/secrets/token`); the line
 * break at its end is not part of the secret. Errors name the variable or file, never the secret.
 */
export async function resolveSecret(
  secret: Secret,
  root: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  if ('env' in secret) return environment[secret.env] || undefined
  const path = resolve(root, secret.file)
  try {
    const { size } = await stat(path)
    if (size > SECRET_BYTES_MAX) throw unreadable(secret.file, 'is too large to be a secret')
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
    return text.replace(/\r?\n$/, '') || undefined
  } catch (error) {
    if (error instanceof MainstemError) throw error
    if (error instanceof TypeError) throw unreadable(secret.file, 'is not UTF-8 text')
    if (isMissing(error)) return undefined
    throw unreadable(secret.file, 'cannot be read')
  }
}

/** As `resolveSecret`, for a secret without which the work cannot go on; `key` says whose it is. */
export async function requireSecret(secret: Secret, root: string, key: string): Promise<string> {
  const found = await resolveSecret(secret, root)
  if (found !== undefined) return found
  const place = 'env' in secret ? `the variable ${secret.env}` : `the file ${secret.file}`
  throw new MainstemError(
    'CONFIG_INVALID',
    `"${key}" needs a secret, and ${place} holds none. Set it, then start again.`,
    { key, fix: 'env' in secret ? `Set ${secret.env}.` : `Write the secret to ${secret.file}.` },
  )
}

function unreadable(file: string, why: string): MainstemError {
  return new MainstemError('CONFIG_INVALID', `The secret file ${file} ${why}. Check the file.`, {
    file,
    fix: 'Write the secret as one line of text.',
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
