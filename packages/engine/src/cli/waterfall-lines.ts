import { number, type Row, text } from './document-values.ts'
import { tableLines } from './output/index.ts'

/** The method of what a scored rule compared. */
const SCORED = 'SCORED'

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
      bitsText(number(one['weight'])),
      text(one['field']).split('.').at(-1),
      text(one['level']),
      valuesText(one),
    ]),
  ).map(line => `${indent}${line}`)
}

function bitsText(bits: number): string {
  const sign = bits < 0 ? '−' : '+'
  return `${sign}${Math.abs(bits).toFixed(2)}`
}

function valuesText({ left, right }: Row): string {
  if (left === null || right === null || left === undefined || right === undefined) return ''
  return left === right ? text(left) : `${text(left)} | ${text(right)}`
}
