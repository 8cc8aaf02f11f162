import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { expect, test } from 'vitest'
import rules from '../.dependency-cruiser.mjs'
import { MAY_IMPORT, PATH } from '../architecture.mjs'

/** Guards the guard: the table is sound, and the rules made from it can fail. */
const table = new Map(Object.entries(MAY_IMPORT))
const SRC = 'packages/engine/src'

test('AR1: every folder of the engine and every stage of the path is in the table', () => {
  expect(readdirSync(SRC).filter(folder => !table.has(folder))).toEqual([])
  expect(PATH.filter(stage => !table.has(stage))).toEqual([])
})

test('AR2: no stage may import one that comes after it, and the table has no circle', () => {
  for (const [place, stage] of PATH.entries()) {
    const later = new Set(PATH.slice(place + 1))
    expect(table.get(stage)?.filter(allowed => later.has(allowed))).toEqual([])
  }
  const reaches = (from: string, seen: Set<string> = new Set()): Set<string> => {
    for (const next of table.get(from) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      reaches(next, seen)
    }
    return seen
  }
  expect([...table.keys()].filter(folder => reaches(folder).has(folder))).toEqual([])
})

test('AR3: the code keeps to the table, and there was code to look at', async () => {
  const { cruised, violations } = await check()
  expect(cruised).toBeGreaterThan(50)
  expect(violations).toEqual([])
})

test.each([
  [
    'a stage that looks downstream',
    { 'identity/bad.ts': "import '../activation/index.ts'", 'activation/index.ts': '' },
    'identity-imports-only-what-it-may',
  ],
  [
    'a stage that looks downstream for a type',
    {
      'identity/bad.ts': "import type { A } from '../activation/index.ts'\nexport type B = A",
      'activation/index.ts': 'export type A = 1',
    },
    'identity-imports-only-what-it-may',
  ],
  [
    'a stage that goes round a door',
    { 'identity/bad.ts': "import '../lake/inner.ts'", 'lake/inner.ts': '' },
    'through-the-door-of-lake',
  ],
  [
    'a stage that reads files',
    { 'identity/bad.ts': "import 'node:fs'" },
    'only-adapters-meet-the-world',
  ],
  [
    'a port that knows its adapter',
    { 'journal/bad.ts': "import './adapters/memory.ts'", 'journal/adapters/memory.ts': '' },
    'adapters-are-wired-in-app',
  ],
  [
    'a circle',
    { 'model/bad.ts': "import './other.ts'", 'model/other.ts': "import './bad.ts'" },
    'no-cycles',
  ],
  [
    'a folder that nobody placed',
    { 'extras/bad.ts': "import './other.ts'", 'extras/other.ts': '' },
    'every-folder-is-in-the-table',
  ],
  [
    'contracts that know the engine',
    {
      '../../contracts/src/bad.ts': "import '../../engine/src/kernel/assert.ts'",
      'kernel/assert.ts': '',
    },
    'contracts-import-nothing',
  ],
])('AR4: %s is found', async (_what, files, rule) => {
  const root = mkdtempSync(join(tmpdir(), 'planted-'))
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, SRC, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  mkdirSync(join(root, 'packages/contracts/src'), { recursive: true })
  const { violations } = await check(root)
  expect(violations.map(violation => violation.replace(/:.*/, ''))).toContain(rule)
})

test('AR5: ARCHITECTURE.md draws the path as the table has it', () => {
  const picture = PATH.join(' → ')
  expect(readFileSync('ARCHITECTURE.md', 'utf8')).toContain(picture)
  expect(readFileSync('README.md', 'utf8')).toContain(picture)
})

test('AR6: every stage has a README and a door', () => {
  const missing = PATH.flatMap(stage =>
    ['README.md', 'index.ts'].map(name => join(SRC, stage, name)),
  ).filter(path => !existsSync(path))
  expect(missing).toEqual([])
})

async function check(baseDir = process.cwd()): Promise<{ cruised: number; violations: string[] }> {
  const { output } = await cruise(['packages/engine/src', 'packages/contracts/src'], {
    ruleSet: { forbidden: rules.forbidden },
    validate: true,
    ...rules.options,
    parser: 'swc',
    baseDir,
  })
  if (typeof output === 'string') throw new Error(output)
  return {
    cruised: output.summary.totalCruised,
    violations: output.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    ),
  }
}
