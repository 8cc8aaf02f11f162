import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nearestName } from '../../kernel/nearest-name.ts'
import { compareText, type Mistake } from './mistake.ts'
import { FOLDERS, type Kind } from './schemas.ts'

/** A file of the project, and what it should define. */
export interface ProjectFile {
  readonly kind: Kind
  /** Relative to the project, with forward slashes. */
  readonly file: string
}

/** More files than any project has; past it, the folder is something else. */
export const FILES_MAX = 20_000

/** The definition files of a project, in the order of kinds and names. */
export async function projectFiles(
  root: string,
): Promise<{ readonly files: readonly ProjectFile[]; readonly mistakes: readonly Mistake[] }> {
  const files: ProjectFile[] = []
  const mistakes: Mistake[] = []
  for (const [folder, kind] of Object.entries(FOLDERS)) {
    const names = await yamlIn(join(root, folder))
    files.push(...names.files.map(name => ({ kind, file: `${folder}/${name}` })))
    mistakes.push(...(await nested(root, folder, names.folders)))
  }
  mistakes.push(...(await mistypedFolders(root)))
  if (files.length > FILES_MAX) {
    const says = `The project has ${files.length} files; the limit is ${FILES_MAX}.`
    mistakes.push({ code: 'CONFIG_INVALID', file: '.', says, fix: 'Split it into projects.' })
  }
  return { files: files.slice(0, FILES_MAX), mistakes }
}

interface Listing {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

async function yamlIn(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const visible = entries.filter(({ name }) => !name.startsWith('.'))
    const names = visible.filter(entry => !entry.isDirectory()).map(({ name }) => name)
    return {
      files: names.filter(name => /\.ya?ml$/i.test(name)).toSorted(compareText),
      folders: visible.filter(entry => entry.isDirectory()).map(({ name }) => name),
    }
  } catch {
    return { files: [], folders: [] }
  }
}

/** Definitions one folder too deep would be passed over without a word. */
async function nested(
  root: string,
  folder: string,
  inner: readonly string[],
): Promise<readonly Mistake[]> {
  const listings = await Promise.all(
    inner.map(async name => ({ name, found: await yamlIn(join(root, folder, name)) })),
  )
  return listings
    .filter(({ found }) => found.files.length > 0)
    .map(({ name }) => ({
      code: 'CONFIG_INVALID' as const,
      file: `${folder}/${name}/`,
      says: `Folders inside ${folder}/ are not read.`,
      fix: `Move the definitions up into ${folder}/.`,
    }))
}

/** `segment/` with definitions in it, where `segments/` was meant. */
async function mistypedFolders(root: string): Promise<readonly Mistake[]> {
  const known = Object.keys(FOLDERS)
  const { folders } = await yamlIn(root)
  const mistakes: Mistake[] = []
  for (const name of folders.filter(folder => !known.includes(folder))) {
    const near = nearestName(name, known)
    if (near === undefined || (await yamlIn(join(root, name))).files.length === 0) continue
    const says = `The folder ${name}/ is not read.`
    mistakes.push({ code: 'CONFIG_INVALID', file: `${name}/`, says, fix: `Did you mean ${near}/?` })
  }
  return mistakes
}
