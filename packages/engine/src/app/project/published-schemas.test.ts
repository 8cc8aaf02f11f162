import { readFileSync } from 'node:fs'
import { MatchRule, RulesetDefinition, ScoredLimits } from '@mainstem/contracts'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { RESOLVE_LIMITS } from '../../identity/core/link-groups.ts'
import { SCORE_DEFAULTS, THRESHOLD } from '../../identity/score/scored-matcher.ts'
import { limitsPage, publishedSchemas } from './published-schemas.ts'

const committed = (name: string): string =>
  readFileSync(new URL(`../../../../../docs/reference/${name}`, import.meta.url), 'utf8')

test.each([...publishedSchemas()])(
  'PS1: docs/reference/schemas/%s is what "npm run generate" writes, and a schema',
  (name, text) => {
    expect(committed(`schemas/${name}`)).toBe(text)
    const ajv = new Ajv({ strict: false })
    ajv.addFormat('uri', true)
    expect(() => ajv.compile(JSON.parse(text))).not.toThrow()
  },
)

test('PS2: docs/reference/limits.md is what "npm run generate" writes', () => {
  expect(committed('limits.md')).toBe(limitsPage())
})

test('PS5: the defaults that schemas tell are those that rulesets run with', () => {
  const told = (properties: Readonly<Record<string, { readonly default?: unknown }>>) =>
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, one.default]))
  expect(told(ScoredLimits.properties)).toEqual(SCORE_DEFAULTS)
  expect(told(RulesetDefinition.properties)).toMatchObject(RESOLVE_LIMITS)
  expect(MatchRule.properties.threshold.default).toBe(THRESHOLD)
})

test('PS6: the page of limits has those of a ruleset', () => {
  const page = limitsPage()
  for (const name of Object.keys(RESOLVE_LIMITS)) expect(page).toContain(`| \`${name}\` |`)
  expect(page).toContain('| `matchRules[].limits.pairsFree` | 8,000,000 | 0 | ')
})

test('PS3: the conditions of a segment nest without end', () => {
  const schema: unknown = JSON.parse(publishedSchemas().get('segment.schema.json') ?? '')
  const check = new Ajv({ strict: false }).compile(Object(schema))
  const nested = (depth: number): unknown =>
    depth === 0 ? { attribute: 'a', op: 'isTrue' } : { all: [{ any: [nested(depth - 1)] }] }
  const segment = { developerName: 's', segmentOn: 'Individual' }
  expect(check({ ...segment, include: nested(20) })).toBe(true)
  expect(check({ ...segment, include: { all: [{ any: [{}] }] } })).toBe(false)
})

test('PS4: every pattern has a sentence for people', () => {
  const patterns = (value: unknown): readonly (readonly [string, unknown])[] => {
    if (typeof value !== 'object' || value === null) return []
    const entries = new Map<string, unknown>(Object.entries(value))
    const own = entries.get('pattern')
    const inner = [...entries.values()].flatMap(patterns)
    return typeof own === 'string' ? [[own, entries.get('patternErrorMessage')], ...inner] : inner
  }
  const found = [...publishedSchemas().values()].flatMap(text => patterns(JSON.parse(text)))
  expect(found.length).toBeGreaterThan(5)
  for (const [, sentence] of found) expect(sentence).toMatch(/^Must be .*\.$/)
})
