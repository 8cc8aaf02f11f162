import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { changedYaml, plainYaml } from './changed-yaml.ts'
import type { Project } from './project.ts'
import { isRecord } from './schemas.ts'

/**
 * Writes rulesets that a project was loaded with to their files, so that they stay; each file whole
 * or as it was. As they were given: a model stays a file, and comments of what they replace stay.
 */
export async function writeRulesets(
  project: Pick<Project, 'root' | 'rulesets'>,
  given: readonly unknown[],
): Promise<void> {
  for (const ruleset of given) {
    const label = isRecord(ruleset) ? ruleset['label'] : undefined
    const source = project.rulesets.find(({ definition }) => definition.label === label)
    if (!source) continue
    const path = join(project.root, source.file)
    await mkdir(dirname(path), { recursive: true })
    const text = existsSync(path)
      ? changedYaml(await readFile(path, 'utf8'), ruleset)
      : plainYaml(ruleset)
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
}
