import { MainstemError } from '@mainstem/contracts'
import { expect, test } from 'vitest'
import type { LogFields } from '../log.ts'
import { MemoryLog } from './memory-log.ts'
import { PinoLog } from './pino-log.ts'

function written(act: (log: PinoLog) => void): string {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  act(new PinoLog({ level: 'info', process: 'edge', to }))
  return lines.join('')
}

test('a line is one JSON object with its sentence, level and facts', () => {
  const text = written(log => log.write('info', 'Request answered.', { status: 202, ms: 1.5 }))
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    process: 'edge',
    msg: 'Request answered.',
    status: 202,
    ms: 1.5,
  })
})

test('LG1: a field that is not in the list is left out', () => {
  const stray = { status: 200, email: 'ada@example.com', body: '{"data":[]}' } as LogFields
  const text = written(log => log.write('info', 'Request answered.', stray))
  expect(text).not.toContain('ada@example.com')
  expect(text).not.toContain('data')
  const memory = new MemoryLog()
  memory.write('info', 'Request answered.', stray)
  expect(memory.lines[0]?.fields).toEqual({ status: 200 })
})

test('LG2: the text of an error that is not ours is never written', () => {
  const cause = new Error(
    'Conversion Error: could not read "ada@example.com"\n    at "Ada" (x:1:1)',
  )
  Object.assign(cause, { code: 'EIO' })
  const text = written(log => log.write('error', 'The engine failed.', { cause }))
  expect(text).not.toContain('ada@example.com')
  expect(text).not.toContain('Ada')
  expect(JSON.parse(text).cause).toMatchObject({ error: 'Error', errorCode: 'EIO' })
  expect(JSON.parse(text).cause.at).toContain('pino-log.test')
})

test('LG2: a sentence of ours is written', () => {
  const cause = new MainstemError('DISK_FULL', 'No room is left for the journal.')
  const text = written(log => log.write('error', 'A write failed.', { cause }))
  expect(text).toContain('No room is left for the journal.')
  expect(JSON.parse(text).cause.at).toBeUndefined()
})

test('LG2: what came from the database is told by its kind, and so is the cause of a cause', () => {
  const inner = new Error('Conversion Error: could not read "ada@example.com"')
  delete inner.stack
  const outer = new MainstemError('INTERNAL', 'It failed.', {}, inner)
  const text = written(log => {
    log.write('error', 'A stage failed.', { cause: inner })
    log.write('error', 'A stage failed.', { cause: outer })
    log.write('error', 'A stage failed.', { cause: new Error('Ada Error: 1 Error:') })
  })
  const [first, second] = text.split('\n').map(line => (line === '' ? {} : JSON.parse(line).cause))
  expect(first).toEqual({ error: 'Error', kind: 'Conversion' })
  expect(second).toMatchObject({
    errorCode: 'INTERNAL',
    by: { error: 'Error', kind: 'Conversion' },
  })
  expect(text).not.toMatch(/Ada|example/)
})

test('LG2: a place is told by its file in the code, not by where that is installed', () => {
  const cause = new TypeError('x')
  const folder = 'file:///opt/mainstem/packages/engine'
  cause.stack = `TypeError: x\n    at run (${folder}/dist/jobs/schedule.js:22:9)\n    at ${folder}/dist/a.js:1:1`
  const text = written(log => log.write('error', 'It failed.', { cause }))
  expect(JSON.parse(text).cause.at).toBe('at run (jobs/schedule.js:22:9) < at a.js:1:1')
})

test('LG3: a line under the level is not written', () => {
  expect(written(log => log.write('debug', 'Detail.'))).toBe('')
})
