import { at, type Definitions } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import type { Sourced } from './project.ts'

/** Names that break the naming rules, and names that two definitions of a kind share. */
export function checkNames(found: Definitions): readonly Mistake[] {
  const { limits } = found.definition
  const dloMax = limits['dlo.nameMax'] ?? NAME_CHARACTERS_MAX
  return [
    ...found.streams.flatMap(it =>
      nameFault(it, { key: 'name', name: it.definition.name, charactersMax: dloMax }),
    ),
    ...found.insights.flatMap(it => nameFault(it, { key: 'apiName', name: it.definition.apiName })),
    ...found.segments.flatMap(it =>
      nameFault(it, { key: 'developerName', name: it.definition.developerName }),
    ),
    ...found.targets.flatMap(it => nameFault(it, { key: 'name', name: it.definition.name })),
    ...found.activations.flatMap(it => nameFault(it, { key: 'name', name: it.definition.name })),
    ...found.objects.flatMap(it =>
      nameFault(it, { key: 'object', name: shortObjectName(it.definition.object) }),
    ),
    ...sharedNames(found.streams, 'name', it => it.name),
    ...sharedNames(found.insights, 'apiName', it => it.apiName),
    ...sharedNames(found.segments, 'developerName', it => it.developerName),
    ...sharedNames(found.targets, 'name', it => it.name),
    ...sharedNames(found.activations, 'name', it => it.name),
    ...sharedNames(found.objects, 'object', it => shortObjectName(it.object)),
    ...sharedNames(found.mappings, 'stream', it => it.stream),
    ...sharedNames(found.rulesets, 'label', it => it.label),
    ...sharedNames(
      found.rulesets,
      'rulesetId',
      it => `${it.configurationType} ${it.rulesetId ?? ''}`,
    ),
  ]
}

interface Named {
  readonly key: string
  readonly name: string
  readonly charactersMax?: number
}

/** Longest name where no limit says otherwise, as in Data Cloud. */
const NAME_CHARACTERS_MAX = 80

function nameFault(source: Sourced<unknown>, named: Named): readonly Mistake[] {
  const { key, name, charactersMax = NAME_CHARACTERS_MAX } = named
  const fault = nameRule(name, charactersMax)
  if (fault === undefined) return []
  const says = `The name "${name.slice(0, NAME_CHARACTERS_MAX)}" ${fault}.`
  return [at(source, [key], { code: 'NAME_INVALID', says, fix: RULE })]
}

const RULE = 'Use letters, digits and single underscores, a letter first and no underscore last.'

/** Rules of semantics 2.1. Suffixes such as `__dll` are added by Mainstem, never written. */
function nameRule(name: string, charactersMax: number): string | undefined {
  if (name.length > charactersMax) return `is longer than ${charactersMax} characters`
  if (name.includes('__')) return 'has a double underscore'
  if (name.endsWith('_')) return 'ends in an underscore'
  if (!/^[A-Za-z]/.test(name)) return 'does not start with a letter'
  return /^\w+$/.test(name)
    ? undefined
    : 'has other characters than letters, digits and underscores'
}

/** `ssot__Individual__dlm` and `Individual` name one object. */
export function shortObjectName(name: string): string {
  return name.replace(/^ssot__/, '').replace(/__dlm$/, '')
}

/** In SQL letter case does not count, so two names that differ by it alone are one. */
function sharedNames<Definition>(
  sources: readonly Sourced<Definition>[],
  key: string,
  nameOf: (definition: Definition) => string,
): readonly Mistake[] {
  const first = new Map<string, Sourced<Definition>>()
  return sources.flatMap(source => {
    const name = nameOf(source.definition)
    const earlier = first.get(name.toLowerCase())
    if (earlier === undefined) {
      first.set(name.toLowerCase(), source)
      return []
    }
    return [at(source, [key], sharedWords(key, name, earlier.file))]
  })
}

function sharedWords(key: string, name: string, file: string): { says: string; fix: string } {
  if (key === 'stream') {
    const says = `The stream "${name}" is mapped in ${file} already.`
    return { says, fix: 'Put all objects of a stream in one mapping.' }
  }
  if (key === 'rulesetId') {
    const says = `The ruleset in ${file} has the same "rulesetId" and configuration type.`
    return { says, fix: 'Give one of them another "rulesetId": it ends the names of its objects.' }
  }
  const fix = 'Names are compared without letter case; change one of them.'
  return { says: `The name "${name}" is taken by ${file}.`, fix }
}
