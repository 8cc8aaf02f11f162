import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMAIL, LAST, PHONE } from './people-project.ts'
import { mainstem } from './served.ts'
import { type Answer, newFolder, writeFiles } from './world.ts'

const folder = newFolder()
const file = (name: string): string => join(folder, name)

const RULES = {
  columns: {
    id: 'Individual.Id',
    first: 'Individual.FirstName',
    last: 'Individual.LastName',
    mail: 'ContactPointEmail.EmailAddress',
    'work mail': 'ContactPointEmail.EmailAddress',
    phone: 'ContactPointPhone.TelephoneNumber',
  },
  matchRules: [
    { label: 'Email', criteria: [EMAIL] },
    { label: 'Phone and last name', criteria: [PHONE, LAST] },
  ],
}
const CRM = [
  'id,first,last,mail,work mail,phone,who',
  '1,Anna,Adler,anna@one.example,,(213) 373-4253,A',
  '2,Ann,Adler,a.adler@two.example,ANNA@one.example,,A',
  '3,Ben,Baker,,,213-373-4254,B',
  '4,Benny,Baker,,,+1 213 373 4254,B',
  '5,Cleo,Carter,,,,C',
  '6,=1+1,"D""x, y",@SUM(A1),,,D',
].join('\n')

beforeAll(() => {
  process.env['TMPDIR'] = join(folder, 'temporary')
  mkdirSync(join(folder, 'temporary'))
  writeFiles(folder, { 'rules.yaml': RULES, 'crm.csv': CRM })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function resolved(...words: readonly string[]): Promise<Answer> {
  const ended = await mainstem('resolve', ...words, '--json')
  expect(ended.stderr).toBe('')
  expect(ended.code).toBe(0)
  return JSON.parse(ended.stdout) as Answer
}

async function refused(...words: readonly string[]): Promise<string> {
  const ended = await mainstem('resolve', ...words, '--json')
  expect(ended.code).toBe(words[0] === file('empty.csv') ? 1 : 2)
  const { error } = JSON.parse(ended.stdout) as { error: { message: string } }
  return error.message
}

test('RS1: rules make clusters; each row keeps its columns and gets its id and what holds it there', async () => {
  const out = file('out.csv')
  const rules = ['--ruleset', file('rules.yaml')]
  const answer = await resolved(file('crm.csv'), ...rules, '--truth', 'who', '--out', out)
  expect(answer).toMatchObject({ records: 6, entities: 4, largestCluster: 2, contestedKeys: [] })
  expect(answer['evaluation']).toMatchObject({
    edge: { precision: 1, recall: 1, f1: 1 },
    pairwise: { precision: 1, recall: 1, f1: 1 },
    bcubed: { precision: 1, recall: 1, f1: 1 },
    blockingRecall: 1,
    exactClusterRate: 1,
  })
  expect(Number(answer['seconds'])).toBeGreaterThan(0)
  expect(Number(answer['peakRssBytes'])).toBeGreaterThan(1e6)
  const [header, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n')
  expect(header).toBe(
    'id,first,last,mail,work mail,phone,who,unified_id,match_probability,matched_by',
  )
  const ends = rows.map(row => row.split(',').slice(-3))
  expect(ends.map(([, probability, by]) => [probability, by])).toEqual([
    ['1.0', 'Email'],
    ['1.0', 'Email'],
    ['1.0', 'Phone and last name'],
    ['1.0', 'Phone and last name'],
    ['', ''],
    ['', ''],
  ])
  const ids = ends.map(([id]) => id)
  expect(ids[0]).toBe(ids[1])
  expect(ids[2]).toBe(ids[3])
  expect(new Set(ids).size).toBe(4)
  expect(rows[5]).toContain('6,=1+1,"D""x, y",@SUM(A1),,,D,')
})

test('RS2: unified ids are of the records, not of their order; JSON Lines in gzip and Parquet are read alike', async () => {
  const rules = ['--ruleset', file('rules.yaml')]
  const [header = '', ...rows] = CRM.split('\n')
  writeFileSync(
    file('crm.jsonl.gz'),
    gzipSync(
      rows
        .toReversed()
        .map(row => {
          const cells = row.split(',')
          const names = header.split(',')
          return JSON.stringify(Object.fromEntries(names.map((name, at) => [name, cells[at]])))
        })
        .join('\n'),
    ),
  )
  await resolved(file('crm.csv'), ...rules, '--out', file('again.parquet'))
  await resolved(file('again.parquet'), ...rules, '--out', file('csv-ids.csv'))
  const jsonFolder = ['--out', file('json-ids.jsonl')]
  await resolved(file('crm.jsonl.gz'), ...rules, ...jsonFolder)
  const lines = readFileSync(file('json-ids.jsonl'), 'utf8').trimEnd().split('\n')
  const ids = new Map(
    lines.map(line => {
      const record = JSON.parse(line) as Record<string, string>
      return [record['id'], record['unified_id']]
    }),
  )
  expect(ids.get('1')).toBe(ids.get('2'))
  expect(ids.get('3')).toBe(ids.get('4'))
  const first = readFileSync(file('out.csv'), 'utf8').trimEnd().split('\n').slice(1, 5)
  expect(first.map(row => row.split(',').at(-3))).toEqual(
    ['1', '2', '3', '4'].map(id => ids.get(id)),
  )
  const again = readFileSync(file('csv-ids.csv'), 'utf8').split('\n')
  expect(again[0]).toContain('unified_id_2,match_probability_2,matched_by_2,unified_id,')
}, 120_000)

test('RS3: sources with other columns are resolved together, each with its own ruleset columns', async () => {
  writeFiles(folder, {
    'shop.csv':
      'nr,vorname,nachname,email\n1,Anna,Adler,anna@one.example\n2,Cleo,Carter,c@c.example\n',
    'both.yaml': {
      ...RULES,
      files: {
        'shop.csv': {
          nr: 'Individual.Id',
          vorname: 'Individual.FirstName',
          nachname: 'Individual.LastName',
          email: 'ContactPointEmail.EmailAddress',
        },
      },
    },
  })
  const answer = await resolved(
    ...[file('crm.csv'), file('shop.csv'), '--ruleset', file('both.yaml')],
    ...['--out', file('both.csv')],
  )
  expect(answer).toMatchObject({ records: 8, entities: 5, largestCluster: 3 })
  const lines = readFileSync(file('both.csv'), 'utf8').trimEnd().split('\n')
  // The columns of every file come first, in their order; what is added comes after all of them.
  expect(lines[0]).toBe(
    'id,first,last,mail,work mail,phone,who,nr,vorname,nachname,email,' +
      'source_file,unified_id,match_probability,matched_by',
  )
  expect(lines).toHaveLength(9)
  expect(lines[7]).toMatch(/^,,,,,,,1,Anna,Adler,anna@one.example,shop.csv,[0-9a-f]{32},1.0,Email$/)
})

test('RS4: records of one id are one, whatever the rules say', async () => {
  writeFiles(folder, {
    'twice.csv':
      'id,first,last,mail,work mail,phone\n7,A,B,a@b.example,,\n7,C,D,c@d.example,,\n8,E,F,c@d.example,,\n',
  })
  const answer = await resolved(
    ...[file('twice.csv'), '--ruleset', file('rules.yaml'), '--out', file('twice-out.csv')],
  )
  expect(answer).toMatchObject({ records: 3, entities: 1 })
})

test('RS5: lines that are no records are told of, and no record is lost', async () => {
  writeFileSync(
    file('bad.csv'),
    Buffer.concat([
      Buffer.from('id,first,last,mail,work mail,phone\n1,A,B,a@b.example,,\n2,C\n3,'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`,x,y,,\n4,${'long '.repeat(2_000_000)},B,a@b.example,,\n`),
    ]),
  )
  const answer = await resolved(file('bad.csv'), '--ruleset', file('rules.yaml'))
  expect(answer).toMatchObject({ records: 2, entities: 1 })
  expect(answer['problems']).toEqual([{ file: 'bad.csv', count: 2, lines: [3, 4] }])
}, 60_000)

test('RS6: a file without rows has nobody in it; an empty one is refused', async () => {
  writeFiles(folder, { 'none.csv': 'id,first,last,mail,work mail,phone\n', 'empty.csv': '' })
  const rules = ['--ruleset', file('rules.yaml')]
  const answer = await resolved(file('none.csv'), ...rules, '--out', file('none-out.csv'))
  expect(answer).toMatchObject({ records: 0, entities: 0, largestCluster: 0 })
  expect(readFileSync(file('none-out.csv'), 'utf8')).toMatch(/^id,first,.*matched_by\n$/)
  expect(await refused(file('empty.csv'), ...rules)).toContain('it is empty')
})

test.each([
  [['--truth', 'whoo'], '--truth names the column "whoo", which no file has. Did you mean "who"?'],
  [
    ['--ignore', 'frst'],
    '--ignore names the column "frst", which no file has. Did you mean "first"?',
  ],
  [['--out', 'crm.csv'], 'crm.csv is read, and cannot be written over.'],
  [['--out', 'x.xls'], 'The format of x.xls is not told by its name.'],
  [['--out', 'nowhere/x.csv'], 'There is no folder for x.csv.'],
])('RS7: %s is refused: %s', async ([option = '', value = ''], says) => {
  const given = option === '--out' ? file(value) : value
  expect(await refused(file('crm.csv'), '--ruleset', file('rules.yaml'), option, given)).toContain(
    says,
  )
})

test('RS8: what is wrong in the rules is told with the line, the key and the nearest name', async () => {
  writeFileSync(
    file('wrong.yaml'),
    [
      'columns:',
      '  frst: Individual.FirstName',
      '  last: Individual.LastNam',
      '  mail: ContactPointEmail.EmailAddress',
      'matchRules:',
      '  - label: Email',
      '    criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT }]',
    ].join('\n'),
  )
  const said = await refused(file('crm.csv'), '--ruleset', file('wrong.yaml'))
  expect(said).toContain('wrong.yaml:2: No file has a column "frst". Did you mean "first"?')
  expect(said).toContain('wrong.yaml:3: Individual has no field "LastNam". Did you mean LastName?')
  writeFiles(folder, {
    'wrong.yaml': {
      columns: { last: 'Individual.LastName' },
      matchRules: [{ label: 'E', criteria: [EMAIL] }],
    },
  })
  expect(await refused(file('crm.csv'), '--ruleset', file('wrong.yaml'))).toContain(
    'matches on ContactPointEmail.EmailAddress',
  )
  writeFiles(folder, { 'wrong.yaml': { ...RULES, colums: {} } })
  expect(await refused(file('crm.csv'), '--ruleset', file('wrong.yaml'))).toContain(
    'Did you mean "columns"?',
  )
})

test('RS9: without rules columns are recognised, and it is told as what and why; options say otherwise', async () => {
  const answer = await resolved(file('crm.csv'), '--truth', 'who', '--ignore', 'phone')
  const columns = answer['columns'] as Answer[]
  expect(columns.map(({ column, kind }) => `${String(column)} ${String(kind)}`)).toEqual([
    'id rowId',
    'first ignored',
    'last attribute',
    'mail email',
    'work mail email',
    'phone ignored',
    'who ignored',
  ])
  expect(columns.every(({ why }) => String(why).length > 5)).toBe(true)
  expect(answer).toMatchObject({ records: 6, entities: 5 })
  const said = ['--columns', 'first=firstName,last=Individual.LastName']
  const again = await resolved(file('crm.csv'), '--truth', 'who', ...said)
  expect(again).toMatchObject({ entities: 4, evaluation: { pairwise: { f1: 1 } } })
}, 60_000)

test.each([
  ['first=Individual.FirstNam', 'Did you mean FirstName?'],
  ['first=frstName', 'Did you mean firstName?'],
  ['frst=firstName', '--columns names the column "frst", which no file has. Did you mean "first"?'],
  ['first', 'which is no pair'],
])('RS10: --columns %s is refused: %s', async (columns, says) => {
  expect(await refused(file('crm.csv'), '--columns', columns)).toContain(says)
})

/** Runs a project that was written, and compares its clusters with those of the file that was. */
async function sameClusters(
  project: string,
  out: string,
  keyOf: (cells: readonly string[]) => string,
): Promise<void> {
  expect((await mainstem('run', '--project', project, '--json')).code).toBe(0)
  const sql = `SELECT DataSourceId, SourceRecordId, UnifiedRecordId FROM IndividualIdentityLink__dlm`
  const asked = await mainstem(
    'query',
    sql.replaceAll(/(Id)\b/g, 'Id__c').replace('DataSourceId__c', 'ssot__DataSourceId__c'),
    '--project',
    project,
    '--json',
  )
  const { rows } = JSON.parse(asked.stdout) as { rows: string[][] }
  const made = new Map(
    rows.map(([source, id, unified]) => [`${String(source)}/${String(id)}`, unified]),
  )
  const [header = '', ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n')
  const at = header.split(',').indexOf('unified_id')
  const ids = lines.map(line => {
    const cells = line.split(',')
    return [made.get(keyOf(cells)), cells[at]] as const
  })
  expect(ids.every(([unified]) => unified !== undefined)).toBe(true)
  for (const [unified, own] of ids) {
    for (const [other, theirs] of ids) expect(unified === other).toBe(own === theirs)
  }
}

test('RS11: a project that is written gives the same clusters when it runs', async () => {
  const rules = {
    ...RULES,
    columns: { ...RULES.columns, born: 'Individual.BirthDate' },
    matchRules: [
      ...RULES.matchRules,
      {
        label: 'Birth date and last name',
        criteria: [
          { entityName: 'Individual', fieldName: 'BirthDate', matchMethodType: 'EXACT' },
          LAST,
        ],
      },
    ],
  }
  writeFiles(folder, {
    'dated.yaml': rules,
    'a.csv': [
      'id,first,last,mail,work mail,phone,born',
      '1,Anna,Adler,anna@one.example,,,19560409',
      '2,Ann,Adler,,ANNA@one.example,,',
      '3,Ben,Baker,,,213-373-4254,3/1/70',
      '3,Benny,Other,xenia@x.example,,,',
      ',Cleo,Carter,,,,',
    ].join('\n'),
    'b.csv': [
      'id,first,last,mail,born',
      '1,Benny,Baker,,3/1/70',
      '3,Dora,Adler,,19560409',
      '4,Xenia,Young,xenia@x.example,',
      '5,Cleo,Carter,,',
    ].join('\n'),
  })
  const into = file('made')
  const words = [file('a.csv'), file('b.csv'), '--ruleset', file('dated.yaml'), '--into', into]
  const answer = await resolved(...words, '--out', file('made.csv'))
  expect(answer).toMatchObject({ records: 9, entities: 4 })
  await sameClusters(into, file('made.csv'), cells => {
    const source = cells.find(cell => /^[ab]\.csv$/.test(cell))?.charAt(0) ?? ''
    return `${source}/${cells[0] === '' ? 'row 5' : (cells[0] ?? '')}`
  })
  expect(await refused(...words)).toContain('made holds something already.')
}, 180_000)

const FIRSTS = ['Anna', 'Bertil', 'Cleo', 'Dmitri', 'Eszter', 'Farid', 'Greta', 'Hugo']
const LASTS = ['Adler', 'Brandt', 'Castro', 'Dvorak', 'Eklund', 'Fischer', 'Grant']
const TOWNS = ['Aachen', 'Bremen', 'Celle', 'Dresden', 'Erfurt']
const person = (at: number): Record<'first' | 'last' | 'town' | 'house' | 'born', string> => ({
  first: FIRSTS[at % 8] ?? '',
  last: LASTS[at % 7] ?? '',
  town: TOWNS[at % 5] ?? '',
  house: `${1 + ((7 * at) % 90)} Mill Lane`,
  born: `19${50 + ((11 * at) % 45)}-0${1 + (at % 9)}-1${at % 10}`,
})

test('RS12: a project is given what is made of several columns, and every number', async () => {
  const people = Array.from({ length: 48 }, (_none, at) => person(at))
  writeFiles(folder, {
    'parts/a.csv': [
      'id,first_name,last_name,birth_date,address_line_1,city,postal_code,passport_number,drivers_license',
      ...people.map(
        ({ first, last, born, house, town }, at) =>
          `a${at},${first},${last},${born},${house},${town},${52_000 + at},P${7000 + at},`,
      ),
    ].join('\n'),
    'parts/b.csv': [
      'id,full_name,year_of_birth,month_of_birth,day_of_birth,full_address,passport_number,drivers_license',
      ...people.map(({ first, last, born, house, town }, at) => {
        const passport = at % 3 === 0 ? `P${7000 + at}` : ''
        const parts = born.split('-').map(Number).join(',')
        return `b${at},${first} ${last},${parts},${house} ${town} ${52_000 + at},${passport},D${at}`
      }),
    ].join('\n'),
  })
  const [into, out] = [file('parts/made'), file('parts/out.csv')]
  const files = [file('parts/a.csv'), file('parts/b.csv')]
  const answer = await resolved(...files, '--into', into, '--out', out)
  expect(answer).toMatchObject({ records: 96, entities: 48 })
  await sameClusters(into, out, cells => {
    const id = cells.find(cell => /^[ab]\d+$/.test(cell)) ?? ''
    return `${id.charAt(0)}/${id}`
  })
}, 180_000)

test('RS13: nothing is left behind', () => {
  expect(readdirSync(file('temporary'))).toEqual([])
  expect(readdirSync(folder).filter(name => name.endsWith('.new'))).toEqual([])
})
