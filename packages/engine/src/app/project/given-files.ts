import { plainYaml } from './changed-yaml.ts'
import { parseYaml, type YamlFile } from './read-yaml.ts'
import { isRecord } from './schemas.ts'

/** Rulesets that were given, as the files that they would be. */
export interface GivenFiles {
  /** The given ruleset with the label of a file, as that file. */
  inPlaceOf(source: YamlFile): YamlFile | undefined
  /** Those that no file stood for, under names that are free. */
  others(taken: readonly string[]): readonly YamlFile[]
}

/** Lays rulesets that came over the API out as files of a project. */
export function givenFiles(rulesets: readonly unknown[]): GivenFiles {
  const waiting = [...rulesets]
  return {
    inPlaceOf({ file, value }) {
      const label = labelOf(value)
      const at = waiting.findIndex(one => label !== undefined && labelOf(one) === label)
      return at < 0 ? undefined : fileOf(file, waiting.splice(at, 1)[0])
    },
    others(taken) {
      const names = new Set(taken)
      return waiting.map(ruleset => {
        const file = freeName(labelOf(ruleset) ?? '', names)
        names.add(file)
        return fileOf(file, ruleset)
      })
    },
  }
}

function fileOf(file: string, ruleset: unknown): YamlFile {
  const read = parseYaml(file, plainYaml(ruleset))
  // What was written by the library is read by it, or is no definition at all: its schema says so.
  return Array.isArray(read) ? { file, value: undefined, lineOf: () => 1 } : read
}

function freeName(label: string, taken: ReadonlySet<string>): string {
  const slug = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
  const base = `rulesets/${slug === '' ? 'ruleset' : slug.slice(0, 60)}`
  let name = `${base}.yaml`
  for (let next = 2; taken.has(name); next++) name = `${base}_${next}.yaml`
  return name
}

function labelOf(value: unknown): string | undefined {
  const label = isRecord(value) ? value['label'] : undefined
  return typeof label === 'string' ? label : undefined
}
