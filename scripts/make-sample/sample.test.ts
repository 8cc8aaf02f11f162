import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadProject, type Project } from '../../packages/engine/src/app/project/index.ts'
import { checkRuleset } from '../../packages/engine/src/identity/index.ts'
import {
  buildCatalogue,
  compileModel,
  type ModelPlan,
} from '../../packages/engine/src/model/index.ts'
import { textOf } from './files.mjs'
import { blocksOf, plainMatch, type PlainRecord, quality } from './plain-match.mjs'
import { PLANTED } from './planted.mjs'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const root = `${examples}retailer`
const text = (name: string): string => {
  const bytes = readFileSync(`${root}/${name}`)
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}
const expected = JSON.parse(text('expected.json'))
const truth = new Map<string, string>(
  text('truth.csv')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => [line.split(',')[0] ?? '', line.split(',')[1] ?? '']),
)

let rows: (sql: string) => Promise<string[][]>
beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  rows = async sql =>
    (await connection.runAndReadAll(sql)).getRowsJson().map(row => row.map(textOf))
})

const csv = (name: string): string =>
  `read_csv('${root}/data/${name}', all_varchar = true, header = true, ignore_errors = true, null_padding = false)`
const parquet = (name: string): string => `read_parquet('${root}/data/${name}')`
const json = (name: string): string =>
  `read_json('${root}/data/${name}', ignore_errors = true, format = 'newline_delimited')`

describe.each(['retailer', 'two-sources'])('examples/%s', name => {
  let project: Project
  beforeAll(async () => {
    project = await loadProject(`${examples}${name}`)
  })

  it('is a sound project whose mappings fit the model, with nothing to remark', () => {
    const plan = planOf(project)
    expect(plan.notices).toEqual([])
    expect(plan.streams.flatMap(stream => stream.branches).length).toBeGreaterThan(4)
  })

  it('has rulesets that can run on what is mapped', () => {
    const streams = planOf(project).streams.map(({ schema, branches }) => ({
      name: schema.name,
      objects: branches.map(branch => ({
        object: branch.object,
        fields: [...branch.values.keys()],
      })),
    }))
    for (const { definition } of project.rulesets)
      expect(checkRuleset(definition, { streams })).toEqual([])
  })
})

describe('the data of the retailer', () => {
  it('has the rows and the broken lines that expected.json counts', async () => {
    const { streams } = expected
    const lines = (file: string, header: number): number =>
      text(`data/${file}`).trimEnd().split('\n').length - header
    const whole = (name: string): number => streams[name].rows + streams[name].problems
    expect(lines('crm_contacts.csv', 1)).toBe(whole('crm_contacts'))
    expect(lines('loyalty_members.csv', 1)).toBe(whole('loyalty_members'))
    expect(lines('store_orders.csv.gz', 1)).toBe(whole('store_orders'))
    expect(lines('web_events.jsonl.gz', 0)).toBe(whole('web_events'))
    expect(lines('preferences.jsonl', 0)).toBe(whole('preferences'))
    expect(lines('accounts.csv', 1)).toBe(whole('accounts'))
    expect(JSON.parse(text('data/support_tickets.json'))).toHaveLength(whole('support_tickets'))
    const counts = await rows(`
      select (select count(*) from ${parquet('shop_customers.parquet')}), (select count(*) from ${parquet('shop_orders.parquet')})`)
    expect(counts).toEqual([[String(whole('shop_customers')), String(whole('shop_orders'))]])
  })

  it('is as large as it promises, and no larger', () => {
    const { streams } = expected
    expect(expected.people).toBeGreaterThan(15_000)
    expect(
      streams.shop_orders.rows + streams.store_orders.rows + streams.web_events.rows,
    ).toBeGreaterThan(100_000)
    const bytes = readdirSync(`${root}/data`).reduce(
      (sum, name) => sum + statSync(`${root}/data/${name}`).size,
      0,
    )
    expect(bytes + statSync(`${root}/truth.csv`).size).toBeLessThan(12 * 1024 * 1024)
  })

  it('has the money that expected.json adds up, to the cent', async () => {
    const invoices = `(select * from ${csv('store_orders.csv.gz')} where try_cast(total as decimal(18, 2)) is not null
      and try_cast(invoiced_at as timestamptz) is not null)`
    const [sums] = await rows(`
      select (select sum(total_amount) from ${parquet('shop_orders.parquet')}),
             (select sum(cast(total as decimal(18, 2))) from ${invoices}),
             (select sum(cast(total as decimal(18, 2))) from ${invoices} where coalesce(member_id, '') <> '')`)
    const { shop_orders, store_orders, store_orders_linked, linked } = expected.totalAmount
    expect(sums).toEqual([shop_orders, store_orders, store_orders_linked])
    expect(BigInt(linked.replace('.', ''))).toBe(
      BigInt(shop_orders.replace('.', '')) + BigInt(store_orders_linked.replace('.', '')),
    )
  })

  it('gives every order to somebody it knows', async () => {
    const [lost] = await rows(`
      select (select count(*) from ${parquet('shop_orders.parquet')} where customer_id not in
               (select customer_id from ${parquet('shop_customers.parquet')})),
             (select count(*) from ${csv('store_orders.csv.gz')} where member_id is not null and member_id not in
               (select member_id from ${csv('loyalty_members.csv')}))`)
    expect(lost).toEqual(['0', '0'])
  })

  it('ends on one day in every source', async () => {
    const newest = await rows(`
      select max(ordered_at)::date::varchar from ${parquet('shop_orders.parquet')}
      union all select max(try_cast(invoiced_at as timestamptz))::date::varchar from ${csv('store_orders.csv.gz')}
      union all select max(try_cast(occurred_at as timestamptz))::date::varchar from ${json('web_events.jsonl.gz')}
      union all select max(created_at)::date::varchar from read_json('${root}/data/support_tickets.json', format = 'array')`)
    expect(newest.flat()).toEqual(Array.from(newest, () => '2025-06-30'))
  })

  it('gives one id to different people in different sources', () => {
    const owners = new Map<string, Set<string>>()
    for (const [record, entity] of truth) {
      const id = record.split('/')[1] ?? ''
      owners.set(id, (owners.get(id) ?? new Set()).add(entity))
    }
    expect([...owners.values()].filter(people => people.size > 1).length).toBeGreaterThan(10_000)
  })

  it('plants the broken lines as they are described', () => {
    const events = text('data/web_events.jsonl.gz').split('\n')
    const contacts = text('data/crm_contacts.csv').split('\n').slice(1)
    expect(PLANTED.web_events.map(([place]) => events[place])).toEqual(
      PLANTED.web_events.map(([, line]) => line),
    )
    expect(PLANTED.crm_contacts.map(([place]) => contacts[place])).toEqual(
      PLANTED.crm_contacts.map(([, line]) => line),
    )
  })
})

describe('the rules for people', () => {
  let records: PlainRecord[]
  let blocks: ReturnType<typeof blocksOf>
  beforeAll(async () => {
    records = await plainRecords()
    blocks = blocksOf(records)
  })

  it('find what is one person and keep apart what is not', () => {
    expect(records.map(record => record.id).toSorted()).toEqual([...truth.keys()].toSorted())
    const { precision, recall } = quality(plainMatch(records, { blocks, blockMax: 50 }), truth)
    expect(precision).toBeGreaterThan(0.98)
    expect(recall).toBeGreaterThan(0.95)
  })

  it('need the limit on shared values: without it the placeholder addresses fuse strangers', () => {
    expect(quality(plainMatch(records, { blocks, blockMax: 1000 }), truth).precision).toBeLessThan(
      0.5,
    )
  })
})

async function plainRecords(): Promise<PlainRecord[]> {
  const found = await rows(`
    select 'crm_contacts/' || contact_id, first_name, last_name, email, mobile_phone, home_phone, city, country, loyalty_no
    from ${csv('crm_contacts.csv')} where contact_id < '90000'
    union all
    select 'shop_customers/' || customer_id, first_name, last_name, email, phone, '', city, country, loyalty_card
    from ${parquet('shop_customers.parquet')}
    union all
    select 'loyalty_members/' || member_id, first_name, last_name, email, mobile, landline, city, country, card_number
    from ${csv('loyalty_members.csv')} where member_id < '90000'`)
  return found.map(
    ([
      id = '',
      firstName = '',
      lastName = '',
      email = '',
      mobile = '',
      home = '',
      city = '',
      country = '',
      card = '',
    ]) => ({
      id,
      firstName,
      lastName,
      email,
      phones: [mobile, home].filter(phone => phone !== ''),
      city,
      country,
      card,
    }),
  )
}

function planOf(project: Project): ModelPlan {
  const streams = project.streams.map(({ definition }) => ({
    name: definition.name,
    category: definition.category,
    primaryKey: [definition.primaryKey].flat(),
    eventTime: definition.eventTime,
    recordModified: definition.recordModified,
    keyQualifier: definition.keyQualifier,
    identity: definition.identity,
    refreshMode: definition.refreshMode ?? 'UPSERT',
    fields: Object.entries(definition.fields ?? {}).map(([name, field]) =>
      typeof field === 'string'
        ? { name, type: field, path: name }
        : { name, type: field.type, path: field.path ?? name },
    ),
  }))
  return compileModel({
    catalogue: buildCatalogue(project.objects.map(object => object.definition)),
    streams,
    mappings: project.mappings.map(mapping => mapping.definition),
  })
}
