import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mainstem } from './served.ts'
import { type Answer, newFolder, writeFiles } from './world.ts'

const folder = newFolder()
const file = (name: string): string => join(folder, name)

const PEOPLE = 'id,first,last,mail\n1,Anna,Adler,anna@one.example\n2,Ann,Adler,ANNA@one.example\n'

beforeAll(() => {
  mkdirSync(file('folder.csv'))
  writeFiles(folder, {
    'people.csv': PEOPLE,
    'mails.csv': 'mail\na@b.example\nA@b.example\nc@d.example\n',
    'none.csv': 'id,first,last,mail\n',
    'unclosed.csv': 'id,mail\n1,"a@b.example\n2,A@b.example\n',
    'lines.csv':
      '"id ""x""","first\nname",unified_id,"a,b",mail\n1,Anna,U1,x,a@b.example\n2,Ann,U2,y,A@b.example\n',
    'truth.csv': 'id,mail,who\n1,a@b.example,\n2,A@b.example,\n',
    'people.xlsx': 'PK',
  })
  writeFileSync(
    file('latin.csv'),
    Buffer.from('id,pr\u00E9nom,mail\n1,A,a@b.example\n2,B,A@b.example\n', 'latin1'),
  )
  const packed = gzipSync(PEOPLE + PEOPLE.repeat(500))
  writeFileSync(file('cut.csv.gz'), packed.subarray(0, packed.length - 20))
  writeFileSync(file('whole.csv.gz'), packed)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function asked(...words: readonly string[]): Promise<{ code: number; answer: Answer }> {
  const { code, stdout } = await mainstem('resolve', ...words, '--json')
  return { code: code ?? -1, answer: JSON.parse(stdout) as Answer }
}

test.each([
  ['mails.csv', { records: 3, entities: 2 }],
  ['none.csv', { records: 0, entities: 0, largestCluster: 0 }],
  ['unclosed.csv', { records: 0, problems: [{ file: 'unclosed.csv', count: 1, lines: [2] }] }],
  ['lines.csv', { records: 2, entities: 1 }],
])('RF1: %s has an answer without any rules', async (name, told) => {
  const out = file('out.csv')
  const { code, answer } = await asked(file(name), '--out', out)
  expect([code, answer]).toEqual([0, expect.objectContaining(told)])
  const header = readFileSync(out, 'utf8')
    .replaceAll(/"[^"]*("")?[^"]*"/g, 'q')
    .split('\n')[0]
  expect(header).toMatch(/,?unified_id,match_probability,matched_by$/)
})

test.each([
  [2, 'nobody.csv', [], 'There is no file nobody.csv. Name a CSV'],
  [2, 'people.xlsx', [], 'not told by its name. Name it .csv'],
  [1, 'latin.csv', [], 'its first line is no text in UTF-8. Save it as UTF-8.'],
  [1, 'cut.csv.gz', [], 'damaged or cut off. Compress or fetch it again.'],
  [2, 'truth.csv', ['--truth', 'who'], 'empty in every record. Name the column'],
  [2, 'people.csv', ['--ruleset', folder], 'Name a YAML file'],
  [2, 'people.csv', ['--out', file('folder.csv')], 'folder.csv is no file. Name another'],
  [2, 'people.csv', ['--into', file('mails.csv/new')], 'new cannot be made in mails.csv. Name'],
] as const)('RF2: it ends with %s and says what to do: %s %s', async (code, name, words, says) => {
  const found = await asked(file(name), ...words)
  const { error } = found.answer as { error?: { message: string } }
  expect([found.code, error?.message]).toEqual([code, expect.stringContaining(says)])
})

test('RF3: gzip data that are whole are read to their end', async () => {
  expect((await asked(file('whole.csv.gz'))).answer).toMatchObject({ records: 1502, problems: [] })
})

test('RF4: a number that two files without duplicates share is of people; one that each counts is of rows', async () => {
  const row = (at: number, who: number): string =>
    `${at},${(who * 7919 * 31) % 9_999_991},First${who % 7},Last${who}`
  const header = 'id,member_id,first_name,last_name'
  const rows = Array.from({ length: 60 }, (_none, at) => at)
  writeFiles(folder, {
    'one.csv': [header, ...rows.map(at => row(at, at + 1))].join('\n'),
    'two.csv': [header, ...rows.map(at => row(at, 60 - at))].join('\n'),
  })
  const { answer } = await asked(file('one.csv'), file('two.csv'))
  const kinds = (answer['columns'] as Answer[]).map(one => `${one['column']} ${one['kind']}`)
  expect(kinds.slice(0, 2)).toEqual(['id rowId', 'member_id identifier'])
  expect(answer).toMatchObject({ records: 120, entities: 60 })
})
