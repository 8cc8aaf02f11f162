import { MainstemError } from '@mainstem/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesText,
  exitCodeOf,
  jsonDocument,
  paintFor,
  printerFor,
  progressBar,
  secondsText,
  tableLines,
  type TextStream,
  textWidth,
} from './index.ts'

function paper(isTTY = false, columns = 80): TextStream & { text: () => string } {
  let written = ''
  return {
    isTTY,
    columns,
    write(text) {
      written += text
    },
    text: () => written,
  }
}

function command(json: boolean, isTTY = false) {
  const stdout = paper(isTTY)
  const stderr = paper(isTTY)
  const printer = printerFor({ stdout, stderr, environment: {}, json, nowMs: () => 0 })
  return { printer, stdout, stderr }
}

test('OU1: with --json, stdout is one document, whatever goes on meanwhile', () => {
  const { printer, stdout } = command(true, true)
  printer.note('reading')
  printer.progress.show({ label: 'streams', done: 1, total: 2 })
  printer.answer({ a: 1n, b: new Date(0), c: Number.NaN }, () => ['for people'])
  expect(JSON.parse(stdout.text())).toEqual({ a: '1', b: '1970-01-01T00:00:00.000Z', c: null })
})

test('OU1: a second answer is our own mistake', () => {
  const { printer } = command(false)
  printer.answer({}, () => [])
  expect(() => printer.answer({}, () => [])).toThrow('a command answers once')
})

test('OU2: an error is a document with --json, and lines on stderr without', () => {
  const error = new MainstemError('STREAM_NOT_FOUND', 'No stream is named "x".', { key: 'x' })
  const asJson = command(true)
  expect(asJson.printer.failure(error)).toBe(2)
  expect(JSON.parse(asJson.stdout.text())).toEqual({
    error: { code: 'STREAM_NOT_FOUND', message: 'No stream is named "x".', details: { key: 'x' } },
  })
  const asText = command(false)
  asText.printer.failure(error)
  expect(asText.stdout.text()).toBe('')
  expect(asText.stderr.text()).toBe('No stream is named "x".\n(STREAM_NOT_FOUND)\n')
})

test('OU2: what to do is told to people too, and once', () => {
  const fix = 'Did you mean FirstName?'
  for (const sentence of ['There is no FirstNam.', `There is no FirstNam. ${fix}`]) {
    const { printer, stderr } = command(false)
    printer.failure(new MainstemError('SQL_INVALID', sentence, { fix }))
    expect(stderr.text()).toBe(`There is no FirstNam. ${fix}\n(SQL_INVALID)\n`)
  }
})

test('OU3: an error of our own shows none of its text, which may quote data', () => {
  const { printer, stdout } = command(true)
  expect(printer.failure(new Error('row: ada@example.com'))).toBe(1)
  expect(stdout.text()).not.toContain('ada')
  expect(exitCodeOf(new MainstemError('REFRESH_SHRINK', ''))).toBe(1)
})

test('OU4: colours are off when piped, when NO_COLOR is set, and on a dumb terminal', () => {
  const coloured = (isTTY: boolean, environment: Record<string, string>): boolean =>
    paintFor(paper(isTTY), environment).red('x') !== 'x'
  expect(coloured(true, {})).toBe(true)
  expect(coloured(false, {})).toBe(false)
  expect(coloured(true, { NO_COLOR: '1' })).toBe(false)
  expect(coloured(true, { NO_COLOR: '' })).toBe(true)
  expect(coloured(true, { TERM: 'dumb' })).toBe(false)
  expect(coloured(false, { FORCE_COLOR: '1' })).toBe(true)
  expect(coloured(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
})

test('OU5: a bar is drawn on a terminal only, not too often, and fits the line', () => {
  const pipe = paper(false)
  progressBar(pipe, () => 0).show({ label: 'x', done: 1, total: 2 })
  expect(pipe.text()).toBe('')

  let nowMs = 0
  const terminal = paper(true, 30)
  const bar = progressBar(terminal, () => nowMs)
  bar.show({ label: 'streams', done: 1, total: 2 })
  const first = terminal.text()
  expect(textWidth(first.replace('\r\u001B[2K', ''))).toBeLessThan(30)
  nowMs = 99
  bar.show({ label: 'streams', done: 2, total: 2 })
  expect(terminal.text()).toBe(first)
  bar.show({ label: 'journal', done: 0 })
  expect(terminal.text()).toContain('journal')
  bar.clear()
  bar.clear()
  expect(terminal.text().endsWith('\r\u001B[2K')).toBe(true)
})

test('OU6: a table lines up, cuts what is long, and no value breaks its lines', () => {
  const columns = [{ title: 'name' }, { title: 'rows', align: 'right' as const }]
  expect(
    tableLines(columns, [
      ['a', 12345],
      ['b\n', null],
      ['日本', 7],
    ]),
  ).toEqual(['name    rows', '────  ──────', 'a     12,345', 'b          –', '日本       7'])
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.integer())), rows => {
      const lines = tableLines(columns, rows, 10)
      expect(lines).toHaveLength(rows.length + 2)
      for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
      const widths = new Set(lines.slice(1).map(textWidth))
      expect(widths.size).toBe(1)
    }),
  )
})

test('OU7: sizes and durations are for people', () => {
  expect([0, 999, 1500, 2_500_000].map(bytesText)).toEqual(['0 B', '999 B', '1.5 kB', '2.5 MB'])
  expect([0.1234, 12.34, 185].map(secondsText)).toEqual(['0.12 s', '12.3 s', '3 min 5 s'])
  expect(jsonDocument({ of: new Map([['a', 1]]) })).toBe('{\n  "of": {\n    "a": 1\n  }\n}\n')
})
