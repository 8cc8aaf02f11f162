import { type Mistake } from './mistake.ts'
import type { Sourced } from './project.ts'
import { readYaml } from './read-yaml.ts'
import type { Kind } from './schemas.ts'
import { fits, type Fitting, mistakesIn } from './validate-file.ts'

/** Reads one file of a kind, relative to `root`; or every mistake in it. */
export async function readDefinition<K extends Kind>(
  kind: K,
  root: string,
  file: string,
): Promise<Sourced<Fitting[K]> | Mistake[]> {
  const source = await readYaml(root, file)
  if (Array.isArray(source)) return source
  const { value, lineOf } = source
  return fits(kind, value) ? { definition: value, file, lineOf } : [...mistakesIn(kind, source)]
}
