import type { Scalar, SegmentOperator } from '@mainstem/contracts'
import { type Day, isDay } from './local-calendar.ts'
import { OPERATORS } from './operator-catalogue.ts'
import type { AttributeType } from './profile-schema.ts'

/** The value of a condition, read and found to fit its operator. Plain data. */
export type Operand =
  | { readonly kind: 'none' }
  | { readonly kind: 'texts'; readonly values: readonly string[] }
  /** Decimals in plain notation, so that none goes through a double. */
  | { readonly kind: 'numbers'; readonly values: readonly string[] }
  | { readonly kind: 'days'; readonly values: readonly Day[] }
  /** A number of days or months, or parts of a date (Monday is 1, January is 1). */
  | { readonly kind: 'integers'; readonly values: readonly number[] }

/** An operand, or what is wrong with it, as the end of a sentence. */
export type ReadOperand = { readonly operand: Operand } | { readonly wrong: string }

/** What `readOperand` is given. */
export interface OperandText {
  readonly op: SegmentOperator
  readonly type: AttributeType
  readonly value: Scalar | readonly Scalar[] | undefined
  readonly valuesMax: number
  readonly patternCharsMax: number
}

const DAYS_MAX = 36_500
const MONTHS_MAX = 1_200
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** Reads the `value` of a condition as its operator and its attribute's type want it. */
export function readOperand(given: OperandText): ReadOperand {
  const kind = OPERATORS[given.op].operand
  switch (kind) {
    case 'none':
      return given.value === undefined
        ? { operand: { kind: 'none' } }
        : { wrong: 'takes no value; leave it out' }
    case 'value':
      return Array.isArray(given.value) ? { wrong: 'takes one value, not a list' } : typed(given, 1)
    case 'pair':
      return ordered(typed(given, 2))
    case 'list':
      return typed(given, undefined)
    case 'pattern':
      return pattern(given)
    case 'dayCount':
      return count(given.value, DAYS_MAX)
    case 'monthCount':
      return count(given.value, MONTHS_MAX)
    case 'weekdays':
      return parts(given, { names: WEEKDAYS, max: 7, such: 'Monday or 1 (Monday is 1)' })
    case 'months':
      return parts(given, { names: MONTHS, max: 12, such: 'January or 1' })
    default:
      return parts(given, { names: [], max: 31, such: '1 to 31' })
  }
}

function listOf(value: OperandText['value']): readonly Scalar[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value : [value]
}

function typed(given: OperandText, length: number | undefined): ReadOperand {
  const values = listOf(given.value)
  if (length !== undefined && values.length !== length) {
    return { wrong: length === 1 ? 'needs a value' : 'needs two values: [from, to]' }
  }
  if (values.length === 0) return { wrong: 'needs a list with at least one value' }
  if (values.length > given.valuesMax) {
    return {
      wrong: `has ${values.length} values and the limit seg.textInValues is ${given.valuesMax}`,
    }
  }
  if (given.type === 'text') return texts(values)
  return given.type === 'number' ? numbers(values) : days(values)
}

function texts(values: readonly Scalar[]): ReadOperand {
  const texts = values.filter(value => typeof value === 'string')
  return texts.length === values.length
    ? { operand: { kind: 'texts', values: texts } }
    : { wrong: 'needs text; put the value in quotes, so that it is compared as it is written' }
}

function numbers(values: readonly Scalar[]): ReadOperand {
  const decimals = values.map(decimalText).filter(value => value !== undefined)
  return decimals.length === values.length
    ? { operand: { kind: 'numbers', values: decimals } }
    : { wrong: 'needs a number of at most 20 digits before and 18 after the point' }
}

function decimalText(value: Scalar): string | undefined {
  if (typeof value === 'boolean') return undefined
  const plain = typeof value === 'string' ? value.trim() : String(value)
  const text = typeof value === 'number' && /e-/.test(plain) ? value.toFixed(18) : plain
  return /^-?\d{1,20}(\.\d{1,18})?$/.test(text) ? text : undefined
}

function days(values: readonly Scalar[]): ReadOperand {
  const days = values.filter(value => typeof value === 'string' && isDay(value))
  return days.length === values.length
    ? { operand: { kind: 'days', values: days.map(String) } }
    : { wrong: 'needs a day written as yyyy-mm-dd' }
}

/** A pair is [from, to]: the wrong way round it would hold for nobody, which nobody means. */
function ordered(read: ReadOperand): ReadOperand {
  if ('wrong' in read) return read
  const { operand } = read
  if (operand.kind === 'none' || operand.kind === 'integers') return read
  const [from = '', to = ''] = operand.values
  const fits = operand.kind === 'numbers' ? Number(from) <= Number(to) : from <= to
  return fits ? read : { wrong: 'needs the smaller value first: [from, to]' }
}

function pattern(given: OperandText): ReadOperand {
  if (typeof given.value !== 'string' || given.value === '') {
    return { wrong: 'needs a regular expression' }
  }
  return given.value.length > given.patternCharsMax
    ? { wrong: `takes a regular expression of at most ${given.patternCharsMax} characters` }
    : { operand: { kind: 'texts', values: [given.value] } }
}

function count(value: OperandText['value'], max: number): ReadOperand {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? { operand: { kind: 'integers', values: [value] } }
    : { wrong: `needs a whole number from 0 to ${max}` }
}

interface Parts {
  readonly names: readonly string[]
  readonly max: number
  readonly such: string
}

function parts(given: OperandText, { names, max, such }: Parts): ReadOperand {
  const values = listOf(given.value)
  const read = values.map(value => (typeof value === 'string' ? named(value, names) : value))
  const fitting = read.filter(
    value => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max,
  )
  return values.length > 0 && fitting.length === values.length
    ? { operand: { kind: 'integers', values: fitting.map(Number) } }
    : { wrong: `needs values such as ${such}` }
}

/** The number of a name or of its first three letters. */
function named(text: string, names: readonly string[]): number {
  const asked = text.toLowerCase()
  return names.findIndex(name => name === asked || name.slice(0, 3) === asked) + 1
}
