import { SEGMENT_OPERATORS, type SegmentOperator } from '@mainstem/contracts'
import type { AttributeType } from './profile-schema.ts'

/** What an operator wants as its `value`. */
export type OperandKind =
  | 'none'
  | 'value'
  | 'pair'
  | 'list'
  | 'pattern'
  | 'dayCount'
  | 'monthCount'
  | 'weekdays'
  | 'months'
  | 'daysOfMonth'

/**
 * How long a result stands: `keyed` until a row of the profile changes, `day` until the
 * organisation's midnight too, `moment` not even that.
 */
export type Standing = 'keyed' | 'day' | 'moment'

/** What the catalogue says about an operator. */
export interface OperatorFacts {
  readonly operand: OperandKind
  readonly types: readonly AttributeType[]
  /** How long its result stands on a date and time; on a date, `moment` is `day`. */
  readonly standing: Standing
}

const ANY = ['text', 'number', 'boolean', 'date', 'dateTime'] as const
const TEXT = ['text'] as const
const NUMBER = ['number'] as const
const DATES = ['date', 'dateTime'] as const

const keyed = (operand: OperandKind, types: readonly AttributeType[]): OperatorFacts => ({
  operand,
  types,
  standing: 'keyed',
})
const daily = (operand: OperandKind): OperatorFacts => ({ operand, types: DATES, standing: 'day' })

/** Every operator of semantics 5.3: what it takes and what it fits. */
export const OPERATORS: Readonly<Record<SegmentOperator, OperatorFacts>> = {
  hasValue: keyed('none', ANY),
  hasNoValue: keyed('none', ANY),
  isEqualTo: keyed('value', ['text', 'number']),
  isNotEqualTo: keyed('value', ['text', 'number']),
  contains: keyed('value', TEXT),
  doesNotContain: keyed('value', TEXT),
  matches: keyed('pattern', TEXT),
  doesNotMatch: keyed('pattern', TEXT),
  beginsWith: keyed('value', TEXT),
  existsAsAWholeWord: keyed('value', TEXT),
  isIn: keyed('list', TEXT),
  isNotIn: keyed('list', TEXT),
  isLessThan: keyed('value', NUMBER),
  isLessThanOrEqualTo: keyed('value', NUMBER),
  isGreaterThan: keyed('value', NUMBER),
  isGreaterThanOrEqualTo: keyed('value', NUMBER),
  isBetween: keyed('pair', ['number', 'date', 'dateTime']),
  isNotBetween: keyed('pair', NUMBER),
  isTrue: keyed('none', ['boolean']),
  isFalse: keyed('none', ['boolean']),
  isOn: keyed('value', DATES),
  isBefore: keyed('value', DATES),
  isAfter: keyed('value', DATES),
  isToday: daily('none'),
  isYesterday: daily('none'),
  isTomorrow: daily('none'),
  lastNumberOfDays: { operand: 'dayCount', types: DATES, standing: 'moment' },
  greaterThanLastNumberOfDays: daily('dayCount'),
  nextNumberOfDays: { operand: 'dayCount', types: DATES, standing: 'moment' },
  lastNumberOfMonths: daily('monthCount'),
  nextNumberOfMonths: daily('monthCount'),
  isThisMonth: daily('none'),
  isLastMonth: daily('none'),
  isNextMonth: daily('none'),
  isThisYear: daily('none'),
  isLastYear: daily('none'),
  isNextYear: daily('none'),
  isAnniversaryOf: keyed('value', DATES),
  isNotAnniversaryOf: keyed('value', DATES),
  dayOfWeek: keyed('weekdays', DATES),
  monthOfTheYear: keyed('months', DATES),
  dayOfMonth: keyed('daysOfMonth', DATES),
}

/** The operators that can be used on a type. */
export function operatorsFor(type: AttributeType): readonly SegmentOperator[] {
  return SEGMENT_OPERATORS.filter(name => OPERATORS[name].types.includes(type))
}

/** Operators that compare an aggregate: those on numbers that take a value. */
export const AGGREGATE_OPERATORS: readonly SegmentOperator[] = operatorsFor('number').filter(
  name => OPERATORS[name].operand !== 'none',
)
