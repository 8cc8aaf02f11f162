import { existsSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { MainstemError, type ResolveDefinition } from '@mainstem/contracts'
import { ProjectError, readDefinition, type Sourced, withScoreModels } from '../project/index.ts'

/** Reads the file of `--ruleset`; what is wrong in it is told with file, line and key. */
export async function readRules(given: string): Promise<Sourced<ResolveDefinition>> {
  const path = resolve(given)
  const file = basename(path)
  if (!existsSync(path) || !statSync(path).isFile()) {
    const fix = 'Name a YAML file with columns and matchRules.'
    throw new MainstemError('SOURCE_MISSING', `There is no file ${file}. ${fix}`, { file, fix })
  }
  const found = await readDefinition('resolve', dirname(path), file)
  if (Array.isArray(found)) throw new ProjectError(found, `The file ${file}`)
  const read = await withScoreModels(dirname(path), [found])
  if (read.mistakes.length > 0) throw new ProjectError([...read.mistakes], `The file ${file}`)
  return read.found[0] ?? found
}
