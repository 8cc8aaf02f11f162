import type { ErrorCode } from '@mainstem/contracts'
import { nearestName } from '../../kernel/nearest-name.ts'
import type { Mistake } from './mistake.ts'
import type { Project, Sourced } from './project.ts'
import type { KeyPath } from './read-yaml.ts'
import { keyText } from './validate-file.ts'

/** What the semantic checks look at: the definitions that fit their schemas, and what is known. */
export interface Definitions extends Omit<Project, 'root' | 'storePath'> {
  /**
   * Names of every file of a kind, those that do not fit their schema included: a reference to a
   * definition that has mistakes of its own is not one more mistake.
   */
  readonly names: Readonly<
    Record<'streams' | 'insights' | 'segments' | 'targets', readonly string[]>
  >
  readonly hooks: ProjectHooks
}

/** What the loader asks the stages, which know more of SQL and of the model than it does. */
export interface ProjectHooks {
  /** API names, without `__cio`, of the calculated insights that an expression reads. */
  readonly insightReferences: (expression: string) => readonly string[]
  /** Names of the standard model's objects; without it, names of objects are left to the model. */
  readonly objectNames?: readonly string[] | undefined
}

/** Reads references by their suffix alone: enough where no SQL parser is at hand. */
export const plainHooks: ProjectHooks = {
  insightReferences: expression => [
    ...new Set([...expression.matchAll(/\b(\w+)__cio\b/gi)].map(([, name]) => name ?? '')),
  ],
}

/** The words of a mistake. */
export interface Words {
  readonly says: string
  readonly fix: string
  readonly code?: ErrorCode
}

/** A mistake at a key of a definition. */
export function at(source: Sourced<unknown>, path: KeyPath, words: Words): Mistake {
  const { says, fix, code = 'CONFIG_INVALID' } = words
  return { code, file: source.file, line: source.lineOf(path), key: keyText(path), says, fix }
}

/** Advice for a name that is not there: the nearest one that is, or all of them. */
export function nearestAdvice(name: string, known: readonly string[], folder: string): string {
  const near = nearestName(name, known)
  if (near !== undefined) return `Did you mean "${near}"?`
  if (known.length === 0) return `Define it in ${folder}/.`
  const some = known.slice(0, NAMES_SHOWN_MAX).join(', ')
  return `There are ${some}${known.length > NAMES_SHOWN_MAX ? ', …' : ''}.`
}

const NAMES_SHOWN_MAX = 10

/** Whether the name is there, letter case not counted, as in SQL. */
export function includesName(names: readonly string[], name: string): boolean {
  return names.some(known => known.toLowerCase() === name.toLowerCase())
}
