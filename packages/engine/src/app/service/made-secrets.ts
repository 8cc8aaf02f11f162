import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { MainstemError, type Secret } from '@mainstem/contracts'
import { type Project, resolveSecret } from '../project/index.ts'
import { storePaths } from '../store/store.ts'

/** A token that lets clients in, and where a person finds it. */
export interface ServerToken {
  readonly value: string
  /** The file, where Mainstem made it; undefined where the project gives it. */
  readonly path: string | undefined
}

/** The server's token: the project's, else one made in the store's folder for its owner alone. */
export async function serverToken(project: Project): Promise<ServerToken> {
  const given = project.definition.server.token
  const value = given && (await resolveSecret(given, project.root))
  if (value !== undefined) return { value, path: undefined }
  const path = join(storePaths(project.storePath).secrets, 'token')
  return { value: await madeSecret(path, () => randomBytes(32).toString('base64url')), path }
}

/** Makes the secrets that targets name inside the store's folder and that are not there yet. */
export async function makeTargetSecrets(project: Project): Promise<void> {
  for (const { definition } of project.targets) {
    if (definition.platformType !== 'Webhook' || !definition.signingKey) continue
    const path = ownFile(project, definition.signingKey)
    if (path !== undefined) await madeSecret(path, () => randomBytes(64).toString('base64'))
  }
}

/** The path of a secret that Mainstem may make: a file in the store's own folder of secrets. */
function ownFile(project: Project, secret: Secret): string | undefined {
  if (!('file' in secret)) return undefined
  const path = resolve(project.root, secret.file)
  const inside = relative(storePaths(project.storePath).secrets, path)
  return inside.startsWith('..') || inside === '' ? undefined : path
}

/** Made whole beside its place: an empty secret, left by a crash, would let everybody in. */
async function madeSecret(path: string, make: () => string): Promise<string> {
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const draft = `${path}.${randomUUID()}`
    await writeFile(draft, `${make()}\n`, { mode: 0o600, flag: 'wx', flush: true })
    // Where two processes make it at once, the first one's is everybody's.
    await link(draft, path).catch((error: unknown) => {
      if (!existsSync(path)) throw error
    })
    await rm(draft, { force: true })
  }
  const secret = (await readFile(path, 'utf8')).trim()
  if (secret !== '') return secret
  throw new MainstemError(
    'STORE_DAMAGED',
    `The secret in ${path} is empty. Delete the file, and a new one is made.`,
    { file: path },
  )
}
