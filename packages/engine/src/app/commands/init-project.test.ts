import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { runStages } from '../engine/run-stages.ts'
import { loadProject } from '../project/index.ts'
import { doctor } from './doctor.ts'
import {
  countOf,
  folderWith,
  runningEngine,
  temporaryFolder,
  twoSources,
} from './ingest-file-world.fixture.ts'
import type { Preview } from './init-project-preview.ts'
import { scalar } from './init-project-yaml.ts'
import { initLines, initProject } from './init-project.ts'

test('IP1: two sources that reuse ids become a project with qualifiers, and the right people', async () => {
  const data = join(twoSources(), 'data')
  const dir = join(temporaryFolder(), 'acme')
  const previews: Preview[] = []
  const made = await initProject(
    ['crm.csv', 'shop.csv', 'orders.csv'].map(name => join(data, name)),
    dir,
    {
      onPreview: list => {
        expect(existsSync(dir)).toBe(false)
        previews.push(...list)
      },
    },
  )
  expect(made?.summary).toEqual({ sourceProfiles: 4, unifiedProfiles: 3 })
  expect(made?.streams).toMatchObject([
    { name: 'crm', category: 'Profile', keyQualifier: 'crm', rows: 2, problems: 0 },
    { name: 'shop', category: 'Profile', keyQualifier: 'shop', rows: 2 },
    { name: 'orders', keyQualifier: 'shop', rows: 3 },
  ])
  expect(previews[0]?.raw.rows[0]).toEqual([
    '1',
    'Anna',
    'Archer',
    'anna@mail.example',
    '2025-06-01T09:00:00Z',
  ])
  const email = previews[0]?.mapped.find(table => table.object === 'ContactPointEmail')
  expect(email).toMatchObject({
    columns: ['EmailAddress'],
    rows: [['anna@mail.example'], ['ben@mail.example']],
  })
  expect(readFileSync(join(dir, 'rulesets/people.yaml'), 'utf8')).toContain(
    '# An e-mail address is seldom shared',
  )
  expect(readFileSync(join(dir, 'streams/shop.yaml'), 'utf8')).toMatch(
    /keyQualifier: shop +# the ids of shop are its own/,
  )
  expect(made && initLines(made, 'acme').join('\n')).toContain(
    '4 source profiles became 3 unified profiles.',
  )
  const engine = await runningEngine(dir)
  expect(
    await countOf(
      engine,
      `select sum(o."TotalAmount") from "m_SalesOrder" o join link__i_ l on l.pid = o."_p_SoldToCustomerId"
       join "unified__i_" u using (uid) where u."LastName" = 'Baker'`,
    ),
  ).toBe(150)
})

test('IP2: sources of other formats and of one id are joined without qualifiers', async () => {
  const people = Array.from({ length: 30 }, (_, at) => ({
    customerId: `C${at}`,
    firstName: `First${at}`,
    lastName: `Last${at}`,
    email: `p${at % 28}@mail.example`,
    phone: `+4420794600${String(at).padStart(2, '0')}`,
  }))
  const cards = people
    .slice(0, 20)
    .map(
      one => `${one.customerId},${one.firstName},${one.lastName},${one.email},L${one.customerId}`,
    )
  const tickets = people.slice(0, 5).map((one, at) => ({
    ticket_id: `T${at}`,
    customer_id: one.customerId,
    subject: 'Help',
    status: 'Open',
    created_at: '2025-01-01T10:00:00Z',
  }))
  const folder = folderWith({
    'shop customers.jsonl.gz': gzipSync(people.map(one => JSON.stringify(one)).join('\n')),
    'loyalty.csv': `customer_id;first_name;last_name;email;loyalty_no\n${cards.join('\n').replaceAll(',', ';')}\n`,
    'tickets.json': JSON.stringify(tickets),
  })
  const dir = temporaryFolder()
  const files = ['shop customers.jsonl.gz', 'loyalty.csv', 'tickets.json'].map(name =>
    join(folder, name),
  )
  const made = await initProject(files, dir)
  expect(made?.streams.map(stream => [stream.name, stream.rows, stream.keyQualifier])).toEqual([
    ['shop_customers', 30, null],
    ['loyalty', 20, null],
    ['tickets', 5, null],
  ])
  expect(made?.summary).toEqual({ sourceProfiles: 30, unifiedProfiles: 28 })
  const project = await loadProject(dir)
  expect(project.rulesets[0]?.definition.matchRules.map(rule => rule.label)).toEqual([
    'Email',
    'Phone and last name',
    'Loyalty number',
  ])
  expect(readdirSync(join(dir, 'data')).toSorted()).toEqual([
    'loyalty.csv',
    'shop customers.jsonl.gz',
    'tickets.json',
  ])
})

test('IP3: hostile files become a project that runs: nothing lost, counts that add up', async () => {
  const folder = folderWith({
    'people.csv': Buffer.concat([
      Buffer.from('id,first_name,last_name,email,__proto__,"we""ird: #col",true\n'),
      Buffer.from(
        '1,Ada,Lovelace,ada@mail.example,x,1,y\n1,Ada,Lovelace,ada@new.example,x,2,y\n,No,Body,no@mail.example,,,\n2,Too,Many,a@b.example,x,1,y,z\n',
      ),
      Buffer.from('3,'),
      Buffer.from([0xff]),
      Buffer.from(
        `,Bad,b@mail.example,x,1,y\n4,${'x'.repeat(1_100_000)},Long,l@mail.example,x,1,y\n5,Cy,Carter,ada@new.example,x,1,y\n`,
      ),
    ]),
    'other/people.csv': 'first_name,last_name\nA,B\nA,B\nC,D\n',
    'events.jsonl':
      '{"event_type":"open","at":"2025-01-01T10:00:00Z","email":"ada@new.example"}\n{"event_type":\n',
  })
  const files = ['people.csv', 'other/people.csv', 'events.jsonl'].map(name => join(folder, name))
  const dir = join(temporaryFolder(), 'it: "works" #1')
  const made = await initProject(files, dir)
  expect(made?.streams).toMatchObject([
    { name: 'people', rows: 2, problems: 4, primaryKey: ['id'] },
    { name: 'people_2', rows: 2, problems: 0, primaryKey: ['first_name', 'last_name'] },
    { name: 'events', rows: 1, problems: 1 },
  ])
  expect(made?.summary.unifiedProfiles).toBe(1)
  expect(made?.streams.every(stream => stream.error === undefined)).toBe(true)
})

test('IP4: a project is never written over, and a declined preview writes nothing', async () => {
  const data = join(twoSources(), 'data/crm.csv')
  const dir = join(temporaryFolder(), 'new')
  expect(await initProject([data], dir, { onPreview: () => false })).toBeUndefined()
  expect(existsSync(dir)).toBe(false)
  await expect(initProject([data], twoSources())).rejects.toMatchObject({ code: 'USAGE' })
  await expect(initProject([], dir)).rejects.toMatchObject({ code: 'USAGE' })
  const taken = folderWith({ 'streams/crm.yaml': 'mine' })
  await expect(initProject([data], taken)).rejects.toThrow('streams/crm.yaml')
  expect(readdirSync(taken)).toEqual(['streams'])
  await expect(initProject([join(dir, 'none.csv')], dir)).rejects.toMatchObject({
    code: 'SOURCE_MISSING',
  })
})

test('IP7: orders reach people by a column called as their key, and odd values cost their rows only', async () => {
  const members = Array.from(
    { length: 150 },
    (_, at) => `M${at},Ada${at},Lovelace,ada${at}@mail.example`,
  )
  const orders = Array.from(
    { length: 150 },
    (_, at) => `O${at},M${at},${at === 7 ? 'n/a' : `${at}.50`},2025-01-01T10:00:00Z,EUR`,
  )
  const folder = folderWith({
    'members.csv': `member_id,first_name,last_name,email\n${members.join('\n')}\n`,
    'orders.csv': `order_id,member_id,total,ordered_at,currency\n${orders.join('\n')}\n`,
  })
  const dir = join(temporaryFolder(), 'shop')
  const made = await initProject(
    ['members.csv', 'orders.csv'].map(name => join(folder, name)),
    dir,
  )
  expect(made?.streams).toMatchObject([{ rows: 150 }, { name: 'orders', rows: 149, problems: 1 }])
  const order = made?.mappings.find(one => one.stream === 'orders')?.objects[0]
  expect(order).toMatchObject({
    object: 'SalesOrder',
    fields: { SoldToCustomerId: 'member_id', TotalAmount: 'total' },
  })
  expect(made?.summary).toEqual({ sourceProfiles: 150, unifiedProfiles: 150 })
})

const REUSED = {
  'crm.csv':
    'id,first_name,last_name,email\n1,Ada,Lovelace,ada@mail.example\n2,Ben,Baker,ben@mail.example\n',
  'shop.csv':
    'id,first_name,last_name,email\n1,Ben,Baker,ben@mail.example\n2,Cyd,Carter,cyd@mail.example\n',
}
const SOLD = `select coalesce(sum(o."TotalAmount"), 0) from "m_SalesOrder" o
  join link__i_ l on l.pid = o."_p_SoldToCustomerId" join "unified__i_" u using (uid) where u."FirstName" = `

test.each([
  ['crm.csv', 'shop.csv'],
  ['shop.csv', 'crm.csv'],
])(
  'IP8: orders that may be of %s or of %s are of nobody until somebody says whose',
  async (...people) => {
    const folder = folderWith({
      ...REUSED,
      'orders.csv':
        'order_id,customer_id,amount,ordered_at\nA,1,100,2025-06-01T09:00:00Z\nB,1,50,2025-06-02T09:00:00Z\nC,2,30,2025-06-03T09:00:00Z\n',
    })
    const dir = join(temporaryFolder(), 'asked')
    const made = await initProject(
      [...people, 'orders.csv'].map(name => join(folder, name)),
      dir,
    )
    expect(made?.notes[0]).toContain('Whose are the ids in customer_id of orders')
    expect(made && initLines(made, 'asked').join('\n')).toContain(made?.notes[0])
    const path = join(dir, 'mappings/orders.yaml')
    const mapping = readFileSync(path, 'utf8')
    const engine = await runningEngine(dir)
    const sold = async (name: string): Promise<number> => await countOf(engine, `${SOLD}'${name}'`)
    for (const name of ['Ada', 'Ben', 'Cyd']) expect(await sold(name), name).toBe(0)
    const found = await doctor(engine)
    expect(found.ok).toBe(false)
    const check = found.checks.find(
      one => one.id === 'stream.relationship' && one.status === 'fail',
    )
    expect(check).toMatchObject({ subject: 'orders' })
    for (const qualifier of ['crm', 'shop']) {
      const answer = `keyQualifiers: { SoldToCustomerId: ${qualifier} }`
      for (const text of [check?.fix, made?.notes[0], mapping]) expect(text).toContain(answer)
    }
    writeFileSync(
      path,
      mapping.replace(
        '# keyQualifiers: { SoldToCustomerId: shop',
        'keyQualifiers: { SoldToCustomerId: shop',
      ),
    )
    const project = await loadProject(dir)
    await engine.apply(project)
    await runStages(engine, {})
    expect([await sold('Ben'), await sold('Cyd'), await sold('Ada')]).toEqual([150, 30, 0])
  },
)

test.each([
  ['shop_orders.csv', 'customer_id', ['1', '1', '2']],
  ['orders.csv', 'shop_customer_id', ['1', '1', '2']],
  ['orders.csv', 'customer_id', ['1', '2', '3']],
])(
  'IP9: %s with %s of %j are of the shop, and init says that it chose',
  async (file, column, ids) => {
    const rows = ids.map((id, at) => `${'ABC'[at]},${id},10,2025-06-01T09:00:00Z\n`)
    const folder = folderWith({
      'crm.csv': REUSED['crm.csv'],
      'shop.csv': `${REUSED['shop.csv']}3,Dee,Dyer,dee@mail.example\n`,
      [file]: `order_id,${column},amount,ordered_at\n${rows.join('')}`,
    })
    const made = await initProject(
      ['crm.csv', 'shop.csv', file].map(name => join(folder, name)),
      join(temporaryFolder(), 'chosen'),
    )
    expect(made?.streams[2]).toMatchObject({ keyQualifier: 'shop' })
    expect(made?.notes).toEqual([expect.stringContaining('are taken for those of shop')])
  },
)

test('IP5: files of no people make a project without a ruleset that says why', async () => {
  const folder = folderWith({
    'data/products.csv': 'sku,product_name,price\nA1,Chair,10\nA2,Table,20\n',
  })
  const made = await initProject([join(folder, 'data/products.csv')], folder)
  expect(made?.summary).toEqual({ sourceProfiles: 0, unifiedProfiles: 0 })
  expect(made?.notes[0]).toContain('ruleset')
  expect(made?.files).not.toContain('data/products.csv')
  expect(made?.streams).toMatchObject([{ rows: 2 }])
})

test('IP6: any text is written so that YAML reads it back', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('null', 'yes', '1e3', '2025-01-01', '- a', 'a: b', '{', '~', '#x'),
      ),
      text => {
        expect(parse(`key: ${scalar(text)} # why\n`)).toEqual({ key: text })
        expect(parse(`{ ${scalar(text)}: x }`)).toEqual({ [text]: 'x' })
      },
    ),
    { numRuns: 500 },
  )
})
