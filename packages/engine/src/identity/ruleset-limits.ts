import type { RulesetDefinition } from '@mainstem/contracts'
import type { ResolveOptions } from './core/index.ts'

/** Limits of a ruleset that clusters follow from. */
export type RulesetLimits = Pick<
  ResolveOptions,
  'blockMax' | 'surnamesMax' | 'idsMax' | 'valuesMax' | 'clusterMax'
>

/** What a ruleset says of its limits, and where it says nothing the defaults. */
export function rulesetLimits(ruleset: RulesetDefinition, defaults: RulesetLimits): RulesetLimits {
  return {
    blockMax: ruleset.blockMax ?? defaults.blockMax,
    surnamesMax: ruleset.surnamesMax ?? defaults.surnamesMax,
    idsMax: ruleset.idsMax ?? defaults.idsMax,
    valuesMax: ruleset.valuesMax ?? defaults.valuesMax,
    clusterMax: ruleset.clusterMax ?? defaults.clusterMax,
  }
}
