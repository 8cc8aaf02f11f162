import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mainstemIn } from './served.ts'
import { newFolder } from './world.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const folder = newFolder()

beforeAll(() =>
  cpSync(join(REPOSITORY, 'examples/people'), join(folder, 'examples/people'), { recursive: true }),
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A block of a page: commands, the output of the commands before it, or a file. */
interface Block {
  readonly kind: string
  readonly body: string
  readonly line: number
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(REPOSITORY, 'docs/guide', page), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(
    ({ 1: kind = '', 2: body = '', index }) => ({
      kind,
      body: body.trimEnd(),
      line: text.slice(0, index).split('\n').length,
    }),
  )
}

/** The words of a command line; quotes hold several together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

async function outputOf(line: string): Promise<string> {
  const [program, ...words] = wordsOf(line)
  if (program === 'cat') return readFileSync(join(folder, words[0] ?? ''), 'utf8')
  expect([program, words[0]]).toEqual(['npx', 'mainstem'])
  const { code, stdout, stderr } = await mainstemIn(folder, ...words.slice(1))
  expect(code, `${line}\n${stderr}`).toBe(0)
  return stdout
}

/** What is the same every time: no ids, times nor widths of columns. */
function stable(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{32}\b/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/─+/g, '─')
    .replaceAll(/ +/g, ' ')
    .trim()
}

/**
 * What of a shown output the real one does not have, in its order; undefined if it has all. `…` stands for
 * anything: on a line of its own for lines, else for a part of one.
 */
function missingIn(output: string, shown: string): string | undefined {
  const lines = output.split('\n').map(stable)
  let at = 0
  let mayPass = true
  for (const line of shown.split('\n').map(stable)) {
    if (line === '…') {
      mayPass = true
      continue
    }
    const parts = line.split('…')
    const fits = (text = ''): boolean =>
      text.startsWith(parts[0] ?? '') &&
      text.endsWith(parts.at(-1) ?? '') &&
      parts.every(part => text.includes(part))
    while (mayPass && at < lines.length && !fits(lines[at])) at += 1
    if (!fits(lines[at])) return line
    at += 1
    mayPass = false
  }
  return undefined
}

test('GU1: a shown output is looked for line by line, in its order', () => {
  expect(missingIn('a\nb 1\nc', 'a\n…\nc')).toBeUndefined()
  expect(missingIn('a\nb 1\nc', 'a\nc')).toBe('c')
  expect(missingIn('a\nb 1\nc', 'b …\nc')).toBeUndefined()
  expect(missingIn('a\nb 1\nc', 'c\n…\na')).toBe('a')
})

test('GU2: every command of the guide to identity ends well and says what is shown', async () => {
  const blocks = blocksOf('identity.md')
  let output = ''
  let commands = 0
  for (const { kind, body, line } of blocks) {
    if (kind === 'yaml') {
      writeFileSync(join(folder, body.split('\n')[0]?.slice(2) ?? ''), body)
    } else if (kind === 'sh') {
      output = ''
      for (const command of body.split('\n')) output += await outputOf(command)
      commands += body.split('\n').length
    } else {
      expect(kind).toBe('text')
      expect(
        missingIn(output, body),
        `line ${line} shows what was not said:\n${output}`,
      ).toBeUndefined()
    }
  }
  expect(commands).toBeGreaterThanOrEqual(14)
}, 600_000)
