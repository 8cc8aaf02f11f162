import { bitsText } from '../app/cli-door.ts'
import { number, type Row, text } from './document-values.ts'
import { tableLines } from './output/index.ts'

/** The method of what a scored rule compared. */
const SCORED = 'SCORED'

/** Digits that the bits of one pair are told with. */
const BITS_DIGITS = 2

/** Whether criteria are those of a score. */
export function isWaterfall(criteria: readonly Row[]): boolean {
  return criteria[0]?.['method'] === SCORED
}

/**
 * A score line by line: what any two records start with, the bits that each comparison adds or takes
 * away, with how well the values agree and the values, and the sum.
 */
export function waterfallLines(criteria: readonly Row[], indent: string): readonly string[] {
  return tableLines(
    [
      { title: 'bits', align: 'right' },
      { title: 'of' },
      { title: 'agreement' },
      { title: 'values' },
    ],
    criteria.map(one => [
      bitsText(number(one['weight']), BITS_DIGITS),
      text(one['field']).split('.').at(-1),
      text(one['level']),
      valuesText(one),
    ]),
  ).map(line => `${indent}${line}`)
}

function valuesText({ left, right }: Row): string {
  if (left === null || right === null || left === undefined || right === undefined) return ''
  return left === right ? text(left) : `${text(left)} | ${text(right)}`
}
