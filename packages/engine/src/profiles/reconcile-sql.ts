import type { ReconciliationType, RulesetDefinition } from '@mainstem/contracts'
import { ident, literal } from '../query/index.ts'

/** A field of a unified profile: its name and engine type. */
export interface ProfileField {
  readonly name: string
  readonly type: string
}

/** How one field's value is chosen from the values of the source records. */
export interface FieldRule {
  readonly field: ProfileField
  readonly ruleType: ReconciliationType
  readonly ignoreEmpty: boolean
  /** Streams, first choice first; SOURCE_SEQUENCE only. */
  readonly sources: readonly string[]
}

/** The rule of each field: its own, else its object's, else the newest value that is not blank. */
export function fieldRules(
  ruleset: RulesetDefinition,
  fields: readonly ProfileField[],
): readonly FieldRule[] {
  const object = (ruleset.reconciliationRules ?? []).find(
    rule => rule.entityName === ruleset.configurationType,
  )
  const whole = {
    ruleType: object?.ruleType ?? 'LAST_UPDATED',
    ignoreEmpty: object?.shouldIgnoreEmptyValue ?? true,
    sources: object?.sources ?? [],
  } as const
  return fields.map(field => {
    const own = object?.fields?.find(one => one.fieldName === field.name)
    if (!own) return { field, ...whole }
    return {
      field,
      ruleType: own.ruleType,
      ignoreEmpty: own.shouldIgnoreEmptyValue ?? whole.ignoreEmpty,
      sources: own.sources ?? whole.sources,
    }
  })
}

/** Digits of the time in a preference: later is smaller, so that the least text is the first choice. */
const NEWEST_FIRST = 9_000_000_000_000_000_000n
const AGE_DIGITS = 19
const RANK_DIGITS = 3

/** SQL of text that sorts newer records first; of a record that says not when it changed, last. */
export function newestFirstSql(modified: string): string {
  return `printf('%0${AGE_DIGITS}d', coalesce(${NEWEST_FIRST} - epoch_us(${modified}), ${NEWEST_FIRST}))`
}

/** SQL of what a contact point's rank is made from; undefined is not mapped. */
export interface RankParts {
  readonly primary: string | undefined
  readonly preference: string | undefined
  readonly modified: string
}

/**
 * SQL of a contact point's rank, the less the sooner it is chosen: primary ones first, then by their
 * preference, then the newest. Numbers of equally many digits, so that texts of them sort alike.
 */
export function rankSql({ primary, preference, modified }: RankParts): string {
  const isPrimary = `lower(${primary}::varchar) in ('true', '1', 'yes', 'y')`
  const first = primary === undefined ? '2' : `case when ${isPrimary} then 1 else 2 end`
  const number = `greatest(least(${preference}::bigint, ${PREFERENCE_MAX}), 0)`
  const second =
    preference === undefined ? PREFERENCE_MAX : `coalesce(${number}, ${PREFERENCE_MAX})`
  const age = `coalesce(${NEWEST_FIRST} - epoch_us(${modified}), ${NEWEST_FIRST})`
  return `(((${first})::hugeint * 1000000000 + ${second}) * 10000000000000000000::hugeint + ${age})`
}

const PREFERENCE_MAX = '999999999'

/**
 * SQL that picks a field's value for each group of source records, as an aggregate over `source`
 * rows with `_age` (text, newest first) and `_stream`. The choice is the least of texts that end in
 * the value itself, so that ties go to the alphabet and two runs never differ.
 */
export function pickSql(rule: FieldRule): string {
  const value = `${ident(rule.field.name)}::varchar`
  const candidate = `${preferenceSql(rule)} || coalesce(${value}, '')`
  const chosen = rule.ignoreEmpty
    ? `min(${candidate}) filter (where nullif(trim(${value}), '') is not null)`
    : `min(${candidate})`
  const start = preferenceLength(rule) + 1
  return `nullif(substr(${chosen}, ${start}), '')::${rule.field.type}`
}

/** SQL of the text that comes before a value: the less, the sooner it is chosen. */
export function preferenceSql(rule: FieldRule): string {
  switch (rule.ruleType) {
    case 'SOURCE_SEQUENCE': {
      const ranks = rule.sources.map((stream, at) => `when ${literal(stream)} then '${rank(at)}'`)
      return `case _stream ${ranks.join(' ')} else '${rank(rule.sources.length)}' end || _age`
    }
    case 'MOST_FREQUENT':
      return `printf('%09d', 999999999 - ${ident(`_n_${rule.field.name}`)}) || _age`
    case 'LAST_UPDATED':
      return '_age'
  }
}

function preferenceLength(rule: FieldRule): number {
  switch (rule.ruleType) {
    case 'SOURCE_SEQUENCE':
      return AGE_DIGITS + RANK_DIGITS
    case 'MOST_FREQUENT':
      return AGE_DIGITS + 9
    case 'LAST_UPDATED':
      return AGE_DIGITS
  }
}

function rank(at: number): string {
  return String(at).padStart(RANK_DIGITS, '0')
}

/** SQL of the columns that most-frequent rules need: how often each value occurs in its group. */
export function frequencyColumns(rules: readonly FieldRule[]): string {
  return rules
    .filter(rule => rule.ruleType === 'MOST_FREQUENT')
    .map(rule => {
      const name = ident(rule.field.name)
      return `, count(*) over (partition by uid, ${name}::varchar) as ${ident(`_n_${rule.field.name}`)}`
    })
    .join('')
}
