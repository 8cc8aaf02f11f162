import { expect, test } from 'vitest'
import { COMMANDS, helpLines } from './commands.ts'
import { parseArguments } from './parse-arguments.ts'

const parsed = (line: string): Record<string, unknown> | undefined => {
  const result = parseArguments(line === '' ? [] : line.split(' '))
  return result && { command: result.command.name, ...result.params }
}
const refusal = (line: string): string => {
  try {
    parsed(line)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return 'accepted'
}

test.each([
  ['status', { command: 'status' }],
  ['run --stage insights --name ltv', { command: 'run', stage: 'insights', name: 'ltv' }],
  ['start --port 0', { command: 'start', port: '0' }],
  ['problems', { command: 'problems' }],
  ['problems crm', { command: 'problems', stream: 'crm' }],
  ['problems reprocess crm', { command: 'problems reprocess', stream: 'crm' }],
  [
    'delete crm --keys a b c --dry-run',
    { command: 'delete', stream: 'crm', keys: ['a', 'b', 'c'], dryRun: true },
  ],
  ['delete crm --keys=a,b', { command: 'delete', stream: 'crm', keys: ['a', 'b'] }],
  [
    'init --from a.csv b.parquet shop',
    { command: 'init', from: ['a.csv', 'b.parquet'], directory: 'shop' },
  ],
  [
    'init shop --from a.csv b.parquet',
    { command: 'init', from: ['a.csv', 'b.parquet'], directory: 'shop' },
  ],
  [
    'init --from a.csv b.parquet --project d shop',
    { command: 'init', from: ['a.csv', 'b.parquet'], directory: 'shop' },
  ],
  ['explain a/1 b/2', { command: 'explain', a: 'a/1', b: 'b/2' }],
  ['explain a/1', { command: 'explain', a: 'a/1' }],
] as const)('PA1: %s', (line, expected) => expect(parsed(line)).toEqual(expected))

test.each([
  ['frobnicate', 'There is no command "frobnicate".'],
  ['verfy', 'Did you mean "verify"?'],
  ['status --jsn', 'has no option --jsn. Did you mean --json?'],
  ['profile', '"mainstem profile" needs KEY.'],
  ['status much', 'takes 0 arguments'],
  ['run --stage', 'The option --stage needs a value'],
  ['run --stage --json', 'The option --stage needs a value'],
  ['start --port abc', 'The option --port must be a whole number from 0 to 65535'],
  ['start --port=65536', 'The option --port must be a whole number from 0 to 65535'],
  ['run --now yesterday', 'The option --now must be a time'],
  ['status --project', 'The option --project needs a value'],
])('PA2: %s is refused, and the sentence says why', (line, says) =>
  expect(refusal(line)).toContain(says),
)

test('PA3: options of every command stand anywhere, with a space or an equals sign', () => {
  for (const line of ['--json', '--project=d', '--project d'].map(option => `status ${option}`)) {
    expect(parseArguments(line.split(' '))).toMatchObject({ command: { name: 'status' } })
  }
  expect(parseArguments(['query', '--project=a=b', '--json', 'SELECT 1'])).toMatchObject({
    isJson: true,
    project: 'a=b',
    params: { sql: 'SELECT 1' },
  })
})

test.each([
  ['init --from a.csv shop', { from: ['a.csv'], directory: 'shop' }],
  ['init --from=a.csv,b.csv shop', { from: ['a.csv', 'b.csv'], directory: 'shop' }],
  ['problems reprocess crm', { stream: 'crm' }],
  ['delete crm --keys a b --dry-run', { stream: 'crm', keys: ['a', 'b'], dryRun: true }],
  ['run --stage insights --name ltv', { stage: 'insights', name: 'ltv' }],
])('PA5: --json may stand before, in and after: %s', (line, params) => {
  const words = line.split(' ')
  for (let at = 0; at <= words.length; at++) {
    const read = parseArguments(words.toSpliced(at, 0, '--json'))
    expect(read, String(at)).toMatchObject({ isJson: true, params })
  }
  expect(parseArguments(['--project', 'd', ...words])).toMatchObject({ project: 'd', params })
})

test('PA4: without a command, or asked for it, there is help that names every command', () => {
  for (const words of [[], ['--help'], ['help']]) expect(parseArguments(words)).toBeUndefined()
  expect(parseArguments(['profile', '--help'])).toMatchObject({ wantsHelp: true })
  const help = helpLines().join('\n')
  expect(COMMANDS.filter(({ name, says }) => !help.includes(name) || !help.includes(says))).toEqual(
    [],
  )
})
