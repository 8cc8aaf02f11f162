import type { Condition, SegmentOperator } from '@mainstem/contracts'
import fc from 'fast-check'
import { operatorsFor } from './operator-catalogue.ts'
import type { AttributeType } from './profile-schema.ts'

/** The attribute of each type in the small data sets. */
export const FIELD: Record<AttributeType, string> = {
  text: 'Name',
  number: 'Score',
  boolean: 'Active',
  date: 'Born',
  dateTime: 'Seen',
}

const texts = fc.constantFrom(
  '',
  ' ',
  'Anna',
  'ANNA',
  'anna b',
  'Ann',
  'É',
  'é',
  "O'Brien",
  'x_y',
  'a.b',
  'a-b',
  '%',
  'ann-a',
  '日本',
  'ÄÖ',
)
const days = fc.constantFrom(
  '2024-03-31',
  '2024-03-30',
  '2024-10-27',
  '2018-11-04',
  '2018-11-03',
  '2024-02-29',
  '2023-02-28',
  '2024-01-01',
)

type Rest = Record<string, unknown>

const NO_VALUE = /^(has|is(True|False|To|Yes|This|Last|Next))/

function valueFor(op: SegmentOperator, type: AttributeType): fc.Arbitrary<Rest> {
  const numbers = fc.integer({ min: -4, max: 8 }).map(n => n / 4)
  const scalars = { text: texts, number: numbers, boolean: days, date: days, dateTime: days }
  const scalar: fc.Arbitrary<string | number> = scalars[type]
  const pair = fc.tuple(scalar, scalar).map(([a, b]) => (a <= b ? [a, b] : [b, a]))
  const special: Partial<Record<SegmentOperator, fc.Arbitrary<unknown>>> = {
    isBetween: pair,
    isNotBetween: pair,
    isIn: fc.array(texts, { minLength: 1, maxLength: 3 }),
    isNotIn: fc.array(texts, { minLength: 1, maxLength: 3 }),
    matches: fc.constantFrom('^an+a', 'b$', '[é.]', '_', '^$'),
    doesNotMatch: fc.constantFrom('^an+a', 'b$', '[é.]', '_', '^$'),
    dayOfWeek: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    monthOfTheYear: fc.subarray([1, 2, 3, 10, 11, 12], { minLength: 1 }),
    dayOfMonth: fc.subarray([1, 3, 4, 27, 29, 30, 31], { minLength: 1 }),
  }
  if (NO_VALUE.test(op)) return fc.constant({})
  const counted = /NumberOf/.test(op) ? fc.integer({ min: 0, max: 14 }) : scalar
  return (special[op] ?? counted).map(value => ({ value }))
}

/** A test of one attribute, with a value that fits. */
export function testOf(
  type: AttributeType,
  op: SegmentOperator,
  attribute = FIELD[type],
): fc.Arbitrary<Condition> {
  return valueFor(op, type).map(rest => Object.assign({ attribute, op }, rest) as Condition)
}

const anyTest = fc
  .constantFrom<AttributeType>('text', 'number', 'boolean', 'date', 'dateTime')
  .chain(type => fc.constantFrom(...operatorsFor(type)).chain(op => testOf(type, op)))
const anyInsight = fc
  .constantFrom(...operatorsFor('number'))
  .chain(op => testOf('number', op, 'value.Score'))
const rowConditions = fc.oneof(
  anyTest,
  fc
    .array(anyTest, { minLength: 1, maxLength: 2 })
    .chain(of => fc.constantFrom<Condition>({ all: of }, { any: of })),
)
const counts = fc.constantFrom<object>(
  {},
  { atLeast: 0 },
  { atLeast: 1 },
  { atLeast: 2 },
  { atMost: 0 },
  { atMost: 1 },
  { exactly: 0 },
  { exactly: 2 },
  { atLeast: 1, atMost: 2 },
)
const aggregates = fc.tuple(
  fc.constantFrom('sum', 'average', 'min', 'max'),
  fc
    .constantFrom<SegmentOperator>(
      'isEqualTo',
      'isNotEqualTo',
      'isLessThan',
      'isLessThanOrEqualTo',
      'isGreaterThan',
      'isGreaterThanOrEqualTo',
      'isBetween',
      'isNotBetween',
    )
    .chain(op => testOf('number', op)),
)
const containers = fc.oneof(
  fc
    .tuple(counts, rowConditions)
    .map(([count, where]) => ({ related: 'Order', count, where }) as Condition),
  fc.tuple(counts).map(([count]) => ({ related: 'Event', count }) as Condition),
  fc
    .tuple(aggregates, fc.option(rowConditions))
    .map(
      ([[name, test], where]) =>
        Object.assign(
          { related: 'Order', aggregate: Object.assign({ function: name }, test) },
          where ? { where } : {},
        ) as Condition,
    ),
)
/** Conditions of any shape. */
export const tree: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    anyTest,
    anyInsight,
    containers,
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map(all => ({ all })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map(any => ({ any })),
  ),
})).tree
