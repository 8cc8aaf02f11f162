import type { SegmentOperator } from '@mainstem/contracts'
import { assert, must, unreachable } from '../kernel/assert.ts'
import { literal } from '../query/index.ts'
import { dateSql } from './date-sql.ts'
import type { Operand } from './operand.ts'
import type { Moment, ValueTest } from './value-test.ts'

/** What a word is made of, for `existsAsAWholeWord`: letters, marks, digits and `_`. */
const WORD = String.raw`\p{L}\p{M}\p{N}_`

/**
 * The SQL of a test on the value of an expression. A null value passes no test but `hasNoValue`:
 * the negative operators leave it out too, as semantics 5.3 has it.
 */
export function testSql(value: string, test: ValueTest, moment: Moment): string {
  const { op, type } = test
  if (op === 'hasValue') return type === 'text' ? `${value} <> ''` : `${value} is not null`
  if (op === 'hasNoValue') {
    return type === 'text' ? `(${value} is null or ${value} = '')` : `${value} is null`
  }
  switch (type) {
    case 'text':
      return textSql(value, op, textsOf(test.operand))
    case 'number':
      return numberSql({ value }, op, test.operand)
    case 'boolean':
      return op === 'isTrue' ? `${value} = true` : `${value} = false`
    case 'date':
    case 'dateTime':
      return dateSql(value, test, moment)
    default:
      return unreachable(type)
  }
}

function textsOf(operand: Operand): readonly string[] {
  assert(operand.kind === 'texts', 'a text operator has texts')
  return operand.values
}

/** All text compares without regard to case; both sides are folded by the engine alike. */
function textSql(value: string, op: SegmentOperator, texts: readonly string[]): string {
  const first = literal(texts[0] ?? '')
  const folded = `lower(${first})`
  switch (op) {
    case 'isEqualTo':
      return `lower(${value}) = ${folded}`
    case 'isNotEqualTo':
      return `lower(${value}) <> ${folded}`
    case 'contains':
      return `contains(lower(${value}), ${folded})`
    case 'doesNotContain':
      return `not contains(lower(${value}), ${folded})`
    case 'beginsWith':
      return `starts_with(lower(${value}), ${folded})`
    case 'matches':
      return `regexp_matches(${value}, ${first}, 'i')`
    case 'doesNotMatch':
      return `not regexp_matches(${value}, ${first}, 'i')`
    case 'existsAsAWholeWord':
      return `regexp_matches(lower(${value}), '(^|[^${WORD}])' || regexp_escape(${folded}) || '($|[^${WORD}])')`
    case 'isIn':
      return `lower(${value}) in ${foldedList(texts)}`
    case 'isNotIn':
      return `lower(${value}) not in ${foldedList(texts)}`
    default:
      throw new Error(`Broken assumption: ${op} is no operator of text`)
  }
}

function foldedList(texts: readonly string[]): string {
  return `(${texts.map(text => `lower(${literal(text)})`).join(', ')})`
}

const COMPARISONS: Partial<Record<SegmentOperator, string>> = {
  isEqualTo: '=',
  isNotEqualTo: '<>',
  isLessThan: '<',
  isLessThanOrEqualTo: '<=',
  isGreaterThan: '>',
  isGreaterThanOrEqualTo: '>=',
}

/** A test of a number; `times` scales the operand, so that an average is compared as a sum. */
export function numberSql(
  left: { readonly value: string; readonly times?: string },
  op: SegmentOperator,
  operand: Operand,
): string {
  assert(operand.kind === 'numbers', 'a number operator has numbers')
  const [first, second] = operand.values.map(text =>
    left.times ? `(${text} * ${left.times})` : text,
  )
  const comparison = COMPARISONS[op]
  if (comparison) return `${left.value} ${comparison} ${first}`
  const negated = op === 'isNotBetween' ? 'not ' : ''
  return `${left.value} ${negated}between ${first} and ${must(second, 'a pair has two')}`
}
