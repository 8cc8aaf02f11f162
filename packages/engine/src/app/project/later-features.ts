import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mistake } from './mistake.ts'

/** What is said of a key that Mainstem will know one day: kind of file and key → sentences. */
export const LATER_KEYS: ReadonlyMap<string, { readonly says: string; readonly fix: string }> =
  new Map([
    [
      'stream.formulas',
      {
        says: 'Formula fields are not served yet.',
        fix: 'Leave "formulas" out; compute the field in the source, or in an insight.',
      },
    ],
  ])

/** Folders of a project that Mainstem will read one day: what goes there, and what to do now. */
const LATER_FOLDERS: ReadonlyMap<string, readonly [what: string, instead: string]> = new Map([
  ['transforms', ['Data transforms', 'shape the data in the source']],
  ['graphs', ['Data graphs', 'ask for the same rows by SQL']],
  ['actions', ['Data actions', 'use an activation with a webhook target']],
  ['access', ['Access policies', 'keep the one token of "server.token" in mainstem.yaml']],
  ['connections', ['Connections', 'name files in the streams, or post to the Ingestion API']],
])

/** Refuses by name the folders that would otherwise be passed over without a word. */
export async function laterFolders(root: string): Promise<readonly Mistake[]> {
  const folders = await Promise.all(
    [...LATER_FOLDERS].map(async ([folder, words]) => ({
      folder,
      words,
      names: await namesIn(join(root, folder)),
    })),
  )
  return folders
    .filter(({ names }) => names.length > 0)
    .map(({ folder, words: [what, instead] }) => ({
      code: 'NOT_SUPPORTED',
      file: `${folder}/`,
      says: `${what} are not served yet, so that nothing in ${folder}/ would run.`,
      fix: `Take the folder out of the project; until then, ${instead}.`,
    }))
}

/** Names in a folder; files such as `.gitkeep` that only keep it alive do not count. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => !name.startsWith('.'))
  } catch {
    return []
  }
}
