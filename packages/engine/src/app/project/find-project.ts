import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { isRecord } from './schemas.ts'

/** The file that makes a folder a project. */
export const PROJECT_FILE = 'mainstem.yaml'

/**
 * The project that a command means when it is started in `from`: the nearest folder, there or
 * above, with a `mainstem.yaml`. At the root of Mainstem's own repository it is the sample.
 */
export async function findProject(from: string): Promise<string> {
  const start = resolve(from)
  for (let folder = start; ; folder = dirname(folder)) {
    if (await isFile(join(folder, PROJECT_FILE))) return folder
    if (folder === dirname(folder)) break
  }
  const sample = join(start, 'examples', 'retailer')
  if ((await isOwnRepository(start)) && (await isFile(join(sample, PROJECT_FILE)))) return sample
  throw new MainstemError(
    'PROJECT_NOT_FOUND',
    `No ${PROJECT_FILE} was found in this folder or above it. ` +
      'Go to the folder of a project, name it with --project, or make one with "mainstem init".',
    { fix: 'Name the project with --project DIR.' },
  )
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

async function isOwnRepository(folder: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return isRecord(manifest) && manifest['name'] === 'mainstem-workspace'
  } catch {
    return false
  }
}
