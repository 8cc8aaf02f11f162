import { criteriaOf, type RulesetDefinition } from '@mainstem/contracts'
import {
  type FuzzyLevel,
  type ResolveOptions,
  similarFirstNames,
  surelyDiffer,
} from './core/index.ts'
import { isFuzzy } from './criterion-value.ts'
import type { KeyStore } from './key-store.ts'
import type { ScoredMatcher } from './score/scored-matcher.ts'

/** Which values of a block are alike, by the fuzzy criteria and the scored rule of a ruleset. */
export function likenessOf(
  ruleset: RulesetDefinition,
  keys: KeyStore,
  scored: ScoredMatcher | undefined,
): Pick<ResolveOptions, 'similar' | 'rulesOut' | 'scored'> {
  const levels = ruleset.matchRules.map((rule): FuzzyLevel =>
    fuzzyLevelOf(criteriaOf(rule).find(isFuzzy)?.matchMethodType ?? 'FUZZY'),
  )
  const levelOf = (rule: number): FuzzyLevel => levels[rule] ?? 'medium'
  return {
    scored: scored?.links,
    similar: (one, other, rule) =>
      scored && rule >= scored.firstRule
        ? scored.isLink(one, other)
        : similarFirstNames(keys.name(one), keys.name(other), levelOf(rule)),
    rulesOut: (one, other, rule) =>
      scored && rule >= scored.firstRule
        ? false
        : surelyDiffer(keys.sketch(one), keys.sketch(other), levelOf(rule)),
  }
}

/** The rules that match on a party identification alone: each of their keys is one of its numbers. */
export function idRulesOf({ matchRules }: RulesetDefinition): readonly number[] {
  return [...matchRules.keys()].filter(at => {
    const [first, ...rest] = matchRules[at]?.criteria ?? []
    return first?.entityName === 'PartyIdentification' && rest.length === 0
  })
}

/** How strict a fuzzy method is; plain FUZZY is medium. */
export function fuzzyLevelOf(matchMethodType: string): FuzzyLevel {
  return LEVELS[matchMethodType] ?? 'medium'
}

const LEVELS: Readonly<Record<string, FuzzyLevel>> = {
  FUZZY_HIGH: 'high',
  FUZZY: 'medium',
  FUZZY_LOW: 'low',
}
