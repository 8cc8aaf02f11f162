import { readdir } from 'node:fs/promises'
import type { ProjectDefinition } from '@mainstem/contracts'
import { at, type Words } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import { settingsOf, type Sourced, storePathOf } from './project.ts'

/** What a store that was not finished, or a person who prepares its secrets, leaves in its folder. */
const OWN_PART =
  /^(engine\.(lock|sock).*|files|index|journal|lake\.duckdb(\.wal)?|secrets|spill|store\.json\.new)$/

/** A store must not be put among somebody's files: whoever removes or replaces it would take them along. */
export async function checkStorage(
  root: string,
  project: Sourced<ProjectDefinition>,
): Promise<readonly Mistake[]> {
  const path = storePathOf(root, settingsOf(project.definition))
  if (path.includes('\0')) return []
  const words = await faultOf(path)
  return words === undefined ? [] : [at(project, ['storage', 'path'], words)]
}

async function faultOf(path: string): Promise<Words | undefined> {
  try {
    const names = await readdir(path)
    if (names.includes('store.json') || names.every(name => OWN_PART.test(name))) return undefined
    return { says: 'The folder of the store has other files in it, and no store.json.', fix: FIX }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    return { says: 'The path of the store is no folder that can be read.', fix: FIX }
  }
}

const FIX = 'Name a new or empty folder under "storage", "path".'
