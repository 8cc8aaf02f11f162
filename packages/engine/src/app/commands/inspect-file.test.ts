import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { folderWith } from './ingest-file-world.fixture.ts'
import { inspectFile, inspectionLines, streamName, withMemoryEngine } from './inspect-file.ts'

const CRM = `contact_id,first_name,last_name,e_mail,mobile,zip,updated_at
001,Ada,Lovelace,ada@mail.example,+44 20 7946 0000,01234,2025-01-01T10:00:00Z
002,Bob,"Baker, Jr",bob@mail.example,,02345,2025-01-02T10:00:00Z
003,Cy,Carter,,+44 20 7946 0002,,2025-01-03T10:00:00Z
`

test('IN1: a CSV is measured, understood and given a mapping', async () => {
  const at = folderWith({ 'CRM Contacts.csv': CRM })
  const found = await inspectFile(join(at, 'CRM Contacts.csv'))
  expect(found).toMatchObject({ rows: 3, problems: 0, file: 'CRM Contacts.csv' })
  const column = (name: string): unknown => found.columns.find(one => one.name === name)
  expect(column('contact_id')).toMatchObject({
    type: 'Text',
    blank: 0,
    distinct: 3,
    samples: ['001', '002', '003'],
  })
  expect(column('e_mail')).toMatchObject({ type: 'Email', blank: 1, meaning: 'email' })
  expect(column('mobile')).toMatchObject({ type: 'Phone', meaning: 'mobile' })
  expect(column('zip')).toMatchObject({ type: 'Text', meaning: 'postalCode' })
  expect(column('updated_at')).toMatchObject({ type: 'DateTime', meaning: 'modifiedAt' })
  expect(found.proposal).toMatchObject({
    primaryKey: ['contact_id'],
    category: 'Profile',
    recordModified: 'updated_at',
  })
  expect(found.proposal.mapping?.stream).toBe('crm_contacts')
  expect(inspectionLines(found).join('\n')).toContain('EmailAddress ← e_mail')
})

test('IN2: every format tells the same of the same records', async () => {
  const records = [
    { id: 'a', email: 'a@mail.example', amount: 12.5, requester: { city: 'Rome' } },
    { id: 'b', email: 'b@mail.example', amount: 3, requester: { city: 'Oslo' } },
  ]
  const lines = records.map(record => JSON.stringify(record)).join('\n')
  const folder = folderWith({
    'a.jsonl': lines,
    'a.json': JSON.stringify(records),
    'a.jsonl.gz': gzipSync(lines),
    'a.csv':
      'id,email,amount,requester.city\na,a@mail.example,12.5,Rome\nb,b@mail.example,3,Oslo\n',
  })
  await withMemoryEngine(async session => {
    await session.run(
      `copy (select * from read_csv('${join(folder, 'a.csv')}')) to '${join(folder, 'a.parquet')}' (format parquet)`,
    )
  })
  const found = await Promise.all(
    ['a.jsonl', 'a.json', 'a.jsonl.gz', 'a.csv', 'a.parquet'].map(async name => {
      const { rows, columns, proposal } = await inspectFile(join(folder, name))
      const kept = columns.map(({ name: column, type, distinct, meaning }) => ({
        column,
        type,
        distinct,
        meaning,
      }))
      return {
        rows,
        columns: kept.toSorted((left, right) => (left.column < right.column ? -1 : 1)),
        key: proposal.primaryKey,
      }
    }),
  )
  for (const one of found) expect(one).toEqual(found[0])
  expect(found[0]).toMatchObject({ rows: 2, key: ['id'] })
})

test('IN3: bad lines are counted, hostile names and values are only data', async () => {
  const folder = folderWith({
    'a.jsonl': Buffer.concat([
      Buffer.from('{"id":1,"__proto__":"x","constructor":"y"}\n{"id":\n[1]\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(`{"id":2,"big":"${'z'.repeat(10_000_000)}"}\n`),
    ]),
    'b.csv': `id,na"me,${'x'.repeat(100)}\n1,\u001b[31mred,3\n1,2\n1,2,3,4\n`,
    'empty.csv': '',
    'header.csv': 'id,email\n',
    'broken.json': '{"a": [',
    'nothing.jsonl': '\n\n',
    'odd.parquet': 'PAR1 not really',
  })
  const lines = await inspectFile(join(folder, 'a.jsonl'))
  expect(lines).toMatchObject({ rows: 2, problems: 3 })
  expect(lines.columns.map(one => one.name)).toContain('proto')
  expect(lines.columns.find(one => one.name === 'big')?.samples[0]?.length).toBeLessThan(100)
  const csv = await inspectFile(join(folder, 'b.csv'))
  expect(csv).toMatchObject({ rows: 1, problems: 2 })
  expect(inspectionLines(csv).join('')).not.toContain('\u001b')
  expect(await inspectFile(join(folder, 'header.csv'))).toMatchObject({
    rows: 0,
    proposal: { primaryKey: [] },
  })
  for (const name of ['empty.csv', 'broken.json', 'nothing.jsonl', 'odd.parquet']) {
    await expect(inspectFile(join(folder, name))).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
    })
  }
  await expect(inspectFile(join(folder, 'none.csv'))).rejects.toMatchObject({
    code: 'SOURCE_MISSING',
  })
  await expect(inspectFile(folder)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
})

test('IN4: a stream is named after its file, within the rules of names', () => {
  expect(streamName('/x/CRM Contacts (2).csv.gz')).toBe('crm_contacts_2')
  expect(streamName('ShopOrders.parquet')).toBe('shop_orders')
  expect(streamName('2024__é.csv')).toBe('source_2024_e')
  expect(streamName(`${'long_'.repeat(30)}.csv`).length).toBeLessThanOrEqual(36)
  expect(streamName('….csv')).toMatch(/^source/)
})
