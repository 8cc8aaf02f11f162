import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALIASES_MAX, FILE_BYTES_MAX, parseYaml, readYaml } from './read-yaml.ts'

const at = (text: string): string[] => {
  const parsed = parseYaml('f.yaml', text)
  return Array.isArray(parsed) ? parsed.map(({ line, says }) => `${line ?? '-'} ${says}`) : []
}

test.each([
  ['a cyclic alias', 'a: &a [1, *a]\n', ['1 The alias *a stands inside itself.']],
  [
    'a cycle over two anchors',
    'a: &a\n  b: &b { c: *a }\n',
    ['2 The alias *a stands inside itself.'],
  ],
  ['an alias to nothing', 'a: 1\nb: *x\n', ['2 No anchor is named &x above this line.']],
  ['a tab', 'a:\n\tb: 1\n', ['2 The line is indented with a tab.']],
  ['a key twice', 'a: 1\nb: 2\na: 3\n', ['3 The key "a" is there twice.']],
  ['a key twice, deep', 'x:\n  - { a: 1, a: 2 }\n', ['2 The key "a" is there twice.']],
  ['__proto__ twice', '__proto__: 1\n__proto__: 2\n', ['2 The key "__proto__" is there twice.']],
  [
    'a key that is a list',
    '? [a]\n: 1\n',
    [expect.stringContaining('1 The file is not valid YAML here')],
  ],
  ['an empty file', '# nothing\n', ['- The file is empty.']],
  ['two documents', 'a: 1\n---\nb: 1\n', [expect.stringContaining('more than one document')]],
  ['an open bracket', 'a: [1, 2\n', [expect.stringContaining('2 The file is not valid YAML here')]],
])('YR1: %s is told with its line', (_name, text, told) => {
  expect(at(text)).toEqual(told)
})

test.each(['!!js/function "x"', '!!python/object {}', '!local x', '!!binary aGk=', '!!set {a}'])(
  'YR2: a tag never runs, nor changes what is read (%s)',
  value => {
    expect(at(`a: ${value}\n`).join()).toMatch(/tag/i)
  },
)

test('YR3: copies of copies stop at the limit instead of filling the memory', () => {
  const level = (from: string, to: string): string =>
    `${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  const lines = names.slice(1).map((name, place) => level(names[place] ?? '', name))
  const startedAtMs = performance.now()
  expect(at(['a: &a lol', ...lines].join('\n'))).toEqual([
    expect.stringContaining(`more than ${ALIASES_MAX} aliases`),
  ])
  expect(performance.now() - startedAtMs).toBeLessThan(2000)
})

test('YR3: few aliases that multiply stop at the limit too', () => {
  const level = (from: string, to: string): string => `${to}: &${to} [${`*${from}, `.repeat(5)}]`
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const lines = names.slice(1).map((name, place) => level(names[place] ?? '', name))
  expect(at(['a: &a lol', ...lines].join('\n'))).toEqual([expect.stringMatching(/aliases/)])
})

test('YR4: a key named __proto__ stays a key, and gives nothing to other objects', () => {
  const parsed = parseYaml('f.yaml', '__proto__: { polluted: yes }\na: { constructor: 1 }\n')
  if (Array.isArray(parsed)) throw new Error('refused')
  expect(Object.keys(Object(parsed.value))).toEqual(['__proto__', 'a'])
  expect(Object.getOwnPropertyDescriptor({}, 'polluted')).toBeUndefined()
  expect('polluted' in {}).toBe(false)
})

test('YR5: lines are those of the keys', () => {
  const parsed = parseYaml('f.yaml', 'a: 1\nb:\n  - c: 1\n    d: 2\n  - e: &x\n      f: 1\ng: *x\n')
  if (Array.isArray(parsed)) throw new Error('refused')
  expect(parsed.lineOf([])).toBe(1)
  expect(parsed.lineOf(['b', 0, 'd'])).toBe(4)
  expect(parsed.lineOf(['b', 1, 'e', 'f'])).toBe(6)
  expect(parsed.lineOf(['b', 1, 'e', 'missing'])).toBe(5)
  expect(parsed.lineOf(['nothing', 'here'])).toBe(1)
})

test('YR6: numbers, booleans and old YAML words are what YAML 1.2 says', () => {
  const parsed = parseYaml('f.yaml', 'a: yes\nb: 2024-01-01\nc: 0o17\nd: true\n<<: { e: 1 }\n')
  if (Array.isArray(parsed)) throw new Error('refused')
  expect(parsed.value).toEqual({ a: 'yes', b: '2024-01-01', c: 15, d: true, '<<': { e: 1 } })
})

test('YR7: a file too large, too deep or not UTF-8 is told and never parsed to the end', async () => {
  const root = await mkdtemp(join(tmpdir(), 'yaml-'))
  const outcome = async (content: string | Uint8Array): Promise<unknown> => {
    await writeFile(join(root, 'f.yaml'), content)
    const read = await readYaml(root, 'f.yaml')
    return Array.isArray(read) ? read.map(({ says }) => says) : 'read'
  }
  expect(await outcome(`a: ${'x'.repeat(10_000_000)}`)).toEqual([
    `The file has 10000003 bytes; the limit is ${FILE_BYTES_MAX}.`,
  ])
  expect(await outcome(new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]))).toEqual([
    'The file is not UTF-8 text.',
  ])
  const deep = ['The file nests too deeply to be read.']
  expect(await outcome(`a: ${'['.repeat(60_000)}`)).toEqual(deep)
  expect(await outcome(`a: ${'{a: '.repeat(60_000)}${'}'.repeat(60_000)}`)).toEqual(deep)
  expect(await outcome('- '.repeat(60_000))).toEqual(deep)
  expect(await outcome(`${'? '.repeat(60_000)}a`)).toEqual(deep)
  const stairs = Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}a:`)
  expect(await outcome(stairs.join('\n'))).toEqual(deep)
  const sql = `a: |\n  select\n${' '.repeat(400)}1 -- far out\nb: [1, [2, {c: 3}]]\n`
  expect(await outcome(sql)).toBe('read')
  expect(await outcome(`\uFEFFa: 1\n`)).toBe('read')
  await rm(root, { recursive: true })
})
