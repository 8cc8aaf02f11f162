import { MainstemError } from '@mainstem/contracts'
import type { LoadedSource } from './load-sources.ts'
import { hint } from './named-columns.ts'

/** The names in `a,b`, where `"a,b"` is one name. */
export function namesIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)]
  return names
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.trim() ?? '')
    .filter(name => name !== '')
}

/** A column that an option names, of each source its number there; an error if no source has it. */
export function columnNamed(
  name: string,
  sources: readonly LoadedSource[],
  option: string,
): readonly (number | undefined)[] {
  const found = sources.map(({ columns }) => {
    const exact = columns.indexOf(name)
    const at = exact >= 0 ? exact : columns.findIndex(one => isSame(one, name))
    return at < 0 ? undefined : at
  })
  if (found.some(at => at !== undefined)) return found
  const known = [...new Set(sources.flatMap(source => source.columns))]
  const fix = hint(name, known)
  const says = `--${option} names the column "${name}", which no file has. ${fix}`
  throw new MainstemError('USAGE', says, { key: option, fix })
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
