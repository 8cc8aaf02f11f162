import { literal, literals } from '../query/index.ts'
import type { TextStep } from './core/index.ts'

/** A test of a value, twice: as SQL over a column, and as the equal function. A null passes none. */
export interface ValueTest {
  readonly sql: (value: string) => string
  readonly js: (value: string) => boolean
}

/** Whether a part of a value fits a pattern, which is one of both languages. */
export function matches(pattern: string, { ignoresCase = false } = {}): ValueTest {
  const expression = new RegExp(pattern, ignoresCase ? 'iu' : 'u')
  const inSql = literal(ignoresCase ? `(?i)${pattern}` : pattern)
  return {
    sql: value => `regexp_matches(${value}, ${inSql})`,
    js: value => expression.test(value),
  }
}

/** Whether a value is one of some. */
export function isOneOf(values: readonly string[]): ValueTest {
  const all = new Set(values)
  return { sql: value => `${value} in ${literals(values)}`, js: value => all.has(value) }
}

/** Whether what a step makes of a value passes a test. */
export function after(step: TextStep, test: ValueTest): ValueTest {
  return { sql: value => test.sql(step.sql(value)), js: value => test.js(step.js(value)) }
}

/** Whether a value passes one of some tests at least; undefined where there are none. */
export function anyOf(tests: readonly ValueTest[]): ValueTest | undefined {
  if (tests.length === 0) return undefined
  return {
    sql: value => `(${tests.map(test => test.sql(value)).join(' or ')})`,
    js: value => tests.some(test => test.js(value)),
  }
}

/** A text as it stands in a pattern. */
export function quoted(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
