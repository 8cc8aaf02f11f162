import { MainstemError } from '@mainstem/contracts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'

/** The rulesets of a label, or all where none is asked for; an error where there is none of it. */
export function rulesetsNamed(
  { applied: { rulesets } }: Engine,
  label: string | undefined,
): readonly RulesetRuntime[] {
  if (label === undefined) return rulesets
  const found = rulesets.filter(({ definition }) => definition.label === label)
  if (found.length > 0) return found
  const labels = rulesets.map(({ definition }) => `"${definition.label}"`).join(', ')
  throw new MainstemError(
    'DEFINITION_NOT_FOUND',
    `No ruleset is named "${label}". There are: ${labels}.`,
  )
}
