import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'

/** How the code looks, as a test: no tool to configure, and every title says what to do. */
const LINES_MAX = 400
const COLUMNS_MAX = 160
const README_LINES_MAX = 150
const TEXT_BYTES_MAX = 2_000_000
const VAGUE_NAMES =
  /(^|[-/])(utils?|helpers?|common|misc|manager|stuff)([-./]|$)|(^|\/)shared([./]|$)/

interface TextFile {
  readonly name: string
  readonly lines: readonly string[]
}

/** Every file that git tracks or would: what a clone holds. */
const names = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
  maxBuffer: 100_000_000,
})
  .split('\n')
  .filter(name => name !== '' && existsSync(name) && statSync(name).isFile())

const isData = (name: string): boolean => /^examples\/.*\/(data|truth)\//.test(name)
const isText = (name: string): boolean =>
  /(\.(ts|mjs|js|cjs|json|ya?ml|md|sql|html|css|svg|txt)|^[^.]*|\/run|\.npmrc|\.gitignore)$/.test(
    name,
  )

const texts: readonly TextFile[] = names
  .filter(name => isText(name) && !isData(name) && statSync(name).size <= TEXT_BYTES_MAX)
  .map(name => ({ name, lines: readFileSync(name, 'utf8').split('\n') }))
const code = texts.filter(({ name }) => /\.(ts|mjs|js)$/.test(name))
const sources = code.filter(({ name }) => /^packages\/[^/]+\/src\//.test(name))

/** Written in parts, so that this file does not find itself. */
const word = (...parts: string[]): string => parts.join('')
const UNFINISHED = new RegExp(
  `\\b(${word('TO', 'DO')}|${word('FIX', 'ME')}|${word('HA', 'CK')})\\b`,
)
const MACHINE = new RegExp(
  [
    word('/wo', 'rk/(main|shared|\\.)'),
    word('/ho', 'me/\\w'),
    word('/Us', 'ers/\\w'),
    word('/ro', 'ot/'),
    word('registry', '\\.(npmjs|yarnpkg)\\.'),
    word('//npm\\.', 'pkg\\.'),
    word('//re', 'gistry\\.'),
  ].join('|'),
)
const UNTYPED = new RegExp(
  word(
    '@ts-',
    '(ignore|nocheck|expect-error)|(:|\\bas|<|\\|) ?an',
    'y(?=\\s*([,;)=\\]}|&>{]|\\[|$))',
  ),
)

test.each([
  'x: an' + 'y',
  'as an' + 'y)',
  'Map<string, an' + 'y>',
  '<an' + 'y>',
  '// @ts-' + 'ignore',
])('a planted lapse is found: %s', line =>
  expect(UNTYPED.test(line.replace('string, ', ''))).toBe(true),
)

test('there is something to check', () => {
  expect(sources.length).toBeGreaterThan(20)
  expect(texts.length).toBeGreaterThan(sources.length)
})

const isProse = (line: string): boolean => /^\s*(\*|\/\*|\/\/)/.test(line)

const offenders = (files: readonly TextFile[], bad: (line: string) => boolean): string[] =>
  files.flatMap(({ name, lines }) =>
    lines.flatMap((line, place) => (bad(line) ? [`${name}:${place + 1}`] : [])),
  )

test.each<[string, () => readonly string[]]>([
  [
    'split the file by what it is about',
    () => sources.filter(({ lines }) => lines.length > LINES_MAX + 1).map(({ name }) => name),
  ],
  // A regular expression has no place to break, and a test's SQL is read as it is written.
  [
    'break the line',
    () =>
      offenders(
        sources.filter(({ name }) => !/\.(test|contract|fixture|child)\.ts$/.test(name)),
        line => line.length > COLUMNS_MAX && !/^\s*\/.*\/[a-z]*,?$/.test(line),
      ),
  ],
  [
    'name the file for what it holds',
    () => code.map(({ name }) => name).filter(name => VAGUE_NAMES.test(name)),
  ],
  [
    'give the comment a reason, or do it now',
    () => offenders(texts, line => UNFINISHED.test(line)),
  ],
  ['give it a type', () => offenders(sources, line => !isProse(line) && UNTYPED.test(line))],
  [
    'name no machine and no registry',
    () =>
      offenders(
        texts.filter(({ name }) => name !== 'package-lock.json'),
        line => MACHINE.test(line),
      ),
  ],
  [
    'keep addresses of registries out of the lock file',
    () =>
      offenders(
        texts.filter(({ name }) => name === 'package-lock.json'),
        line => line.includes('"resolved": "http'),
      ),
  ],
  [
    'keep the README short',
    () =>
      texts
        .filter(({ name, lines }) => name === 'README.md' && lines.length > README_LINES_MAX)
        .map(({ name }) => name),
  ],
  [
    'link to a file that is there',
    () => texts.filter(({ name }) => name.endsWith('.md')).flatMap(brokenLinks),
  ],
])('%s', (_advice, found) => {
  expect(found()).toEqual([])
})

/** Relative links of a page whose file is not there. */
function brokenLinks({ name, lines }: TextFile): string[] {
  const folder = name.includes('/') ? name.replace(/[^/]*$/, '') : ''
  return lines
    .flatMap(line =>
      [...line.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target]) => target ?? ''),
    )
    .filter(target => !/^[a-z]+:/i.test(target) && !existsSync(`${folder}${target}`))
    .map(target => `${name} → ${target}`)
}
