import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Project } from './project.ts'
import { writeRulesets } from './write-rulesets.ts'

test('rulesets are written as they were given: a model stays in its file, others stay as they are', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rulesets-'))
  try {
    const rule = { label: 'Score', kind: 'Scored' as const, model: 'people.score.json' }
    const people = { label: 'People', configurationType: 'Individual' as const, matchRules: [rule] }
    const loaded: Project['rulesets'][number] = {
      definition: { ...people, matchRules: [{ ...rule, model: MODEL }] },
      file: 'rulesets/people.yaml',
      lineOf: () => 1,
    }
    const other = { ...loaded, definition: { ...people, label: 'Other' }, file: 'rulesets/o.yaml' }
    await writeRulesets({ root, rulesets: [loaded, other] }, [people])
    expect(readdirSync(join(root, 'rulesets'))).toEqual(['people.yaml'])
    const text = readFileSync(join(root, 'rulesets/people.yaml'), 'utf8')
    expect(parse(text)).toEqual(people)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

const MODEL = {
  version: 1 as const,
  records: 0,
  match: 0.1,
  related: 0,
  fields: [],
  blocking: [],
}
