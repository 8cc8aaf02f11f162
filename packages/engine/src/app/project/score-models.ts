import { dirname } from 'node:path'
import type { MatchRule, RulesetDefinition } from '@mainstem/contracts'
import { at } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import { pathFault } from './project-path.ts'
import type { Sourced } from './project.ts'
import { readDefinition } from './read-definition.ts'

/** What has match rules: a ruleset, or the rules of `mainstem resolve`. */
type Rules = Pick<RulesetDefinition, 'matchRules'>

/** Rules whose scored rule names the file of its model, with the model in its place. */
export async function withScoreModels<Definition extends Rules>(
  root: string,
  found: readonly Sourced<Definition>[],
): Promise<{
  readonly found: readonly Sourced<Definition>[]
  readonly mistakes: readonly Mistake[]
}> {
  const mistakes: Mistake[] = []
  const filled: Sourced<Definition>[] = []
  for (const source of found) {
    const matchRules: MatchRule[] = []
    for (const [place, rule] of source.definition.matchRules.entries()) {
      const read = await withModel(root, source, { rule, place })
      matchRules.push(read.rule)
      mistakes.push(...read.mistakes)
    }
    filled.push({ ...source, definition: { ...source.definition, matchRules } })
  }
  return { found: filled, mistakes }
}

async function withModel(
  root: string,
  source: Sourced<Rules>,
  { rule, place }: { readonly rule: MatchRule; readonly place: number },
): Promise<{ readonly rule: MatchRule; readonly mistakes: readonly Mistake[] }> {
  const { model } = rule
  if (typeof model !== 'string') return { rule, mistakes: [] }
  const key = ['matchRules', place, 'model']
  const fault = pathFault(model)
  if (fault !== undefined) {
    const says = `The path of the model ${fault}.`
    return {
      rule,
      mistakes: [at(source, key, { says, fix: 'Keep the model beside its ruleset.' })],
    }
  }
  const folder = dirname(source.file)
  const file = folder === '.' ? model : `${folder}/${model}`
  try {
    const read = await readDefinition('score', root, file)
    if (Array.isArray(read)) return { rule, mistakes: read }
    return { rule: { ...rule, model: read.definition }, mistakes: [] }
  } catch {
    const says = `There is no model ${file} that can be read.`
    const fix = 'Make one with "mainstem resolve FILE --into DIR", or correct the name.'
    return { rule, mistakes: [at(source, key, { says, fix })] }
  }
}
