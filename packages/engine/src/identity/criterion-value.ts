import type { Criterion, MatchRule, RulesetDefinition } from '@mainstem/contracts'
import { type Normaliser, NORMALISERS } from './core/index.ts'
import { phoneSql, placeholderTest } from './placeholders.ts'
import { type ColumnOf, columnsOf } from './rule-sources.ts'

/** What a rule compares of a row, twice: as SQL, and as the equal function. */
export interface CriterionValue {
  /** SQL of the text that it starts as, from the columns of the rows. */
  readonly start: (column: ColumnOf) => string
  /** SQL of what is done to that text, step by step; null makes no key. */
  readonly steps: readonly ((value: string) => string)[]
  /** The same at once. */
  readonly js: (text: string | null) => string | null
}

/** A criterion of a rule of a ruleset. */
export interface CriterionPlace {
  readonly ruleset: RulesetDefinition
  readonly rule: MatchRule
  readonly criterion: Criterion
}

/** Whether a criterion compares by likeness and not by equality. */
export function isFuzzy(criterion: Criterion): boolean {
  return criterion.matchMethodType.startsWith('FUZZY')
}

/** SQL of the value of a criterion that is compared, from the alias of its object's rows; null is blank. */
export function criterionSql(
  ruleset: RulesetDefinition,
  criterion: Criterion,
  alias: string,
): string {
  const start = startOf(ruleset, criterion)(columnsOf(alias))
  return normaliserOf(criterion)?.sql(start) ?? start
}

/**
 * The value by which a rule keys. A blank that may match is a value like any other; one that may not
 * is null, and the row has no key.
 */
export function criterionValue(place: CriterionPlace): CriterionValue {
  const { ruleset, criterion } = place
  const normaliser = normaliserOf(criterion)
  const listed = placeholderTest({ ...place, normaliser: normaliser ?? NORMALISERS.exact })
  const steps = [...(normaliser?.steps ?? [])]
  if (listed) steps.push(value => `case when ${listed.sql(value)} then null else ${value} end`)
  if (criterion.shouldMatchOnBlank) steps.push(value => `coalesce(${value}, chr(0))`)
  const blank = criterion.shouldMatchOnBlank ? BLANK_THAT_MATCHES : null
  const normalised = (text: string): string | null => (normaliser ? normaliser.js(text) : text)
  return {
    start: startOf(ruleset, criterion),
    steps,
    js(text) {
      const value = text === null ? null : normalised(text)
      return value === null || listed?.js(value) === true ? blank : value
    },
  }
}

/** What stands for a blank that may match: no text of a record has it alone. */
const BLANK_THAT_MATCHES = '\0'

/** The text that a criterion looks at. */
function startOf(ruleset: RulesetDefinition, criterion: Criterion): CriterionValue['start'] {
  return isPhoneNumber(criterion)
    ? column => phoneSql(ruleset, column)
    : column => `${column(criterion.fieldName)}::varchar`
}

/** Whether a criterion compares telephone numbers by what they mean. */
function isPhoneNumber({ entityName, matchMethodType }: Criterion): boolean {
  return entityName === 'ContactPointPhone' && matchMethodType === 'EXACT_NORMALIZED'
}

/** How the text of a criterion is normalised; a phone number already is. */
function normaliserOf(criterion: Criterion): Normaliser | undefined {
  if (isFuzzy(criterion)) return NORMALISERS.firstName
  if (criterion.matchMethodType === 'EXACT') {
    return criterion.caseSensitiveMatch ? NORMALISERS.exactCase : NORMALISERS.exact
  }
  switch (criterion.entityName) {
    case 'ContactPointEmail':
      return NORMALISERS.anyEmail
    case 'ContactPointPhone':
      return undefined
    case 'ContactPointAddress':
      return NORMALISERS.address
    default:
      return NORMALISERS.name
  }
}
