import {
  criteriaOf,
  type Criterion,
  type MatchRule,
  type RulesetDefinition,
} from '@mainstem/contracts'
import { NORMALISERS, SURNAME_RULE } from './core/index.ts'
import { criterionValue, isFuzzy } from './criterion-value.ts'
import type { TextSource, TextSql } from './few-texts.ts'
import { needsSurnames, surnameSql } from './match-key-sql.ts'
import {
  type ColumnOf,
  columnsOf,
  kindOf,
  PARTY,
  profileConditions,
  type RuleSource,
  SELF,
  sourceNameOf,
  sourcesOf,
} from './rule-sources.ts'

/** A value of a rule, from the texts of a row. */
export interface PlannedValue {
  /** Its place among the rule's values. */
  readonly at: number
  /** The place of its text in the row. */
  readonly text: number
  readonly valueOf: (text: string | null) => string | null
}

/** The values of a rule that one row has together. */
export interface PlannedPart {
  /** The number of the source whose rows have them. */
  readonly source: number
  readonly values: readonly PlannedValue[]
}

/** A rule, or the last name: what its tuples are made of. */
export interface PlannedRule {
  readonly rule: number
  /** How many values are the key; one more is a name that is compared by likeness. */
  readonly keyValues: number
  readonly hasName: boolean
  readonly parts: readonly PlannedPart[]
}

/** What is read of a few source profiles, and what is made of it; the first source is the profiles themselves. */
export interface FewPlan {
  readonly sources: readonly TextSource[]
  readonly rules: readonly PlannedRule[]
}

/** Plans the match keys of a ruleset. */
export function planFew(ruleset: RulesetDefinition): FewPlan {
  const sources = new Sources(ruleset)
  const rules = ruleset.matchRules.flatMap((rule, at) =>
    rule.kind === 'Scored' ? [] : plannedRule({ ruleset, rule, at, sources }),
  )
  if (needsSurnames(ruleset)) {
    const text = sources.text(0, surnameSql)
    const valueOf = (one: string | null): string | null =>
      one === null ? null : NORMALISERS.name.js(one)
    const parts = [{ source: 0, values: [{ at: 0, text, valueOf }] }]
    rules.push({ rule: SURNAME_RULE, keyValues: 1, hasName: false, parts })
  }
  return { sources: sources.all, rules }
}

/** All that the rules look at, each once. */
class Sources {
  readonly all: (TextSource & { readonly texts: TextSql[] })[]
  readonly #numbers = new Map<string, number>()

  constructor(ruleset: RulesetDefinition) {
    const conditions = (column: ColumnOf): readonly string[] => profileConditions(ruleset, column)
    this.all = [{ object: ruleset.configurationType, party: SELF, conditions, texts: [] }]
  }

  number(source: RuleSource): number {
    const known = this.#numbers.get(source.name)
    if (known !== undefined) return known
    const { name, object } = source
    this.#numbers.set(name, this.all.length)
    const conditions = (column: ColumnOf): readonly string[] => kindOf(source, column)
    return this.all.push({ object, party: PARTY, conditions, texts: [] }) - 1
  }

  /** The place of a text in the rows of a source. */
  text(source: number, sql: TextSql): number {
    const texts = this.all[source]?.texts ?? []
    const written = sql(columnsOf('i'))
    const known = texts.findIndex(one => one(columnsOf('i')) === written)
    return known < 0 ? texts.push(sql) - 1 : known
  }
}

interface RuleToPlan {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly at: number
  readonly sources: Sources
}

function plannedRule({ ruleset, rule, at, sources }: RuleToPlan): PlannedRule {
  const exact = criteriaOf(rule).filter(criterion => !isFuzzy(criterion))
  const fuzzy = criteriaOf(rule).find(isFuzzy)
  const compared = fuzzy ? [...exact, fuzzy] : exact
  const part = (source: number, isOwn: (criterion: Criterion) => boolean): PlannedPart => ({
    source,
    values: compared.flatMap((criterion, place) => {
      if (!isOwn(criterion)) return []
      const { start, js } = criterionValue({ ruleset, rule, criterion })
      return [{ at: place, text: sources.text(source, start), valueOf: js }]
    }),
  })
  const profile = ruleset.configurationType
  const own = part(0, ({ entityName }) => entityName === profile)
  const others = sourcesOf(rule, profile).map(source =>
    part(
      sources.number(source),
      criterion => criterion.entityName !== profile && sourceNameOf(criterion) === source.name,
    ),
  )
  return {
    rule: at,
    keyValues: exact.length,
    hasName: fuzzy !== undefined,
    parts: [own, ...others],
  }
}
