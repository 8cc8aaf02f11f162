import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { doctor, doctorLines } from './doctor.ts'
import { runningEngine, twoSources } from './ingest-file-world.fixture.ts'
import { statusOf } from './status.ts'

function changed(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

test('DO1: a sound project passes', async () => {
  const engine = await runningEngine(twoSources())
  const found = await doctor(engine)
  expect(found.checks.filter(check => check.status !== 'pass')).toEqual([])
  expect(found.ok).toBe(true)
  const ids = new Set(found.checks.map(check => check.id))
  for (const id of [
    'stream.individual',
    'stream.contact-point',
    'stream.rows',
    'stream.people',
    'rulesets.run',
    'insights.base',
  ]) {
    expect(ids, id).toContain(id)
  }
  expect(doctorLines(found).at(-1)).toMatch(/^\d+ checks passed, 0 warnings, 0 failed\.$/)
})

test('DO2: two sources that reuse ids without qualifiers fail, with the ids and the qualifiers', async () => {
  const folder = twoSources()
  for (const name of ['crm', 'shop', 'orders']) {
    changed(folder, `streams/${name}.yaml`, text => text.replace(/^keyQualifier.*$/m, ''))
  }
  const found = await doctor(await runningEngine(folder))
  expect(found.ok).toBe(false)
  const check = found.checks.find(one => one.id === 'keys.shared')
  expect(check?.status).toBe('fail')
  expect(check?.message).toContain(': 1, 2 ')
  expect(check?.fix).toContain('keyQualifier: crm')
  expect(check?.fix).toContain('keyQualifier: shop')
  expect(check?.fix).toContain('Set in streams/orders.yaml the keyQualifier of the one whose ids')
  expect(doctorLines(found)[0]).toMatch(/^FAIL {2}crm, shop/)
})

test('DO3: what came in is looked at: overflow, problems, people without a record, what is unmapped', async () => {
  const folder = twoSources()
  writeFileSync(
    join(folder, 'data/shop.csv'),
    `${readFileSync(join(folder, 'data/shop.csv'), 'utf8')
      .split('\n')
      .map((line, at) => (line === '' ? '' : `${line},${at === 0 ? '__proto__' : 'x'}`))
      .join('\n')}3,No,Comma\n`,
  )
  changed(folder, 'streams/orders.yaml', text =>
    text.replace(/keyQualifier: shop/, 'keyQualifier: webshop'),
  )
  changed(folder, 'mappings/crm.yaml', text => text.replace(', LastName: last_name', ''))
  const found = await doctor(await runningEngine(folder))
  const of = (id: string, subject: string) =>
    found.checks.find(one => one.id === id && one.subject === subject)
  expect(of('stream.overflow', 'shop')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('__proto__ (2 rows)'),
  })
  expect(of('stream.problems', 'shop')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('MISSING_COLUMNS 1'),
  })
  expect(of('stream.people', 'orders')).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('keyQualifier'),
  })
  expect(of('stream.individual', 'crm')).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('LastName'),
  })
  expect(of('stream.fields', 'crm')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('last_name'),
  })
  expect(found.ok).toBe(false)
})

test('DO4: before anything ran, doctor says what to run', async () => {
  const found = await doctor(await runningEngine(twoSources(), false))
  const failing = found.checks.filter(check => check.status === 'fail').map(check => check.id)
  expect(failing).toEqual(['rulesets.profiles', 'rulesets.run'])
  for (const check of found.checks.filter(one => one.status !== 'pass'))
    expect(check.fix).toBeTruthy()
})

test('DO6: a load that failed is told by doctor and by status, with its reason', async () => {
  const folder = twoSources()
  writeFileSync(join(folder, 'data/orders.csv'), '')
  const engine = await runningEngine(folder)
  const found = await doctor(engine)
  const check = found.checks.find(one => one.id === 'stream.rows' && one.subject === 'orders')
  expect(check).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/data\/orders\.csv .*it is empty.* Nothing has come in yet\.$/),
    fix: expect.stringContaining('Put that right'),
  })
  expect((await statusOf(engine))['streams']).toMatchObject([
    { name: 'crm' },
    { name: 'orders', status: 'ERROR', error: expect.stringContaining('it is empty') },
    { name: 'shop' },
  ])
})

test('DO5: a segment without members says why, and an insight that is not on people is named', async () => {
  const folder = twoSources()
  writeFileSync(
    join(folder, 'insights/by_source.yaml'),
    'apiName: by_source\nexpression: SELECT SalesOrder.CustomerId, SUM(SalesOrder.TotalAmount) AS total FROM SalesOrder GROUP BY SalesOrder.CustomerId\n',
  )
  mkdirSync(join(folder, 'segments'))
  const rules = (name: string, value: number): string =>
    `developerName: ${name}\nsegmentOn: UnifiedIndividual\ninclude: { all: [{ attribute: lifetime_value.lifetime_value, ` +
    `op: isGreaterThanOrEqualTo, value: ${value} }] }\n`
  writeFileSync(join(folder, 'segments/rich.yaml'), rules('rich', 1_000_000))
  writeFileSync(join(folder, 'segments/some.yaml'), rules('some', 100))
  const engine = await runningEngine(folder)
  const found = await doctor(engine)
  expect(found.checks.find(check => check.subject === 'insight by_source')).toMatchObject({
    id: 'insights.base',
    status: 'warn',
  })
  const of = (subject: string) => found.checks.find(check => check.subject === subject)
  expect(of('segment some')).toMatchObject({ status: 'pass' })
  expect(of('segment rich')).toMatchObject({ status: 'warn', fix: expect.stringContaining('rich') })
  expect(found.ok).toBe(true)
})
